// Everything that a report tells, gathered: the plan, the network, the policies, the replay, the journal, the verification.
import { planFingerprints } from '../engine/engine.ts';
import type { PlannedStep } from '../engine/types.ts';
import { historyOf, type Journal } from '../journal/journal.ts';
import { waysIn } from '../policy/perimeter.ts';
import type { ReplayReport, ReportModel, Stage, VerificationReport } from '../ui/report/model.ts';
import { openForReading, readingContext } from './engine-ports.ts';
import type { NetworkPictures } from './network-picture.ts';
import { certificateReports, isStanding, lastDeedAt, runReports, undoReport } from './report-history.ts';
import { policyReports, targetNames } from './report-policies.ts';
import { journaledReplay } from './report-replay.ts';
import { placeOf, type Run } from './session.ts';
import type { FoundPerimeter } from './this-perimeter.ts';
import { commandLine } from './where.ts';

/** What a report tells, and the network that its pictures are drawn of. */
export interface Gathered {
  readonly model: ReportModel;
  readonly pictures: NetworkPictures;
}

/**
 * Reads the plan, the journal and, where everything stands and was verified, AWS once more.
 * @param replay assessed for this report; null: what the journal has
 */
export async function gatherReport(run: Run, perimeter: FoundPerimeter, replay: ReplayReport | null): Promise<Gathered> {
  const { session, survey, input } = perimeter.online;
  const journal = await openForReading(session, survey, input.choices);
  try {
    const at = session.ctx.clock.now();
    const { choices } = input;
    const steps = await plannedSteps(perimeter, journal);
    const networkChanges = steps.filter(({ id }) => id === 'endpoints' || id === 'nat').flatMap(({ plan }) => plan.changes);
    const planned = { ...input, networkChanges };
    const runs = historyOf(journal.entries);
    const { networkReport } = await import('../steps/network-grid/report.ts');
    const { outsideFindings } = await import('../steps/outside/findings.ts');
    const { networkPictures } = await import('./network-picture.ts');
    const { rollbackOrder } = await import('../steps/pipeline.ts');
    const { totalsOf } = await import('../ui/render-plan.ts');
    const policies = policyReports(input, perimeter.spec, journal.state.changes);
    const isPending = steps.some(({ plan }) => plan.changes.length > 0);
    const verification = isPending ? null : await verifiedAnew(perimeter, journal);
    const model: ReportModel = {
      stage: stageOf(isPending, isStanding(journal), verification),
      at: at.toISOString(),
      toolVersion: run.ports.version,
      sandbox: run.flags.sandbox !== undefined,
      place: placeOf(survey, choices),
      perimeter: {
        buckets: choices.buckets,
        passes: waysIn(perimeter.spec),
        testBucket: choices.testBucket,
        policyName: choices.policyName,
        targets: targetNames(input),
      },
      plan: {
        steps: steps.map(({ id, title, state, plan: { changes, findings, notes } }) => ({ id, title, state, changes, findings, notes })),
        totals: totalsOf({ steps }),
      },
      network: networkReport(planned),
      outside: outsideFindings(input).map((each) => ({ ...each, accepted: choices.accept.includes(each.code) })),
      policies,
      replay: replay ?? (await journaledReplay(journal.state, session.paths.state)),
      certificates: certificateReports(journal.state, runs, steps),
      verification,
      runs: runReports(runs),
      undo: undoReport(journal.state, steps, rollbackOrder, {
        rollback: commandLine('rollback', run.flags),
        script: commandLine('rollback --print', run.flags),
      }),
      fingerprints: [
        ...planFingerprints({ steps }, { ...choices }),
        ...policies.map(({ name, sha256 }) => ({ of: `${name}, exactly as it is sent`, sha256 })),
        ...(journal.exists ? [{ of: 'what the journal says was done', sha256: journal.fingerprint }] : []),
      ],
    };
    return { model, pictures: networkPictures(planned, journal.state.changes, at) };
  } finally {
    await journal.close();
  }
}

async function plannedSteps({ online: { session, input } }: FoundPerimeter, journal: Journal): Promise<readonly PlannedStep[]> {
  const { phases } = await import('../steps/pipeline.ts');
  const { planPipeline } = await import('../engine/engine.ts');
  const { stepIds } = await import('../engine/types.ts');
  const { accept, skipProbes } = input.choices;
  return (await planPipeline(phases, input, readingContext(session, journal), { steps: stepIds, accept, skipProbes }, journal)).steps;
}

/**
 * Where `verify` found everything ✓ since something was changed last, or where no journal was ever written: what is found now. Null:
 * nobody has verified what stands.
 */
async function verifiedAnew(perimeter: FoundPerimeter, { state, entries, exists }: Journal): Promise<VerificationReport | null> {
  const { verified } = state;
  const changed = lastDeedAt(historyOf(entries));
  if (exists && (verified === null || (changed !== null && verified.at < changed))) return null;
  const { verifyPerimeter } = await import('./verify.ts');
  const { at, checks } = await verifyPerimeter({ ...perimeter, journal: state });
  return { at, checks };
}

function stageOf(isPending: boolean, stands: boolean, verification: VerificationReport | null): Stage {
  if (isPending) return stands ? 'under-way' : 'change-request';
  return verification?.checks.every(({ state }) => state === 'ok') === true ? 'evidence' : 'applied';
}
