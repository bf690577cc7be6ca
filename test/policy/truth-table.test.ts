import { describe, expect, it } from 'vitest';
import type { ContextValues } from '../../src/policy/context.ts';
import type { PolicyDocument } from '../../src/policy/document.ts';
import { clausesSeen } from '../../src/policy/judge.ts';
import { bucketStatements, scpDocument } from '../../src/policy/perimeter.ts';
import { allowAll, ask, document, example, publicRead, session, spec } from './support.ts';

// The table E19: a request, and whether the statement denies it as an SCP and as a bucket policy.
interface Row {
  readonly request: string;
  readonly principal?: string;
  readonly context: ContextValues;
  readonly denied: boolean;
}

const rows: readonly Row[] = [
  { request: 'via an S3 endpoint of a listed VPC', context: { 'aws:SourceVpc': 'vpc-LOCAL' }, denied: false },
  { request: 'via an endpoint of another VPC', context: { 'aws:SourceVpc': 'vpc-OTHER' }, denied: true },
  { request: 'from the Internet, address not listed', context: { 'aws:SourceIp': '198.51.100.7' }, denied: true },
  { request: 'from the Internet, address listed', context: { 'aws:SourceIp': '203.0.113.7' }, denied: false },
  { request: 'from a listed VPC to a bucket in another Region (by NAT)', context: { 'aws:SourceIp': '198.51.100.200' }, denied: true },
  {
    request: 'from a listed VPC to another Region whose NAT address is listed',
    context: { 'aws:SourceIp': '192.0.2.10' },
    denied: false,
  },
  { request: 'by a service principal', principal: 'service:cloudtrail.amazonaws.com', context: {}, denied: false },
  { request: 'by Athena on behalf of the caller', context: { 'aws:ViaAWSService': true }, denied: false },
  { request: "by a service role from AWS's network", context: {}, denied: true },
  { request: 'by a tagged principal', context: { 'aws:PrincipalTag/NetworkRestrictedExempt': 'false' }, denied: false },
  {
    request: 'by a principal whose tag key is written otherwise',
    context: { 'aws:PrincipalTag/networkrestrictedexempt': '' },
    denied: false,
  },
  { request: 'from the Internet over IPv6', context: { 'aws:SourceIp': '2001:db8::7' }, denied: true },
];

const decide = (row: Row, policies: { readonly scp?: PolicyDocument; readonly resource?: PolicyDocument }): string =>
  ask({
    principal: row.principal ?? session,
    context: row.context,
    policies: {
      identity: [allowAll],
      resource: { ...publicRead, Statement: [...publicRead.Statement, ...(policies.resource?.Statement ?? [])] },
      ...(policies.scp === undefined ? {} : { scp: [[allowAll], [allowAll, policies.scp]] }),
    },
  }).decision;

const bucketPolicy = document(...bucketStatements(spec, 'quilt-a'));
const bucketPolicyOfArns = document(...bucketStatements({ ...spec, vpcKey: 'arn' }, 'quilt-a'));

describe('the perimeter statement', () => {
  for (const row of rows) {
    const expected = row.denied ? 'explicitDeny' : 'allowed';
    it(`${row.denied ? 'denies' : 'passes'} a request ${row.request}`, () => {
      expect(decide(row, { scp: example })).toBe(expected);
      expect(decide(row, { scp: scpDocument(spec) })).toBe(expected);
      expect(decide(row, { resource: bucketPolicy })).toBe(expected);
    });
  }

  it('as an SCP does not see anonymous requests', () => {
    const row: Row = { request: '', principal: 'anonymous', context: { 'aws:SourceIp': '198.51.100.7' }, denied: false };
    expect(decide(row, { scp: scpDocument(spec) })).toBe('allowed');
  });

  it('as a bucket policy denies anonymous requests by BoolIfExists, and with Bool would not', () => {
    const row: Row = { request: '', principal: 'anonymous', context: { 'aws:SourceIp': '198.51.100.7' }, denied: true };
    const withBool = document(...scpDocument(spec).Statement.map((statement) => ({ ...statement, Principal: '*' as const })));
    expect(decide(row, { resource: withBool })).toBe('allowed');
    expect(decide(row, { resource: bucketPolicy })).toBe('explicitDeny');
  });

  it('by ARN distinguishes a VPC of the same id in another Region', () => {
    const context = (region: string): ContextValues => ({
      'aws:SourceVpc': 'vpc-LOCAL',
      'aws:SourceVpcArn': `arn:aws:ec2:${region}:111122223333:vpc/vpc-LOCAL`,
    });
    expect(decide({ request: '', context: context('us-east-1'), denied: false }, { resource: bucketPolicyOfArns })).toBe('allowed');
    expect(decide({ request: '', context: context('eu-west-1'), denied: true }, { resource: bucketPolicyOfArns })).toBe('explicitDeny');
    expect(decide({ request: '', context: context('eu-west-1'), denied: false }, { resource: bucketPolicy })).toBe('allowed');
  });

  it('leaves buckets of other names alone', () => {
    const other = ask({
      resource: 'arn:aws:s3:::other-quilt/key',
      policies: { identity: [allowAll], scp: [[allowAll, scpDocument(spec)]] },
    });
    expect(other.decision).toBe('allowed');
  });
});

