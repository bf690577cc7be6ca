// A CloudTrail table as Athena has it, in DuckDB: the columns of AWS's own table for an organization's trail
// (data-perimeter-helper, prerequisites/athena), with the one that it lacks, filled from records as CloudTrail writes them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const issuer = 'STRUCT(type VARCHAR, principalid VARCHAR, arn VARCHAR, accountid VARCHAR, username VARCHAR)';
const session = `STRUCT(attributes STRUCT(mfaauthenticated VARCHAR, creationdate VARCHAR), sessionissuer ${issuer}, ec2roledelivery VARCHAR)`;

/** Column → DuckDB's type; the order is the table's. */
const columnTypes: { readonly [column: string]: string } = {
  eventversion: 'VARCHAR',
  useridentity: `STRUCT(type VARCHAR, principalid VARCHAR, arn VARCHAR, accountid VARCHAR, invokedby VARCHAR, accesskeyid VARCHAR, username VARCHAR, sessioncontext ${session})`,
  eventtime: 'VARCHAR',
  eventsource: 'VARCHAR',
  eventname: 'VARCHAR',
  awsregion: 'VARCHAR',
  sourceipaddress: 'VARCHAR',
  useragent: 'VARCHAR',
  errorcode: 'VARCHAR',
  errormessage: 'VARCHAR',
  requestparameters: 'VARCHAR',
  responseelements: 'VARCHAR',
  additionaleventdata: 'VARCHAR',
  requestid: 'VARCHAR',
  eventid: 'VARCHAR',
  readonly: 'VARCHAR',
  resources: 'STRUCT(arn VARCHAR, accountid VARCHAR, type VARCHAR)[]',
  eventtype: 'VARCHAR',
  apiversion: 'VARCHAR',
  recipientaccountid: 'VARCHAR',
  serviceeventdetails: 'VARCHAR',
  sharedeventid: 'VARCHAR',
  vpcendpointid: 'VARCHAR',
  vpcendpointaccountid: 'VARCHAR',
  eventcategory: 'VARCHAR',
  tlsdetails: 'STRUCT(tlsversion VARCHAR, ciphersuite VARCHAR, clientprovidedhostheader VARCHAR)',
};

/** Columns that are objects in a record and the text of them in the table. */
const asText = new Set(['requestparameters', 'responseelements', 'additionaleventdata', 'serviceeventdetails']);

/** The table's columns and partition keys as GetTableMetadata tells them. */
export const columnNames: readonly string[] = Object.keys(columnTypes);
export const partitionNames = ['p_account', 'p_region', 'p_date'] as const;

/** Those of other tables for a trail: one timestamp, or a day in three. */
const otherPartitions = ['timestamp', 'year', 'month', 'day'] as const;

export interface DuckDbTrail {
  /** Rows of values as text, null for NULL: as Athena's pages have them. */
  query(sql: string): Promise<(string | null)[][]>;
  close(): void;
}

/** Null where this machine has no DuckDB. */
export async function openDuckDb() {
  try {
    return await import('@duckdb/node-api');
  } catch (error) {
    if (error instanceof Error && /Cannot find|not found|GLIBC|dlopen/i.test(error.message)) return null;
    throw error;
  }
}

/** The table `logs.trail` filled with records. `without`: columns that this table lacks. */
export async function duckDbTrail(records: readonly object[], without: readonly string[] = []): Promise<DuckDbTrail> {
  const duckdb = await openDuckDb();
  if (duckdb === null) throw new Error('there is no DuckDB here');
  const connection = await (await duckdb.DuckDBInstance.create(':memory:')).connect();
  const columns = Object.entries(columnTypes).filter(([name]) => !without.includes(name));
  const all = [...columns, ...[...partitionNames, ...otherPartitions].map((name) => [name, 'VARCHAR'] as const)];
  const dir = mkdtempSync(join(tmpdir(), 'qp-duckdb-'));
  try {
    const file = join(dir, 'rows.json');
    writeFileSync(file, records.map((record) => `${JSON.stringify(rowOf(record))}\n`).join(''));
    const spec = all.map(([name, type]) => `'${name}': '${type}'`).join(', ');
    await connection.run('CREATE SCHEMA logs');
    await connection.run(
      `CREATE TABLE logs.trail AS SELECT ${all.map(([name]) => `"${name}"`).join(', ')} FROM read_json('${file}', format = 'newline_delimited', columns = {${spec}})`,
    );
  } finally {
    rmSync(dir, { recursive: true });
  }
  return {
    async query(sql) {
      const result = await connection.runAndReadAll(sql);
      return result.getRowsJS().map((row) => row.map((value) => (value === null || value === undefined ? null : String(value))));
    },
    close: () => connection.closeSync(),
  };
}

// A file lies under account, Region and day of its delivery; here that is the day of the event.
function rowOf(record: object): object {
  const row = Object.fromEntries(
    Object.entries(record).map(([name, value]) => {
      const column = name.toLowerCase();
      return [column, asText.has(column) ? (value === null || value === undefined ? null : JSON.stringify(value)) : lowered(value)];
    }),
  );
  const date = (typeof row.eventtime === 'string' ? row.eventtime : '').slice(0, 10).replaceAll('-', '/');
  const [year, month, day] = date.split('/');
  return {
    ...row,
    p_account: row.recipientaccountid ?? null,
    p_region: row.awsregion ?? null,
    p_date: date,
    timestamp: date,
    year,
    month,
    day,
  };
}

/** Names in lower case, as Hive has them. */
function lowered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name.toLowerCase(), lowered(item)]));
}
