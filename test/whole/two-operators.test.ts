// Two operators on two machines without a shared journal, on one AWS: what the one made by half, the other neither doubles nor
// destroys.
import { beforeAll, describe, expect, test } from 'vitest';
import type { RollbackSummary, RunSummary } from '../../src/engine/types.ts';
import type { PerimeterError } from '../../src/errors.ts';
import { MemoryDisk } from '../journal/memory-disk.ts';
import { startSandbox, type TestSandbox } from '../support/sandbox.ts';
import { WholeRun } from '../support/whole-run.ts';
import { Watch } from '../sweep/watch.ts';
import { changedSince, countsOf } from './support.ts';

const accept = ['QP413'] as const;
const firstRunOfTheOther = 100;

/** The first one's machine and AWS, right after a write was answered. */
interface Moment {
  readonly world: ReturnType<TestSandbox['snapshot']>;
  readonly now: string;
  readonly disk: MemoryDisk;
  readonly write: string;
}

const moments: Moment[] = [];
let before: Moment['world'];
let whole: ReturnType<typeof countsOf>;

beforeAll(async () => {
  const run = await WholeRun.on('greenfield');
  const { sandbox, disk } = run;
  before = sandbox.snapshot();
  const { handle } = sandbox.requestHandler;
  let written = 0;
  sandbox.requestHandler.handle = async (request, options) => {
    const answer = await handle.call(sandbox.requestHandler, request, options);
    const writes = sandbox.writes();
    if (writes.length > written) {
      written = writes.length;
      const write = writes.at(-1)?.operation ?? '';
      moments.push({ world: sandbox.snapshot(), now: sandbox.clock.now().toISOString(), disk: disk.afterPowerCut(), write });
    }
    return answer;
  };
  expect((await run.apply({ accept: [...accept] })).stoppedBy).toBeNull();
  await sandbox.clock.sleep(3_600_000);
  whole = countsOf(run);
});

/** Both, where the first one's process died after that write. */
async function bothAt(index: number): Promise<{ readonly first: WholeRun; readonly other: WholeRun }> {
  const moment = moments[index];
  if (moment === undefined) throw new Error(`there is no write ${index}`);
  const sandbox = await startSandbox({ world: structuredClone(moment.world), start: moment.now });
  return both(sandbox, moment.disk.afterPowerCut(), 1);
}

const both = (sandbox: TestSandbox, disk: MemoryDisk, runs: number) => ({
  first: new WholeRun(sandbox, disk, runs),
  other: new WholeRun(sandbox, new MemoryDisk(), firstRunOfTheOther),
});

/** Applies until it is done; a stranger's trial is waited for. Returns why it stopped meanwhile. */
async function applyAll(run: WholeRun): Promise<readonly PerimeterError[]> {
  const stops: PerimeterError[] = [];
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const { stoppedBy }: RunSummary = await run.apply({ accept: [...accept] });
    if (stoppedBy === null) return stops;
    stops.push(stoppedBy);
    await run.sandbox.clock.sleep(3_600_000);
  }
  throw stops.at(-1);
}

async function rollBackAll(run: WholeRun): Promise<RollbackSummary> {
  const summary = await run.rollBack();
  await run.sandbox.clock.sleep(3_600_000);
  return summary;
}

/** Ids of all that is marked. */
function marked({ sandbox }: WholeRun): ReadonlySet<string> {
  const { vpcEndpoints, natGateways, addresses, securityGroups } = sandbox.world().ec2;
  const things = [
    ...Object.values(vpcEndpoints),
    ...Object.values(natGateways),
    ...Object.values(addresses),
    ...Object.values(securityGroups),
  ];
  return new Set(things.filter(({ tags }) => tags['quilt-perimeter:key'] !== undefined).map(({ id }) => id));
}

const idsIn = (journal: string): ReadonlySet<string> =>
  new Set([...journal.matchAll(/"made":\{[^{}]*"id":"([a-z]+-[0-9a-z]+)"/g)].map(([, id]) => id ?? ''));

// A world is as long as its writes; every one of them would take a minute.
const sampled = Array.from({ length: 9 }, (_, index) => index * 3);

describe.each(sampled)('where the first operator was killed after write %d', (index) => {
  test('the other one makes nothing twice, its rollback leaves what it did not make, and both rollbacks restore everything', async () => {
    const { first, other } = await bothAt(Math.min(index, moments.length - 1));
    const watch = new Watch(first.sandbox);
    const stops = await applyAll(other);
    for (const stop of stops) {
      expect(stop).toMatchObject({ code: 'QP703', exitCode: 3 });
      expect(stop.summary).toMatch(/a run that this journal does not know stands there until \d{4}-/);
    }
    await other.sandbox.clock.sleep(3_600_000);
    expect(countsOf(other)).toEqual(whole);

    const strange = [...marked(other)].filter((id) => !idsIn(other.journal).has(id));
    const madeNothing = other.journal === '';
    if (madeNothing) await expect(other.rollBack()).rejects.toMatchObject({ code: 'NO_JOURNAL', exitCode: 3 });
    else await rollBackAll(other);
    const left = marked(other);
    for (const id of strange) expect(left, id).toContain(id);

    const rest = await rollBackAll(first);
    expect(rest.kept).toEqual([]);
    // What the other one kept since the first one's things stood on it goes now.
    if (!madeNothing) expect((await other.rollBack()).kept).toEqual([]);
    expect(await changedSince(first, before)).toBe('');
    expect(watch.violation).toBeNull();
  });
});

describe.each([2, 8, 12, 16, 20])('where the other one runs from end to end after write %d of the first', (index) => {
  test('nothing is made twice, and both rollbacks restore everything', async () => {
    const sandbox = await startSandbox({ scenario: 'greenfield' });
    const start = sandbox.snapshot();
    const { first, other } = both(sandbox, new MemoryDisk(), 0);
    const watch = new Watch(sandbox);
    const { handle } = sandbox.requestHandler;
    let begun = false;
    sandbox.requestHandler.handle = async (request, options) => {
      const answer = await handle.call(sandbox.requestHandler, request, options);
      if (!begun && sandbox.writes().length > index) {
        begun = true;
        const { stoppedBy } = await other.apply({ accept: [...accept] });
        if (stoppedBy !== null) expect(stoppedBy.code).toBe('QP703');
      }
      return answer;
    };
    const { stoppedBy } = await first.apply({ accept: [...accept] });
    if (stoppedBy !== null) expect(['QP703', 'VERDICT_VOID']).toContain(stoppedBy.code);
    expect(begun).toBe(true);
    await sandbox.clock.sleep(3_600_000);
    await applyAll(first);
    await sandbox.clock.sleep(3_600_000);
    expect(countsOf(first)).toEqual(whole);
    for (const run of [first, other, first, other]) await rollBackAll(run);
    expect(await changedSince(first, start)).toBe('');
    expect(watch.violation).toBeNull();
  });
});
