// What recorded calls tell, for a report: assessed for it now, or as the journal has it from before something was denied.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Assessment } from '../access/assess.ts';
import type { ReplayRecord } from '../journal/entries.ts';
import type { ReplayCount, ReplayPath, ReplayReport, ReplayVerdict } from '../ui/report/model.ts';

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
  const kinds = ['move-in', 'cover', 'exempt'] as const;
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
    remedies: kinds
      .map((kind) => ({ kind, ...sumOf(denied.filter(({ remedies: [first] }) => first?.kind === kind)) }))
      .filter((each) => each.paths > 0),
    coverage,
    errors,
  };
}

/**
 * What the journal keeps of its last replay, with the paths of the file beside it. Where that file is gone, or is not the one that
 * was written, there are no paths.
 * @param dir the journal's folder
 */
export async function journaledReplay(record: ReplayRecord & { readonly at: string }, dir: string): Promise<ReplayReport> {
  const { source, files, events, considered, from, to, details } = record;
  const paths = await keptPaths(join(dir, details.file), details.sha256);
  const counted = verdictsOf(paths);
  const { passes, newlyDenied, unknown } = record.paths;
  const all = passes + newlyDenied + unknown;
  const shown = cut(paths);
  return {
    madeAt: record.at,
    source,
    files,
    events,
    considered,
    alreadyDenied: null,
    from,
    to,
    verdicts: {
      passes: { ...counted.passes, paths: passes },
      'newly-denied': { ...counted['newly-denied'], paths: newlyDenied },
      unknown: { ...counted.unknown, paths: unknown },
    },
    paths: shown.paths,
    left: all - shown.paths.length,
    remedies: [],
    coverage: null,
    errors: [],
  };
}

async function keptPaths(path: string, sha256: string): Promise<readonly ReplayPath[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  if (createHash('sha256').update(text).digest('hex') !== sha256) return [];
  const { readKeptReplay } = await import('../journal/schema.ts');
  return readKeptReplay(text).map(
    (kept): ReplayPath => ({
      principal: kept.principal,
      network: kept.network.value,
      viaService: kept.viaService,
      bucket: kept.bucket,
      actions: kept.actions,
      events: kept.events,
      lastSeen: null,
      verdict: kept.verdict,
      why: [],
      remedies: [],
    }),
  );
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
