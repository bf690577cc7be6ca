// A CloudTrail table as Athena describes it: which columns it has, and which partitions a query may be kept to (F20).
import { badInput } from '../errors.ts';
import type { TrailWindow } from './types.ts';

/** A partition key and what it stands for. `format`: of a day, such as `yyyy/MM/dd`. `required`: no query without it. */
export type Partition =
  | { readonly kind: 'account' | 'region'; readonly name: string; readonly required: boolean }
  | { readonly kind: 'day'; readonly name: string; readonly format: string; readonly isDate: boolean }
  /** Three keys that together are a day. */
  | { readonly kind: 'year-month-day' };

export interface TrailTable {
  readonly database: string;
  readonly name: string;
  /** In lower case. */
  readonly columns: ReadonlySet<string>;
  readonly partitions: readonly Partition[];
}

interface Described {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly partitionKeys: readonly { readonly name: string; readonly type: string }[];
  readonly parameters: { readonly [name: string]: string };
}

const needed = ['eventsource', 'eventtime', 'eventname', 'awsregion', 'recipientaccountid', 'useridentity', 'requestparameters'];

/**
 * The table as far as the query needs it.
 * @throws PerimeterError (exit 2) `ATHENA_TABLE` where it is no table of CloudTrail's records
 */
export function trailTable(database: string, name: string, described: Described): TrailTable {
  const columns = new Set(described.columns.map((column) => column.name.toLowerCase()));
  const missing = needed.filter((column) => !columns.has(column));
  if (missing.length > 0) {
    throw badInput(
      'ATHENA_TABLE',
      `reading table (${database}.${name}): it is no table of CloudTrail's records: it has no column ${missing.join(', ')}`,
      'name the table that CloudTrail’s console or AWS’s documentation makes for a trail: athena://WORKGROUP/DATABASE.TABLE',
    );
  }
  return { database, name, columns, partitions: partitionsOf(described) };
}

function partitionsOf({ partitionKeys, parameters }: Described): readonly Partition[] {
  const names = new Set(partitionKeys.map((key) => key.name.toLowerCase()));
  if (['year', 'month', 'day'].every((part) => names.has(part))) {
    const others = partitionKeys.filter((key) => !['year', 'month', 'day'].includes(key.name.toLowerCase()));
    return [{ kind: 'year-month-day' }, ...others.flatMap((key) => partitionOf(key, parameters))];
  }
  return partitionKeys.flatMap((key) => partitionOf(key, parameters));
}

function partitionOf({ name, type }: Described['partitionKeys'][number], parameters: Described['parameters']): readonly Partition[] {
  const projection = parameters[`projection.${name}.type`]?.toLowerCase() ?? null;
  const required = projection === 'injected';
  if (/account/i.test(name)) return [{ kind: 'account', name, required }];
  if (/region/i.test(name)) return [{ kind: 'region', name, required }];
  if (projection === 'date' || /^(p_)?(date|day|dt|timestamp)$/i.test(name)) {
    const format = parameters[`projection.${name}.format`] ?? 'yyyy/MM/dd';
    // A format that this does not write leaves the day to eventtime, which costs a scan of all days.
    if (/^(?:yyyy|MM|dd|[^A-Za-z'])+$/.test(format)) return [{ kind: 'day', name, format, isDate: type.toLowerCase() === 'date' }];
  }
  return [];
}

const day = 86_400_000;

/**
 * Conditions that keep a query to the partitions asked for. A file lies under the day of its delivery, up to a day after its events.
 * @throws PerimeterError (exit 2) `ATHENA_PARTITION` where the table wants accounts or Regions named and none are
 */
export function partitionConditions(
  table: TrailTable,
  asked: { readonly window: TrailWindow; readonly regions: readonly string[] | null; readonly accounts: readonly string[] | null },
): readonly string[] {
  const { since, before } = asked.window;
  const from = since === null ? null : startOfDay(since);
  const to = before === null ? null : startOfDay(before - 1) + day;
  return table.partitions.flatMap((partition) => {
    switch (partition.kind) {
      case 'account':
        return among(table, partition, asked.accounts);
      case 'region':
        return among(table, partition, asked.regions);
      case 'day': {
        const written = (time: number): string =>
          partition.isDate ? `DATE ${sqlText(dayAs(time, 'yyyy-MM-dd'))}` : sqlText(dayAs(time, partition.format));
        const column = sqlName(partition.name);
        return [...(from === null ? [] : [`${column} >= ${written(from)}`]), ...(to === null ? [] : [`${column} <= ${written(to)}`])];
      }
      case 'year-month-day': {
        const column = `"year" || '/' || "month" || '/' || "day"`;
        return [
          ...(from === null ? [] : [`${column} >= ${sqlText(dayAs(from, 'yyyy/MM/dd'))}`]),
          ...(to === null ? [] : [`${column} <= ${sqlText(dayAs(to, 'yyyy/MM/dd'))}`]),
        ];
      }
      default:
        return partition satisfies never;
    }
  });
}

function among(
  table: TrailTable,
  { kind, name, required }: Extract<Partition, { kind: 'account' | 'region' }>,
  values: readonly string[] | null,
): readonly string[] {
  if (values !== null && values.length > 0) return [`${sqlName(name)} IN (${[...new Set(values)].sort().map(sqlText).join(', ')})`];
  if (!required) return [];
  throw badInput(
    'ATHENA_PARTITION',
    `reading table (${table.database}.${table.name}): its partition ${name} is injected: each query must name its ${kind}s, and none is known`,
    kind === 'account'
      ? 'let the organization be read (organizations:ListAccounts), so that its accounts can be named'
      : 'name buckets whose Region is known, or another table',
  );
}

const startOfDay = (time: number): number => Math.floor(time / day) * day;

function dayAs(time: number, format: string): string {
  const [year = '', month = '', date = ''] = new Date(time).toISOString().slice(0, 10).split('-');
  return format.replaceAll('yyyy', year).replaceAll('MM', month).replaceAll('dd', date);
}

/** A text as SQL writes it. */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A name as SQL writes it. */
export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
