// Each rule of aws-facts F as a row: the record, and what AWS will see.
import { describe, expect, it } from 'vitest';
import { derive } from '../../src/access/derive.ts';
import type { TrailPath } from '../../src/access/types.ts';
import type { AssessWorld } from '../../src/access/world.ts';
import { aPath, aSpec, aWorld, otherVpc, partner, quilt, roleArn, stranger, trustedVpc, vpcArn } from './assess-support.ts';

const networkKeys = ['aws:SourceVpc', 'aws:SourceVpcArn', 'aws:SourceVpce', 'aws:SourceIp'];
const of = (path: Partial<TrailPath>, over: Partial<AssessWorld> = {}, sessionTags = {}) => {
  const whole = aPath(path);
  return derive(whole, whole.bucket ?? '', sessionTags, aWorld(over));
};

describe('the network of a call', () => {
  const rows: readonly {
    readonly rule: string;
    readonly path: Partial<TrailPath>;
    readonly network: object;
    readonly context: object;
    readonly unknown: readonly string[];
  }[] = [
    {
      rule: 'F3: an endpoint of the inventory is its VPC, and there is no SourceIp',
      path: { vpcEndpointId: 'vpce-0a0a0a0a', sourceIpAddress: '10.0.1.5' },
      network: { kind: 'vpc', value: trustedVpc },
      context: { 'aws:SourceVpc': trustedVpc, 'aws:SourceVpcArn': vpcArn(trustedVpc), 'aws:SourceVpce': 'vpce-0a0a0a0a' },
      unknown: [],
    },
    {
      rule: 'E6: a client on a VPN with a public address of its own counts as in the endpoint’s VPC',
      path: { vpcEndpointId: 'vpce-0b0b0b0b', sourceIpAddress: '198.51.100.7' },
      network: { kind: 'vpc', value: otherVpc },
      context: { 'aws:SourceVpc': otherVpc, 'aws:SourceVpcArn': vpcArn(otherVpc), 'aws:SourceVpce': 'vpce-0b0b0b0b' },
      unknown: [],
    },
    {
      rule: 'F4: an endpoint that no inventory has may be AWS’s own',
      path: { vpcEndpointId: 'vpce-0c0c0c0c', sourceIpAddress: '10.0.1.5' },
      network: { kind: 'unknown', value: 'vpce-0c0c0c0c' },
      context: {},
      unknown: networkKeys,
    },
    {
      rule: 'F7: a public IPv4 address is SourceIp, without a VPC',
      path: { sourceIpAddress: '198.51.100.7' },
      network: { kind: 'ip', value: '198.51.100.7' },
      context: { 'aws:SourceIp': '198.51.100.7' },
      unknown: [],
    },
    {
      rule: 'F21: IPv6 is not left out',
      path: { sourceIpAddress: '2001:db8::7' },
      network: { kind: 'ip', value: '2001:db8::7' },
      context: { 'aws:SourceIp': '2001:db8::7' },
      unknown: [],
    },
    ...['10.0.1.5', '172.31.9.9', '192.168.0.1', '100.64.3.3', 'fd00::5', 'fe80::1'].map((address) => ({
      rule: `F7: the private address ${address} without an endpoint tells nothing`,
      path: { sourceIpAddress: address },
      network: { kind: 'unknown', value: address },
      context: {},
      unknown: networkKeys,
    })),
    {
      rule: 'F2: a service’s name is no address',
      path: { sourceIpAddress: 'athena.amazonaws.com' },
      network: { kind: 'service', value: 'athena.amazonaws.com' },
      context: {},
      unknown: networkKeys,
    },
    {
      rule: 'F2: nor is AWS Internal',
      path: { sourceIpAddress: 'AWS Internal/2' },
      network: { kind: 'service', value: 'AWS Internal/2' },
      context: {},
      unknown: networkKeys,
    },
    {
      rule: 'F3: an endpoint field that holds a service’s name is no endpoint, and the address beside it proves nothing',
      path: { vpcEndpointId: 'AWS Internal', sourceIpAddress: '198.51.100.7' },
      network: { kind: 'unknown', value: '198.51.100.7' },
      context: {},
      unknown: networkKeys,
    },
    {
      rule: 'F2: a record without any address tells nothing',
      path: { sourceIpAddress: null },
      network: { kind: 'unknown', value: 'unknown' },
      context: {},
      unknown: networkKeys,
    },
  ];

  it.each(rows)('$rule', ({ path, network, context, unknown }) => {
    const { from } = of(path);
    expect(from.network).toEqual(network);
    expect(from.context).toEqual(context);
    expect(from.unknown).toEqual(unknown);
  });

  it('by --vpce-map has the ARN only where the record tells account and Region', () => {
    const endpoints = new Map([['vpce-0d0d0d0d', { vpcId: trustedVpc, vpcArn: null }]]);
    expect(of({ vpcEndpointId: 'vpce-0d0d0d0d' }, { endpoints }).from.unknown).toEqual(['aws:SourceVpcArn']);
    const told = of({ vpcEndpointId: 'vpce-0d0d0d0d', vpcEndpointAccountId: partner, awsRegion: 'eu-west-1' }, { endpoints });
    expect(told.from.context).toMatchObject({ 'aws:SourceVpcArn': `arn:aws:ec2:eu-west-1:${partner}:vpc/${trustedVpc}` });
  });
});

