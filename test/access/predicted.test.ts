// Predicted against observed: what the replay of a trail says of everybody who works with the buckets, and what S3 then does.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AssessedPath, type Assessment, assessReading } from '../../src/access/assess.ts';
import { readFiles } from '../../src/access/read.ts';
import { readWorld, type Said } from '../../src/access/read-world.ts';
import type { FindingCode } from '../../src/findings.ts';
import { matchesPattern, perimeterSpec } from '../../src/steps/perimeter-spec.ts';
import { interruptible } from '../support/signals.ts';
import { scenarioInput, WholeRun } from '../support/whole-run.ts';
import { actionOf, addWorkload, type Outcome, play, type Workload } from '../support/workload.ts';

const accept: readonly FindingCode[] = ['QP106', 'QP110', 'QP111', 'QP303', 'QP413'];
const folder = mkdtempSync(join(tmpdir(), 'trail-'));
let before: readonly Outcome[] = [];
let after: readonly Outcome[] = [];
let assessment: Assessment;

beforeAll(async () => {
  let work: Workload | undefined;
  const run = await WholeRun.on('brownfield', {
    mutate: (world) => {
      work = addWorkload(world);
    },
  });
  if (work === undefined) throw new Error('there is no workload');
  const { sandbox } = run;
  // The ways to S3 are those that will be there once the perimeter stands.
  await run.apply({ accept }, ['discover', 'endpoints', 'nat']);
  await sandbox.control.record(true);
  before = await play(sandbox, work);
  for (const { key, body } of await sandbox.control.trail()) {
    const file = join(folder, key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, body);
  }
  await sandbox.control.record(false);
  assessment = await assess(run);
  const applied = await run.apply({ accept }, ['discover', 'endpoints', 'nat', 'bucket-policy', 'scp']);
  expect(applied.stoppedBy).toBeNull();
  sandbox.clock.advance(900_000);
  after = await play(sandbox, work);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function assess({ sandbox }: WholeRun): Promise<Assessment> {
  const input = await scenarioInput(sandbox);
  const { choices, landscape } = input;
  const window = { since: null, before: null };
  const reading = await readFiles([folder], { window, workers: 1, signal: interruptible().signal, progress: () => undefined });
  const said: Said = {
    spec: perimeterSpec(input),
    testBucket: choices.testBucket,
    window,
    vpcOf: new Map(),
    namedTags: new Map(),
    otherTags: null,
    typedRanges: [],
  };
  const { survey, network } = landscape;
  const organization = survey.organization.known ? survey.organization.value : null;
  const surveyed = {
    ...survey,
    accountId: survey.quilt.accountId,
    region: survey.quilt.region,
    managementAccountId: organization?.managementAccountId ?? null,
    targets: choices.targets,
    addresses: network.addresses,
    findings: [],
  };
  return assessReading(reading, await readWorld(said, surveyed, reading, sandbox.context));
}

/** What the trail has to tell of a call: the path on which the replay counts it. */
const pathsOf = ({ player, bucket, kind }: Outcome): readonly AssessedPath[] => {
  const isElsewhere = bucket.startsWith('quilt-archive');
  const network = isElsewhere ? (player.seenElsewhere ?? player.seen.network) : player.seen.network;
  const action = actionOf[kind];
  return assessment.paths.filter(
    (path) =>
      path.principal === player.seen.principal && path.network.value === network && path.bucket === bucket && path.actions.includes(action),
  );
};

const isInScope = ({ bucket }: Outcome): boolean => matchesPattern(bucket, ['quilt*']);
const arrived = ({ result }: Outcome): boolean => result !== 'RequestTimeout' && result !== '400';
const wasAllowed = ({ result }: Outcome): boolean => result !== 'AccessDenied';
const nameOf = ({ player, bucket, kind }: Outcome): string => `${player.name} ${kind} ${bucket}`;

const calls = () =>
  before.flatMap((was, index) => {
    const is = after[index];
    return is === undefined || !isInScope(was) || !arrived(was) ? [] : [{ was, is }];
  });

describe('on brownfield, for everybody who works with the buckets', () => {
  test('each call that AWS allowed is on one path of the replay, and no path is without a call', () => {
    const allowed = calls().filter(({ was }) => wasAllowed(was));
    expect(allowed.length).toBeGreaterThan(500);
    const odd = allowed.filter(({ was }) => pathsOf(was).length !== 1).map(({ was }) => `${nameOf(was)}: ${pathsOf(was).length} paths`);
    expect(odd).toEqual([]);
    const taken = new Set(allowed.flatMap(({ was }) => pathsOf(was)));
    expect(assessment.paths.filter((path) => !taken.has(path))).toEqual([]);
    expect(assessment.paths.reduce((sum, { events }) => sum + events, 0)).toBe(allowed.length);
  });

  test('calls that were denied already are counted, and are on no path of their own', () => {
    expect(assessment.alreadyDenied).toBe(calls().filter(({ was }) => !wasAllowed(was)).length);
    expect(assessment.errors).toEqual([]);
  });

  test('what was predicted to be newly denied is what S3 refuses now and did not before, and what passes passes: zero differences', () => {
    const differences = calls().flatMap(({ was, is }) => {
      const [path] = pathsOf(was);
      if (!wasAllowed(was) || path === undefined || path.verdict === 'unknown') return [];
      const observed = wasAllowed(is) ? 'passes' : 'newly-denied';
      return observed === path.verdict ? [] : [`${nameOf(was)}: predicted ${path.verdict}, observed ${observed} (${path.why.join('; ')})`];
    });
    expect(differences).toEqual([]);
    const counts = { passes: 0, 'newly-denied': 0, unknown: 0 };
    for (const { verdict } of assessment.paths) counts[verdict] += 1;
    expect(counts).toEqual({ passes: 81, 'newly-denied': 51, unknown: 7 });
  });

  test('what was denied before stays denied', () => {
    expect(calls().filter(({ was, is }) => !wasAllowed(was) && wasAllowed(is))).toEqual([]);
  });

  test('unknown are those alone of which no trail and no inventory tells enough', () => {
    const unknown = calls().filter(({ was }) => wasAllowed(was) && pathsOf(was)[0]?.verdict === 'unknown');
    expect([...new Set(unknown.map(({ was }) => `${was.player.name} ${was.bucket.replace(/-\d+$/, '')}`))].sort()).toEqual([
      // Through an endpoint of another account, which is in no inventory of this one.
      'app-hub quilt-genomics',
      'app-hub quilt-open-data',
      'app-hub quilt-perimeter-test',
      'app-hub quilt-raw-data',
      // The owner's copy of a foreign call tells no role (F8), so its tags are not known; the bucket policy would let a tag pass.
      'manager quilt-perimeter-test',
      'partner-home quilt-perimeter-test',
      'partner-tagged quilt-perimeter-test',
    ]);
    const observed = unknown.map(({ was, is }) => `${was.player.name} ${wasAllowed(is) ? 'passes' : 'denied'}`);
    expect([...new Set(observed)].sort()).toEqual(['app-hub denied', 'manager denied', 'partner-home denied', 'partner-tagged passes']);
  });
});
