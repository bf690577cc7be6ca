// A trail that the sandbox writes while everybody who works with the buckets goes on working under the perimeter: whose policy refused
// each call, read from the logs as they are delivered, against what S3 really decided.
import { beforeAll, describe, expect, test } from 'vitest';
import { attribute } from '../../src/access/attribute.ts';
import { derive } from '../../src/access/derive.ts';
import { Follower, type News } from '../../src/access/follow.ts';
import type { DeniedCall } from '../../src/access/follow-log.ts';
import { openSources } from '../../src/access/follow-sources.ts';
import { FollowedWorld } from '../../src/access/follow-world.ts';
import { Followed, type JudgedCall } from '../../src/access/followed.ts';
import { Forecast } from '../../src/access/predicted.ts';
import type { AssessWorld } from '../../src/access/world.ts';
import { saidFor, surveyedOf } from '../../src/commands/assess-for.ts';
import { standingOf } from '../../src/commands/watch-memory.ts';
import type { FindingCode } from '../../src/findings.ts';
import { matchesPattern } from '../../src/steps/perimeter-spec.ts';
import { scenarioInput, WholeRun } from '../support/whole-run.ts';
import { addWorkload, type Outcome, play, type Workload } from '../support/workload.ts';

const accept: readonly FindingCode[] = ['QP106', 'QP110', 'QP111', 'QP303', 'QP413'];
const anyTime = { workers: 1, maxDenied: null, maxScanGb: null, vpcOf: new Map(), namedTags: new Map(), otherTags: null };
let before: readonly Outcome[] = [];
let after: readonly Outcome[] = [];
let judged: readonly JudgedCall[] = [];
let world: AssessWorld;
let standing: ReturnType<typeof standingOf>['standing'];
let follower: Follower;
const looks: News[] = [];

beforeAll(async () => {
  let work: Workload | undefined;
  const run = await WholeRun.on('brownfield', {
    mutate: (begun) => {
      work = addWorkload(begun);
    },
  });
  if (work === undefined) throw new Error('there is no workload');
  const { players, buckets } = work;
  const { sandbox } = run;
  await run.apply({ accept }, ['discover', 'endpoints', 'nat']);
  before = await play(sandbox, work);
  const applied = await run.apply({ accept }, ['discover', 'endpoints', 'nat', 'bucket-policy', 'scp']);
  expect(applied.stoppedBy).toBeNull();
  sandbox.clock.advance(900_000);
  await sandbox.control.record(true);
  const input = await scenarioInput(sandbox);
  const now = sandbox.clock.now();
  const { accountId = '' } = sandbox.world().accessKeys[sandbox.world().identities.operator ?? ''] ?? {};
  const sources = await openSources([`s3://corp-cloudtrail-${accountId}`], null, sandbox.context);
  follower = new Follower(sources, now.getTime());
  const found = standingOf(input);
  standing = found.standing;
  const followed = new Followed(new Forecast(null, 0, null), standing);
  const around = new FollowedWorld(
    saidFor(input, now, { ...anyTime, window: () => ({ since: null, before: null }) }),
    surveyedOf(input, found.targets),
    sandbox.context,
  );
  const all: JudgedCall[] = [];
  const look = async (): Promise<void> => {
    const news = await follower.look(sandbox.clock.now().getTime());
    looks.push(news);
    world = await around.around(news.counts, news.denials);
    all.push(...followed.judge(news.denials, (call) => follower.tagsOf(call), world));
  };
  const outcomes: Outcome[] = [];
  // The logs arrive minutes after the calls, while others go on working.
  for (const player of players) {
    outcomes.push(...(await play(sandbox, { players: [player], buckets })));
    await look();
  }
  sandbox.clock.advance(900_000);
  await look();
  after = outcomes;
  judged = all;
}, 300_000);

const inScope = ({ bucket }: Outcome): boolean => matchesPattern(bucket, ['quilt*']);
const isRefused = ({ result }: Outcome): boolean => result === 'AccessDenied';
const refusals = () => after.map((is, index) => ({ is, was: before[index] })).filter(({ is }) => inScope(is) && isRefused(is));
const nameOf = ({ player, bucket, kind }: Outcome): string => `${player.name} ${kind} ${bucket}`;

describe('on brownfield, with the perimeter on', () => {
  test('each refused call of a bucket in scope is told once, in several looks', () => {
    expect(refusals().length).toBeGreaterThan(300);
    expect(judged).toHaveLength(refusals().length);
    expect(looks.filter(({ denials }) => denials.length > 0).length).toBeGreaterThan(3);
    expect(looks.flatMap(({ errors }) => errors)).toEqual([]);
  });

  test('whose policy it was is told right: what passed before was refused by the perimeter, and never is it called others’', () => {
    // Calls and outcomes are in the same order: the sandbox's clock moves between two calls.
    const rows = [...judged].sort((a, b) => (a.call.at < b.call.at ? -1 : 1)).map(({ path }, index) => ({ path, ...refusals()[index] }));
    const wrong = rows.flatMap(({ path, is, was }) => {
      if (is === undefined || was === undefined) return ['a call without its outcome'];
      if (path.bucket !== is.bucket) return [`${nameOf(is)}: told of ${path.bucket}`];
      const isNew = !isRefused(was);
      return isNew && path.by === 'other' ? [`${nameOf(is)}: ${path.by} (${path.policy})`] : [];
    });
    expect(wrong).toEqual([]);
    const newly = rows.filter(({ was }) => was !== undefined && !isRefused(was));
    expect(newly.filter(({ path }) => path.by === 'perimeter').length).toBeGreaterThan(250);
    // The record of a stranger's call tells little; that nobody else's statement denies in that policy tells the rest.
    const open = [...new Set(newly.filter(({ path }) => path.by === 'unknown').map(({ is }) => is?.player.name))].sort();
    expect(open).toEqual([]);
  });

  test('where AWS’s message tells, evaluating the call without it comes to the same, or stays open', () => {
    const told = judged.filter(({ path }) => path.toldBy === 'message');
    expect(told.length).toBeGreaterThan(200);
    const differences = told.flatMap(({ call, path }) => {
      const mute: DeniedCall = { ...call, message: null };
      const alone = attribute(mute, derive(call.path, path.bucket, follower.tagsOf(call), world), world, standing);
      return alone.by === path.by || alone.by === 'unknown' ? [] : [`${path.principal} ${path.bucket}: ${path.by}, alone ${alone.by}`];
    });
    expect(differences).toEqual([]);
  });
});
