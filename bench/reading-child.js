// One way of reading a trail, run as a process of its own by reading.js: WAY FOLDER WORKERS READER. Prints what it found and its
// peak memory in MB as JSON.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';

const [way, folder, workers, reader] = process.argv.slice(2);

const ways = {
  /** This program's reader: files to paths. */
  async read() {
    const { readFiles } = await import(pathToFileURL(reader).href);
    const window = { since: null, before: null };
    const options = { window, workers: Number(workers), signal: new AbortController().signal, progress: () => {} };
    const { counts, considered, errors } = await readFiles([folder], options);
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    return { groups: counts.length, events: considered };
  },

  /** DuckDB with as many threads: the same columns, only the fields that they need, grouped. */
  async duckdb() {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const connection = await (await DuckDBInstance.create(':memory:', { threads: workers })).connect();
    const rows = await connection.runAndReadAll(query);
    const [[groups, events]] = rows.getRows();
    return { groups: Number(groups), events: Number(events) };
  },

  /** Only unpacking, file after file. */
  async gunzip() {
    const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.gz'));
    return { bytes: names.reduce((sum, name) => sum + gunzipSync(readFileSync(join(folder, name))).length, 0) };
  },
};

const issuer = 'sessionContext STRUCT(sessionIssuer STRUCT(arn VARCHAR))';
const identity = `STRUCT("type" VARCHAR, arn VARCHAR, principalId VARCHAR, accountId VARCHAR, invokedBy VARCHAR, ${issuer})`;
const texts = [
  ...['eventTime', 'eventSource', 'eventName', 'eventType', 'awsRegion', 'sourceIPAddress', 'errorCode', 'recipientAccountId'],
  ...['sharedEventID', 'vpcEndpointId', 'vpcEndpointAccountId'],
];
const record = [
  `userIdentity ${identity}`,
  ...texts.map((name) => `${name} VARCHAR`),
  'requestParameters STRUCT(bucketName VARCHAR)',
  'additionalEventData STRUCT(AuthenticationMethod VARCHAR)',
  'resources STRUCT("type" VARCHAR, accountId VARCHAR)[]',
].join(', ');
const query = `
  SELECT count(*), sum(events) FROM (
    SELECT r.userIdentity."type", coalesce(r.userIdentity.sessionContext.sessionIssuer.arn, r.userIdentity.arn) AS principal,
      split_part(r.userIdentity.principalId, ':', 1) AS id, r.userIdentity.accountId, r.userIdentity.invokedBy,
      r.sourceIPAddress, r.vpcEndpointId, r.vpcEndpointAccountId, r.awsRegion, r.requestParameters.bucketName,
      list_filter(r.resources, lambda one : one."type" = 'AWS::S3::Bucket')[1].accountId AS owner, r.recipientAccountId, r.eventName,
      coalesce(r.errorCode = 'AccessDenied', false) AS denied,
      coalesce(r.additionalEventData.AuthenticationMethod = 'QueryString', false) AS presigned,
      count(*) AS events, min(r.eventTime), max(r.eventTime)
    FROM (SELECT unnest(Records) AS r
      FROM read_json('${folder}/**/*.json.gz', maximum_object_size = 268435456, columns = {Records: 'STRUCT(${record})[]'}))
    WHERE r.eventSource = 's3.amazonaws.com' AND coalesce(r.eventType, '') <> 'AwsServiceEvent'
    GROUP BY ALL)`;

const found = await ways[way]();
// Linux and macOS give kilobytes.
console.log(JSON.stringify({ ...found, peak: process.resourceUsage().maxRSS / 1024 }));
