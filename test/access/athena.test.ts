// Reading a trail by way of Athena, on the wire: the query is started, watched, paged, stopped, and refused.
import { describe, expect, test } from 'vitest';
import { resultColumns } from '../../src/access/athena-query.ts';
import { trailTable } from '../../src/access/athena-table.ts';
import { readTrail } from '../../src/access/open.ts';
import type { Remote } from '../../src/access/remote.ts';
import type { ReadOptions } from '../../src/access/types.ts';
import type { PrimedAnswer, TableState } from '../../src/sandbox/athena/state.ts';
import { requestFault } from '../../src/sandbox/faults.ts';
import { columnNames, partitionNames } from '../support/duckdb-trail.ts';
import { startSandbox, type TestSandbox } from '../support/sandbox.ts';

const table = (parameters: TableState['parameters'] = {}): TableState => ({
  database: 'logs',
  name: 'trail',
  columns: columnNames.map((name) => ({ name, type: 'string' })),
  partitionKeys: partitionNames.map((name) => ({ name, type: 'string' })),
  parameters: { 'projection.p_date.type': 'date', 'projection.p_date.format': 'yyyy/MM/dd', ...parameters },
});

/** A row as the query gives it, from the values that matter. */
const row = (values: Partial<Record<(typeof resultColumns)[number], string>>): (string | null)[] =>
  resultColumns.map((column) => values[column] ?? null);
const path = row({
  totals: '1',
  kind: 'call',
  identitytype: 'IAMUser',
  principalarn: 'arn:aws:iam::444455556666:user/u',
  bucket: 'quilt-raw',
  outcome: 'authorized',
  presigned: 'false',
  eventday: '2026-05-01',
  events: '3',
  again: '1',
  firstseen: '2026-05-01T00:00:00Z',
  lastseen: '2026-05-01T23:00:00Z',
});

async function athena(
  primed: Partial<PrimedAnswer> & { readonly cutoff?: number; readonly parameters?: TableState['parameters'] } = {},
  mutate: NonNullable<Parameters<typeof startSandbox>[0]>['mutate'] = () => undefined,
) {
  const sandbox = await startSandbox({ mutate });
  const { cutoff = null, parameters = {}, ...answer } = primed;
  await sandbox.control.primeAthena({
    workGroups: [
      { name: 'primary', bytesScannedCutoff: cutoff, outputLocation: 's3://results/' },
      { name: 'bare', bytesScannedCutoff: null, outputLocation: null },
    ],
    tables: [table(parameters)],
    answer: { columns: [...resultColumns], rows: [path], seconds: 10, scannedBytes: 4e9, failure: null, ...answer },
  });
  return sandbox;
}

function read(
  sandbox: TestSandbox,
  over: Partial<ReadOptions> & Partial<Remote> & { readonly url?: string } = {},
): { readonly notes: string[]; readonly reading: ReturnType<typeof readTrail> } {
  const notes: string[] = [];
  const signal = over.signal ?? sandbox.context.signal;
  const options: ReadOptions = { window: { since: null, before: null }, workers: 1, progress: () => undefined, ...over, signal };
  const remote: Remote = {
    ctx: { ...sandbox.context, signal },
    regions: null,
    accounts: null,
    maxScanGb: null,
    note: (text) => notes.push(text),
    ...over,
  };
  return { notes, reading: readTrail([over.url ?? 'athena://primary/logs.trail'], options, remote) };
}

const sent = (sandbox: TestSandbox): string => Object.values(sandbox.world().athena?.executions ?? {})[0]?.query ?? '';
const executions = (sandbox: TestSandbox) => Object.values(sandbox.world().athena?.executions ?? {});