describe('who called', () => {
  const user = `arn:aws:iam::${quilt}:user/people/ann`;
  const rows: readonly { readonly rule: string; readonly path: Partial<TrailPath>; readonly who: object }[] = [
    {
      rule: 'a session is its role',
      path: {},
      who: { kind: 'role', principal: roleArn('quilt/Reader'), accountId: quilt, serviceLinked: 'no' },
    },
    {
      rule: 'an IAM user',
      path: { identityType: 'IAMUser', principalArn: user, principalId: 'AIDAANN' },
      who: { kind: 'user', name: user },
    },
    {
      rule: 'the root user',
      path: { identityType: 'Root', principalArn: `arn:aws:iam::${quilt}:root`, principalId: quilt },
      who: { kind: 'root', principal: `root:${quilt}`, name: `arn:aws:iam::${quilt}:root` },
    },
    {
      rule: 'a federated user, whose session was issued to a user',
      path: { identityType: 'FederatedUser', principalArn: user, principalId: `${quilt}:visitor` },
      who: { kind: 'federated', principal: `arn:aws:sts::${quilt}:federated-user/visitor`, identity: user },
    },
    {
      rule: 'F7a: a service by its type',
      path: { identityType: 'AWSService', principalArn: null, principalId: null, accountId: null, invokedBy: 'cloudtrail.amazonaws.com' },
      who: { kind: 'service', principal: 'service:cloudtrail.amazonaws.com' },
    },
    {
      rule: 'F7a: a service by its principal id',
      path: {
        identityType: null,
        principalArn: null,
        principalId: 'AWSService',
        accountId: null,
        sourceIpAddress: 'logging.s3.amazonaws.com',
      },
      who: { kind: 'service', principal: 'service:logging.s3.amazonaws.com' },
    },
    {
      rule: 'F7b: a service-linked role',
      path: { principalArn: `arn:aws:iam::${quilt}:role/aws-service-role/macie.amazonaws.com/AWSServiceRoleForAmazonMacie` },
      who: { kind: 'role', serviceLinked: 'yes' },
    },
    ...['ANONYMOUS_PRINCIPAL', 'anonymous', 'Anonymous'].map((accountId) => ({
      rule: `F9: nobody, spelled ${accountId}`,
      path: { identityType: 'AWSAccount', principalArn: null, principalId: '', accountId },
      who: { kind: 'anonymous', principal: 'anonymous', accountId: null },
    })),
    {
      rule: 'F8: the owner’s copy of another account’s call has no ARN, and may be a service-linked role',
      path: { identityType: 'AWSAccount', principalArn: null, principalId: 'AROASTRANGER', accountId: stranger },
      who: { kind: 'unnamed', name: `account:${stranger}/AROASTRANGER`, accountId: stranger, serviceLinked: 'maybe' },
    },
    {
      rule: 'F8: a user of another account is no role',
      path: { identityType: 'AWSAccount', principalArn: null, principalId: 'AIDASTRANGER', accountId: stranger },
      who: { kind: 'unnamed', serviceLinked: 'no' },
    },
    {
      rule: 'F5: a type that says nothing',
      path: { identityType: 'Unknown', principalArn: null, principalId: null, accountId: null },
      who: { kind: 'unnamed', name: 'unknown', accountId: null, serviceLinked: 'maybe' },
    },
  ];

  it.each(rows)('$rule', ({ path, who }) => {
    expect(of(path).who).toMatchObject(who);
  });
});

