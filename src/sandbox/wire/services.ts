// The services that the sandbox answers for: their dialects, and how requests are told apart. A client's module is
// loaded with the first request for its service.
import type { ErrorFormat } from './failure.ts';
import { type Route, routesOf } from './rest.ts';
import { type Operations, operationsOf } from './schema.ts';

export const serviceNames = [
  'ec2',
  's3',
  's3control',
  'organizations',
  'cloudformation',
  'sts',
  'iam',
  'route53',
  'servicequotas',
  'cloudtrail',
  'athena',
  'lambda',
  'synthetics',
] as const;

export type ServiceName = (typeof serviceNames)[number];

export type Protocol = 'ec2' | 'query' | 'json' | 'rest-xml' | 'rest-json';

export interface Service {
  readonly name: ServiceName;
  readonly protocol: Protocol;
  readonly errors: ErrorFormat;
  readonly namespace: string;
  readonly operations: Operations;
  /** Of the REST services, else empty. */
  readonly routes: readonly Route[];
}

interface Definition {
  readonly protocol: Protocol;
  readonly errors: ErrorFormat;
  readonly namespace: string;
  readonly load: () => Promise<object>;
}

const definitions: Readonly<Record<ServiceName, Definition>> = {
  ec2: {
    protocol: 'ec2',
    errors: 'ec2',
    namespace: 'http://ec2.amazonaws.com/doc/2016-11-15/',
    load: () => import('@aws-sdk/client-ec2'),
  },
  s3: {
    protocol: 'rest-xml',
    errors: 's3',
    namespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
    load: () => import('@aws-sdk/client-s3'),
  },
  s3control: {
    protocol: 'rest-xml',
    errors: 'query',
    namespace: 'http://awss3control.amazonaws.com/doc/2018-08-20/',
    load: () => import('@aws-sdk/client-s3-control'),
  },
  organizations: { protocol: 'json', errors: 'json', namespace: '', load: () => import('@aws-sdk/client-organizations') },
  cloudformation: {
    protocol: 'query',
    errors: 'query',
    namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
    load: () => import('@aws-sdk/client-cloudformation'),
  },
  sts: {
    protocol: 'query',
    errors: 'query',
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    load: () => import('@aws-sdk/client-sts'),
  },
  iam: {
    protocol: 'query',
    errors: 'query',
    namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    load: () => import('@aws-sdk/client-iam'),
  },
  route53: {
    protocol: 'rest-xml',
    errors: 'query',
    namespace: 'https://route53.amazonaws.com/doc/2013-04-01/',
    load: () => import('@aws-sdk/client-route-53'),
  },
  servicequotas: { protocol: 'json', errors: 'json', namespace: '', load: () => import('@aws-sdk/client-service-quotas') },
  cloudtrail: { protocol: 'json', errors: 'json', namespace: '', load: () => import('@aws-sdk/client-cloudtrail') },
  athena: { protocol: 'json', errors: 'json', namespace: '', load: () => import('@aws-sdk/client-athena') },
  lambda: { protocol: 'rest-json', errors: 'rest-json', namespace: '', load: () => import('@aws-sdk/client-lambda') },
  synthetics: { protocol: 'rest-json', errors: 'rest-json', namespace: '', load: () => import('../synthetics/schema.ts') },
};

/** Services whose answers do not depend on the Region that a request was signed for. */
export const globalServices: ReadonlySet<ServiceName> = new Set(['organizations', 'iam', 'sts', 'route53']);

/** The error format of a service, known without loading it. */
export const errorFormatOf = (name: ServiceName): ErrorFormat => definitions[name].errors;

const loading = new Map<ServiceName, Promise<Service>>();

/** A service with its operations; the SDK client's module is imported once. */
export function loadService(name: ServiceName): Promise<Service> {
  const known = loading.get(name);
  if (known) return known;
  const service = load(name, definitions[name]);
  loading.set(name, service);
  return service;
}

async function load(name: ServiceName, { protocol, errors, namespace, load: importClient }: Definition): Promise<Service> {
  const operations = operationsOf(await importClient());
  return { name, protocol, errors, namespace, operations, routes: protocol.startsWith('rest-') ? routesOf(operations) : [] };
}

/**
 * The service that a request is for: by its credential's scope; without one by X-Amz-Target, host name, or a query
 * form's Version; else S3, the only service that takes unsigned requests. Null: a service that the sandbox has not.
 */
export function serviceOf(request: {
  readonly signingName: string | null;
  readonly host: string;
  readonly path: string;
  readonly target: string;
  readonly version: string | null;
}): ServiceName | null {
  const { signingName } = request;
  if (signingName !== null)
    return signingName === 's3' ? s3Kind(request.path) : (serviceNames.find((name) => name === signingName) ?? null);
  const byTarget = targets[request.target.split('_')[0]?.split('V20')[0] ?? ''];
  if (byTarget) return byTarget;
  const label = /^(?:\d{12}\.)?(\w[\w-]*)\..*amazonaws\.com/.exec(request.host)?.[1];
  const byHost = serviceNames.find((name) => name === label);
  if (byHost) return byHost;
  return versions[request.version ?? ''] ?? s3Kind(request.path);
}

const s3Kind = (path: string): ServiceName => (path.startsWith('/v20180820/') ? 's3control' : 's3');

const targets: Readonly<Record<string, ServiceName>> = {
  AWSOrganizations: 'organizations',
  ServiceQuotas: 'servicequotas',
  CloudTrail: 'cloudtrail',
  AmazonAthena: 'athena',
};

const versions: Readonly<Record<string, ServiceName>> = {
  '2016-11-15': 'ec2',
  '2010-05-15': 'cloudformation',
  '2011-06-15': 'sts',
  '2010-05-08': 'iam',
};
