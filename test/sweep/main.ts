// The sweep as a program: this process hands out the cases, others carry them out, and one table says what survived.
import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { CaseResult, SweepCase } from './cases.ts';
import { chosen, sample } from './choose.ts';
import { allCases } from './sources.ts';
import { type Row, rowsOf, table } from './table.ts';

const usage = `npm run sweep -- [flags]

  --full           every case, real processes of the built program too (default: a sample)
  --sample N       so many cases, spread over all rows (default 300)
  --seed S         of the sample (default 1)
  --only ID        cases whose id is ID, or begins with it
  --scenario NAME  cases of this scenario
  --fault NAME     cases of this row
  --list           print the ids and stop
  --jobs N         processes at a time (default: one a core)
  --json FILE      write the counts there`;

/** A worker that says nothing for so long has hung. */
const patience = 300_000;

const { values } = parseArgs({
  options: {
    full: { type: 'boolean' },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    scenario: { type: 'string' },
    fault: { type: 'string' },
    list: { type: 'boolean' },
    jobs: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean' },
  },
});

if (values.help) console.log(usage);
else if (process.send === undefined) await lead();
else work();

/** Carries out what it is told to. */
function work(): void {
  // Nobody reads the stacks of the errors that the SDK makes and drops by the thousand.
  Error.stackTraceLimit = 4;
  const byScenario = new Map<string, Promise<ReadonlyMap<string, SweepCase>>>();
  const casesOf = (scenario: string) => {
    const known =
      byScenario.get(scenario) ?? allCases((name) => name === scenario).then((all) => new Map(all.map((each) => [each.id, each])));
    byScenario.set(scenario, known);
    return known;
  };
  // What a case leaves behind in the event loop must not keep the process, and with it the lead, from ending.
  process.on('disconnect', () => process.exit());
  process.on('message', async ({ id, scenario }: { id: string; scenario: string }) => {
    const began = performance.now();
    const result = await carriedOut((await casesOf(scenario)).get(id));
    process.send?.({ id, result, milliseconds: performance.now() - began });
  });
}

async function carriedOut(each: SweepCase | undefined): Promise<CaseResult> {
  if (each === undefined) return broken('there is no such case');
  try {
    return await each.run();
  } catch (error) {
    return broken(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

// Hoisted: it is called while the module still waits for `lead`.
function broken(why: string): CaseResult {
  return { failure: `the harness failed: ${why}`, calls: 0, asked: 0 };
}

async function lead(): Promise<void> {
  const all = await allCases();
  const isAskedFor = values.full === true || values.only !== undefined || values.fault !== undefined;
  const wanted = chosen(all, values).filter(({ minutes }) => isAskedFor || minutes === undefined);
  const isPart = values.full === true || values.only !== undefined || values.scenario !== undefined || values.fault !== undefined;
  const cases = values.sample === undefined && isPart ? wanted : sample(wanted, Number(values.sample ?? 300), Number(values.seed));
  if (values.list) {
    for (const { id } of cases) console.log(id);
    return;
  }
  const began = performance.now();
  const results = await spread(cases, Number(values.jobs ?? availableParallelism()));
  const seconds = Math.round((performance.now() - began) / 1000);
  const rows = rowsOf(all, results);
  console.log(table(rows.filter((row) => row.cases > 0)));
  console.log(`\n${summary(rows, all.length)} (${seconds} s${cases.length < wanted.length ? `, seed ${values.seed}` : ''})`);
  const failures = [...results].filter(([, { failure }]) => failure !== null);
  for (const [id, { failure }] of failures) console.log(`\nFAILED ${id}\n${failure}\nagain: npm run sweep -- --only '${id}'`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(countsOf(results, all.length, seconds), null, 2)}\n`);
  if (cases.length === 0) console.log('no case has that id, scenario or row: see --list');
  process.exitCode = failures.length > 0 || cases.length === 0 ? 1 : 0;
}

function summary(rows: readonly Row[], all: number): string {
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
  const [cases, survived] = [sum((row) => row.cases), sum((row) => row.survived)];
  return `${survived} of ${cases} cases survived (of ${all} in all); the invariant was asked after ${sum((row) => row.asked)} of ${sum((row) => row.calls)} calls`;
}

function countsOf(results: ReadonlyMap<string, CaseResult>, all: number, seconds: number) {
  const failed = [...results].filter(([, { failure }]) => failure !== null).map(([id, { failure }]) => ({ id, failure }));
  return { all, cases: results.size, survived: results.size - failed.length, failed, seconds };
}

/** Hands the cases to so many processes, each the next one as it has finished its last. */
async function spread(cases: readonly SweepCase[], jobs: number): Promise<ReadonlyMap<string, CaseResult>> {
  const results = new Map<string, CaseResult>();
  const queue = [...cases];
  const slow: { id: string; milliseconds: number }[] = [];
  const one = async (): Promise<void> => {
    while (queue.length > 0)
      await untilItEnds(queue, (id, result, milliseconds) => {
        results.set(id, result);
        slow.push({ id, milliseconds });
        if (result.failure !== null) console.error(`FAILED ${id}: ${result.failure.slice(0, 200)}`);
        if (results.size % 100 === 0) console.error(`${results.size} of ${cases.length}`);
      });
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, cases.length)) }, one));
  for (const { id, milliseconds } of slow.sort((a, b) => b.milliseconds - a.milliseconds).slice(0, 3))
    console.error(`slowest: ${id} ${Math.round(milliseconds)} ms`);
  return results;
}

type Told = (id: string, result: CaseResult, milliseconds: number) => void;

/** One process, until there are no cases left or it ended or hung in the midst of one. */
function untilItEnds(queue: SweepCase[], told: Told): Promise<void> {
  const [, file = ''] = process.argv;
  const child = fork(file, [], { env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' } });
  return new Promise((resolve) => {
    let current: SweepCase | undefined;
    let timer: NodeJS.Timeout | undefined;
    const next = () => {
      clearTimeout(timer);
      current = queue.shift();
      if (current === undefined) return child.disconnect();
      const { minutes } = current;
      timer = setTimeout(() => child.kill('SIGKILL'), minutes === undefined ? patience : minutes * 60_000);
      child.send({ id: current.id, scenario: current.scenario });
    };
    child.on('message', ({ id, result, milliseconds }: { id: string; result: CaseResult; milliseconds: number }) => {
      told(id, result, milliseconds);
      next();
    });
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (current !== undefined)
        told(current.id, broken(`its process ended (${signal ?? code}), or said nothing for ${patience / 1000} s`), 0);
      resolve();
    });
    next();
  });
}
