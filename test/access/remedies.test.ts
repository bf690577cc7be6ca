import { describe, expect, it } from 'vitest';
import { type AssessedPath, assessReading } from '../../src/access/assess.ts';
import type { Remedy } from '../../src/access/remedies.ts';
import type { TrailPath } from '../../src/access/types.ts';
import { documentsOf } from '../../src/access/verdict.ts';
import type { AssessWorld } from '../../src/access/world.ts';
import { judge } from '../../src/policy/judge.ts';
import { aCount, aReading, aSpec, aWorld, otherVpc, partner, quilt, roleArn, stranger, trustedVpc, vpcArn } from './assess-support.ts';

function denied(path: Partial<TrailPath>, world: Partial<AssessWorld> = {}): AssessedPath {
  const [found] = assessReading(aReading([aCount(path)]), aWorld(world)).paths;
  if (found?.verdict !== 'newly-denied') throw new Error(`the path is ${found?.verdict}`);
  return found;
}
const kindsOf = (path: Partial<TrailPath>, world: Partial<AssessWorld> = {}) => denied(path, world).remedies.map(({ kind }) => kind);
const remedyOf = (kind: Remedy['kind'], path: Partial<TrailPath>, world: Partial<AssessWorld> = {}): Remedy | undefined =>
  denied(path, world).remedies.find((remedy) => remedy.kind === kind);

const ownNat = { sourceIpAddress: '203.0.113.9' };

describe('cover it', () => {
  it.each(['198.51.100.7', '3.81.44.9', '2600:1f18::1'])('is never offered for %s, which others may share', (sourceIpAddress) => {
    expect(kindsOf({ sourceIpAddress })).toEqual(['move-in', 'exempt']);
  });

  it('trusts an address of one’s own, and shows who else comes from it', () => {
    const cover = remedyOf('cover', ownNat);
    expect(cover).toMatchObject({ what: 'trust 203.0.113.9/32, an address of yours', command: '--trusted-cidr 203.0.113.9/32' });
    expect(cover?.opens?.request).toMatchObject({ principal: roleArn('any-other-role'), context: { 'aws:SourceIp': '203.0.113.9' } });
  });

  it('trusts an address in a range that somebody typed, IPv6 too', () => {
    const world = { ownAddresses: ['198.51.100.0/24', '2001:db8::/32'] };
    expect(remedyOf('cover', {}, world)?.command).toBe('--trusted-cidr 198.51.100.7/32');
    expect(remedyOf('cover', { sourceIpAddress: '2001:db8::7' }, world)?.command).toBe('--trusted-cidr 2001:db8::7/128');
  });

  it('trusts another VPC of the inventory, and comes first there', () => {
    expect(kindsOf({ vpcEndpointId: 'vpce-0b0b0b0b' })).toEqual(['cover', 'move-in', 'exempt']);
    expect(remedyOf('cover', { vpcEndpointId: 'vpce-0b0b0b0b' })?.command).toBe(`--trusted-vpc ${otherVpc}`);
  });

  it('comes first for a bucket of another Region, which only ever sees the NAT gateway’s address', () => {
    expect(kindsOf(ownNat)).toEqual(['move-in', 'cover', 'exempt']);
    expect(kindsOf({ ...ownNat, awsRegion: 'eu-west-1' })).toEqual(['cover', 'move-in', 'exempt']);
  });
});

