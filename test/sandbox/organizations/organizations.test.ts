import { beforeEach, describe, expect, it } from 'vitest';
import { policiesInForce } from '../../../src/sandbox/organizations/effective.ts';
import { organizationsModel } from '../../../src/sandbox/organizations/model.ts';
import { buildScenario } from '../../../src/sandbox/scenarios/index.ts';
import { type DirectCalls, directCalls } from '../../support/direct-calls.ts';

const now = Date.parse('2026-06-01T09:00:00Z');
const scp = 'SERVICE_CONTROL_POLICY';
const quilt = '444455556666';
const content = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Sid: 'A', Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::quilt*' }],
});

let calls: DirectCalls;
const asManagement = (operation: string, input: object = {}) => calls.run(operation, input, 'management');
const refused = (operation: string, input: object = {}) => calls.refusal(operation, input, 'management');
const rootId = (): string => asManagement('ListRoots').Roots[0].Id;
const status = (): string | undefined => asManagement('ListRoots').Roots[0].PolicyTypes[0]?.Status;
const create = (name = 'P', document = content): string =>
  asManagement('CreatePolicy', { Name: name, Description: 'd', Type: scp, Content: document }).Policy.PolicySummary.Id;
function enabled(): void {
  asManagement('EnablePolicyType', { RootId: rootId(), PolicyType: scp });
  calls.now += 30_000;
}
const inForce = (at = calls.now) => policiesInForce(calls.world.organizations, quilt, scp, at);

beforeEach(() => {
  calls = directCalls(organizationsModel, buildScenario('greenfield', { now, speed: 60, seed: 1 }));
});

