import { beforeEach, describe, expect, it } from 'vitest';
import { iamModel } from '../../../src/sandbox/iam/model.ts';
import { buildScenario } from '../../../src/sandbox/scenarios/index.ts';
import { type DirectCalls, directCalls } from '../../support/direct-calls.ts';

const now = Date.parse('2026-06-01T09:00:00Z');
let calls: DirectCalls;

beforeEach(() => {
  calls = directCalls(iamModel, buildScenario('greenfield', { now, speed: 60, seed: 1 }));
});

const key = (identity: string) => {
  const found = calls.world.accessKeys[calls.world.identities[identity] ?? ''];
  if (!found) throw new Error(identity);
  return found;
};

describe('roles', () => {
  it('are listed by pages, without tags; GetRole and ListRoleTags tell them', () => {
    const first = calls.run('ListRoles', { MaxItems: 2 });
    expect(first).toMatchObject({ IsTruncated: true });
    const second = calls.run('ListRoles', { MaxItems: 100, Marker: first.Marker });
    expect(second.IsTruncated).toBe(false);
    const roles = [...first.Roles, ...second.Roles];
    expect(roles.map(({ RoleName }: { RoleName: string }) => RoleName)).toContain('BreakGlass');
    expect(roles.every((role: object) => !('Tags' in role))).toBe(true);
    const tags = [{ Key: 'NetworkRestrictedExempt', Value: 'true' }];
    expect(calls.run('GetRole', { RoleName: 'BreakGlass' }).Role.Tags).toEqual(tags);
    expect(calls.run('ListRoleTags', { RoleName: 'BreakGlass' })).toEqual({ Tags: tags, IsTruncated: false });
    expect(calls.run('GetRole', { RoleName: 'PlatformAdmin' }).Role).not.toHaveProperty('Tags');
  });

  it('are those of the caller’s account', () => {
    const names = calls.run('ListRoles', {}, 'management').Roles.map(({ RoleName }: { RoleName: string }) => RoleName);
    expect(names).toEqual(['OrganizationAdmin']);
    expect(calls.refusal('GetRole', { RoleName: 'Nobody' })).toMatchObject({ code: 'NoSuchEntity', status: 404 });
  });

  it('answer documents URL-encoded, inline and managed ones', () => {
    const [name] = calls.run('ListRolePolicies', { RoleName: 'DataScientist' }).PolicyNames;
    const { PolicyDocument } = calls.run('GetRolePolicy', { RoleName: 'DataScientist', PolicyName: name });
    expect(JSON.parse(decodeURIComponent(PolicyDocument)).Statement).toHaveLength(2);
    const [{ PolicyArn }] = calls.run('ListAttachedRolePolicies', { RoleName: 'PlatformAdmin' }).AttachedPolicies;
    const { Policy } = calls.run('GetPolicy', { PolicyArn });
    expect(Policy).toMatchObject({ PolicyName: 'AdministratorAccess', DefaultVersionId: 'v1', AttachmentCount: 2 });
    const { PolicyVersion } = calls.run('GetPolicyVersion', { PolicyArn, VersionId: 'v1' });
    expect(JSON.parse(decodeURIComponent(PolicyVersion.Document)).Statement[0].Effect).toBe('Allow');
    expect(calls.refusal('GetRolePolicy', { RoleName: 'DataScientist', PolicyName: 'x' }).code).toBe('NoSuchEntity');
    expect(calls.refusal('GetPolicy', { PolicyArn: 'arn:aws:iam::aws:policy/None' }).code).toBe('NoSuchEntity');
  });

  it('can be made, with a policy put on them', () => {
    const trust = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    const { Role } = calls.run('CreateRole', { RoleName: 'New', Path: '/team/', AssumeRolePolicyDocument: trust });
    expect(Role.Arn).toBe('arn:aws:iam::444455556666:role/team/New');
    calls.run('PutRolePolicy', { RoleName: 'New', PolicyName: 'p', PolicyDocument: '{}' });
    expect(calls.run('ListRolePolicies', { RoleName: 'New' }).PolicyNames).toEqual(['p']);
    expect(calls.refusal('CreateRole', { RoleName: 'new', AssumeRolePolicyDocument: trust }).code).toBe('EntityAlreadyExists');
    expect(calls.refusal('PutRolePolicy', { RoleName: 'New', PolicyName: 'p', PolicyDocument: '{' }).code).toBe('MalformedPolicyDocument');
  });
});

describe('tags', () => {
  it('hold for the sessions that the role has already, whatever the case of the key (E5)', () => {
    calls.run('TagRole', { RoleName: 'PlatformAdmin', Tags: [{ Key: 'NetworkRestrictedExempt', Value: 'yes' }] });
    expect(key('operator').tags).toEqual({ NetworkRestrictedExempt: 'yes' });
    calls.run('TagRole', { RoleName: 'PlatformAdmin', Tags: [{ Key: 'networkrestrictedexempt', Value: 'no' }] });
    expect(key('operator').tags).toEqual({ networkrestrictedexempt: 'no' });
    calls.run('UntagRole', { RoleName: 'PlatformAdmin', TagKeys: ['NETWORKRESTRICTEDEXEMPT'] });
    expect(key('operator').tags).toEqual({});
  });

  it('leave a session’s own tags alone', () => {
    const id = calls.world.identities.operator ?? '';
    calls.world.accessKeys[id] = { ...key('operator'), tags: { session: '1' } };
    calls.run('TagRole', { RoleName: 'PlatformAdmin', Tags: [{ Key: 'role', Value: '2' }] });
    expect(key('operator').tags).toEqual({ session: '1', role: '2' });
  });
});

describe('users and the account', () => {
  it('GetUser tells the caller or the one that is named', () => {
    expect(calls.run('GetUser', {}, 'outsider').User.UserName).toBe('stranger');
    expect(calls.run('ListUserTags', { UserName: 'stranger' }, 'outsider').Tags).toEqual([]);
    expect(calls.refusal('GetUser', {}, 'operator').code).toBe('ValidationError');
    expect(calls.refusal('GetUser', { UserName: 'x' }).code).toBe('NoSuchEntity');
  });

  it('has an alias', () => {
    expect(calls.run('ListAccountAliases').AccountAliases).toEqual(['example-quilt']);
  });
});
