import { describe, expect, it } from 'vitest';
import type { PolicyDocument } from '../../src/policy/document.ts';
import { clausesSeen, type Judgement, judge, type PerimeterRequest } from '../../src/policy/judge.ts';
import { bucketStatements, scpDocument } from '../../src/policy/perimeter.ts';
import { account, document, role, session, spec } from './support.ts';

const scp = scpDocument(spec);
const bucket = document(...bucketStatements(spec, 'quilt-a'));

const request: PerimeterRequest = {
  principal: session,
  role,
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::quilt-a/key',
  resourceAccount: account,
  context: { 'aws:SourceIp': '198.51.100.7' },
};

const judged = (of: Partial<PerimeterRequest>, documents: { scp?: PolicyDocument; bucket?: PolicyDocument } = { scp }): Judgement =>
  judge({ ...request, ...of }, { scp: documents.scp ?? null, bucket: documents.bucket ?? null });

describe("the perimeter's say", () => {
  it('names the statement that denies, in each policy that takes part', () => {
    expect(judged({}, { scp, bucket })).toEqual({
      verdict: 'denied',
      deniedBy: [
        { policyType: 'scp', level: null, document: null, index: 0, sid: 'QuiltPerimeterNetwork' },
        { policyType: 'resource', level: null, document: null, index: 0, sid: 'QuiltPerimeterNetwork' },
      ],
      dependsOn: [],
    });
  });

  it('is that a request passes where no Deny matches, though nothing here allows it', () => {
    expect(judged({ context: { 'aws:SourceVpc': 'vpc-LOCAL' } }, { scp, bucket }).verdict).toBe('passes');
    expect(judged({}, {}).verdict).toBe('passes');
    expect(judged({}, { bucket: document({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }) }).verdict).toBe('passes');
  });

  it('is open where a key is not known that would settle it, which is named as the request spells it', () => {
    const open = judged({ context: {}, unknown: ['AWS:SourceVpc', 'aws:PrincipalTag/NetworkRestrictedExempt', 'aws:userid'] });
    expect(open.verdict).toBe('unknown');
    expect(open.deniedBy.map(({ sid }) => sid)).toEqual(['QuiltPerimeterNetwork']);
    expect(open.dependsOn).toEqual(['AWS:SourceVpc', 'aws:PrincipalTag/NetworkRestrictedExempt']);
    expect(judged({ unknown: ['aws:SourceVpc'], context: { 'aws:SourceIp': '192.0.2.1' } }).verdict).toBe('passes');
  });

  it('is open where a key that follows from the principal is said not to be known', () => {
    expect(judged({ unknown: ['aws:ViaAWSService'] }).dependsOn).toEqual(['aws:ViaAWSService']);
    expect(judged({ unknown: ['aws:ViaAWSService'], context: { ...request.context, 'aws:ViaAWSService': false } }).verdict).toBe('denied');
  });

  it('does not reach whom SCPs do not bind, whom the bucket policy reaches all the same', () => {
    const linked = `arn:aws:iam::${account}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX`;
    for (const of of [{ principal: 'anonymous' }, { principal: linked, role: linked }, { managementAccount: account }]) {
      expect(judged(of).verdict).toBe('passes');
      expect(judged(of, { bucket }).verdict).toBe('denied');
    }
    expect(judged({ principal: `root:${account}` }).verdict).toBe('denied');
  });

  it("does not keep the owner's root from its own bucket's policy", () => {
    const root = { principal: `root:${account}`, action: 's3:DeleteBucketPolicy', resource: 'arn:aws:s3:::quilt-a' };
    expect(judged(root, { bucket }).verdict).toBe('passes');
    expect(judged(root, { scp }).verdict).toBe('denied');
    expect(judged({ ...root, action: 's3:ListBucket' }, { bucket }).verdict).toBe('denied');
  });

  it('refuses a principal that has no known form', () => {
    expect(() => judged({ principal: 'somebody' })).toThrow('reading principal (somebody)');
  });
});

describe('the clauses that were seen', () => {
  it('tell of each condition whether it holds and what the request has there', () => {
    const seen = clausesSeen({ ...request, unknown: ['aws:PrincipalTag/*'] }, scp);
    expect(seen.map(({ operator, key, truth, seen }) => ({ operator, key, truth, seen }))).toEqual([
      { operator: 'StringNotEqualsIfExists', key: 'aws:SourceVpc', truth: 'holds', seen: 'absent' },
      { operator: 'Null', key: 'aws:PrincipalTag/NetworkRestrictedExempt', truth: 'unknown', seen: 'unknown' },
      { operator: 'NotIpAddressIfExists', key: 'aws:SourceIp', truth: 'holds', seen: ['198.51.100.7'] },
      { operator: 'Bool', key: 'aws:PrincipalIsAWSService', truth: 'holds', seen: ['false'] },
      { operator: 'Bool', key: 'aws:ViaAWSService', truth: 'holds', seen: ['false'] },
    ]);
    expect(seen[0]).toMatchObject({ index: 0, sid: 'QuiltPerimeterNetwork', values: ['vpc-LOCAL', 'vpc-VPN'] });
  });

  it('are those of statements about this action and resource alone', () => {
    const tags = scpDocument({ ...spec, protectExemptTag: { administrator: role } });
    expect(new Set(clausesSeen(request, tags).map(({ index }) => index))).toEqual(new Set([0]));
    expect(clausesSeen({ ...request, resource: 'arn:aws:s3:::other/key' }, scp)).toEqual([]);
    expect(clausesSeen({ ...request, action: 'sqs:SendMessage' }, scp)).toEqual([]);
  });
});
