// What the operator of a landscape asks for.
import { type StepId, stepIds } from '../../src/engine/types.ts';
import type { FindingCode } from '../../src/findings.ts';
import type { World } from '../../src/sandbox/world.ts';
import type { Choices } from '../../src/steps/choices.ts';
import { targetIdsOf } from './build-organization.ts';
import type { Landscape } from './parts.ts';

/** What is accepted from the beginning: QP413, which no sandbox without a catalog can clear. */
export const acceptedAnyway: readonly FindingCode[] = ['QP413'];

/** The choices besides what the scenario offers. */
export function choicesOf({ choices, account }: Landscape, world: World): Partial<Choices> {
  const { organization } = world.organizations;
  const accountId = world.hints.target;
  return {
    nat: choices.nat,
    privateDns: choices.privateDns,
    vpcKey: choices.vpcKey,
    protectExemptTag: choices.protectExemptTag,
    accessPoints: choices.accessPoints,
    resourceAccounts: choices.resourceAccounts ? [accountId] : [],
    ...(choices.trustedVpcs ? {} : { trustedVpcs: [], clientCidrs: [] }),
    targets: organization === null ? [accountId] : targetIdsOf(choices.targets, { organization, accountId }),
    operatorIp: choices.operatorIp === 'not-given' || account.operatorFrom === 'vpn' ? null : '198.51.100.10',
    skipProbes: choices.skipProbes,
  };
}

export const stepsOf = ({ choices }: Landscape): readonly StepId[] =>
  stepIds.filter((id) => !choices.skip.some((skipped) => skipped === id));