describe('which service stood between', () => {
  const trusting = (...trustedServices: string[]): Partial<AssessWorld> => ({
    principals: new Map([[roleArn('quilt/Reader'), { tags: {}, trustedServices }]]),
  });
  const through = (service: string): Partial<TrailPath> => ({ invokedBy: service, sourceIpAddress: service });

  it('F6: invokedBy is no proof where the trust policy is not known', () => {
    const { by, request } = of(through('athena.amazonaws.com'));
    expect(by.how).toBe('unsure');
    expect(request.unknown).toContain('aws:ViaAWSService');
    expect(request.context).not.toHaveProperty('aws:ViaAWSService');
  });

  it('F7d: a service that may not assume the role forwarded its access', () => {
    const { by, request } = of(through('athena.amazonaws.com'), trusting('lambda.amazonaws.com'));
    expect(by.how).toBe('forwarded');
    expect(request.context['aws:ViaAWSService']).toBe('true');
  });

  it('F7d, E13: one that may used it as a service role, which brings neither endpoint nor address', () => {
    const { by, from, request } = of(through('firehose.amazonaws.com'), trusting('firehose.amazonaws.com'));
    expect(by.how).toBe('role');
    expect([from.context, from.unknown]).toEqual([{}, []]);
    expect(request.context).not.toHaveProperty('aws:ViaAWSService');
  });

  it('a service role that came through an endpoint of the inventory is in its VPC', () => {
    const path = { ...through('firehose.amazonaws.com'), vpcEndpointId: 'vpce-0a0a0a0a', sourceIpAddress: '10.0.0.4' };
    expect(of(path, trusting('firehose.amazonaws.com')).from.network).toEqual({ kind: 'vpc', value: trustedVpc });
  });

  it('names of services with a Region in them are the same service', () => {
    expect(of(through('states.amazonaws.com'), trusting('states.us-east-1.amazonaws.com')).by.how).toBe('role');
  });

  it('G19: CloudFormation forwards access even where it may assume the role, so it stays open', () => {
    expect(of(through('cloudformation.amazonaws.com'), trusting('cloudformation.amazonaws.com')).by.how).toBe('unsure');
  });

  it('a service that is not named stays open', () => {
    expect(of({ invokedBy: 'AWS Internal', sourceIpAddress: 'AWS Internal' }, trusting('lambda.amazonaws.com')).by.how).toBe('unsure');
    expect(of({ sourceIpAddress: 'AWS Internal' }, trusting('lambda.amazonaws.com')).by.how).toBe('unsure');
  });

  it('no service can assume a user, so it forwarded the user’s access', () => {
    const ann = { identityType: 'IAMUser', principalArn: `arn:aws:iam::${quilt}:user/ann`, principalId: 'AIDAANN' };
    expect(of({ ...ann, ...through('athena.amazonaws.com') }).by.how).toBe('forwarded');
  });

  it('E12: a service-linked role makes its calls itself', () => {
    const principalArn = `arn:aws:iam::${quilt}:role/aws-service-role/macie.amazonaws.com/AWSServiceRoleForAmazonMacie`;
    expect(of({ principalArn, ...through('macie.amazonaws.com') }).by.how).toBe('role');
  });
});

