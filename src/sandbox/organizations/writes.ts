// Changes of the tree and of the policy types, which come into force in the background (D6, D7).
import type {
  CreateOrganizationalUnitCommandInput,
  DisablePolicyTypeCommandInput,
  EnablePolicyTypeCommandInput,
  MoveAccountCommandInput,
} from '@aws-sdk/client-organizations';
import { takeAsyncFailure } from '../fault-types.ts';
import { guarded } from './access.ts';
import { bounded, need, refused } from './errors.ts';
import { policyTypeOf } from './policies.ts';
import { fullAccess } from './settle.ts';
import type { Organization, Unit } from './state.ts';
import { asTags } from './tags.ts';
import { parentOf, rootShape, unitShape } from './tree.ts';

/** How long enabling or disabling a policy type takes, in simulated milliseconds. */
export const policyTypeDelay = 20_000;

function rootOf(organization: Organization, id: string | undefined): void {
  if (need(id, 'RootId') !== organization.root.id)
    throw refused('RootNotFoundException', "We can't find a root with the RootId that you specified.");
}

const inProgress = () =>
  refused(
    'PolicyChangesInProgressException',
    "Changes to the effective policy are in progress, and its contents can't be returned. Try the operation again later.",
  );

export const writes = {
  EnablePolicyType: guarded('write', (organization, input: EnablePolicyTypeCommandInput, call, world) => {
    rootOf(organization, input.RootId);
    const type = policyTypeOf(input.PolicyType, 'PolicyType');
    if (organization.featureSet !== 'ALL')
      throw refused(
        'PolicyTypeNotAvailableForOrganizationException',
        'This operation requires that all features are enabled in the organization.',
      );
    const present = organization.root.policyTypes.find((known) => known.type === type);
    if (present?.status === 'ENABLED') throw refused('PolicyTypeAlreadyEnabledException', 'The specified policy type is already enabled.');
    if (present) throw inProgress();
    const stuck = takeAsyncFailure(world, 'policy-type') !== null;
    organization.root.policyTypes.push({
      type,
      status: 'PENDING_ENABLE',
      readyAt: stuck ? null : call.now + policyTypeDelay,
      enabledAt: null,
    });
    return { Root: rootShape(organization) };
  }),

  DisablePolicyType: guarded('write', (organization, input: DisablePolicyTypeCommandInput, call) => {
    rootOf(organization, input.RootId);
    const type = policyTypeOf(input.PolicyType, 'PolicyType');
    const present = organization.root.policyTypes.find((known) => known.type === type);
    if (!present) throw refused('PolicyTypeNotEnabledException', 'The specified policy type is not currently enabled in this root.');
    if (present.status !== 'ENABLED') throw inProgress();
    present.status = 'PENDING_DISABLE';
    present.readyAt = call.now + policyTypeDelay;
    return { Root: rootShape(organization) };
  }),

  CreateOrganizationalUnit: guarded('write', (organization, input: CreateOrganizationalUnitCommandInput, call) => {
    const parent = parentOf(organization, need(input.ParentId, 'ParentId'));
    const name = bounded(need(input.Name, 'Name'), 'Name', 1, 128);
    if (Object.values(organization.units).some((unit) => unit.parentId === parent.id && unit.name === name))
      throw refused('DuplicateOrganizationalUnitException', 'An OU with the same name already exists.');
    const id = call.id(`ou-${organization.root.id.slice(2)}`).slice(0, 'ou-'.length + organization.root.id.length - 2 + 9);
    const unit: Unit = { id, name, parentId: parent.id, tags: asTags(input.Tags ?? []) };
    organization.units[id] = unit;
    for (const { type, status } of organization.root.policyTypes) {
      const policyId = fullAccess[type];
      if (policyId !== undefined && status === 'ENABLED') organization.attachments.push({ policyId, targetId: id, attachedAt: call.now });
    }
    return { OrganizationalUnit: unitShape(organization, unit) };
  }),

  MoveAccount: guarded('write', (organization, input: MoveAccountCommandInput) => {
    const account = organization.accounts[need(input.AccountId, 'AccountId')];
    if (!account) throw refused('AccountNotFoundException', "You specified an account that doesn't exist.");
    const source = parentOf(organization, need(input.SourceParentId, 'SourceParentId'), 'SourceParentNotFoundException');
    const destination = parentOf(
      organization,
      need(input.DestinationParentId, 'DestinationParentId'),
      'DestinationParentNotFoundException',
    );
    if (account.parentId !== source.id)
      throw refused('SourceParentNotFoundException', "We can't find a source root or OU with the ParentId that you specified.");
    if (source.id === destination.id)
      throw refused('DuplicateAccountException', 'That account is already present in the specified destination.');
    account.parentId = destination.id;
    return {};
  }),
};