describe('each clause of the statement', () => {
  // The columns of E19: SourceVpc differs, the tag is absent, SourceIp is not listed, no AWS service asks, none asks on behalf.
  const columns: readonly (readonly [string, string, ContextValues, string])[] = [
    ['via an S3 endpoint of a listed VPC', session, { 'aws:SourceVpc': 'vpc-LOCAL' }, 'FTTTT'],
    ['via an endpoint of another VPC', session, { 'aws:SourceVpc': 'vpc-OTHER' }, 'TTTTT'],
    ['from the Internet, address not listed', session, { 'aws:SourceIp': '198.51.100.7' }, 'TTTTT'],
    ['from the Internet, address listed', session, { 'aws:SourceIp': '203.0.113.7' }, 'TTFTT'],
    ['from a listed VPC to a bucket in another Region (by NAT)', session, { 'aws:SourceIp': '198.51.100.200' }, 'TTTTT'],
    ['by a service principal', 'service:cloudtrail.amazonaws.com', {}, 'TTTFT'],
    ['by Athena on behalf of the caller', session, { 'aws:ViaAWSService': true }, 'TTTTF'],
    ["by a service role from AWS's network", session, {}, 'TTTTT'],
    ['by a tagged principal', session, { 'aws:PrincipalTag/NetworkRestrictedExempt': 'x' }, 'TFTTT'],
    ['anonymous, with Bool', 'anonymous', { 'aws:SourceIp': '198.51.100.7' }, 'TTTFT'],
  ];
  const truths = (policy: PolicyDocument, principal: string, context: ContextValues): string => {
    const request = { principal, action: 's3:GetObject', resource: 'arn:aws:s3:::quilt-a/key', context };
    return clausesSeen(request, policy)
      .map(({ truth }) => ({ holds: 'T', fails: 'F', unknown: '?' })[truth])
      .join('');
  };

  it.each(columns)('says of a request %s what the table says', (_request, principal, context, expected) => {
    expect(truths(example, principal, context)).toBe(expected);
    expect(truths(scpDocument(spec), principal, context)).toBe(expected);
    // BoolIfExists holds of anonymous requests too.
    expect(truths(bucketPolicy, principal, context)).toBe(principal === 'anonymous' ? 'TTTTT' : expected);
  });
});

describe('the second statement of the bucket policy', () => {
  const inOrganization = { ...spec, organizationId: 'o-ours' };
  const policy = document(...publicRead.Statement, ...bucketStatements(inOrganization, 'quilt-a'));
  const tagged = { 'aws:PrincipalTag/NetworkRestrictedExempt': 'true' };
  const decideFor = (context: ContextValues, principal = session): string =>
    ask({ principal, context, policies: { identity: [allowAll], resource: policy } }).decision;

  it('takes the exemption by tag from principals outside the organization', () => {
    expect(decideFor({ ...tagged, 'aws:PrincipalOrgID': 'o-theirs' })).toBe('explicitDeny');
    expect(decideFor({ ...tagged })).toBe('explicitDeny');
    expect(decideFor({ ...tagged, 'aws:PrincipalOrgID': 'o-ours' })).toBe('allowed');
  });

  it('lets AWS services pass, as principals and on behalf of others', () => {
    expect(decideFor({}, 'service:logging.s3.amazonaws.com')).toBe('allowed');
    expect(decideFor({ 'aws:ViaAWSService': true, 'aws:PrincipalOrgID': 'o-theirs' })).toBe('allowed');
  });

  it('lets principals outside the organization pass from a trusted network', () => {
    expect(decideFor({ 'aws:SourceVpc': 'vpc-LOCAL', 'aws:PrincipalOrgID': 'o-theirs' })).toBe('allowed');
  });

  it('stands only where the organization is known', () => {
    expect(bucketStatements(spec, 'quilt-a')).toHaveLength(1);
    expect(bucketStatements(inOrganization, 'quilt-a')).toHaveLength(2);
  });
});