describe('tags, organization and account', () => {
  const key = 'aws:PrincipalTag/NetworkRestrictedExempt';
  const tagged = { tags: { NetworkRestrictedExempt: 'yes' }, trustedServices: [] };
  const arn = roleArn('quilt/Reader');

  it('tags come from --principal-tags by name, then from IAM, then from its *', () => {
    const world = { principals: new Map([[arn, tagged]]), otherTags: { NetworkRestrictedExempt: 'all' } };
    expect(of({}, { ...world, namedTags: new Map([[arn, {}]]) }).request.context).not.toHaveProperty(key);
    expect(of({}, world).request.context[key]).toBe('yes');
    expect(of({}, { ...world, principals: new Map() }).request.context[key]).toBe('all');
  });

  it('tags that nobody tells are unknown, unless the session brought them', () => {
    expect(of({}, { otherTags: null }).request.unknown).toEqual([key]);
    const brought = of({}, { otherTags: null }, { networkrestrictedexempt: 'x' });
    expect(brought.request.unknown).toEqual([]);
    expect(brought.request.context['aws:PrincipalTag/networkrestrictedexempt']).toBe('x');
  });

  it('E17: root, services and nobody have none', () => {
    const noTags = { otherTags: null };
    for (const path of [
      { identityType: 'Root', principalArn: `arn:aws:iam::${quilt}:root` },
      { identityType: 'AWSService', principalArn: null },
      { identityType: 'AWSAccount', principalArn: null, accountId: 'anonymous' },
    ]) {
      expect(of(path, noTags).request.unknown).not.toContain(key);
    }
  });

  it('the organization is that of the account, unknown where the account is in no list', () => {
    expect(of({}).request.context['aws:PrincipalOrgID']).toBe('o-quilt');
    expect(of({ accountId: stranger, principalArn: roleArn('x', stranger) }).request.context).not.toHaveProperty('aws:PrincipalOrgID');
    const open = of({ accountId: stranger }, { members: { ids: new Set([quilt]), complete: false } });
    expect(open.request.unknown).toContain('aws:PrincipalOrgID');
    expect(of({}, { spec: aSpec({ organizationId: null }) }).request.context).not.toHaveProperty('aws:PrincipalOrgID');
  });

  it('a record that does not tell the bucket’s account leaves it open', () => {
    const { request } = of({ bucketAccountId: null });
    expect(request.unknown).toContain('aws:ResourceAccount');
    expect(request).not.toHaveProperty('resourceAccount');
  });
});

describe('the action and the resource', () => {
  it.each([
    ['GetObject', 's3:GetObject', 'arn:aws:s3:::quilt-data/*'],
    ['HeadObject', 's3:GetObject', 'arn:aws:s3:::quilt-data/*'],
    ['ListObjects', 's3:ListBucket', 'arn:aws:s3:::quilt-data'],
    ['HeadBucket', 's3:ListBucket', 'arn:aws:s3:::quilt-data'],
    ['UploadPart', 's3:PutObject', 'arn:aws:s3:::quilt-data/*'],
    ['ListMultipartUploads', 's3:ListBucketMultipartUploads', 'arn:aws:s3:::quilt-data'],
    ['ListParts', 's3:ListMultipartUploadParts', 'arn:aws:s3:::quilt-data/*'],
    ['PutBucketPolicy', 's3:PutBucketPolicy', 'arn:aws:s3:::quilt-data'],
    ['SomethingNew', 's3:SomethingNew', 'arn:aws:s3:::quilt-data'],
  ])('of %s are %s on %s', (eventName, action, resource) => {
    expect(of({ eventName }).request).toMatchObject({ action, resource });
  });
});