describe('who may call', () => {
  it('lets any member account describe the organization, and nobody outside it (D1)', () => {
    const { Organization } = calls.run('DescribeOrganization', {}, 'operator');
    expect(Organization).toMatchObject({ FeatureSet: 'ALL', MasterAccountId: '111122223333' });
    expect(Organization.Id).toMatch(/^o-[a-z0-9]{10}$/);
    expect(calls.refusal('DescribeOrganization', {}, 'outsider').code).toBe('AWSOrganizationsNotInUseException');
  });

  it('refuses everything else to a member account that is nobody’s delegate (D2)', () => {
    for (const operation of Object.keys(organizationsModel.operations).filter((name) => name !== 'DescribeOrganization'))
      expect(calls.refusal(operation, {}, 'operator').code).toBe('AccessDeniedException');
  });

  it('lets a delegated administrator read, and write what the delegation policy names (D3)', () => {
    const organization = calls.world.organizations.organization;
    if (!organization) throw new Error('no organization');
    organization.delegatedAdministrators.push({ accountId: quilt, servicePrincipal: 'sso.amazonaws.com', enabledAt: now });
    expect(calls.run('ListRoots').Roots).toHaveLength(1);
    expect(calls.refusal('CreatePolicy', {}).code).toBe('AccessDeniedException');
    expect(refused('DescribeResourcePolicy').code).toBe('ResourcePolicyNotFoundException');
    const statement = {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${quilt}:root` },
      Action: ['organizations:*Policy'],
      Resource: '*',
    };
    organization.resourcePolicy = { id: 'rp-12345678', content: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) };
    expect(calls.run('CreatePolicy', { Name: 'N', Description: '', Type: scp, Content: content }).Policy.PolicySummary.Name).toBe('N');
    expect(calls.refusal('EnablePolicyType', {}).code).toBe('AccessDeniedException');
    const denied = { ...statement, Effect: 'Deny', Principal: '*', Action: 'ORGANIZATIONS:CreatePol?cy' };
    const principals = { ...statement, Principal: { AWS: [quilt] } };
    organization.resourcePolicy.content = JSON.stringify({ Version: '2012-10-17', Statement: [principals, denied] });
    expect(calls.refusal('CreatePolicy', { Name: 'M', Description: '', Type: scp, Content: content }).code).toBe('AccessDeniedException');
    expect(calls.run('DescribeResourcePolicy').ResourcePolicy.Content).toContain('organizations:*Policy');
    expect(asManagement('ListDelegatedAdministrators').DelegatedAdministrators).toMatchObject([{ Id: quilt }]);
  });
});

describe('the tree', () => {
  it('is walked down by children and up by parents', () => {
    const units = asManagement('ListOrganizationalUnitsForParent', { ParentId: rootId() }).OrganizationalUnits;
    expect(units.map(({ Name }: { Name: string }) => Name)).toEqual(['Infrastructure', 'Workloads', 'Sandbox']);
    const [parent] = asManagement('ListParents', { ChildId: quilt }).Parents;
    expect(parent).toEqual({ Id: units[1].Id, Type: 'ORGANIZATIONAL_UNIT' });
    expect(asManagement('ListParents', { ChildId: parent.Id }).Parents).toEqual([{ Id: rootId(), Type: 'ROOT' }]);
    expect(asManagement('ListChildren', { ParentId: parent.Id, ChildType: 'ACCOUNT' }).Children).toContainEqual({
      Id: quilt,
      Type: 'ACCOUNT',
    });
    expect(asManagement('ListAccountsForParent', { ParentId: parent.Id }).Accounts).toHaveLength(2);
    expect(asManagement('DescribeAccount', { AccountId: quilt }).Account).toMatchObject({ Name: 'Quilt Production', Status: 'ACTIVE' });
    expect(asManagement('ListAccounts').Accounts).toHaveLength(6);
    expect(asManagement('DescribeOrganizationalUnit', { OrganizationalUnitId: parent.Id }).OrganizationalUnit.Arn).toContain(':ou/o-');
  });

  it('names what is not there', () => {
    expect(refused('ListParents', { ChildId: rootId() }).code).toBe('ChildNotFoundException');
    expect(refused('ListAccountsForParent', { ParentId: 'r-none' }).code).toBe('ParentNotFoundException');
    expect(refused('DescribeAccount', { AccountId: '000000000000' }).code).toBe('AccountNotFoundException');
    expect(refused('DescribeOrganizationalUnit', { OrganizationalUnitId: 'ou-x' }).code).toBe('OrganizationalUnitNotFoundException');
  });

  it('grows and moves; what is new gets FullAWSAccess where SCPs are enabled (D19)', () => {
    enabled();
    const { OrganizationalUnit } = asManagement('CreateOrganizationalUnit', { ParentId: rootId(), Name: 'New' });
    expect(OrganizationalUnit.Id).toMatch(/^ou-[0-9a-z]{4}-[a-z0-9]{8,32}$/);
    expect(asManagement('ListPoliciesForTarget', { TargetId: OrganizationalUnit.Id, Filter: scp }).Policies).toMatchObject([
      { Id: 'p-FullAWSAccess' },
    ]);
    const from = asManagement('ListParents', { ChildId: quilt }).Parents[0].Id;
    asManagement('MoveAccount', { AccountId: quilt, SourceParentId: from, DestinationParentId: OrganizationalUnit.Id });
    expect(asManagement('ListParents', { ChildId: quilt }).Parents[0].Id).toBe(OrganizationalUnit.Id);
    const again = { AccountId: quilt, SourceParentId: from, DestinationParentId: from };
    expect(refused('MoveAccount', again).code).toBe('SourceParentNotFoundException');
  });
});

describe('pages', () => {
  it('answers now and then an empty page whose token leads to the rest (D16)', () => {
    calls.emptyPages = true;
    const first = asManagement('ListAccounts', { MaxResults: 4 });
    expect(first.Accounts).toEqual([]);
    const second = asManagement('ListAccounts', { MaxResults: 4, NextToken: first.NextToken });
    expect(second.Accounts).toHaveLength(4);
    const third = asManagement('ListAccounts', { MaxResults: 4, NextToken: second.NextToken });
    expect(third.Accounts).toHaveLength(2);
    expect(third.NextToken).toBeUndefined();
  });

  it('takes no MaxResults above 20 and no token of another list', () => {
    expect(refused('ListAccounts', { MaxResults: 21 })).toMatchObject({
      code: 'InvalidInputException',
      fields: { Reason: 'MAX_VALUE_EXCEEDED' },
    });
    calls.emptyPages = true;
    const { NextToken } = asManagement('ListAccounts');
    expect(refused('ListRoots', { NextToken }).fields).toEqual({ Reason: 'INVALID_NEXT_TOKEN' });
  });
});

describe('policy types', () => {
  it('comes into force about twenty seconds after it was asked for, with FullAWSAccess on everything (D6, D19)', () => {
    expect(status()).toBeUndefined();
    const { Root } = asManagement('EnablePolicyType', { RootId: rootId(), PolicyType: scp });
    expect(Root.PolicyTypes).toEqual([{ Type: scp, Status: 'PENDING_ENABLE' }]);
    expect(status()).toBe('PENDING_ENABLE');
    const id = create();
    expect(refused('AttachPolicy', { PolicyId: id, TargetId: quilt }).code).toBe('PolicyTypeNotEnabledException');
    expect(refused('EnablePolicyType', { RootId: rootId(), PolicyType: scp }).code).toBe('PolicyChangesInProgressException');
    calls.now += 20_000;
    expect(status()).toBe('ENABLED');
    expect(refused('EnablePolicyType', { RootId: rootId(), PolicyType: scp }).code).toBe('PolicyTypeAlreadyEnabledException');
    for (const TargetId of [rootId(), quilt])
      expect(asManagement('ListPoliciesForTarget', { TargetId, Filter: scp }).Policies).toMatchObject([
        { Id: 'p-FullAWSAccess', AwsManaged: true },
      ]);
  });

  it('stays pending for good where that failure is armed', () => {
    calls.world.faults.push({ type: 'async', failure: { kind: 'policy-type' }, remaining: 1 });
    asManagement('EnablePolicyType', { RootId: rootId(), PolicyType: scp });
    calls.now += 86_400_000;
    expect(status()).toBe('PENDING_ENABLE');
    expect(calls.world.faults).toEqual([]);
  });

  it('detaches everything when it is disabled, and leaves FullAWSAccess alone when it comes back (D7)', () => {
    enabled();
    asManagement('AttachPolicy', { PolicyId: create(), TargetId: quilt });
    asManagement('DisablePolicyType', { RootId: rootId(), PolicyType: scp });
    expect(status()).toBe('PENDING_DISABLE');
    calls.now += 20_000;
    expect(status()).toBeUndefined();
    enabled();
    expect(asManagement('ListPoliciesForTarget', { TargetId: quilt, Filter: scp }).Policies).toHaveLength(1);
  });

  it('is not to be had without all features (D6), nor for another root', () => {
    expect(refused('EnablePolicyType', { RootId: 'r-zzzz', PolicyType: scp }).code).toBe('RootNotFoundException');
    if (calls.world.organizations.organization) calls.world.organizations.organization.featureSet = 'CONSOLIDATED_BILLING';
    const code = 'PolicyTypeNotAvailableForOrganizationException';
    expect(refused('EnablePolicyType', { RootId: rootId(), PolicyType: scp }).code).toBe(code);
    expect(refused('CreatePolicy', { Name: 'n', Description: '', Type: scp, Content: content }).code).toBe(code);
  });
});

describe('policies', () => {
  it('keeps the content exactly as it was sent and counts it so: 10,240 characters and no more (D12, D13)', () => {
    const padded = (length: number) => content + ' '.repeat(length - content.length);
    const id = create('exact', padded(10_240));
    expect(asManagement('DescribePolicy', { PolicyId: id }).Policy.Content).toHaveLength(10_240);
    const error = refused('UpdatePolicy', { PolicyId: id, Content: padded(10_241) });
    expect(error).toMatchObject({ code: 'ConstraintViolationException', fields: { Reason: 'POLICY_CONTENT_LIMIT_EXCEEDED' } });
  });

  it.each([
    ['text that is no JSON', '{'],
    ['another version', JSON.stringify({ Version: '2008-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] })],
    [
      'a Principal (D20)',
      JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' }] }),
    ],
    ['no resource', JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*' }] })],
    [
      'an unknown operator',
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Deny', Action: '*', Resource: '*', Condition: { Equals: { a: 'b' } } }],
      }),
    ],
    [
      'Sids that repeat',
      JSON.stringify({ Version: '2012-10-17', Statement: [1, 2].map(() => ({ Sid: 'S', Effect: 'Deny', Action: '*', Resource: '*' })) }),
    ],
  ])('refuses %s as malformed', (_name, document) => {
    expect(refused('CreatePolicy', { Name: 'n', Description: '', Type: scp, Content: document }).code).toBe(
      'MalformedPolicyDocumentException',
    );
  });

  it('takes Allow with conditions, NotAction and NotResource: the full language (D20)', () => {
    const statement = {
      Effect: 'Allow',
      NotAction: 's3:Get*',
      NotResource: 'arn:aws:s3:::a',
      Condition: { Null: { 'aws:PrincipalTag/T': 'true' } },
    };
    expect(create('full', JSON.stringify({ Version: '2012-10-17', Statement: statement }))).toMatch(/^p-/);
  });

  it('refuses a second policy of the same name, and a change of AWS’s own (D9, D11)', () => {
    const id = create('one');
    create('two');
    expect(refused('CreatePolicy', { Name: 'one', Description: '', Type: scp, Content: content }).code).toBe('DuplicatePolicyException');
    expect(refused('UpdatePolicy', { PolicyId: id, Name: 'two' }).code).toBe('DuplicatePolicyException');
    for (const operation of ['UpdatePolicy', 'DeletePolicy'])
      expect(refused(operation, { PolicyId: 'p-FullAWSAccess' })).toMatchObject({
        code: 'InvalidInputException',
        fields: { Reason: 'IMMUTABLE_POLICY' },
      });
  });

  it('says which input is wrong', () => {
    expect(refused('CreatePolicy', { Description: '', Type: scp, Content: content }).fields).toEqual({ Reason: 'INPUT_REQUIRED' });
    expect(refused('CreatePolicy', { Name: 'x'.repeat(129), Description: '', Type: scp, Content: content }).fields).toEqual({
      Reason: 'MAX_LENGTH_EXCEEDED',
    });
    expect(refused('ListPolicies', { Filter: 'SCP' }).fields).toEqual({ Reason: 'INVALID_ENUM_POLICY_TYPE' });
    expect(refused('DescribePolicy', { PolicyId: 'p-1' }).fields).toEqual({ Reason: 'INVALID_PATTERN' });
    expect(refused('DescribePolicy', { PolicyId: 'p-00000000' }).code).toBe('PolicyNotFoundException');
  });
});

describe('attachments', () => {
  beforeEach(enabled);

  it('takes ten a target, each once (D10, D12)', () => {
    const ids = Array.from({ length: 10 }, (_, index) => create(`P${index}`));
    for (const PolicyId of ids.slice(0, 9)) asManagement('AttachPolicy', { PolicyId, TargetId: quilt });
    expect(refused('AttachPolicy', { PolicyId: ids[9], TargetId: quilt })).toMatchObject({
      code: 'ConstraintViolationException',
      fields: { Reason: 'MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED' },
    });
    expect(refused('AttachPolicy', { PolicyId: ids[0], TargetId: quilt }).code).toBe('DuplicatePolicyAttachmentException');
  });

  it('checks the target', () => {
    const PolicyId = create();
    expect(refused('AttachPolicy', { PolicyId, TargetId: '999988887777' }).code).toBe('TargetNotFoundException');
    expect(refused('AttachPolicy', { PolicyId, TargetId: 'x' }).fields).toEqual({ Reason: 'INVALID_PATTERN_TARGET_ID' });
  });

  it('never lets the last SCP of a target go, nor a policy that is attached be deleted (D11, K17)', () => {
    expect(refused('DetachPolicy', { PolicyId: 'p-FullAWSAccess', TargetId: quilt }).fields).toEqual({
      Reason: 'MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED',
    });
    const PolicyId = create();
    expect(refused('DetachPolicy', { PolicyId, TargetId: quilt }).code).toBe('PolicyNotAttachedException');
    asManagement('AttachPolicy', { PolicyId, TargetId: quilt });
    expect(asManagement('ListTargetsForPolicy', { PolicyId }).Targets).toMatchObject([
      { TargetId: quilt, Type: 'ACCOUNT', Name: 'Quilt Production' },
    ]);
    expect(refused('DeletePolicy', { PolicyId }).code).toBe('PolicyInUseException');
    asManagement('DetachPolicy', { PolicyId, TargetId: quilt });
    asManagement('DeletePolicy', { PolicyId });
    expect(refused('DescribePolicy', { PolicyId }).code).toBe('PolicyNotFoundException');
  });

  it('lists only what is attached directly, while all of it is in force from the root down (D17)', () => {
    const PolicyId = create();
    asManagement('AttachPolicy', { PolicyId, TargetId: rootId() });
    expect(asManagement('ListPoliciesForTarget', { TargetId: quilt, Filter: scp }).Policies).toHaveLength(1);
    expect(inForce()?.map((level) => level.length)).toEqual([2, 1, 1]);
  });

  it('never binds the management account, nor accounts of nobody (D4)', () => {
    expect(policiesInForce(calls.world.organizations, '111122223333', scp, calls.now)).toBeNull();
    expect(policiesInForce(calls.world.organizations, '999988887777', scp, calls.now)).toBeNull();
  });

  it('remembers what was in force a while ago, for front ends that are late (D21)', () => {
    const began = calls.now;
    const PolicyId = create();
    asManagement('AttachPolicy', { PolicyId, TargetId: quilt });
    calls.now += 60_000;
    const changed = content.replace('s3:*', 's3:Get*');
    asManagement('UpdatePolicy', { PolicyId, Content: changed });
    calls.now += 60_000;
    asManagement('DetachPolicy', { PolicyId, TargetId: quilt });
    asManagement('DeletePolicy', { PolicyId });
    calls.now += 60_000;
    const own = (at: number) =>
      inForce(at)
        ?.at(-1)
        ?.filter((text) => text.includes('quilt'));
    expect(own(began - 1)).toEqual([]);
    expect(own(began)).toEqual([content]);
    expect(own(began + 90_000)).toEqual([changed]);
    expect(own(calls.now)).toEqual([]);
    expect(inForce(now - 1)).toBeNull();
  });
});

describe('tags', () => {
  it('go on policies and on the tree', () => {
    const ResourceId = create();
    asManagement('TagResource', {
      ResourceId,
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    });
    asManagement('UntagResource', { ResourceId, TagKeys: ['a'] });
    expect(asManagement('ListTagsForResource', { ResourceId }).Tags).toEqual([{ Key: 'b', Value: '2' }]);
    asManagement('TagResource', { ResourceId: quilt, Tags: [{ Key: 'c', Value: '' }] });
    expect(asManagement('ListTagsForResource', { ResourceId: quilt }).Tags).toHaveLength(1);
    expect(refused('TagResource', { ResourceId, Tags: [{ Key: 'aws:x', Value: '' }] }).code).toBe('InvalidInputException');
    expect(refused('ListTagsForResource', { ResourceId: 'p-00000000' }).code).toBe('TargetNotFoundException');
  });
});
