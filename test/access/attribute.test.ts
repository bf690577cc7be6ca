// Whose policy refused a call, as a table of AWS's messages and of what stands.
import { describe, expect, test } from 'vitest';
import { attribute, type Standing } from '../../src/access/attribute.ts';
import { derive } from '../../src/access/derive.ts';
import type { DeniedCall } from '../../src/access/follow-log.ts';
import type { TrailPath } from '../../src/access/types.ts';
import type { AssessWorld } from '../../src/access/world.ts';
import { bucketStatements, scpDocument } from '../../src/policy/perimeter.ts';
import { known, unknown } from '../../src/ports.ts';
import { aPath, aSpec, aWorld, partner, quilt, trustedVpc } from './assess-support.ts';

const document = scpDocument(aSpec());
const ourArn = 'arn:aws:organizations::999900001111:policy/o-quilt/service_control_policy/p-ours0001';
const otherArn = 'arn:aws:organizations::999900001111:policy/o-quilt/service_control_policy/p-others01';
const all: Standing = {
  scp: known({ id: 'p-ours0001', name: 'QuiltDataPerimeter', document }),
  bucket: known({ name: 'quilt-test', document: { Statement: bucketStatements(aSpec(), 'quilt-test') }, alone: true }),
};
const withOthers: Standing = {
  ...all,
  bucket: known({ ...(all.bucket.known && all.bucket.value ? all.bucket.value : never()), alone: false }),
};

function never(): never {
  throw new Error('there is a bucket policy');
}

const refused = (reason: string, key = 'a/b.csv', bucket = 'quilt-data'): string =>
  `User: arn:aws:sts::${quilt}:assumed-role/Reader/x is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::${bucket}/${key}" ${reason}`;
const bare = 'Access Denied';
const inside: Partial<TrailPath> = { vpcEndpointId: 'vpce-0a0a0a0a', sourceIpAddress: '10.0.1.5' };

interface Row {
  readonly of: string;
  readonly message: string | null;
  readonly path?: Partial<TrailPath>;
  readonly key?: string;
  readonly at?: string;
  readonly standing?: Standing;
  readonly world?: Partial<AssessWorld>;
  readonly is: string;
}

const dated: Standing = {
  scp: known({ id: 'p-ours0001', name: 'S', document: scpDocument(aSpec({ expires: '2026-05-01T12:00:00Z' })) }),
  bucket: known(null),
};
const unread: Standing = { scp: unknown('organizations:DescribePolicy', 'refused'), bucket: known(null) };

