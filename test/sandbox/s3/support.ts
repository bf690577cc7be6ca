import type { PolicyDocument } from '../../../src/policy/document.ts';
import type { StoredPolicy } from '../../../src/sandbox/organizations/state.ts';
import { s3ControlModel, s3Model } from '../../../src/sandbox/s3/model.ts';
import { newBucket, newObject } from '../../../src/sandbox/s3/state.ts';
import { AwsError, type Call, type Caller, type ServiceModel } from '../../../src/sandbox/types.ts';
import type { World } from '../../../src/sandbox/world.ts';
import { emptyWorld } from '../../support/world.ts';

export const account = '111122223333';
export const management = '999988887777';
export const stranger = '444455556666';
export const start = Date.parse('2026-06-01T12:00:00.000Z');

const allow = (Action: string | readonly string[], Resource = '*'): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] });

const admin = 'arn:aws:iam::aws:policy/AdministratorAccess';

/** An organization of two accounts and a stranger, roles Admin and Reader in each, two buckets with an object. */
export function s3World(): World {
  const world = emptyWorld('2026-06-01T12:00:00.000Z');
  const role = (accountId: string, name: string, attachedPolicies: string[], inlinePolicies: { [name: string]: string } = {}) => ({
    name,
    id: `AROA${name.toUpperCase()}`,
    arn: `arn:aws:iam::${accountId}:role/${name}`,
    path: '/',
    description: '',
    trustPolicy: '{}',
    inlinePolicies,
    attachedPolicies,
    permissionsBoundary: null,
    tags: {},
    createdAt: start,
    maxSessionSeconds: 3600,
  });
  for (const accountId of [account, management, stranger]) {
    world.iam.accounts[accountId] = {
      aliases: [],
      users: {},
      policies: {},
      roles: {
        Admin: role(accountId, 'Admin', [admin]),
        Reader: role(accountId, 'Reader', [], { read: allow('s3:GetObject') }),
      },
    };
  }
  world.iam.awsManagedPolicies[admin] = {
    arn: admin,
    id: 'ANPA1',
    name: 'AdministratorAccess',
    path: '/',
    defaultVersion: 'v1',
    versions: { v1: allow('*') },
    createdAt: start,
  };
  for (const [name, region] of [
    ['quilt-data', 'us-east-1'],
    ['quilt-eu', 'eu-west-1'],
  ] as const) {
    const objects = { 'a/1.txt': [newObject('one', start)], 'a/2.txt': [newObject('two', start)], 'b.txt': [newObject('bee', start)] };
    world.s3.buckets[name] = newBucket({ name, accountId: account, region, createdAt: start, objects });
  }
  world.organizations.organization = {
    id: 'o-example1234',
    managementAccountId: management,
    managementEmail: 'm@example.com',
    featureSet: 'ALL',
    root: {
      id: 'r-abcd',
      name: 'Root',
      policyTypes: [{ type: 'SERVICE_CONTROL_POLICY', status: 'ENABLED', readyAt: null, enabledAt: 0 }],
      tags: {},
    },
    units: { 'ou-abcd-11111111': { id: 'ou-abcd-11111111', name: 'Workloads', parentId: 'r-abcd', tags: {} } },
    accounts: {
      [account]: member(account, 'ou-abcd-11111111'),
      [management]: member(management, 'r-abcd'),
    },
    policies: { 'p-FullAWSAccess': policy('p-FullAWSAccess', allow('*'), 0) },
    attachments: ['r-abcd', 'ou-abcd-11111111', account, management].map((targetId) => ({
      policyId: 'p-FullAWSAccess',
      targetId,
      attachedAt: 0,
    })),
    endedAttachments: [],
    delegatedAdministrators: [],
    resourcePolicy: null,
    serviceAccess: [],
  };
  return world;
}

const member = (id: string, parentId: string) => ({
  id,
  name: id,
  email: `${id}@example.com`,
  status: 'ACTIVE' as const,
  joinedMethod: 'CREATED' as const,
  joinedAt: 0,
  parentId,
  tags: {},
});

const policy = (id: string, content: string, from: number): StoredPolicy => ({
  id,
  name: id,
  description: '',
  type: 'SERVICE_CONTROL_POLICY',
  awsManaged: id === 'p-FullAWSAccess',
  content,
  tags: {},
  createdAt: from,
  history: [{ content, from }],
});

/** Attaches an SCP to the account at a time. */
export function attachScp(world: World, document: PolicyDocument, at: number): void {
  const { organization } = world.organizations;
  if (organization === null) throw new Error('the world has no organization');
  organization.policies['p-perimeter1'] = policy('p-perimeter1', JSON.stringify(document), at);
  organization.attachments.push({ policyId: 'p-perimeter1', targetId: account, attachedAt: at });
}

export const session = (role: 'Admin' | 'Reader', accountId = account, of: Partial<Caller> = {}): Caller => ({
  accountId,
  arn: `arn:aws:sts::${accountId}:assumed-role/${role}/someone`,
  userId: `AROA${role.toUpperCase()}:someone`,
  kind: 'role-session',
  roleArn: `arn:aws:iam::${accountId}:role/${role}`,
  tags: {},
  network: { publicIp: '198.51.100.10' },
  ...of,
});

export const anonymous: Caller = {
  accountId: '',
  arn: 'anonymous',
  userId: '',
  kind: 'anonymous',
  roleArn: null,
  tags: {},
  network: { publicIp: '203.0.113.250' },
};

export interface CallOptions {
  readonly caller?: Caller;
  readonly now?: number;
  readonly region?: string;
  /** Which front end answers, in [0, 1). */
  readonly frontEnd?: number;
}

let ids = 0;

function call(model: ServiceModel<World>, world: World, operation: string, input: object, options: CallOptions): unknown {
  const found = model.operations[operation];
  if (found === undefined) throw new Error(`no operation ${operation}`);
  const context: Call = {
    service: model.service,
    operation,
    region: options.region ?? 'us-east-1',
    caller: options.caller ?? session('Admin'),
    now: options.now ?? start,
    requestId: 'r',
    id: (prefix) => `${prefix}-${++ids}`,
    random: () => options.frontEnd ?? 0,
  };
  return found.run(world, input as never, context);
}

/** Calls an operation; an error of AWS's is the answer, as `{ code, status, message, fields }`. */
export function s3(world: World, operation: string, input: object = {}, options: CallOptions = {}): Answer {
  return answerOf(() => call(s3Model, world, operation, input, options));
}

export function s3Control(world: World, operation: string, input: object = {}, options: CallOptions = {}): Answer {
  return answerOf(() => call(s3ControlModel, world, operation, input, options));
}

export interface Answer {
  readonly code?: string;
  readonly status?: number;
  readonly message?: string;
  readonly fields?: { readonly [name: string]: string };
  readonly [name: string]: unknown;
}

function answerOf(run: () => unknown): Answer {
  try {
    return { ...(run() as object) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { code: error.code, status: error.status, message: error.message, fields: error.fields };
  }
}
