// The embedded Athena as SDK clients see it: start, watch, stop, pages, and what was primed.
import {
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  GetTableMetadataCommand,
  GetWorkGroupCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { describe, expect, test } from 'vitest';
import type { PrimedAnswer } from '../../../src/sandbox/athena/state.ts';
import { answerControl } from '../../../src/sandbox/control.ts';
import { startSandbox } from '../../support/sandbox.ts';

const answer = (of: Partial<PrimedAnswer> = {}): PrimedAnswer => ({
  columns: ['a', 'b'],
  rows: [['1', null]],
  seconds: 10,
  scannedBytes: 1_000,
  failure: null,
  ...of,
});

async function athenaWith(primed: Partial<PrimedAnswer> = {}, cutoff: number | null = null) {
  const sandbox = await startSandbox();
  await sandbox.control.primeAthena({
    answer: answer(primed),
    workGroups: [{ name: 'primary', bytesScannedCutoff: cutoff, outputLocation: 's3://results/' }],
  });
  const client = await sandbox.aws.athena();
  const start = async () => (await client.send(new StartQueryExecutionCommand({ QueryString: 'SELECT 1' }))).QueryExecutionId;
  const look = async (id: string | undefined) => {
    const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
    return {
      state: QueryExecution?.Status?.State,
      reason: QueryExecution?.Status?.StateChangeReason,
      scanned: QueryExecution?.Statistics?.DataScannedInBytes,
    };
  };
  return { sandbox, client, start, look };
}

describe('a query', () => {
  test('is queued, runs and ends, and scans as it goes', async () => {
    const { sandbox, client, start, look } = await athenaWith();
    const id = await start();
    expect(await look(id)).toEqual({ state: 'QUEUED', reason: undefined, scanned: 0 });
    await expect(client.send(new GetQueryResultsCommand({ QueryExecutionId: id }))).rejects.toThrow('has not yet finished');
    sandbox.clock.advance(6_000);
    expect(await look(id)).toEqual({ state: 'RUNNING', reason: undefined, scanned: 500 });
    sandbox.clock.advance(6_000);
    expect(await look(id)).toEqual({ state: 'SUCCEEDED', reason: undefined, scanned: 1_000 });
    const { ResultSet, NextToken } = await client.send(new GetQueryResultsCommand({ QueryExecutionId: id }));
    expect(ResultSet?.Rows).toEqual([{ Data: [{ VarCharValue: 'a' }, { VarCharValue: 'b' }] }, { Data: [{ VarCharValue: '1' }, {}] }]);
    expect(NextToken).toBeUndefined();
  });

  test('is answered in pages, the names of the columns first', async () => {
    const { sandbox, client, start } = await athenaWith({ rows: Array.from({ length: 2_001 }, (_, n) => [`${n}`, null]) });
    const id = await start();
    sandbox.clock.advance(20_000);
    const sizes: number[] = [];
    let token: string | undefined;
    do {
      const page = await client.send(new GetQueryResultsCommand({ QueryExecutionId: id, ...(token ? { NextToken: token } : {}) }));
      sizes.push(page.ResultSet?.Rows?.length ?? 0);
      token = page.NextToken;
    } while (token !== undefined);
    expect(sizes).toEqual([1_000, 1_000, 2]);
  });

  test('that is stopped is cancelled, with what it had scanned by then', async () => {
    const { sandbox, client, start, look } = await athenaWith();
    const id = await start();
    sandbox.clock.advance(3_000);
    await client.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
    sandbox.clock.advance(60_000);
    expect(await look(id)).toEqual({ state: 'CANCELLED', reason: 'Query cancelled by user', scanned: 200 });
  });

  test('fails with the reason that was given, or at the cutoff of its workgroup', async () => {
    const failing = await athenaWith({ failure: 'SYNTAX_ERROR: line 1:8' });
    const first = await failing.start();
    failing.sandbox.clock.advance(20_000);
    expect(await failing.look(first)).toMatchObject({ state: 'FAILED', reason: 'SYNTAX_ERROR: line 1:8' });
    const cut = await athenaWith({}, 300);
    const second = await cut.start();
    cut.sandbox.clock.advance(20_000);
    expect(await cut.look(second)).toEqual({ state: 'FAILED', reason: 'Bytes scanned limit was exceeded', scanned: 300 });
  });

  test('is started once for one client token', async () => {
    const { client } = await athenaWith();
    const query = { QueryString: 'SELECT 1', ClientRequestToken: 'x'.repeat(32) };
    const first = await client.send(new StartQueryExecutionCommand(query));
    expect((await client.send(new StartQueryExecutionCommand(query))).QueryExecutionId).toBe(first.QueryExecutionId);
    await expect(client.send(new StartQueryExecutionCommand({ ...query, QueryString: 'SELECT 2' }))).rejects.toThrow('Idempotent');
  });

  test('for which nothing was primed fails and says what to do', async () => {
    const sandbox = await startSandbox();
    const client = await sandbox.aws.athena();
    const { QueryExecutionId } = await client.send(new StartQueryExecutionCommand({ QueryString: 'SELECT 1' }));
    sandbox.clock.advance(20_000);
    const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId }));
    expect(QueryExecution?.Status).toMatchObject({ State: 'FAILED', StateChangeReason: expect.stringContaining('POST /_sandbox/athena') });
  });
});

describe('the control call', () => {
  const post = (sandbox: Awaited<ReturnType<typeof startSandbox>>, value: unknown) =>
    answerControl(sandbox.sandbox, 'POST', '/_sandbox/athena', Buffer.from(JSON.stringify(value)));

  test('primes tables and workgroups', async () => {
    const sandbox = await startSandbox();
    const table = { database: 'logs', name: 'trail', columns: [{ name: 'eventtime', type: 'string' }], partitionKeys: [], parameters: {} };
    const given = { tables: [table], workGroups: [{ name: 'analysts', bytesScannedCutoff: 5, outputLocation: null }] };
    expect(await post(sandbox, given)).toEqual({ status: 200, value: { primed: ['workGroups', 'tables'] } });
    const client = await sandbox.aws.athena();
    const asked = { CatalogName: 'AwsDataCatalog', DatabaseName: 'logs' };
    const { TableMetadata } = await client.send(new GetTableMetadataCommand({ ...asked, TableName: 'trail' }));
    expect(TableMetadata?.Columns).toEqual([{ Name: 'eventtime', Type: 'string' }]);
    await expect(client.send(new GetTableMetadataCommand({ ...asked, TableName: 'none' }))).rejects.toThrow('Entity Not Found');
    const { WorkGroup } = await client.send(new GetWorkGroupCommand({ WorkGroup: 'analysts' }));
    expect(WorkGroup?.Configuration?.BytesScannedCutoffPerQuery).toBe(5);
    await expect(client.send(new GetWorkGroupCommand({ WorkGroup: 'primary' }))).rejects.toThrow('is not found');
    const query = new StartQueryExecutionCommand({ QueryString: 'SELECT 1', WorkGroup: 'analysts' });
    await expect(client.send(query)).rejects.toThrow('No output location provided');
  });

  test.each([null, { answer: {} }, { tables: [{}] }, { workGroups: [{ name: 1 }] }])('refuses %j', async (value) => {
    expect((await post(await startSandbox(), value)).status).toBe(400);
  });
});
