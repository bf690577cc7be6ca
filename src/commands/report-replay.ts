// What recorded calls tell, for a report: assessed for it now, or as the journal has it from before something was denied.
import type { Assessment } from '../access/assess.ts';
import type { JournalState } from '../journal/journal.ts';
import type { ReplayCount, ReplayPath, ReplayReport, ReplayVerdict } from '../ui/report/model.ts';
import { readAssessed } from './assessed.ts';

/** A page of paths that somebody still reads. */
const mostPaths = 120;

/** The assessment as `assess --json` has it, cut to what is read. Pure. */
export function replayOf(assessment: Assessment): ReplayReport {
  const { source, files, events, considered, alreadyDenied, from, to, coverage, errors } = assessment;
  const paths = assessment.paths.map(
    ({ principal, network, viaService, bucket, actions, events: many, lastSeen, verdict, why, remedies }): ReplayPath => ({
      principal,
      network: network.value,
      viaService,
      bucket,
      actions,
      events: many,
      lastSeen,
      verdict,
      why,
      remedies,
    }),
  );
  const kinds = ['move-in', 'cover', 'exempt', 'none'] as const;
  const denied = assessment.paths.filter(({ verdict }) => verdict === 'newly-denied');
  return {
    madeAt: null,
    source,
    files,
    events,
    considered,
    alreadyDenied,
    from,
    to,
    verdicts: verdictsOf(paths),
    ...cut(paths),
    days: assessment.days,
    remedies: kinds
      .map((kind) => ({ kind, ...sumOf(denied.filter(({ remedies: [first] }) => (first?.kind ?? 'none') === kind)) }))
      .filter((each) => each.paths > 0),
    coverage,
    errors,
  };
}

/**
 * What the journal keeps of its last replay, with the paths of the file beside it; null: there was none.
 * @param dir the journal's folder
 * @throws PerimeterError ASSESSED (exit 2) where that file is gone or is not what was written
 */
export async function journaledReplay(state: JournalState, dir: string): Promise<ReplayReport | null> {
  const kept = await readAssessed(state, dir);
  if (kept === null || state.assessed === null) return null;
  const { source, files, events, considered, from, to, paths: many } = state.assessed;
  const paths = kept.paths.map(
    ({ principal, network, viaService, bucket, actions, events: its, verdict }): ReplayPath => ({
      principal,
      network: network.value,
      viaService,
      bucket,
      actions,
      events: its,
      lastSeen: null,
      verdict,
      why: [],
      remedies: [],
    }),
  );
  const counted = verdictsOf(paths);
  const shown = cut(paths);
  return {
    madeAt: kept.at,
    source,
    files,
    events,
    considered,
    alreadyDenied: null,
    from,
    to,
    verdicts: {
      passes: { ...counted.passes, paths: many.passes },
      'newly-denied': { ...counted['newly-denied'], paths: many.newlyDenied },
      unknown: { ...counted.unknown, paths: many.unknown },
    },
    paths: shown.paths,
    left: shown.left + kept.left,
    days: kept.days,
    remedies: [],
    coverage: null,
    errors: [],
  };
}

const gravestFirst: readonly ReplayVerdict[] = ['newly-denied', 'unknown', 'passes'];

function cut(paths: readonly ReplayPath[]): Pick<ReplayReport, 'paths' | 'left'> {
  const sorted = gravestFirst.flatMap((verdict) => paths.filter((path) => path.verdict === verdict));
  return { paths: sorted.slice(0, mostPaths), left: Math.max(0, sorted.length - mostPaths) };
}

const verdictsOf = (paths: readonly ReplayPath[]): ReplayReport['verdicts'] => ({
  passes: sumOf(paths.filter(({ verdict }) => verdict === 'passes')),
  'newly-denied': sumOf(paths.filter(({ verdict }) => verdict === 'newly-denied')),
  unknown: sumOf(paths.filter(({ verdict }) => verdict === 'unknown')),
});

const sumOf = (paths: readonly { readonly events: number }[]): ReplayCount => ({
  paths: paths.length,
  events: paths.reduce((sum, { events }) => sum + events, 0),
});