const rows: readonly Row[] = [
  {
    of: 'our SCP by its ARN',
    message: refused(`with an explicit deny in a service control policy: ${ourArn}`),
    is: 'perimeter scp message',
  },
  {
    of: 'our SCP by its ARN, from a network that it trusts',
    message: refused(`with an explicit deny in a service control policy: ${ourArn}`),
    path: inside,
    is: 'perimeter scp message',
  },
  {
    of: 'another SCP by its ARN',
    message: refused(`with an explicit deny in a service control policy: ${otherArn}`),
    is: 'other null message',
  },
  {
    of: 'an SCP by its ARN, where ours cannot be read',
    message: refused(`with an explicit deny in a service control policy: ${ourArn}`),
    standing: unread,
    is: 'unknown null message',
  },
  {
    of: 'some SCP, where ours denies',
    message: refused('with an explicit deny in a service control policy'),
    is: 'perimeter scp evaluation',
  },
  {
    of: 'some SCP, where ours spares',
    message: refused('with an explicit deny in a service control policy'),
    path: inside,
    is: 'other null evaluation',
  },
  {
    of: 'no SCP that allows',
    message: refused('because no service control policy allows the s3:GetObject action'),
    is: 'other null message',
  },
  {
    of: 'no identity policy that allows',
    message: refused('because no identity-based policy allows the s3:GetObject action'),
    is: 'other null message',
  },
  {
    of: 'an identity policy, where ours denies too',
    message: refused('with an explicit deny in an identity-based policy'),
    is: 'other null message',
  },
  {
    of: 'an identity policy by its ARN',
    message: refused(`with an explicit deny in an identity-based policy: arn:aws:iam::${quilt}:policy/x`),
    is: 'other null message',
  },
  { of: 'a permissions boundary', message: refused('with an explicit deny in a permissions boundary'), is: 'other null message' },
  { of: 'a session policy', message: refused('with an explicit deny in a session policy'), is: 'other null message' },
  { of: 'an RCP', message: refused('with an explicit deny in a resource control policy'), is: 'other null message' },
  { of: 'an endpoint policy', message: refused('with an explicit deny in a VPC endpoint policy'), is: 'other null message' },
  {
    of: 'the test bucket’s policy, in which nobody else denies',
    message: refused('with an explicit deny in a resource-based policy', 'k', 'quilt-test'),
    path: { bucket: 'quilt-test' },
    key: 'k',
    is: 'perimeter bucket-policy message',
  },
  {
    of: 'the test bucket’s policy, in which others deny too, where ours denies',
    message: refused('with an explicit deny in a resource-based policy', 'k', 'quilt-test'),
    path: { bucket: 'quilt-test' },
    key: 'k',
    standing: withOthers,
    is: 'perimeter bucket-policy evaluation',
  },
  {
    of: 'the test bucket’s policy, in which others deny, where ours spares',
    message: refused('with an explicit deny in a resource-based policy', 'k', 'quilt-test'),
    path: { ...inside, bucket: 'quilt-test' },
    key: 'k',
    standing: withOthers,
    is: 'other null evaluation',
  },
  { of: 'another bucket’s policy', message: refused('with an explicit deny in a resource-based policy'), is: 'other null evaluation' },
  { of: 'nothing told, and ours denies', message: bare, is: 'perimeter scp evaluation' },
  { of: 'no message at all, and ours denies', message: null, is: 'perimeter scp evaluation' },
  { of: 'nothing told, and ours spares', message: bare, path: inside, is: 'other null evaluation' },
  {
    of: 'nothing told, of an account under no target',
    message: bare,
    path: { accountId: partner, principalArn: null, principalId: 'AROAPARTNER' },
    is: 'other null evaluation',
  },
  { of: 'nothing told, where tags decide that are not known', message: bare, world: { otherTags: null }, is: 'unknown null evaluation' },
  { of: 'nothing told, where the SCP cannot be read', message: bare, standing: unread, is: 'unknown null evaluation' },
  {
    of: 'nothing told, before the date on which ours ends',
    message: bare,
    standing: dated,
    at: '2026-05-01T11:59:59Z',
    is: 'perimeter scp evaluation',
  },
  {
    of: 'nothing told, after the date on which ours ended',
    message: bare,
    standing: dated,
    at: '2026-05-01T12:00:01Z',
    is: 'other null evaluation',
  },
  {
    of: 'a key that reads like our SCP’s reason',
    message: refused(
      'because no identity-based policy allows the s3:GetObject action',
      `x" with an explicit deny in a service control policy: ${ourArn}`,
    ),
    key: `x" with an explicit deny in a service control policy: ${ourArn}`,
    path: inside,
    is: 'other null message',
  },
  {
    of: 'such a key, cut off with the message',
    message: refused('', `x" with an explicit deny in a service control policy: ${ourArn}`).trimEnd().slice(0, -1),
    key: `x" with an explicit deny in a service control policy: ${ourArn}${'y'.repeat(900)}`,
    path: inside,
    is: 'other null evaluation',
  },
];

describe('a refused call is told to be whose policy’s it was', () => {
  test.each(rows)('$of: $is', ({ message, path, key = 'a/b.csv', at = '2026-05-01T10:00:00Z', standing = all, world = {}, is }) => {
    const whole = aPath({ ...path, outcome: 'denied' });
    const call: DeniedCall = { id: 'e', rank: 3, at, path: whole, accessKeyId: null, key, message };
    const around = aWorld(world);
    const { by, step, toldBy } = attribute(call, derive(whole, whole.bucket ?? '', {}, around), around, standing);
    expect(`${by} ${step} ${toldBy}`).toBe(is);
  });

  test('the network that the perimeter trusts is the one of the table', () => {
    expect(derive(aPath(inside), 'quilt-data', {}, aWorld()).from.network).toEqual({ kind: 'vpc', value: trustedVpc });
  });
});
