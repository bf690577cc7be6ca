// Before somebody may be locked out: the ways back that this run exercised are told, journaled and counted.
import { stopped } from '../errors.ts';
import { type Finding, finding } from '../findings.ts';
import { stops, withAcceptance } from './plan-shape.ts';
import type { StepWork } from './step-work.ts';
import type { Certificate, Change, EngineContext, StepPlan, WayBack } from './types.ts';
import { countIndependent, wayInWords, waysNeeded, withFound } from './ways-back.ts';

/**
 * QP310 as a warning where it can be told beforehand: even if every way back of the plan were exercised, no two would be
 * independent. Pure.
 */
export function foreseen({ changes }: StepPlan): readonly Finding[] {
  const change = changes.find(({ certified }) => certified !== undefined);
  if (change?.certified === undefined || change.ways === undefined) return [];
  const most = countIndependent(change.ways.map((way) => ({ ...way, state: 'exercised' })));
  if (most >= waysNeeded) return [];
  return [
    finding('QP310', {
      severity: 'warning',
      detail: `of the ways back that are known (${change.ways.map(wayInWords).join(', ')}) no two are independent of each other: "${change.summary}" will not be begun`,
      subjects: [change.target.name],
      remedy: remedyOf(change.certified),
    }),
  ];
}

/**
 * Tells and journals the certificate of a change that has one. Reads nothing: what it says was exercised by the proofs of this
 * run. A way back is never taken from the journal.
 * @throws PerimeterError QP310 (stopped) where fewer than two independent ways were exercised and that was not accepted
 */
export async function certify<Input, Ctx extends EngineContext>(work: StepWork<Input, Ctx>, change: Change): Promise<void> {
  const { run, step, record } = work;
  if (change.certified === undefined || (change.replaces !== undefined && record.certificates.has(change.replaces))) return;
  const ways = withFound(change.ways ?? [], foundFor(work, change));
  const certificate: Certificate = { key: change.key, ways, independent: countIndependent(ways) };
  await run.journal.append({ type: 'certificate', step: step.id, ...certificate });
  record.certificates.set(change.key, certificate);
  run.ports.emit({ type: 'certificate', step: step.id, ...certificate });
  if (certificate.independent >= waysNeeded) return;

  const told = withAcceptance(
    finding('QP310', {
      severity: run.skipProbes ? 'warning' : 'error',
      detail: `before "${change.summary}": ${detailOf(certificate)}`,
      subjects: [change.target.name],
      remedy: remedyOf(change.certified),
    }),
    run.accept,
  );
  record.told.set(`${change.key} QP310`, told);
  run.ports.emit({ type: 'finding', step: step.id, finding: told });
  if (!stops(told)) return;
  if (change.undoIfUnproven === true) for (const key of change.needs) record.unproven.add(key);
  throw stopped('QP310', `certifying ${change.key} (QP310): ${detailOf(certificate)}`, told.remedy);
}

/** What the proofs of this run found, of the change itself and of all that it needs. */
function foundFor<Input, Ctx extends EngineContext>(
  { run, plan, record }: StepWork<Input, Ctx>,
  change: Change,
): readonly (readonly WayBack[])[] {
  const { latest } = run.journal.state;
  const reached = new Set([change.key]);
  // A set's iterator also comes to what is added meanwhile.
  for (const key of reached) {
    const needs = plan.changes.find((each) => each.key === key)?.needs ?? latest.get(key)?.change.needs ?? [];
    for (const need of needs) reached.add(need);
  }
  return [...record.ways.values()].filter(({ key }) => reached.has(key)).map(({ ways }) => ways);
}

const remedyOf = ({ remedy }: { readonly remedy: string }): string => `${remedy}; or pass --accept QP310`;

function detailOf({ ways, independent }: Certificate): string {
  const exercised = ways.filter(({ state }) => state === 'exercised');
  const claimed = ways.filter(({ state }) => state === 'claimed');
  return [
    `${independent} of ${waysNeeded} independent ways back were exercised`,
    exercised.length === 0 ? 'exercised: none' : `exercised: ${exercised.map(wayInWords).join(', ')}`,
    ...(claimed.length === 0 ? [] : [`only claimed: ${claimed.map((way) => `${wayInWords(way)}: ${way.how}`).join('; ')}`]),
  ].join('. ');
}
