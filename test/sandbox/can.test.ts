// Whether the organization's side could still take an SCP off: the sandbox answers by the call itself, on a copy.
import { AttachPolicyCommand, DetachPolicyCommand } from '@aws-sdk/client-organizations';
import { expect, test } from 'vitest';
import { policyArn } from '../../src/sandbox/organizations/policies.ts';
import type { World } from '../../src/sandbox/world.ts';
import { startSandbox } from '../support/sandbox.ts';

const actions = ['organizations:UpdatePolicy', 'organizations:DetachPolicy', 'organizations:DeletePolicy'] as const;

/** Brownfield with an SCP of its own that is attached somewhere. */
async function withPolicy() {
  const sandbox = await startSandbox({ scenario: 'brownfield' });
  const organization = organizationOf(sandbox.world());
  const policy = Object.values(organization.policies).find(({ awsManaged, type }) => !awsManaged && type === 'SERVICE_CONTROL_POLICY');
  if (policy === undefined) throw new Error('brownfield has no SCP');
  const can = (principal: string, action: string, resource = policyArn(organization, policy)) =>
    sandbox.control.can({ principal, from: '', action, resource }).why;
  return { ...sandbox, organization, policy, can };
}

function organizationOf({ organizations }: World) {
  if (organizations.organization === null) throw new Error('there is no organization');
  return organizations.organization;
}

test('the management account may update and detach an SCP that stands, and not delete one in use; asking changes nothing', async () => {
  const { can, snapshot } = await withPolicy();
  const before = snapshot();
  expect(actions.map((action) => can('management', action))).toEqual([null, null, expect.stringMatching(/^PolicyInUseException: /)]);
  expect(snapshot()).toEqual(before);
});

test('another account may not, and nobody an SCP that is not there', async () => {
  const { can, organization, policy } = await withPolicy();
  expect(can('operator', 'organizations:UpdatePolicy')).toMatch(/^AccessDeniedException: /);
  const gone = policyArn(organization, { ...policy, id: 'p-0123456789' });
  expect(can('management', 'organizations:UpdatePolicy', gone)).toMatch(/^PolicyNotFoundException: /);
  expect(can('management', 'organizations:DetachPolicy', gone)).toMatch(/^PolicyNotFoundException: /);
});

test('an SCP that is the last one of a target cannot be detached', async () => {
  const { can, aws, organization, policy } = await withPolicy();
  const [target = ''] = Object.keys(organization.accounts);
  const attached = organization.attachments.some(({ policyId, targetId }) => policyId === policy.id && targetId === target);
  if (!attached) await aws.organizations.send(new AttachPolicyCommand({ PolicyId: policy.id, TargetId: target }));
  await aws.organizations.send(new DetachPolicyCommand({ PolicyId: 'p-FullAWSAccess', TargetId: target }));
  expect(can('management', 'organizations:DetachPolicy')).toMatch(/MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED|last policy/);
});

test('a permission that was taken away counts', async () => {
  const { can, world } = await withPolicy();
  const { iam, identities } = world();
  iam.deniedActions[identities.management ?? ''] = ['organizations:UpdatePolicy'];
  expect(can('management', 'organizations:UpdatePolicy')).toMatch(/no identity-based policy allows/);
});