describe('exempt it', () => {
  it('tags the role, and shows what its credentials may then do from anywhere', () => {
    const exempt = remedyOf('exempt', {});
    expect(exempt).toMatchObject({
      what: 'tag role Reader with NetworkRestrictedExempt',
      command: 'aws iam tag-role --role-name Reader --tags Key=NetworkRestrictedExempt,Value=true',
    });
    expect(exempt?.opens).toMatchObject({
      who: 'whoever has credentials of role Reader, from any network',
      request: {
        principal: roleArn('quilt/Reader'),
        context: { 'aws:SourceIp': '198.51.100.1', 'aws:PrincipalTag/NetworkRestrictedExempt': 'true' },
      },
    });
  });

  it('tags a user, and names the account where it is another', () => {
    const user = { identityType: 'IAMUser', principalArn: `arn:aws:iam::${quilt}:user/people/ann`, principalId: 'AIDAANN' };
    expect(remedyOf('exempt', user)?.command).toMatch(/^aws iam tag-user --user-name ann /);
    const bound = { ids: new Set([partner]), complete: true };
    expect(remedyOf('exempt', { accountId: partner, principalArn: roleArn('x', partner) }, { bound })?.what).toBe(
      `tag role x of account ${partner} with NetworkRestrictedExempt`,
    );
  });

  it.each<[string, Partial<TrailPath>]>([
    ['a role of Identity Center', { principalArn: roleArn('aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123') }],
    ['the root user', { identityType: 'Root', principalArn: `arn:aws:iam::${quilt}:root` }],
    ['nobody', { identityType: 'AWSAccount', principalArn: null, accountId: 'anonymous', bucket: 'quilt-test' }],
    ['a service-linked role', { principalArn: roleArn('aws-service-role/x.amazonaws.com/AWSServiceRoleForX'), bucket: 'quilt-test' }],
    ['a principal that the record does not name', { identityType: 'AWSAccount', principalArn: null, principalId: 'AIDAX' }],
    [
      'a role of another organization, whose tag the bucket policy does not take',
      { accountId: stranger, principalArn: roleArn('x', stranger), bucket: 'quilt-test' },
    ],
  ])('is not offered for %s', (_, path) => {
    expect(kindsOf(path)).toEqual(['move-in']);
  });
});

describe('move it in', () => {
  it('opens nothing, and says how', () => {
    const trusting = (...trustedServices: string[]) => ({
      principals: new Map([[roleArn('quilt/Reader'), { tags: {}, trustedServices }]]),
    });
    const service = { invokedBy: 'firehose.amazonaws.com', sourceIpAddress: 'firehose.amazonaws.com' };
    const rows: readonly (readonly [Partial<TrailPath>, Partial<AssessWorld>, RegExp])[] = [
      [{}, {}, new RegExp(`^run it inside ${trustedVpc}`)],
      [{}, trusting('lambda.amazonaws.com'), /^put the function into private subnets/],
      [service, trusting('firehose.amazonaws.com'), /^let firehose.amazonaws.com do this inside/],
      [ownNat, {}, /^it leaves by 203.0.113.9, an address of yours: give its subnets a route/],
      [{ ...ownNat, awsRegion: 'eu-west-1' }, {}, /^move quilt-data to us-east-1: it is in eu-west-1/],
      [{ vpcEndpointId: 'vpce-0b0b0b0b' }, {}, new RegExp(`^run it in ${trustedVpc}`)],
    ];
    for (const [path, world, what] of rows) {
      expect(remedyOf('move-in', path, world)?.what).toMatch(what);
      expect(remedyOf('move-in', path, world)).toMatchObject({ command: null, opens: null });
    }
  });
});

describe('a hole', () => {
  it('is a request that is denied now and passes then, by the evaluator', () => {
    const world = aWorld();
    const { scp } = documentsOf(world.spec, null);
    const after = {
      exempt: world.spec,
      cover: aSpec({
        trustedCidrs: [...world.spec.trustedCidrs, '203.0.113.9/32'],
        trustedVpcs: [...world.spec.trustedVpcs, { id: otherVpc, arn: vpcArn(otherVpc) }],
      }),
    };
    for (const path of [ownNat, { vpcEndpointId: 'vpce-0b0b0b0b' }]) {
      for (const kind of ['cover', 'exempt'] as const) {
        const request = remedyOf(kind, path)?.opens?.request;
        if (request === undefined) throw new Error('no hole is shown');
        const { 'aws:PrincipalTag/NetworkRestrictedExempt': _, ...untagged } = request.context;
        expect(judge({ ...request, context: untagged }, { scp, bucket: null }).verdict).toBe('denied');
        expect(judge(request, { scp: documentsOf(after[kind], null).scp, bucket: null }).verdict).toBe('passes');
      }
    }
  });

  it('of a tag is shown from an address that is not trusted anyway', () => {
    const spec = aSpec({ trustedCidrs: ['198.51.100.0/28', '192.0.2.0/24'] });
    expect(remedyOf('exempt', ownNat, { spec })?.opens?.request.context['aws:SourceIp']).toBe('203.0.113.1');
  });
});
