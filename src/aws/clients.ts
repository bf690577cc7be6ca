// The only place that builds clients: credentials for two sides, endpoints, one proxy, one retry strategy.

import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { Route53Client } from '@aws-sdk/client-route-53';
import { S3Client } from '@aws-sdk/client-s3';
import { S3ControlClient } from '@aws-sdk/client-s3-control';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { STSClient } from '@aws-sdk/client-sts';
import { badInput, PerimeterError, shown } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { Aws } from './context.ts';
import { type CredentialSource, type Provider, providersFor, sourceInWords } from './credentials.ts';
import { recordCall } from './explain-error.ts';
import { agentsFor, type Environment } from './proxy.ts';
import { callInFlight, retryStrategy } from './retry.ts';

type RequestHandler = NonNullable<EC2ClientConfig['requestHandler']>;
type Handler = EC2Client['config']['requestHandler'];

/** The embedded AWS in process: answers requests itself and hands out the scenario's identities. */
export interface SandboxConnection {
  readonly requestHandler: Handler;
  readonly region: string;
  credentialsFor(identity: string): { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
}

export interface ClientOptions {
  /** Null: from AWS_REGION or the profile. */
  readonly region: string | null;
  readonly quilt: CredentialSource;
  readonly organization: CredentialSource;
  readonly env: Environment;
  readonly clock: Clock;
  /** In [0, 1); for the jitter of retries. */
  readonly random: () => number;
  /** Asks for the code of this MFA device. */
  mfaPrompt(serial: string): Promise<string>;
  /** The embedded AWS instead of the real one; profiles and roles win over its identities. */
  readonly sandbox: SandboxConnection | null;
}

const timeouts = { connectionTimeout: 10_000, requestTimeout: 60_000, throwOnRequestTimeout: true } as const;

/**
 * The clients of both sides.
 * @throws PerimeterError (exit 2) REGION where no Region is set, PROXY where HTTPS_PROXY is no URL, ENDPOINT where AWS_ENDPOINT_URL
 *   is none or holds a password.
 */
export async function createClients(options: ClientOptions): Promise<Aws> {
  const { env, sandbox } = options;
  const handler = handlerOf(options, true);
  const region = await regionOf(options);
  const strategy = retryStrategy(options.clock, options.random);
  const sides = sidesOf(options, region, handler);
  const configOf = (service: string, side: 'quilt' | 'organization') => ({
    region,
    credentials: sides[side].credentials,
    requestHandler: handler,
    retryStrategy: strategy,
    maxAttempts: 16,
    userAgentAppId: 'quilt-perimeter',
    ...endpointOf(env, sandbox, service),
  });
  const watched = <T extends Watchable>(client: T, service: string, side: 'quilt' | 'organization'): T =>
    watch(client, service, sides[side].source);
  const s3Config = (requestHandler: RequestHandler) => ({
    ...configOf('S3', 'quilt'),
    requestHandler,
    forcePathStyle: sandbox !== null || customEndpoint(env, 'S3') !== null,
    requestChecksumCalculation: 'WHEN_REQUIRED' as const,
    responseChecksumValidation: 'WHEN_REQUIRED' as const,
  });
  const s3Of = (config: ReturnType<typeof s3Config>) => watched(new S3Client(config), 'S3', 'quilt');
  const elsewhere = new Map<string, S3Client>();
  const trails = new Map<string, CloudTrailClient>();
  const s3 = s3Of(s3Config(handler));
  return {
    region,
    ec2: watched(new EC2Client(configOf('EC2', 'quilt')), 'EC2', 'quilt'),
    s3,
    s3Control: watched(new S3ControlClient(s3ControlConfig(env, configOf('S3 Control', 'quilt'))), 'S3 Control', 'quilt'),
    cloudFormation: watched(new CloudFormationClient(configOf('CloudFormation', 'quilt')), 'CloudFormation', 'quilt'),
    iam: watched(new IAMClient(configOf('IAM', 'quilt')), 'IAM', 'quilt'),
    route53: watched(new Route53Client(configOf('Route 53', 'quilt')), 'Route 53', 'quilt'),
    serviceQuotas: watched(new ServiceQuotasClient(configOf('Service Quotas', 'quilt')), 'Service Quotas', 'quilt'),
    sts: watched(new STSClient(configOf('STS', 'quilt')), 'STS', 'quilt'),
    organizations: watched(new OrganizationsClient(configOf('Organizations', 'organization')), 'Organizations', 'organization'),
    organizationSts: watched(new STSClient(configOf('STS', 'organization')), 'STS', 'organization'),
    organizationIam: watched(new IAMClient(configOf('IAM', 'organization')), 'IAM', 'organization'),
    s3In: (other) => {
      if (other === region) return s3;
      const client = elsewhere.get(other) ?? s3Of({ ...s3Config(handler), region: other });
      elsewhere.set(other, client);
      return client;
    },
    athena: once(async () => {
      const { AthenaClient } = await import('@aws-sdk/client-athena');
      return watched(new AthenaClient(configOf('Athena', 'quilt')), 'Athena', 'quilt');
    }),
    lambda: once(async () => {
      const { LambdaClient } = await import('@aws-sdk/client-lambda');
      return watched(new LambdaClient(configOf('Lambda', 'quilt')), 'Lambda', 'quilt');
    }),
    synthetics: once(async () => {
      const { createSyntheticsClient } = await import('./synthetics-client.ts');
      return watched(createSyntheticsClient(configOf('Synthetics', 'quilt')), 'Synthetics', 'quilt');
    }),
    cloudTrail: async (home) => {
      const { CloudTrailClient } = await import('@aws-sdk/client-cloudtrail');
      const client =
        trails.get(home) ?? watched(new CloudTrailClient({ ...configOf('CloudTrail', 'quilt'), region: home }), 'CloudTrail', 'quilt');
      trails.set(home, client);
      return client;
    },
    freshS3: () => s3Of(s3Config(handlerOf(options, false))),
    s3As: ({ principal, credentials }) =>
      watch(new S3Client({ ...s3Config(handlerOf(options, false)), credentials }), 'S3', `a session of ${principal}`),
    sources: { quilt: sides.quilt.source, organization: sides.organization.source },
    bases: { quilt: sides.quilt.base, organization: sides.organization.base },
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

interface Side {
  readonly credentials: Provider;
  readonly source: string;
  /** The source without the role on top. */
  readonly base: string;
}

function sidesOf(
  options: ClientOptions,
  region: string,
  requestHandler: RequestHandler,
): { readonly quilt: Side; readonly organization: Side } {
  const { env, clock, sandbox, quilt } = options;
  const organization = { profile: options.organization.profile ?? quilt.profile, roleArn: options.organization.roleArn };
  const providers = providersFor(quilt, options.organization, { env, clock, requestHandler, region, mfaPrompt: options.mfaPrompt });
  const side = (identity: string, given: CredentialSource, credentials: Provider): Side =>
    sandbox !== null && given.profile === null && given.roleArn === null
      ? { credentials: async () => sandbox.credentialsFor(identity), source: `sandbox, ${identity}`, base: `sandbox, ${identity}` }
      : { credentials, source: sourceInWords(given, env), base: sourceInWords({ ...given, roleArn: null }, env) };
  return {
    quilt: side('operator', quilt, providers.quilt),
    organization: side('management', organization, providers.organization),
  };
}

// Plain options instead of a handler: each client then makes its own, on the same agents.
function handlerOf(options: ClientOptions, keepAlive: boolean): RequestHandler {
  const { sandbox } = options;
  if (sandbox === null) return { ...agentsFor(options.env, keepAlive), ...timeouts };
  // A client's destroy() would end the sandbox for all of them.
  const inner = sandbox.requestHandler;
  const wrapped: Handler = {
    handle: (request, handlerOptions) => inner.handle(request, handlerOptions),
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    destroy: () => undefined,
  };
  return wrapped;
}

async function regionOf(options: ClientOptions): Promise<string> {
  if (options.region !== null) return options.region;
  if (options.sandbox !== null) return options.sandbox.region;
  const fromEnvironment = options.env.AWS_REGION ?? options.env.AWS_DEFAULT_REGION ?? '';
  if (fromEnvironment !== '') return checkedRegion(fromEnvironment, 'AWS_REGION');
  const probe = new STSClient(options.quilt.profile === null ? {} : { profile: options.quilt.profile });
  try {
    return checkedRegion(await probe.config.region(), 'the profile');
  } catch (error) {
    if (error instanceof PerimeterError || !(error instanceof Error) || !/region/i.test(error.message)) throw error;
    throw badInput(
      'REGION',
      'finding the Region: none is set',
      'name it with --region, AWS_REGION or aws.region in quilt-perimeter.yaml',
      error,
    );
  } finally {
    probe.destroy();
  }
}

// It becomes part of every host's name.
function checkedRegion(region: string, source: string): string {
  if (/^[a-z]{2,}(?:-[a-z]+)+-\d+$/.test(region)) return region;
  throw badInput(
    'REGION',
    `finding the Region (${shown(region)}): ${source} names none such as us-east-1`,
    'name it with --region, AWS_REGION or aws.region in quilt-perimeter.yaml',
  );
}

function customEndpoint(env: Environment, service: string): string | null {
  if (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true') return null;
  const name = [`AWS_ENDPOINT_URL_${service.toUpperCase().replace(/ /g, '_')}`, 'AWS_ENDPOINT_URL'].find(
    (each) => (env[each] ?? '') !== '',
  );
  const endpoint = name === undefined ? '' : (env[name] ?? '');
  if (name === undefined) return null;
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  const problem =
    url === null || !/^https?:$/.test(url.protocol)
      ? 'expected a URL such as http://127.0.0.1:4566'
      : url.username === '' && url.password === ''
        ? null
        : 'it holds a user or password, which AWS has no use for';
  if (problem === null) return endpoint;
  // What stands before an @ may be a password.
  const told = endpoint.includes('@') ? `…@${endpoint.slice(endpoint.lastIndexOf('@') + 1)}` : endpoint;
  throw badInput('ENDPOINT', `reading ${name} (${shown(told)}): ${problem}`, `correct ${name}, or unset it`);
}

function endpointOf(env: Environment, sandbox: SandboxConnection | null, service: string): { readonly endpoint?: string } {
  const endpoint = sandbox === null ? customEndpoint(env, service) : null;
  return endpoint === null ? {} : { endpoint };
}

// S3 Control puts the account id before the host and refuses an address as host unless it is given its endpoint ready-made.
function s3ControlConfig<T extends { readonly endpoint?: string; readonly region: string }>(env: Environment, config: T) {
  const endpoint = config.endpoint === undefined ? null : customEndpoint(env, 'S3 Control');
  if (endpoint === null) return config;
  const authSchemes = [{ name: 'sigv4', signingName: 's3', signingRegion: config.region, disableDoubleEncoding: true }];
  return {
    ...config,
    disableHostPrefix: true,
    endpointProvider: () => ({ url: new URL(endpoint), headers: {}, properties: { authSchemes } }),
  };
}

type Plugin = Parameters<EC2Client['middlewareStack']['use']>[0];

// The part of a client that `watch` uses; clients differ only in the types of their inputs and outputs.
interface Watchable {
  readonly middlewareStack: { use(plugin: never): void };
}

// Tells the retry strategy which operation is in flight, and remembers it for the error's explanation.
function watch<T extends Watchable>(client: T, service: string, source: string): T {
  const plugin: Plugin = {
    applyToStack: (stack) =>
      stack.add(
        (next, context) => async (args) => {
          const operation = String(context.commandName ?? '').replace(/Command$/, '');
          try {
            return await callInFlight.run({ operation }, () => next(args));
          } catch (error) {
            recordCall(error, { service, operation, source });
            throw error;
          }
        },
        { step: 'initialize', name: 'quiltPerimeterCall' },
      ),
  };
  client.middlewareStack.use(plugin as never);
  return client;
}
