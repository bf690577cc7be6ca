// Small trails and worlds for judging them. Tests name only what differs.
import type { TrailCount, TrailPath, TrailReading } from '../../src/access/types.ts';
import type { AssessWorld } from '../../src/access/world.ts';
import type { PerimeterSpec } from '../../src/policy/perimeter.ts';

export const quilt = '111122223333';
export const partner = '222233334444';
export const stranger = '999988887777';
export const management = '999900001111';
export const trustedVpc = 'vpc-0a0a0a0a';
export const otherVpc = 'vpc-0b0b0b0b';
export const vpcArn = (id: string): string => `arn:aws:ec2:us-east-1:${quilt}:vpc/${id}`;
export const roleArn = (name: string, account = quilt): string => `arn:aws:iam::${account}:role/${name}`;

export const aSpec = (over: Partial<PerimeterSpec> = {}): PerimeterSpec => ({
  partition: 'aws',
  buckets: ['quilt*'],
  trustedVpcs: [{ id: trustedVpc, arn: vpcArn(trustedVpc) }],
  vpcKey: 'id',
  trustedCidrs: ['192.0.2.0/24'],
  exemptTag: 'NetworkRestrictedExempt',
  resourceAccounts: [],
  accessPoints: false,
  protectExemptTag: null,
  organizationId: 'o-quilt',
  expires: null,
  ...over,
});

/** The Quilt account is under the target; nobody is tagged; the partner is a member and under no target. */
export const aWorld = (over: Partial<AssessWorld> = {}): AssessWorld => ({
  spec: aSpec(),
  testBucket: 'quilt-test',
  bound: { ids: new Set([quilt]), complete: true },
  members: { ids: new Set([quilt, partner, management]), complete: true },
  managementAccountId: management,
  endpoints: new Map([
    ['vpce-0a0a0a0a', { vpcId: trustedVpc, vpcArn: vpcArn(trustedVpc) }],
    ['vpce-0b0b0b0b', { vpcId: otherVpc, vpcArn: vpcArn(otherVpc) }],
  ]),
  principals: new Map(),
  namedTags: new Map(),
  otherTags: {},
  ownAddresses: ['203.0.113.9'],
  accountId: quilt,
  region: 'us-east-1',
  window: { since: null, before: null },
  findings: [],
  ...over,
});

/** A session of a role of the Quilt account reads an object from an address that nobody trusts. */
export const aPath = (over: Partial<TrailPath> = {}): TrailPath => ({
  identityType: 'AssumedRole',
  principalArn: roleArn('quilt/Reader'),
  principalId: 'AROAREADER',
  accountId: quilt,
  invokedBy: null,
  sourceIpAddress: '198.51.100.7',
  vpcEndpointId: null,
  vpcEndpointAccountId: null,
  awsRegion: 'us-east-1',
  bucket: 'quilt-data',
  bucketAccountId: quilt,
  recipientAccountId: quilt,
  eventName: 'GetObject',
  outcome: 'authorized',
  presigned: false,
  ...over,
});

export const aCount = (path: Partial<TrailPath> = {}, over: Partial<TrailCount> = {}): TrailCount => ({
  path: aPath(path),
  events: 1,
  firstSeen: '2026-05-01T10:00:00Z',
  lastSeen: '2026-05-01T11:00:00Z',
  days: [{ day: '2026-05-01', events: over.events ?? 1 }],
  sessionTags: {},
  ...over,
});

export function aReading(counts: readonly TrailCount[], over: Partial<TrailReading> = {}): TrailReading {
  const events = counts.reduce((sum, count) => sum + count.events, 0);
  return {
    source: { kind: 'files', hash: 'a'.repeat(64) },
    files: 1,
    events,
    considered: events,
    skipped: {},
    errors: [],
    from: '2026-05-01T10:00:00Z',
    to: '2026-05-01T11:00:00Z',
    counts,
    coverage: [{ accountId: quilt, region: 'us-east-1', days: ['2026-05-01'] }],
    sessionTagsIncomplete: false,
    cost: null,
    ...over,
  };
}
