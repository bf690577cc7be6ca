// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written so.
import { describe, expect, it } from 'vitest';
import type { Statement } from '../../../src/policy/document.ts';
import { type AccessRequest, type Decision, evaluate } from '../../../src/policy/evaluate.ts';
import { account, allowAll, asIdentityPolicy, printed } from './examples.ts';

const other = '111111111111';
const role = `arn:aws:iam::${account}:role/examplerole`;
const session = `arn:aws:sts::${account}:assumed-role/examplerole/examplerolesessionname`;
const user = `arn:aws:iam::${account}:user/exampleuser`;
const federated = `arn:aws:sts::${account}:federated-user/exampleuser`;
const accountRoot = `arn:aws:iam::${account}:root`;

const decide = (of: Partial<AccessRequest>): Decision['decision'] =>
  evaluate({
    principal: user,
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::amzn-s3-demo-bucket/key',
    resourceAccount: account,
    context: {},
    policies: {},
    ...of,
  }).decision;

const allowTo = (Principal: NonNullable<Statement['Principal']>) =>
  printed({ Effect: 'Allow', Principal, Action: 's3:*', Resource: 'arn:aws:s3:::amzn-s3-demo-bucket/*' });
const allow = (Action: string) => printed({ Effect: 'Allow', Action, Resource: '*' });
const deny = printed({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' });
const others = allow('sqs:*');

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
describe('…policy-eval-denyallow.html', () => {
  it('by default, all requests are implicitly denied with the exception of the account root user', () => {
    expect(decide({})).toBe('implicitDeny');
    expect(decide({ principal: session, role })).toBe('implicitDeny');
    expect(decide({ principal: accountRoot })).toBe('allowed');
  });

  it('an explicit deny in any policy overrides the allow', () => {
    const allowed = {
      identity: [allowAll],
      boundary: [allowAll],
      session: allowAll,
      resource: allowTo('*'),
      scp: [[allowAll]],
      rcp: [[allowAll]],
      endpoint: allowAll,
    };
    expect(decide({ principal: session, role, policies: allowed })).toBe('allowed');
    const denied: readonly AccessRequest['policies'][] = [
      { identity: [allowAll, deny] },
      { boundary: [allowAll, deny] },
      { session: deny },
      { resource: deny },
      { scp: [[allowAll, deny]] },
      { rcp: [[allowAll, deny]] },
      { endpoint: deny },
    ];
    for (const one of denied) expect(decide({ principal: session, role, policies: { ...allowed, ...one } })).toBe('explicitDeny');
  });

  it('a request without an Allow in the RCPs or the SCPs is implicitly denied', () => {
    expect(decide({ policies: { identity: [allowAll], rcp: [[others]] } })).toBe('implicitDeny');
    expect(decide({ policies: { identity: [allowAll], scp: [[others]] } })).toBe('implicitDeny');
    expect(decide({ policies: { resource: allowTo({ AWS: user }), scp: [[others]] } })).toBe('implicitDeny');
  });

  // The table "Resource-based policies and implicit denies in other policy types (same account)".
  const limits: readonly AccessRequest['policies'][] = [
    { boundary: [others] },
    { session: others },
    { boundary: [others], session: others },
  ];

  it('IAM role: what is granted to a role ARN is limited by an implicit deny in a permissions boundary or session policy', () => {
    const resource = allowTo({ AWS: role });
    expect(decide({ principal: session, role, policies: { identity: [], resource } })).toBe('allowed');
    for (const one of limits) {
      expect(decide({ principal: session, role, policies: { identity: [], resource, ...one } })).toBe('implicitDeny');
    }
  });

  it('a role in aws:PrincipalArn beside Principal * is not limited by them', () => {
    const resource = printed({
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:*',
      Resource: '*',
      Condition: { ArnEquals: { 'aws:PrincipalArn': role } },
    });
    for (const one of limits) expect(decide({ principal: session, role, policies: { identity: [], resource, ...one } })).toBe('allowed');
    expect(decide({ principal: session, role, policies: { identity: [deny], resource } })).toBe('explicitDeny');
  });

  it('IAM role session: what is granted to the session ARN is not limited by an implicit deny', () => {
    const resource = allowTo({ AWS: session });
    for (const one of limits) expect(decide({ principal: session, role, policies: { identity: [], resource, ...one } })).toBe('allowed');
    const another = session.replace('examplerolesessionname', 'another');
    expect(decide({ principal: another, role, policies: { identity: [], resource } })).toBe('implicitDeny');
  });

  it('IAM user: what is granted to the user ARN is not limited by an implicit deny', () => {
    const resource = allowTo({ AWS: user });
    expect(decide({ policies: { identity: [others], boundary: [others], resource } })).toBe('allowed');
  });

  it('IAM federated user: what is granted to its own ARN is not limited by an implicit deny', () => {
    const resource = allowTo({ AWS: federated });
    for (const one of [{}, ...limits]) {
      expect(decide({ principal: federated, role: user, policies: { identity: [], resource, ...one } })).toBe('allowed');
    }
  });

  it('IAM federated user: what is granted to the user who federated is limited by an implicit deny', () => {
    const resource = allowTo({ AWS: user });
    const as = { principal: federated, role: user };
    expect(decide({ ...as, policies: { identity: [], resource, session: allowAll } })).toBe('allowed');
    for (const one of limits) expect(decide({ ...as, policies: { identity: [], resource, ...one } })).toBe('implicitDeny');
  });

  it('without a session policy a role session is allowed, a federated user session implicitly denied', () => {
    expect(decide({ principal: session, role, policies: { identity: [allowAll] } })).toBe('allowed');
    expect(decide({ principal: federated, policies: { identity: [allowAll] } })).toBe('implicitDeny');
    expect(decide({ principal: federated, policies: { identity: [allowAll], session: allowAll } })).toBe('allowed');
    expect(decide({ principal: federated, policies: { identity: [allowAll], session: others } })).toBe('implicitDeny');
  });

  it('naming the account only delegates to the identity policy, and what limits it', () => {
    for (const AWS of [account, accountRoot]) {
      const resource = allowTo({ AWS });
      expect(decide({ policies: { identity: [], resource } })).toBe('implicitDeny');
      expect(decide({ policies: { identity: [allowAll], resource } })).toBe('allowed');
      expect(decide({ policies: { identity: [allowAll], boundary: [others], resource } })).toBe('implicitDeny');
    }
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
describe('…policy-eval-basics.html', () => {
  const carlos = `arn:aws:iam::${account}:user/carlossalazar`;
  const own = ['arn:aws:s3:::amzn-s3-demo-bucket-carlossalazar/*', 'arn:aws:s3:::amzn-s3-demo-bucket-carlossalazar'];
  const identity = [
    printed([
      {
        Sid: 'AllowS3ListRead',
        Effect: 'Allow',
        Action: ['s3:GetBucketLocation', 's3:GetAccountPublicAccessBlock', 's3:ListAccessPoints', 's3:ListAllMyBuckets'],
        Resource: 'arn:aws:s3:::*',
      },
      { Sid: 'AllowS3Self', Effect: 'Allow', Action: 's3:*', Resource: own },
      { Sid: 'DenyS3Logs', Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::*log*' },
    ]),
  ];
  const resource = printed({ Effect: 'Allow', Principal: { AWS: carlos }, Action: 's3:*', Resource: own });
  const put = (bucket: string) => ({ principal: carlos, action: 's3:PutObject', resource: `arn:aws:s3:::${bucket}/file` });

  it('Carlos may not save a file to a bucket of logs, and may to his own', () => {
    expect(decide({ ...put('amzn-s3-demo-bucket-carlossalazar-logs'), policies: { identity } })).toBe('explicitDeny');
    expect(decide({ ...put('amzn-s3-demo-bucket-carlossalazar'), policies: { identity, resource } })).toBe('allowed');
  });

  it('if one of the two policies allows and the other does not, the request is still allowed', () => {
    expect(decide({ ...put('amzn-s3-demo-bucket-carlossalazar'), policies: { identity } })).toBe('allowed');
    expect(decide({ ...put('amzn-s3-demo-bucket-carlossalazar'), policies: { identity: [], resource } })).toBe('allowed');
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_AccessPolicyLanguage_Interplay.html
describe('…AccessPolicyLanguage_Interplay.html', () => {
  it('allowed, implicitly denied and explicitly denied actions of one policy', () => {
    const policy = printed([
      { Sid: 'AllowGetList', Effect: 'Allow', Action: ['iam:Get*', 'iam:List*'], Resource: '*' },
      { Sid: 'DenyReports', Effect: 'Deny', Action: 'iam:*Report', Resource: '*' },
    ]);
    expect(asIdentityPolicy(policy, { action: 'iam:GetRole' })).toBe('allowed');
    expect(asIdentityPolicy(policy, { action: 'iam:CreatePolicy' })).toBe('implicitDeny');
    expect(asIdentityPolicy(policy, { action: 'iam:GetOrganizationsAccessReport' })).toBe('explicitDeny');
    const more = [policy, allow('iam:*')];
    expect(decide({ action: 'iam:GenerateCredentialReport', resource: '*', policies: { identity: more } })).toBe('explicitDeny');
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
describe('…evaluation-logic-cross-account.html', () => {
  const carlos = `arn:aws:iam::${other}:user/carlossalazar`;
  const production = 'arn:aws:s3:::amzn-s3-demo-bucket-production/*';
  const identity = [
    printed([
      { Sid: 'AllowS3ListRead', Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' },
      { Sid: 'AllowS3ProductionObjectActions', Effect: 'Allow', Action: 's3:*Object*', Resource: production },
      { Sid: 'DenyS3Logs', Effect: 'Deny', Action: 's3:*', Resource: ['arn:aws:s3:::*log*', 'arn:aws:s3:::*log*/*'] },
    ]),
  ];
  const resource = printed({
    Effect: 'Allow',
    Action: ['s3:GetObject*', 's3:PutObject*', 's3:ReplicateObject', 's3:RestoreObject'],
    Principal: { AWS: carlos },
    Resource: production,
  });
  const put = { principal: carlos, action: 's3:PutObject', resource: 'arn:aws:s3:::amzn-s3-demo-bucket-production/file' };

  it('Carlos is denied the logs of the other account, and allowed its production bucket', () => {
    const logs = 'arn:aws:s3:::amzn-s3-demo-bucket-production-logs/file';
    expect(decide({ ...put, resource: logs, policies: { identity } })).toBe('explicitDeny');
    expect(decide({ ...put, policies: { identity, resource } })).toBe('allowed');
    expect(decide({ ...put, action: 's3:DeleteObject', policies: { identity, resource } })).toBe('implicitDeny');
  });

  it('the request is allowed only if both accounts allow it, whatever way the resource policy names the principal', () => {
    const as = { principal: `arn:aws:sts::${other}:assumed-role/Reader/x`, role: `arn:aws:iam::${other}:role/Reader` };
    for (const AWS of [as.principal, as.role, other, `arn:aws:iam::${other}:root`, '*']) {
      const named = allowTo({ AWS });
      expect(decide({ ...as, policies: { identity: [allowAll], resource: named } })).toBe('allowed');
      expect(decide({ ...as, policies: { identity: [], resource: named } })).toBe('implicitDeny');
      expect(decide({ ...as, policies: { identity: [allowAll] } })).toBe('implicitDeny');
    }
  });

  it("what limits the principal's account limits it here too: boundary, session policy and SCPs of its own", () => {
    const as = { principal: `arn:aws:sts::${other}:assumed-role/Reader/x`, role: `arn:aws:iam::${other}:role/Reader` };
    const policies = { identity: [allowAll], resource: allowTo({ AWS: as.principal }) };
    for (const one of [{ boundary: [others] }, { session: others }, { scp: [[others]] }, { rcp: [[others]] }]) {
      expect(decide({ ...as, policies: { ...policies, ...one } })).toBe('implicitDeny');
    }
  });

  it("another account's root needs the bucket policy's Allow", () => {
    expect(decide({ principal: `root:${other}` })).toBe('implicitDeny');
    expect(decide({ principal: `root:${other}`, policies: { resource: allowTo({ AWS: other }) } })).toBe('allowed');
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
describe('…access_policies_boundaries.html', () => {
  const shirley = `arn:aws:iam::${account}:user/ShirleyRodriguez`;
  const boundary = [printed({ Effect: 'Allow', Action: ['s3:*', 'cloudwatch:*', 'ec2:*'], Resource: '*' })];
  const ask = (action: string, policies: AccessRequest['policies']) => decide({ principal: shirley, action, resource: '*', policies });

  it('a boundary limits and grants nothing', () => {
    expect(ask('iam:CreateUser', { boundary, identity: [allow('iam:CreateUser')] })).toBe('implicitDeny');
    expect(ask('s3:ListAllMyBuckets', { boundary, identity: [] })).toBe('implicitDeny');
    expect(ask('s3:ListAllMyBuckets', { boundary, identity: [allow('s3:*')] })).toBe('allowed');
  });

  it('an SCP, a boundary and an identity policy must all three allow, and a session policy too', () => {
    const all = { scp: [[allowAll]], boundary, identity: [allowAll] };
    expect(ask('ec2:RunInstances', all)).toBe('allowed');
    expect(ask('ec2:RunInstances', { ...all, scp: [[others]] })).toBe('implicitDeny');
    expect(ask('ec2:RunInstances', { ...all, boundary: [others] })).toBe('implicitDeny');
    expect(ask('ec2:RunInstances', { ...all, identity: [others] })).toBe('implicitDeny');
    expect(ask('ec2:RunInstances', { ...all, session: others })).toBe('implicitDeny');
  });

  it('the boundary of the users that Zhang makes', () => {
    const users = [
      printed([
        { Sid: 'ServiceBoundaries', Effect: 'Allow', Action: ['s3:*', 'cloudwatch:*', 'ec2:*', 'dynamodb:*'], Resource: '*' },
        {
          Sid: 'AllowManageOwnPasswordAndAccessKeys',
          Effect: 'Allow',
          Action: ['iam:*AccessKey*', 'iam:ChangePassword', 'iam:GetUser'],
          Resource: ['arn:aws:iam::*:user/${aws:username}'],
        },
        { Sid: 'DenyS3Logs', Effect: 'Deny', Action: 's3:*', Resource: ['arn:aws:s3:::logs', 'arn:aws:s3:::logs/*'] },
        { Sid: 'DenyEC2Production', Effect: 'Deny', Action: 'ec2:*', Resource: 'arn:aws:ec2:*:*:instance/i-1234567890abcdef0' },
      ]),
    ];
    const as = (action: string, resource: string) =>
      decide({ principal: shirley, action, resource, policies: { boundary: users, identity: [allowAll] } });
    expect(as('iam:CreateAccessKey', shirley)).toBe('allowed');
    expect(as('iam:CreateAccessKey', `arn:aws:iam::${account}:user/another`)).toBe('implicitDeny');
    expect(as('s3:GetObject', 'arn:aws:s3:::logs/2026')).toBe('explicitDeny');
    expect(as('s3:GetObject', 'arn:aws:s3:::data/2026')).toBe('allowed');
    expect(as('ec2:StopInstances', `arn:aws:ec2:us-east-1:${account}:instance/i-1234567890abcdef0`)).toBe('explicitDeny');
    expect(as('ec2:StopInstances', `arn:aws:ec2:us-east-1:${account}:instance/i-2`)).toBe('allowed');
  });

  it('Zhang makes users with that boundary alone, and does not touch it', () => {
    const delegated = [
      printed([
        {
          Sid: 'CreateOrChangeOnlyWithBoundary',
          Effect: 'Allow',
          Action: ['iam:CreateUser', 'iam:PutUserPermissionsBoundary'],
          Resource: '*',
          Condition: { StringEquals: { 'iam:PermissionsBoundary': `arn:aws:iam::${account}:policy/XCompanyBoundaries` } },
        },
        { Sid: 'CloudWatchAndOtherIAMTasks', Effect: 'Allow', Action: ['cloudwatch:*', 'iam:GetUser', 'iam:*Group*'], Resource: '*' },
        {
          Sid: 'NoBoundaryPolicyEdit',
          Effect: 'Deny',
          Action: ['iam:CreatePolicyVersion', 'iam:DeletePolicy', 'iam:SetDefaultPolicyVersion'],
          Resource: [`arn:aws:iam::${account}:policy/XCompanyBoundaries`],
        },
        { Sid: 'NoBoundaryUserDelete', Effect: 'Deny', Action: 'iam:DeleteUserPermissionsBoundary', Resource: '*' },
      ]),
    ];
    const zhang = (action: string, resource = '*', context = {}) =>
      decide({
        principal: `arn:aws:iam::${account}:user/Zhang`,
        action,
        resource,
        context,
        policies: { boundary: delegated, identity: [allow('iam:*')] },
      });
    const xCompany = { 'iam:PermissionsBoundary': `arn:aws:iam::${account}:policy/XCompanyBoundaries` };
    expect(zhang('iam:CreateUser', '*', xCompany)).toBe('allowed');
    expect(zhang('iam:CreateUser')).toBe('implicitDeny');
    expect(zhang('iam:DeletePolicy', `arn:aws:iam::${account}:policy/XCompanyBoundaries`)).toBe('explicitDeny');
    expect(zhang('iam:DeleteUserPermissionsBoundary')).toBe('explicitDeny');
    expect(zhang('cloudwatch:ListMetrics')).toBe('implicitDeny');
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
describe('…elements_notprincipal.html', () => {
  const bob = 'arn:aws:iam::444455556666:user/Bob';
  const denyBut = (...AWS: readonly string[]) => [
    { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' } as const,
    { Effect: 'Deny', NotPrincipal: { AWS }, Action: 's3:*', Resource: '*' } as const,
  ];
  const ask = (principal: string, AWS: readonly string[], role?: string) =>
    decide({ principal, ...(role === undefined ? {} : { role }), policies: { identity: [allowAll], resource: printed(denyBut(...AWS)) } });

  it('everybody but Bob, whose account is listed beside him', () => {
    const listed = [bob, 'arn:aws:iam::444455556666:root'];
    expect(ask(bob, listed)).toBe('allowed');
    expect(ask('arn:aws:iam::444455556666:user/Eve', listed)).toBe('explicitDeny');
    expect(ask('anonymous', listed)).toBe('explicitDeny');
    expect(ask('service:logging.s3.amazonaws.com', listed)).toBe('explicitDeny');
    expect(ask(bob, [bob])).toBe('explicitDeny');
  });

  it('everybody but one session, whose role and account are listed beside it', () => {
    const audit = 'arn:aws:sts::444455556666:assumed-role/cross-account-read-only-role/cross-account-audit-app';
    const auditRole = 'arn:aws:iam::444455556666:role/cross-account-read-only-role';
    const listed = [audit, auditRole, 'arn:aws:iam::444455556666:root'];
    expect(ask(audit, listed, auditRole)).toBe('allowed');
    expect(ask(audit.replace('audit-app', 'other'), listed, auditRole)).toBe('explicitDeny');
    expect(ask(audit, listed.slice(0, 2), auditRole)).toBe('explicitDeny');
  });
});

// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
describe('…orgs_manage_policies_scps.html: whom SCPs bind (K11)', () => {
  const scp = [[allowAll, printed({ Effect: 'Deny', Action: '*', Resource: '*' })]];
  const linked = `arn:aws:iam::${account}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX`;

  it('users, roles and the root user of member accounts', () => {
    for (const principal of [user, session, federated, accountRoot]) {
      expect(decide({ principal, policies: { identity: [allowAll], session: allowAll, scp } })).toBe('explicitDeny');
    }
  });

  it("neither the management account's, nor service-linked roles, services or anonymous callers", () => {
    const policies = { identity: [allowAll], resource: allowTo('*'), scp };
    expect(decide({ managementAccount: account, policies })).toBe('allowed');
    expect(decide({ managementAccount: account, principal: accountRoot, policies })).toBe('allowed');
    for (const principal of [linked, 'service:logging.s3.amazonaws.com', 'anonymous']) {
      expect(decide({ principal, policies })).toBe('allowed');
    }
  });
});

// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
describe('…orgs_manage_policies_rcps.html: whom RCPs bind (K11)', () => {
  const rcp = [[allowAll, printed({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' })]];
  const policies = { identity: [allowAll], session: allowAll, resource: allowTo('*'), rcp };
  const linked = `arn:aws:iam::${account}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX`;

  it("everybody on members' resources: own, root, external, the management account's, anonymous, services", () => {
    for (const principal of [
      user,
      session,
      federated,
      accountRoot,
      `arn:aws:iam::${other}:user/x`,
      'anonymous',
      'service:s3.amazonaws.com',
    ]) {
      expect(decide({ principal, policies })).toBe('explicitDeny');
    }
    expect(decide({ principal: `arn:aws:iam::${other}:user/x`, managementAccount: other, policies })).toBe('explicitDeny');
  });

  it("neither service-linked roles nor the management account's resources", () => {
    expect(decide({ principal: linked, policies })).toBe('allowed');
    expect(decide({ managementAccount: account, policies })).toBe('allowed');
    expect(decide({ principal: 'anonymous', managementAccount: account, policies })).toBe('allowed');
  });
});

// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
describe('…vpc-endpoints-access.html', () => {
  it('an endpoint policy does not override or replace identity or resource policies: all must allow, whoever asks', () => {
    const closed = allowTo('*');
    const policies = { identity: [allowAll], resource: allowTo('*') };
    for (const principal of [user, accountRoot, 'anonymous', `arn:aws:iam::${other}:user/x`]) {
      expect(decide({ principal, policies: { ...policies, endpoint: closed } })).toBe('allowed');
      expect(decide({ principal, policies: { ...policies, endpoint: others } })).toBe('implicitDeny');
    }
    expect(decide({ policies: { identity: [], endpoint: closed } })).toBe('implicitDeny');
  });

  it('at a gateway endpoint naming the account lets its root user pass alone, at an interface endpoint everybody of it', () => {
    for (const AWS of [account, accountRoot]) {
      const policies = { identity: [allowAll], endpoint: allowTo({ AWS }) };
      expect(decide({ endpointType: 'interface', policies })).toBe('allowed');
      expect(decide({ endpointType: 'gateway', policies })).toBe('implicitDeny');
      expect(decide({ endpointType: 'gateway', principal: accountRoot, policies })).toBe('allowed');
    }
    expect(decide({ endpointType: 'gateway', policies: { identity: [allowAll], endpoint: allowTo('*') } })).toBe('allowed');
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html and https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html
describe('root (K12, C2)', () => {
  const about = { principal: accountRoot, resource: 'arn:aws:s3:::amzn-s3-demo-bucket' };

  it('has no boundary', () => {
    expect(decide({ ...about, action: 's3:ListBucket', policies: { boundary: [others] } })).toBe('allowed');
  });

  it("passes its own bucket policy's Deny on the policy alone, and no organization's or endpoint's Deny", () => {
    for (const action of ['s3:GetBucketPolicy', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy']) {
      expect(decide({ ...about, action, policies: { resource: deny } })).toBe('allowed');
      expect(decide({ ...about, action, policies: { scp: [[allowAll, deny]] } })).toBe('explicitDeny');
      expect(decide({ ...about, action, policies: { rcp: [[allowAll, deny]] } })).toBe('explicitDeny');
      expect(decide({ ...about, action, policies: { endpoint: deny } })).toBe('explicitDeny');
    }
    expect(decide({ ...about, action: 's3:ListBucket', policies: { resource: deny } })).toBe('explicitDeny');
  });
});
