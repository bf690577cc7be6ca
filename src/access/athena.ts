// A trail by way of Athena: one query groups it on Amazon's engine, for trails that outgrow one machine. What the query may scan is
// bounded from outside while it runs, since nothing tells beforehand how much it will be.
import {
  type AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  type Row,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { isAwsErrorSaying, reasonOf } from '../aws/aws-error.ts';
import { allPages } from '../aws/pages.ts';
import { told } from '../aws/told.ts';
import { waitUntil } from '../aws/wait.ts';
import { badInput, failed, shown, stopped } from '../errors.ts';
import { readTable } from './athena-catalog.ts';
import { resultColumns, trailQuery } from './athena-query.ts';
import { type ResultRow, readRows } from './athena-rows.ts';
import type { Remote } from './remote.ts';
import type { ReadOptions, TrailReading } from './types.ts';

/**
 * What a query costs: 5 USD for 10¹² bytes, at least 10⁷ bytes a query (F22). Amazon may count a TB as 2⁴⁰ bytes, which is a tenth
 * less.
 */
export const costOf = (bytesScanned: number): number => (Math.max(bytesScanned, 10_000_000) * 5) / 1e12;

/**
 * Groups the trail of a table `athena://WORKGROUP/DATABASE.TABLE` to access paths.
 * @throws PerimeterError (exit 2) for a form, workgroup or table that is none; `MAX_SCAN` (exit 3) where it scanned more than
 *   `maxScanGb` and was stopped; `ATHENA_QUERY` (exit 1) where it failed. The signal's reason when it is aborted, once it is stopped.
 */
export async function readAthena(url: string, options: ReadOptions, remote: Remote): Promise<TrailReading> {
  const { workGroup, database, table: name } = partsOf(url);
  const { ctx } = remote;
  const client = await ctx.aws.athena();
  const { table, accounts, cutoffBytes } = await readTable({ client, workGroup, database, name }, remote);
  const query = trailQuery(table, { window: options.window, regions: remote.regions, accounts });
  const limit = cutoffBytes === null ? 'sets no limit to what a query scans' : `stops a query at ${gigabytes(cutoffBytes)}`;
  remote.note(`Workgroup ${workGroup} ${limit}.`);
  const what = `${database}.${name}`;
  const { id, bytesScanned } = await runQuery(client, { query, workGroup, what }, options, remote);
  remote.note(`Athena scanned ${gigabytes(bytesScanned)}, which costs ${dollars(bytesScanned)}.`);
  const rows = await readResult(client, id, options.signal);
  const reading = readRows(rows, query);
  return {
    ...reading,
    files: 0,
    errors: [],
    sessionTagsIncomplete: false,
    cost: { bytesScanned, usd: costOf(bytesScanned) },
  };
}

function partsOf(url: string): { readonly workGroup: string; readonly database: string; readonly table: string } {
  const [, workGroup, database, table] = /^athena:\/\/([\w.-]{1,128})\/(\w{1,255})\.(\w{1,255})$/i.exec(url) ?? [];
  if (workGroup !== undefined && database !== undefined && table !== undefined) return { workGroup, database, table };
  throw badInput(
    'SOURCE',
    `reading the trail (${shown(url)}): it is not of the form athena://WORKGROUP/DATABASE.TABLE`,
    'name workgroup, database and table, such as athena://primary/default.cloudtrail_logs',
  );
}

interface Asked {
  readonly query: string;
  readonly workGroup: string;
  /** For errors: database and table. */
  readonly what: string;
}

const longestSeconds = 4 * 60 * 60;

/** Starts the query, waits for its end, and stops it where that is not waited for. */
async function runQuery(
  client: AthenaClient,
  { query, workGroup, what }: Asked,
  options: ReadOptions,
  { ctx, maxScanGb, note }: Remote,
): Promise<{ readonly id: string; readonly bytesScanned: number }> {
  const { signal } = options;
  const id = await start(client, query, workGroup, signal);
  const most = maxScanGb === null ? null : maxScanGb * 1e9;
  let ended = false;
  try {
    const wait = { what: `querying ${what} (${id})`, timeoutSeconds: longestSeconds, everySeconds: 1 };
    const execution = await waitUntil(
      wait,
      async () => {
        const now = await look(client, id, signal);
        const bytes = scannedBy(now);
        options.progress({ files: 0, filesInAll: null, events: 0, bytes });
        ended = isOver(now);
        if (ended) return now;
        if (most !== null && bytes > most) throw await overLimit(client, id, what, most, note);
        return undefined;
      },
      { clock: ctx.clock, signal },
    );
    return { id, bytesScanned: outcomeOf(execution, id, what) };
  } catch (error) {
    if (!ended) await stop(client, id, note);
    throw error;
  }
}

async function start(client: AthenaClient, query: string, workGroup: string, signal: AbortSignal): Promise<string> {
  try {
    // The SDK gives it a ClientRequestToken, so that what is sent again is the same query.
    const command = new StartQueryExecutionCommand({ QueryString: query, WorkGroup: workGroup });
    return told((await client.send(command, { abortSignal: signal })).QueryExecutionId, 'StartQueryExecution', 'QueryExecutionId');
  } catch (error) {
    if (!isAwsErrorSaying(error, 'InvalidRequestException', 'output location')) throw error;
    throw badInput(
      'ATHENA_WORKGROUP',
      `starting the query in workgroup (${workGroup}): it has no location for results`,
      'set its query result location in Athena’s console, or name another workgroup: athena://WORKGROUP/DATABASE.TABLE',
      error,
    );
  }
}

const look = async (client: AthenaClient, id: string, signal?: AbortSignal): Promise<QueryExecution> => {
  const { QueryExecution } = await client.send(
    new GetQueryExecutionCommand({ QueryExecutionId: id }),
    signal ? { abortSignal: signal } : {},
  );
  return told(QueryExecution, 'GetQueryExecution', 'QueryExecution');
};

const stateOf = ({ Status }: QueryExecution): string => told(Status?.State, 'GetQueryExecution', 'State');
const isOver = (execution: QueryExecution): boolean => ['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(stateOf(execution));
const scannedBy = ({ Statistics }: QueryExecution): number => Statistics?.DataScannedInBytes ?? 0;

/** Bytes scanned by a query that succeeded. What was scanned is charged, whatever became of it. */
function outcomeOf(execution: QueryExecution, id: string, what: string): number {
  const bytes = scannedBy(execution);
  const state = stateOf(execution);
  if (state === 'SUCCEEDED') return bytes;
  const reason = execution.Status?.StateChangeReason ?? 'Athena gives no reason';
  const remedy = /bytes scanned limit/i.test(reason)
    ? 'ask for fewer days with --since and --before, or raise the limit of the workgroup'
    : state === 'CANCELLED'
      ? 'somebody stopped it; run again'
      : 'check that the table can be queried in Athena’s console; then run again';
  throw failed(
    'ATHENA_QUERY',
    `querying ${what} (${id}): ${state}: ${shown(reason)}; scanned ${gigabytes(bytes)} (${dollars(bytes)})`,
    remedy,
  );
}

async function overLimit(client: AthenaClient, id: string, what: string, most: number, note: Remote['note']) {
  await stop(client, id, note);
  const bytes = scannedBy(await look(client, id));
  return stopped(
    'MAX_SCAN',
    `querying ${what} (${id}): stopped beyond ${gigabytes(most)}: scanned ${gigabytes(bytes)} (${dollars(bytes)})`,
    'ask for fewer days with --since and --before, or allow more with --max-scan-gb',
  );
}

/** Not given the signal: an aborted run must still stop what it started. */
async function stop(client: AthenaClient, id: string, note: Remote['note']): Promise<void> {
  try {
    await client.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
  } catch (error) {
    note(`Query ${id} could not be stopped (${reasonOf(error)}): stop it in Athena, it goes on scanning.`);
  }
}

/** The rows without the first, which names the columns. */
async function readResult(client: AthenaClient, id: string, signal: AbortSignal): Promise<readonly ResultRow[]> {
  const rows = await allPages(
    'GetQueryResults',
    async (token) => {
      const input = { QueryExecutionId: id, ...(token === undefined ? {} : { NextToken: token }) };
      const page = await client.send(new GetQueryResultsCommand(input), { abortSignal: signal });
      return { items: page.ResultSet?.Rows, next: page.NextToken };
    },
    { signal },
  );
  const [header, ...values] = rows.map(valuesOf);
  if (header === undefined || header.join() !== resultColumns.join()) {
    throw failed('ATHENA_ROWS', `reading the answer of query ${id}: its columns are not the query's`, 'run again');
  }
  return values;
}

const valuesOf = ({ Data }: Row): ResultRow => told(Data, 'GetQueryResults', 'Data').map(({ VarCharValue }) => VarCharValue ?? null);

const gigabytes = (bytes: number): string => (bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`);

function dollars(bytes: number): string {
  const usd = costOf(bytes);
  return `${usd >= 1 ? usd.toFixed(2) : Number(usd.toPrecision(2))} USD`;
}