describe('a trail by way of Athena', () => {
  test('is read to the end, with what was scanned and what it cost', async () => {
    const sandbox = await athena();
    const { notes, reading } = read(sandbox);
    expect(await reading).toMatchObject({
      source: { kind: 'athena', hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      files: 0,
      events: 4,
      considered: 3,
      skipped: { 'second copy': 1 },
      counts: [{ events: 3, path: { principalArn: 'arn:aws:iam::444455556666:user/u', sourceIpAddress: null } }],
      cost: { bytesScanned: 4e9, usd: 0.02 },
    });
    expect(notes).toEqual(['Workgroup primary sets no limit to what a query scans.', 'Athena scanned 4.0 GB, which costs 0.02 USD.']);
  });

  test('is read through all pages, and has the same hash in any order of rows', async () => {
    const many = Array.from({ length: 2_345 }, (_, n) => row({ ...named(path), sourceaddress: `198.51.${n >> 8}.${n & 255}` }));
    const first = await read(await athena({ rows: many })).reading;
    expect(first.counts).toHaveLength(2_345);
    expect(first.considered).toBe(3 * 2_345);
    const second = await read(await athena({ rows: many.toReversed() })).reading;
    expect(second.source).toEqual(first.source);
    const fewer = await read(await athena({ rows: many.slice(1) })).reading;
    expect(fewer.source).not.toEqual(first.source);
  });

  test('is started once though the answer was lost', async () => {
    const sandbox = await athena();
    await sandbox.control.arm([requestFault({ type: 'lost-answer' }, { operation: 'athena:StartQueryExecution' })]);
    expect((await read(sandbox).reading).considered).toBe(3);
    expect(executions(sandbox)).toHaveLength(1);
  });

  test('shows the limit of the workgroup, which ends the query', async () => {
    const sandbox = await athena({ cutoff: 1e9 });
    const { notes, reading } = read(sandbox);
    await expect(reading).rejects.toMatchObject({
      exitCode: 1,
      code: 'ATHENA_QUERY',
      summary: expect.stringMatching(
        /^querying logs\.trail \(.*\): FAILED: Bytes scanned limit was exceeded; scanned 1\.0 GB \(0\.005 USD\)$/,
      ),
      remedy: expect.stringContaining('raise the limit of the workgroup'),
    });
    expect(notes).toEqual(['Workgroup primary stops a query at 1.0 GB.']);
  });

  test('is stopped over --max-scan-gb, with what was scanned by then', async () => {
    const sandbox = await athena({ scannedBytes: 100e9, seconds: 100 });
    await expect(read(sandbox, { maxScanGb: 5 }).reading).rejects.toMatchObject({
      exitCode: 3,
      code: 'MAX_SCAN',
      summary: expect.stringMatching(/stopped beyond 5\.0 GB: scanned (5|6)\.\d GB \(0\.0[23]\d* USD\)$/),
    });
    expect(executions(sandbox).map(({ stoppedAt }) => stoppedAt)).toEqual([expect.any(Number)]);
    expect((await read(await athena({ scannedBytes: 4e9 }), { maxScanGb: 5 }).reading).considered).toBe(3);
  });

  test('is stopped in Athena too when it is interrupted', async () => {
    const sandbox = await athena({ seconds: 1_000 });
    const controller = new AbortController();
    const { reading } = read(sandbox, {
      signal: controller.signal,
      progress: ({ bytes }) => {
        if (bytes > 0) controller.abort(new Error('interrupted'));
      },
    });
    await expect(reading).rejects.toThrow('interrupted');
    expect(executions(sandbox).map(({ stoppedAt }) => stoppedAt)).toEqual([expect.any(Number)]);
  });

  test('that fails is an error with Athena’s reason', async () => {
    const sandbox = await athena({ failure: 'HIVE_BAD_DATA: Malformed ORC file', scannedBytes: 0 });
    await expect(read(sandbox).reading).rejects.toMatchObject({
      exitCode: 1,
      summary: expect.stringContaining('FAILED: HIVE_BAD_DATA: Malformed ORC file; scanned 0 MB (0.00005 USD)'),
    });
  });

  test('whose answer is not the query’s is an error', async () => {
    await expect(read(await athena({ columns: ['x'], rows: [['1']] })).reading).rejects.toMatchObject({ code: 'ATHENA_ROWS', exitCode: 1 });
    await expect(read(await athena({ rows: [row({ totals: '1', events: 'many' })] })).reading).rejects.toMatchObject({
      code: 'ATHENA_ROWS',
    });
  });

  test.each([
    ['athena://primary', 'SOURCE', 'not of the form'],
    ['athena://primary/logs', 'SOURCE', 'not of the form'],
    ["athena://primary/logs.tr'ail", 'SOURCE', 'not of the form'],
    ['athena://none/logs.trail', 'ATHENA_WORKGROUP', 'Athena has none of that name in us-east-1'],
    ['athena://bare/logs.trail', 'ATHENA_WORKGROUP', 'starting the query in workgroup (bare): it has no location for results'],
    ['athena://primary/logs.none', 'ATHENA_TABLE', 'there is none in us-east-1'],
    ['gs://bucket/prefix', 'SOURCE', 'no such kind of source'],
  ])('%s is bad input', async (url, code, text) => {
    await expect(read(await athena(), { url }).reading).rejects.toMatchObject({
      exitCode: 2,
      code,
      summary: expect.stringContaining(text),
    });
  });

  test('is not read offline', async () => {
    const options: ReadOptions = {
      window: { since: null, before: null },
      workers: 1,
      progress: () => undefined,
      signal: new AbortController().signal,
    };
    await expect(readTrail(['athena://primary/logs.trail'], options, null)).rejects.toMatchObject({
      exitCode: 2,
      summary: expect.stringContaining('with --offline AWS is asked nothing'),
    });
  });
});

const named = (values: readonly (string | null)[]): Partial<Record<(typeof resultColumns)[number], string>> =>
  Object.fromEntries(resultColumns.flatMap((column, index) => (values[index] == null ? [] : [[column, values[index]]])));

describe('what the query asks of the table’s partitions', () => {
  const window = { since: Date.parse('2026-05-10T13:00:00Z'), before: Date.parse('2026-05-12T00:00:00Z') };

  test('are the days with one more for late delivery, the Regions and the accounts asked for', async () => {
    const sandbox = await athena();
    await read(sandbox, { window, regions: ['us-east-1', 'eu-west-1'], accounts: ['444455556666'] }).reading;
    expect(sent(sandbox)).toContain(`"p_date" >= '2026/05/10'\n    AND "p_date" <= '2026/05/12'`);
    expect(sent(sandbox)).toContain(`"p_region" IN ('eu-west-1', 'us-east-1')`);
    expect(sent(sandbox)).toContain(`"p_account" IN ('444455556666')`);
    expect(sent(sandbox)).toContain(`eventtime >= '2026-05-10T13:00:00Z' AND eventtime < '2026-05-12T00:00:00Z'`);
  });

  test('are all accounts of the organization where each query must name them (F20)', async () => {
    const sandbox = await athena({ parameters: { 'projection.p_account.type': 'injected' } });
    await read(sandbox).reading;
    const accounts = Object.keys(sandbox.world().organizations.organization?.accounts ?? {}).sort();
    expect(accounts.length).toBeGreaterThan(2);
    expect(sent(sandbox)).toContain(`"p_account" IN (${accounts.map((id) => `'${id}'`).join(', ')})`);
  });

  test('are the own account, and this is said, where the organization may not be listed', async () => {
    const sandbox = await athena({ parameters: { 'projection.p_account.type': 'injected' } }, (world) => {
      world.iam.deniedActions[world.identities.management ?? ''] = ['organizations:ListAccounts'];
    });
    const { notes, reading } = read(sandbox);
    await reading;
    expect(sent(sandbox)).toContain(`"p_account" IN ('444455556666')`);
    expect(notes).toContain('Only the records of account 444455556666 are read: organizations:ListAccounts is refused.');
  });

  const described = (partitionKeys: { name: string; type: string }[], parameters: TableState['parameters'] = {}) =>
    trailTable('logs', 'trail', { columns: table().columns, partitionKeys, parameters }).partitions;

  test.each<[string, ReturnType<typeof described>, object[]]>([
    [
      'one timestamp, as of a single account',
      described([{ name: 'timestamp', type: 'string' }], {
        'projection.timestamp.type': 'date',
        'projection.timestamp.format': 'yyyy/MM/dd',
      }),
      [{ kind: 'day', name: 'timestamp', format: 'yyyy/MM/dd', isDate: false }],
    ],
    [
      'year, month and day',
      described(['account', 'region', 'year', 'month', 'day'].map((name) => ({ name, type: 'string' }))),
      [
        { kind: 'year-month-day' },
        { kind: 'account', name: 'account', required: false },
        { kind: 'region', name: 'region', required: false },
      ],
    ],
    ['none', described([]), []],
    ['a day with hours', described([{ name: 'dt', type: 'string' }], { 'projection.dt.format': 'yyyy/MM/dd/HH' }), []],
    [
      'a date',
      described([{ name: 'day', type: 'date' }], { 'projection.day.format': 'yyyy-MM-dd' }),
      [{ kind: 'day', name: 'day', format: 'yyyy-MM-dd', isDate: true }],
    ],
  ])('are understood of %s', (_, partitions, expected) => {
    expect(partitions).toEqual(expected);
  });

  test('must be of a table that holds a trail', async () => {
    const sandbox = await athena();
    await sandbox.control.primeAthena({ tables: [{ ...table(), columns: [{ name: 'eventtime', type: 'string' }] }] });
    await expect(read(sandbox).reading).rejects.toMatchObject({
      exitCode: 2,
      code: 'ATHENA_TABLE',
      summary: expect.stringContaining('it has no column eventsource'),
    });
  });
});
