// Quilt's canaries as propositions: each runs where it may pass the perimeter, and passed since the perimeter stands.

import type { Known } from '../ports.ts';
import { type CanaryEvidence, isInside, type SeenCanary } from '../steps/canary-runs.ts';
import type { PerimeterInput } from '../steps/landscape.ts';
import type { Check, Found } from './check.ts';

/**
 * Two propositions for each canary of the stack; one that is unknown where they cannot be read; none where the stack has none.
 * @param evidence runs since the last change of the perimeter
 */
export function canaryChecks(evidence: Known<CanaryEvidence>, input: Pick<PerimeterInput, 'choices' | 'landscape'>): readonly Check[] {
  if (!evidence.known) {
    const why = `it cannot be read: ${evidence.action}: ${evidence.why}`;
    return [{ ...checkOf('canaries', "Quilt's canaries pass", []), state: 'unknown', evidence: why }];
  }
  const { since, canaries } = evidence.value;
  return canaries.flatMap((canary) => [
    {
      ...checkOf(`canary/${canary.name}/network`, `Canary ${canary.name} runs where it passes the perimeter`, [canary.name]),
      ...network(canary, input),
    },
    {
      ...checkOf(`canary/${canary.name}/run`, `Canary ${canary.name} passed since the perimeter stands`, [canary.name]),
      ...passed(canary, since),
    },
  ]);
}

// What shows that the whole stack works belongs to the last of the steps.
const checkOf = (id: string, summary: string, subjects: readonly string[]): Pick<Check, 'id' | 'step' | 'summary' | 'subjects'> => ({
  id,
  step: 'stack-parameter',
  summary,
  subjects,
});

function network(canary: SeenCanary, { choices, landscape }: Pick<PerimeterInput, 'choices' | 'landscape'>): Found {
  const trusted = [choices.vpc, ...choices.trustedVpcs];
  if (isInside(canary, trusted)) return { state: 'ok', evidence: `it runs in ${canary.vpcId}, which is trusted` };
  const { roles } = landscape.outside;
  const role = roles.known ? roles.value.find(({ arn }) => arn === canary.roleArn) : undefined;
  const where =
    canary.vpcId === null
      ? "it runs outside any VPC, from AWS's own network"
      : `it runs in ${canary.vpcId}, which is neither the stack's VPC nor trusted`;
  const tag = Object.keys(role?.tags ?? {}).find((key) => key.toLowerCase() === choices.exemptTag.toLowerCase());
  if (tag !== undefined) return { state: 'ok', evidence: `${where}, and passes by the tag ${tag} of its role` };
  return { state: 'failed', evidence: `${where}: the perimeter denies it S3; put it into ${choices.vpc}` };
}

function passed(canary: SeenCanary, change: string | null): Found {
  const { since, underWay, before, state, schedule } = canary;
  if (change === null) return { state: 'unknown', evidence: 'nothing says when the perimeter was changed last, so no run counts' };
  const earlier = before === 'failed' ? '; it failed before, too' : before === 'passed' ? '; it passed before' : '';
  if (since !== null) {
    const why = since.why === null ? '' : `: ${since.why}`;
    switch (since.state) {
      case 'passed':
        return { state: 'ok', evidence: `its run of ${since.startedAt} passed; the last change was at ${change}` };
      case 'failed':
        return { state: 'failed', evidence: `its run of ${since.startedAt} failed${why}${earlier}` };
      case 'under-way':
      case 'unknown':
        return { state: 'unknown', evidence: `how its run of ${since.startedAt} ended is not known${why}` };
      default:
        return since.state satisfies never;
    }
  }
  if (underWay) return { state: 'unknown', evidence: `its first run since ${change} is under way` };
  if (state !== 'RUNNING') return { state: 'unknown', evidence: `it does not run by its schedule: it is ${state}` };
  return { state: 'unknown', evidence: `it has not run since ${change}${schedule === null ? '' : ` (its schedule: ${schedule})`}` };
}
