// Worlds for tests: an empty one, and what differs between two.
import { emptyEc2State } from '../../src/sandbox/ec2/state.ts';
import type { IamAccount } from '../../src/sandbox/iam/state.ts';
import { emptyS3 } from '../../src/sandbox/s3/state.ts';
import type { AccessKey, World } from '../../src/sandbox/world.ts';
import { canonicalWorld, type Plain } from '../../src/sandbox/world-view.ts';

export const operatorKeyId = 'AKIAOPERATOR00000000';

/** A world with one account and one user who may do everything, from a public address, and nothing else. */
export function emptyWorld(start = '2026-06-01T12:00:00.000Z'): World {
  const operator: AccessKey = {
    secretAccessKey: 'sandbox-secret',
    sessionToken: null,
    accountId: '111122223333',
    arn: 'arn:aws:iam::111122223333:user/operator',
    userId: 'AIDAOPERATOR',
    kind: 'user',
    roleArn: null,
    tags: {},
    network: { publicIp: '198.51.100.10' },
    expiresAt: null,
  };
  return {
    version: 1,
    scenario: 'empty',
    seed: 7,
    sequence: 0,
    clock: { base: Date.parse(start), realBase: Date.now(), speed: 60 },
    identities: { operator: operatorKeyId },
    accessKeys: { [operatorKeyId]: operator },
    hints: { testBucket: '', stack: '', vpc: '', trustedVpcs: [], trustedCidrs: [], target: '', region: 'us-east-1' },
    ec2: emptyEc2State(),
    s3: emptyS3(),
    organizations: { organization: null },
    cloudformation: { stacks: {} },
    iam: { accounts: { [operator.accountId]: accountOf(operator) }, awsManagedPolicies: {}, deniedActions: {} },
    route53: { zones: {} },
    quotas: { applied: {} },
    faults: [],
  };
}

const everything = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });

const accountOf = ({ arn, userId }: AccessKey): IamAccount => ({
  aliases: [],
  roles: {},
  users: {
    operator: {
      name: 'operator',
      id: userId,
      arn,
      path: '/',
      inlinePolicies: { Everything: everything },
      attachedPolicies: [],
      permissionsBoundary: null,
      tags: {},
      createdAt: 0,
    },
  },
  policies: {},
});

export interface Difference {
  /** Such as `ec2.vpcs.vpc-1.tags.Name`. */
  readonly path: string;
  readonly before: Plain | undefined;
  readonly after: Plain | undefined;
}

/** What AWS lets nobody restore: the policy type and what comes with it, and the records of what happened to stacks. */
export const notRestored: readonly string[] = [
  'organizations.organization.root.policyTypes',
  'organizations.organization.attachments.p-FullAWSAccess',
  'organizations.organization.policies.p-FullAWSAccess',
  ...['events', 'tokens', 'updatedAt', 'changeSets', 'status', 'statusReason'].map((part) => `cloudformation.stacks.*.${part}`),
  ...['status', 'reason', 'updatedAt'].map((part) => `cloudformation.stacks.*.resources.*.${part}`),
];

/**
 * What differs between two worlds as they are compared (canonicalWorld), once all that is pending in CloudFormation and
 * Organizations is done; path by path, objects that only one has are one difference. `ignore`: paths that begin with one
 * of these are left out; `*` stands for one part.
 */
export function differences(before: World, after: World, ignore: readonly string[] = []): readonly Difference[] {
  return differencesOf(canonicalWorld(before, atLast), canonicalWorld(after, atLast), ignore);
}

/** The same for any two values. */
export function differencesOf(before: Plain, after: Plain, ignore: readonly string[]): readonly Difference[] {
  const ignored = ignore.map((pattern) => pattern.split('.'));
  return compare(before, after, [])
    .filter(({ parts }) => !ignored.some((pattern) => begins(parts, pattern)))
    .map(({ parts, before: was, after: is }) => ({ path: parts.join('.'), before: was, after: is }));
}

/** The differences as lines to read: `- path: before`, `+ path: after`. */
export const readable = (found: readonly Difference[]): string =>
  found
    .flatMap(({ path, before, after }) => [
      ...(before === undefined ? [] : [`- ${path}: ${JSON.stringify(before)}`]),
      ...(after === undefined ? [] : [`+ ${path}: ${JSON.stringify(after)}`]),
    ])
    .join('\n');

const atLast = Number.MAX_SAFE_INTEGER;

interface Found {
  readonly parts: readonly string[];
  readonly before: Plain | undefined;
  readonly after: Plain | undefined;
}

function compare(before: Plain | undefined, after: Plain | undefined, parts: readonly string[]): readonly Found[] {
  if (isBranch(before) && isBranch(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => compare(valueAt(before, key), valueAt(after, key), [...parts, key]));
  }
  return before === after || JSON.stringify(before) === JSON.stringify(after) ? [] : [{ parts, before, after }];
}

type Branch = Exclude<Plain, null | boolean | number | string>;

const isBranch = (value: Plain | undefined): value is Branch => typeof value === 'object' && value !== null;

function valueAt(branch: Branch, key: string): Plain | undefined {
  const value: unknown = Reflect.get(branch, key);
  return isPlain(value) ? value : undefined;
}

// Everything in a canonical world came out of JSON.
const isPlain = (value: unknown): value is Plain => value !== undefined;

const begins = (parts: readonly string[], pattern: readonly string[]): boolean =>
  pattern.length <= parts.length && pattern.every((part, index) => part === '*' || part === parts[index]);
