// The one query: it groups a trail to access paths on Amazon's engine, by the rules that local reading has (plain.ts), and judges nothing.
// It stays in what Trino and DuckDB have in common, so that tests run the very text; no functions on addresses among it.
import { partitionConditions, sqlName, sqlText, type TrailTable } from './athena-table.ts';
import { deniedCodes } from './denied.ts';
import type { TrailPath, TrailWindow } from './types.ts';

/** The path's members with the columns that hold them; the order decides which of two copies is kept. */
const pathColumns = {
  identityType: 'identitytype',
  principalArn: 'principalarn',
  principalId: 'principalid',
  accountId: 'accountid',
  invokedBy: 'invokedby',
  sourceIpAddress: 'sourceaddress',
  vpcEndpointId: 'endpoint',
  vpcEndpointAccountId: 'endpointaccount',
  awsRegion: 'region',
  bucket: 'bucket',
  bucketAccountId: 'bucketaccount',
  recipientAccountId: 'recipient',
  eventName: 'operation',
  outcome: 'outcome',
  presigned: 'presigned',
} as const satisfies Record<keyof TrailPath, string>;

/** What the query answers, in this order. `totals`: 1 for one day of a path or of a kind of record passed over, 0 for a day with records. */
export const resultColumns = [
  'totals',
  'kind',
  ...Object.values(pathColumns),
  'sessiontags',
  'eventday',
  'events',
  'again',
  'firstseen',
  'lastseen',
] as const;

export type ResultColumn = (typeof resultColumns)[number];

/** A record that is part of a path; other kinds are named as local reading names what it passes over. */
export const callKind = 'call';
const outside = 'outside the days asked for';

interface Asked {
  readonly window: TrailWindow;
  readonly regions: readonly string[] | null;
  readonly accounts: readonly string[] | null;
}

/**
 * The query of a table for a window, in UTC; Regions and accounts only where the table has partitions for them. The table is
 * scanned once: grouping sets give paths and days in one pass, and sessions' tags come by windows over what is grouped already.
 * @throws PerimeterError (exit 2) as `partitionConditions`
 */
export function trailQuery(table: TrailTable, asked: Asked): string {
  const has = (column: string): string => (table.columns.has(column) ? column : `CAST(NULL AS varchar)`);
  const inside = windowConditions(asked.window);
  // Sessions may have begun before the window: their tags are wanted all the same.
  const rows = inside.length === 0 ? [] : [`(${inside.join(' AND ')} OR eventsource = 'sts.amazonaws.com')`];
  const where = [...partitionConditions(table, asked), ...rows];
  const path = Object.values(pathColumns);
  const own = path.filter((column) => column !== 'region' && column !== 'recipient');
  const expressions = pathExpressions(has);
  const field = (column: keyof typeof expressions): string => `${expressions[column]} AS ${column}`;
  const grouped = ['kind', ...path, 'eventday', 'session', 'sharedid', 'tags'];
  return `WITH records AS (
  SELECT *, ${kindOf(has, inside)} AS kind
  FROM ${sqlName(table.database)}.${sqlName(table.name)}${where.length === 0 ? '' : `\n  WHERE ${where.join('\n    AND ')}`}
), fields AS (
  SELECT kind, ${field('region')}, ${field('recipient')},
    ${own.map((column) => `CASE WHEN kind = 'call' THEN ${expressions[column]} END AS ${column}`).join(',\n    ')},
    CASE WHEN kind NOT IN ('no event', '${outside}') THEN substr(eventtime, 1, 10) END AS eventday,
    CASE WHEN kind = 'call' THEN useridentity.accesskeyid END AS caller,
    CASE WHEN kind = 'call' THEN ${has('sharedeventid')} END AS sharedid,
    CASE WHEN eventsource = 'sts.amazonaws.com' THEN ${extract(has('responseelements'), issuedKey)} END AS issued,
    CASE WHEN eventsource = 'sts.amazonaws.com' THEN ${tagsOf('requestparameters')} END AS tags,
    eventtime
  FROM records
), grouped AS (
  SELECT ${['kind', ...path].join(', ')}, eventday,
    CASE WHEN kind = 'call' THEN caller WHEN tags IS NOT NULL THEN issued END AS session,
    sharedid, tags, count(*) AS events, min(eventtime) AS firstseen, max(eventtime) AS lastseen
  FROM fields
  GROUP BY ${grouped.map((_, index) => index + 1).join(', ')}
), joined AS (
  SELECT *,
    CASE WHEN session IS NOT NULL THEN max(tags) OVER (PARTITION BY session) END AS sessiontags,
    row_number() OVER (PARTITION BY sharedid ORDER BY
      CASE WHEN principalarn IS NULL THEN 0 ELSE 2 END + CASE WHEN recipient = accountid THEN 1 ELSE 0 END DESC,
      ${path.map((column) => `${column} ASC NULLS LAST`).join(', ')}, firstseen ASC) AS copy
  FROM grouped
), counted AS (
  SELECT CASE WHEN sharedid IS NOT NULL AND copy > 1 THEN 'second copy' ELSE kind END AS kind,
    ${path.join(', ')},
    CASE WHEN kind = 'call' THEN sessiontags END AS sessiontags, eventday,
    CASE WHEN sharedid IS NOT NULL AND copy = 1 THEN 1 ELSE events END AS events,
    CASE WHEN sharedid IS NOT NULL AND copy = 1 THEN events - 1 ELSE 0 END AS again,
    firstseen,
    CASE WHEN sharedid IS NULL THEN lastseen ELSE firstseen END AS lastseen
  FROM joined
)
SELECT 1 - grouping(kind) AS totals, kind, ${path.join(', ')}, sessiontags, eventday,
  CAST(sum(events) AS bigint) AS events, CAST(sum(again) AS bigint) AS again, min(firstseen) AS firstseen, max(lastseen) AS lastseen
FROM counted
GROUP BY GROUPING SETS ((kind, ${path.join(', ')}, sessiontags, eventday), (recipient, region, eventday))`;
}

