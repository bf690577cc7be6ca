import { describe, expect, it } from 'vitest';
import type { Statement } from '../../src/policy/document.ts';
import { evaluate } from '../../src/policy/evaluate.ts';
import { account, allowAll, ask, document, role, session } from './support.ts';

const other = '444455556666';
const user = `arn:aws:iam::${account}:user/anna`;
const allowTo = (Principal: NonNullable<Statement['Principal']>): ReturnType<typeof document> =>
  document({ Effect: 'Allow', Principal, Action: 's3:GetObject', Resource: 'arn:aws:s3:::quilt-a/*' });
const nothing = document({ Effect: 'Allow', Action: 'sqs:*', Resource: '*' });
const denyAll = document({ Sid: 'No', Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' });

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
describe('within one account', () => {
  it('a request that nothing allows is denied implicitly, and the types that lack an Allow are named', () => {
    const decision = ask({ policies: { identity: [nothing] } });
    expect(decision.decision).toBe('implicitDeny');
    expect(decision.deniedBy.map((by) => by.policyType)).toEqual(['identity', 'resource']);
    expect(decision.refused).toBe(true);
  });

  it('the identity policy or the resource policy suffices', () => {
    expect(ask({}).decision).toBe('allowed');
    expect(ask({ policies: { identity: [], resource: allowTo({ AWS: role }) } }).decision).toBe('allowed');
  });

  it('an explicit Deny wins over every Allow, and is named with its place', () => {
    const decision = ask({
      policies: { identity: [allowAll, nothing], scp: [[allowAll], [allowAll, { ...denyAll }]], resource: allowTo('*') },
    });
    expect(decision.decision).toBe('explicitDeny');
    expect(decision.deniedBy).toEqual([{ policyType: 'scp', level: 1, document: 1, index: 0, sid: 'No' }]);
  });

  it('naming the account only delegates to the identity policy', () => {
    const resource = allowTo({ AWS: `arn:aws:iam::${account}:root` });
    expect(ask({ policies: { identity: [], resource } }).decision).toBe('implicitDeny');
    expect(ask({ policies: { identity: [], resource: allowTo({ AWS: account }) } }).decision).toBe('implicitDeny');
    expect(ask({ policies: { identity: [allowAll], resource } }).decision).toBe('allowed');
  });

  it('naming the role is bounded by the boundary and the session policy; naming the session is not', () => {
    const bounded = { identity: [], boundary: [nothing] };
    expect(ask({ policies: { ...bounded, resource: allowTo({ AWS: role }) } }).decision).toBe('implicitDeny');
    expect(ask({ policies: { ...bounded, resource: allowTo({ AWS: session }) } }).decision).toBe('allowed');
    expect(ask({ policies: { identity: [], session: nothing, resource: allowTo({ AWS: role }) } }).decision).toBe('implicitDeny');
    expect(ask({ policies: { identity: [], session: nothing, resource: allowTo({ AWS: session }) } }).decision).toBe('allowed');
  });

  it('naming the user allows in spite of an implicit deny in the boundary, not of an explicit one', () => {
    const policies = { identity: [], resource: allowTo({ AWS: user }) };
    expect(ask({ principal: user, policies: { ...policies, boundary: [nothing] } }).decision).toBe('allowed');
    expect(ask({ principal: user, policies: { ...policies, boundary: [denyAll] } }).decision).toBe('explicitDeny');
  });

  it('an endpoint policy is a further intersection', () => {
    expect(ask({ policies: { identity: [allowAll], endpoint: nothing } }).deniedBy.map((by) => by.policyType)).toEqual(['endpoint']);
    expect(ask({ policies: { identity: [allowAll], endpoint: allowTo('*') } }).decision).toBe('allowed');
  });

  it('every level of SCPs must allow', () => {
    expect(ask({ policies: { identity: [allowAll], scp: [[allowAll], [nothing]] } }).decision).toBe('implicitDeny');
    expect(ask({ policies: { identity: [allowAll], scp: [[allowAll], []] } }).decision).toBe('implicitDeny');
    expect(ask({ policies: { identity: [allowAll], scp: [[allowAll], [nothing, allowAll]] } }).decision).toBe('allowed');
  });
});

describe('across accounts', () => {
  const from = { principal: `arn:aws:sts::${other}:assumed-role/Reader/x`, role: `arn:aws:iam::${other}:role/Reader` };

  it('both sides must allow', () => {
    const resource = allowTo({ AWS: `arn:aws:iam::${other}:root` });
    expect(ask({ ...from, policies: { identity: [allowAll] } }).decision).toBe('implicitDeny');
    expect(ask({ ...from, policies: { identity: [], resource } }).decision).toBe('implicitDeny');
    expect(ask({ ...from, policies: { identity: [allowAll], resource } }).decision).toBe('allowed');
    expect(ask({ ...from, policies: { identity: [allowAll], resource: allowTo({ AWS: from.role }) } }).decision).toBe('allowed');
  });

  it('a boundary on the one side still holds', () => {
    const resource = allowTo({ AWS: from.principal });
    expect(ask({ ...from, policies: { identity: [allowAll], boundary: [nothing], resource } }).decision).toBe('implicitDeny');
  });
});

describe('who is bound', () => {
  const scp = [[allowAll, denyAll]];
  const rcp = [[{ ...denyAll }]];

  it('SCPs bind members, their root too, and not the management account', () => {
    expect(ask({ policies: { identity: [allowAll], scp } }).decision).toBe('explicitDeny');
    expect(ask({ principal: `root:${account}`, policies: { scp } }).decision).toBe('explicitDeny');
    expect(ask({ managementAccount: account, policies: { identity: [allowAll], scp } }).decision).toBe('allowed');
  });

  it('SCPs bind neither service-linked roles nor services nor anonymous requests', () => {
    const linked = `arn:aws:iam::${account}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX`;
    expect(ask({ principal: linked, role: linked, policies: { identity: [allowAll], scp } }).decision).toBe('allowed');
    expect(ask({ principal: 'service:x.amazonaws.com', policies: { resource: allowTo('*'), scp } }).decision).toBe('allowed');
    expect(ask({ principal: 'anonymous', policies: { resource: allowTo('*'), scp } }).decision).toBe('allowed');
  });

  it("RCPs bind everybody on members' resources, and nobody on the management account's", () => {
    for (const principal of [session, 'anonymous', 'service:x.amazonaws.com', `root:${account}`]) {
      expect(ask({ principal, policies: { identity: [allowAll], resource: allowTo('*'), rcp } }).decision).toBe('explicitDeny');
    }
    expect(ask({ managementAccount: account, policies: { identity: [allowAll], rcp } }).decision).toBe('allowed');
    const linked = `arn:aws:iam::${account}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX`;
    expect(ask({ principal: linked, role: linked, policies: { identity: [allowAll], rcp } }).decision).toBe('allowed');
  });
});

describe('root', () => {
  const root = { principal: `arn:aws:iam::${account}:root`, resource: 'arn:aws:s3:::quilt-a' };

  it("passes its own bucket's Deny on the bucket policy's own actions, and on nothing else", () => {
    for (const action of ['s3:GetBucketPolicy', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy']) {
      expect(ask({ ...root, action, policies: { resource: denyAll } }).decision).toBe('allowed');
    }
    expect(ask({ ...root, action: 's3:ListBucket', policies: { resource: denyAll } }).decision).toBe('explicitDeny');
    expect(ask({ ...root, principal: `root:${other}`, action: 's3:DeleteBucketPolicy', policies: { resource: denyAll } }).decision).toBe(
      'explicitDeny',
    );
  });

  it('does not pass an SCP, an RCP or an endpoint policy there', () => {
    const action = 's3:DeleteBucketPolicy';
    expect(ask({ ...root, action, policies: { scp: [[allowAll, denyAll]] } }).decision).toBe('explicitDeny');
    expect(ask({ ...root, action, policies: { rcp: [[allowAll, denyAll]] } }).decision).toBe('explicitDeny');
    expect(ask({ ...root, action, policies: { endpoint: denyAll } }).decision).toBe('explicitDeny');
  });

  it('has no boundary', () => {
    expect(ask({ ...root, action: 's3:ListBucket', policies: { boundary: [denyAll] } }).decision).toBe('allowed');
  });
});

describe('principals', () => {
  it('anonymous requests need a resource policy that names everybody', () => {
    expect(ask({ principal: 'anonymous', policies: { resource: allowTo('*') } }).decision).toBe('allowed');
    expect(ask({ principal: 'anonymous', policies: { resource: allowTo({ AWS: '*' }) } }).decision).toBe('allowed');
    expect(ask({ principal: 'anonymous', policies: { identity: [allowAll], resource: allowTo({ AWS: account }) } }).decision).toBe(
      'implicitDeny',
    );
  });

  it('services are named by their host', () => {
    const policies = { resource: allowTo({ Service: ['logging.s3.amazonaws.com'] }) };
    expect(ask({ principal: 'service:logging.s3.amazonaws.com', policies }).decision).toBe('allowed');
    expect(ask({ principal: 'service:other.amazonaws.com', policies }).decision).toBe('implicitDeny');
  });

  it('a Deny with NotPrincipal spares only who is listed with its role and account', () => {
    const denyBut = (...AWS: readonly string[]): ReturnType<typeof document> =>
      document({ Effect: 'Deny', NotPrincipal: { AWS }, Action: '*', Resource: '*' });
    const decide = (...names: readonly string[]): string =>
      ask({ policies: { identity: [allowAll], resource: denyBut(...names) } }).decision;
    expect(decide(`arn:aws:iam::${account}:root`, role, session)).toBe('allowed');
    expect(decide(role, session)).toBe('explicitDeny');
    expect(decide(`arn:aws:iam::${account}:root`)).toBe('explicitDeny');
  });

  it('NotAction and NotResource match what is not listed', () => {
    const policy = document({ Effect: 'Allow', NotAction: 'iam:*', NotResource: 'arn:aws:s3:::secret/*' });
    expect(ask({ policies: { identity: [policy] } }).decision).toBe('allowed');
    expect(ask({ action: 'iam:GetRole', policies: { identity: [policy] } }).decision).toBe('implicitDeny');
    expect(ask({ resource: 'arn:aws:s3:::secret/x', policies: { identity: [policy] } }).decision).toBe('implicitDeny');
  });

  it('actions are compared without regard to case, resources with it', () => {
    const policy = document({ Effect: 'Allow', Action: 'S3:GETobject', Resource: 'arn:aws:s3:::quilt-a/k*' });
    expect(ask({ policies: { identity: [policy] } }).decision).toBe('allowed');
    expect(ask({ resource: 'arn:aws:s3:::quilt-a/Key', policies: { identity: [policy] } }).decision).toBe('implicitDeny');
  });

  it('a role without its path given is taken to have none', () => {
    const policies = { identity: [], resource: allowTo({ AWS: `arn:aws:iam::${account}:role/Reader` }) };
    const request = { principal: session, action: 's3:GetObject', resource: 'arn:aws:s3:::quilt-a/k', context: {}, policies };
    expect(evaluate(request).decision).toBe('allowed');
    expect(evaluate({ ...request, role }).decision).toBe('implicitDeny');
  });

  it('that have no known form are refused as bad input', () => {
    expect(() => ask({ principal: 'somebody' })).toThrow('reading principal (somebody)');
  });
});

describe('what is not known', () => {
  const deny = document({ Effect: 'Deny', Action: 's3:*', Resource: '*', Condition: { StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } } });

  it('leaves the answer open and is named', () => {
    const decision = ask({ unknown: ['aws:SourceVpc'], policies: { identity: [allowAll, deny] } });
    expect(decision).toEqual({ decision: 'unknown', deniedBy: [], dependsOn: ['aws:SourceVpc'], refused: false });
  });

  it('does not matter where the answer is the same either way', () => {
    expect(ask({ unknown: ['aws:SourceVpc'], action: 'sqs:SendMessage', policies: { identity: [allowAll, deny] } }).decision).toBe(
      'allowed',
    );
    expect(ask({ unknown: ['aws:SourceVpc'], policies: { identity: [allowAll, deny, denyAll] } }).decision).toBe('explicitDeny');
  });

  it('is refused in every completion where nothing allows, though the kind of denial is open', () => {
    const decision = ask({ unknown: ['aws:SourceVpc'], policies: { identity: [deny] } });
    expect(decision.decision).toBe('unknown');
    expect(decision.refused).toBe(true);
  });
});