/** `eventtime` is text in whole seconds, which sorts as time does. */
function windowConditions({ since, before }: TrailWindow): readonly string[] {
  const second = (time: number): string => sqlText(new Date(Math.ceil(time / 1000) * 1000).toISOString().replace('.000Z', 'Z'));
  return [...(since === null ? [] : [`eventtime >= ${second(since)}`]), ...(before === null ? [] : [`eventtime < ${second(before)}`])];
}

function kindOf(has: (column: string) => string, inside: readonly string[]): string {
  const type = `COALESCE(${has('eventtype')}, '')`;
  const category = `COALESCE(${has('eventcategory')}, '')`;
  const cases = [
    [`eventtime IS NULL`, 'no event'],
    ...(inside.length === 0 ? [] : [[`NOT (${inside.join(' AND ')})`, outside]]),
    [`COALESCE(eventsource, '') <> 's3.amazonaws.com'`, 'another service'],
    [`${type} = 'AwsServiceEvent'`, 'service event'],
    [`${type} = 'AwsVpceEvents' OR ${category} = 'NetworkActivity'`, 'network activity'],
    [`${type} = 'AwsCloudTrailInsight' OR ${category} = 'Insight'`, 'insight'],
  ];
  return `CASE ${cases.map(([test, kind]) => `WHEN ${test} THEN '${kind}'`).join('\n    ')}\n    ELSE '${callKind}' END`;
}

/** What each column of a path is, by the columns of CloudTrail's table. */
function pathExpressions(has: (column: string) => string): Record<(typeof pathColumns)[keyof typeof pathColumns], string> {
  const id = 'useridentity.principalid';
  const denied = deniedCodes.map(sqlText).join(', ');
  // TRY: an array without the element is an error in Trino, and null in DuckDB.
  const bucketAccount = `TRY(filter(resources, one -> one.type = 'AWS::S3::Bucket')[1].accountid)`;
  return {
    identitytype: 'useridentity.type',
    principalarn: 'COALESCE(useridentity.sessioncontext.sessionissuer.arn, useridentity.arn)',
    principalid: `CASE WHEN useridentity.type = 'AssumedRole' OR ${id} LIKE 'AROA%' THEN split_part(${id}, ':', 1) ELSE ${id} END`,
    accountid: 'useridentity.accountid',
    invokedby: 'useridentity.invokedby',
    sourceaddress: has('sourceipaddress'),
    endpoint: has('vpcendpointid'),
    endpointaccount: has('vpcendpointaccountid'),
    region: 'awsregion',
    bucket: extract('requestparameters', `"bucketName"\\s*:\\s*"((?:[^"\\\\]|\\\\.)*)"`),
    bucketaccount: has('resources') === 'resources' ? bucketAccount : has('resources'),
    recipient: 'recipientaccountid',
    operation: 'eventname',
    outcome: `CASE WHEN ${has('errorcode')} IN (${denied}) THEN 'denied' ELSE 'authorized' END`,
    presigned: `CASE WHEN ${extract(has('additionaleventdata'), `"AuthenticationMethod"\\s*:\\s*"([^"]*)"`)} = 'QueryString' THEN 'true' ELSE 'false' END`,
  };
}

/** The key of the session that an STS call made, out of its response. */
const issuedKey = `"accessKeyId"\\s*:\\s*"([^"]*)"`;

/** Those that a session brought, in the order in which the later override the earlier. */
export const tagFields = ['incomingTransitiveTags', 'principalTags', 'tags'] as const;

// Tags hold no brackets and no braces, so the first closing one ends the value.
function tagsOf(column: string): string {
  const values = tagFields.map((name) => extract(column, `"${name}"\\s*:\\s*(\\[[^\\]]*\\]|\\{[^}]*\\})`));
  const list = values.map((value) => `COALESCE(${value}, 'null')`).join(` || ',' || `);
  return `NULLIF('[' || ${list} || ']', '[${tagFields.map(() => 'null').join(',')}]')`;
}

// Without a match Trino answers null and DuckDB an empty text.
const extract = (column: string, pattern: string): string => `NULLIF(regexp_extract(${column}, ${sqlText(pattern)}, 1), '')`;

/** The path's member for each of its columns. */
export const pathMembers = pathColumns;
