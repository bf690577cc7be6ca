// What the program does in AWS, in jobs that together make every call that it can make. A job tells all that was said.
import { gzipSync } from 'node:zlib';
import { resultColumns } from '../../src/access/athena-query.ts';
import { readTrail } from '../../src/access/open.ts';
import type { Remote } from '../../src/access/remote.ts';
import { listCanaries, readLastRuns, readRuns } from '../../src/aws/canary.ts';
import { explainError } from '../../src/aws/explain-error.ts';
import { findPrefixListCidrs, findS3PrefixList } from '../../src/aws/prefix-list.ts';
import { readOrUnknown } from '../../src/aws/refused.ts';
import { readUserTags } from '../../src/aws/role.ts';
import { readUpdateEvents } from '../../src/aws/stack.ts';
import { organizationTree } from '../../src/commands/offers.ts';
import type { PerimeterError } from '../../src/errors.ts';
import { newObject } from '../../src/sandbox/s3/state.ts';
import type { World } from '../../src/sandbox/world.ts';
import { columnNames, partitionNames } from '../support/duckdb-trail.ts';
import type { TestSandbox } from '../support/sandbox.ts';
import { startSandbox } from '../support/sandbox.ts';
import { WholeRun } from '../support/whole-run.ts';
import { checksOn } from '../verify/applied.ts';

/** How a job ended. */
export interface Ended {
  readonly sandbox: TestSandbox;
  readonly done: boolean;
  /** Everything that was found and made, as one text. */
  readonly said: string;
  /** What people read of why it did not end well; empty where it did. */
  readonly error: string;
}

interface Job {
  /** `prepare` is the last to change the world before the job. */
  run(prepare: (world: World) => void): Promise<Ended>;
  /** Whether it ends well where nothing is lacking; else it is there for the calls on the way. */
  readonly endsWell: boolean;
}

const accept = ['QP102', 'QP106', 'QP110', 'QP111', 'QP116', 'QP409', 'QP413'] as const;

/** Both, one after the other. */
const inTurn =
  (...changes: readonly ((world: World) => void)[]) =>
  (world: World): void => {
    for (const change of changes) change(world);
  };

const asItIs = (): void => undefined;

const rootSessions = ({ organizations: { organization } }: World): void => {
  if (organization) organization.rootFeatures = ['RootSessions'];
};

/** Apply, status, verify, rollback. */
const whole = (scenario: string, mutate: (world: World) => void = asItIs, endsWell = true): Job => ({
  endsWell,
  async run(prepare) {
    const run = await WholeRun.on(scenario, { mutate: inTurn(mutate, prepare) });
    const parts = [
      await outcomeOf(
        () => run.apply({ accept: [...accept] }),
        ({ outcome, stoppedBy }) => (outcome === 'done' ? null : stoppedBy),
      ),
      await outcomeOf(() => run.status({ accept: [...accept] })),
      await outcomeOf(() => checksOn(run.sandbox, null)),
      await outcomeOf(
        () => run.rollBack(),
        ({ outcome, kept }) => (outcome === 'done' && kept.length === 0 ? null : kept),
      ),
    ];
    const said = [...parts.map((part) => part.said), JSON.stringify(run.events)].join('\n');
    const error = parts.map((part) => part.error).join('');
    return { sandbox: run.sandbox, done: error === '', said, error };
  },
});

/** One reading by itself. */
const reading = (read: (sandbox: TestSandbox) => Promise<unknown>, mutate: (world: World) => void = asItIs, endsWell = true): Job => ({
  endsWell,
  async run(prepare) {
    const sandbox = await startSandbox({ mutate: inTurn(mutate, prepare) });
    const { said, error } = await outcomeOf(() => read(sandbox));
    return { sandbox, done: error === '', said, error };
  },
});

/** `why` tells what kept it from ending well, or null. */
async function outcomeOf<T>(work: () => Promise<T>, why: (value: T) => unknown = () => null): Promise<Pick<Ended, 'said' | 'error'>> {
  try {
    const value = await work();
    const kept = why(value);
    return { said: inWords(value), error: kept === null ? '' : inWords(kept) };
  } catch (error) {
    return { said: '', error: wordsOf(explainError(error)) };
  }
}

const inWords = (value: unknown): string =>
  JSON.stringify(value, (_, each) => (each instanceof Error ? wordsOf(explainError(each)) : each));

const wordsOf = ({ summary, detail, remedy }: PerimeterError): string => [summary, detail, remedy].join('\n');

function remoteOf(sandbox: TestSandbox): { readonly remote: Remote; readonly notes: string[] } {
  const notes: string[] = [];
  const note = (text: string): void => void notes.push(text);
  return { notes, remote: { ctx: sandbox.context, regions: null, accounts: null, maxScanGb: null, note } };
}

async function readFrom(sandbox: TestSandbox, url: string): Promise<unknown> {
  const { remote, notes } = remoteOf(sandbox);
  return { notes, trail: await readTrail([url], optionsOf(sandbox), remote) };
}

/** A query that would scan too much is stopped, and ends as that error. */
async function stopAthena(sandbox: TestSandbox): Promise<unknown> {
  const { remote, notes } = remoteOf(sandbox);
  try {
    return await readTrail([athenaUrl], optionsOf(sandbox), { ...remote, maxScanGb: 0.000_001 });
  } catch (error) {
    if (sandbox.world().athena?.executions === undefined) throw error;
    return { notes, error };
  }
}

const athenaUrl = 'athena://primary/logs.trail';

const optionsOf = ({ context }: TestSandbox) => ({
  window: { since: null, before: null },
  workers: 1,
  progress: () => undefined,
  signal: context.signal,
});

const logBucket = ({ s3 }: World): string => Object.keys(s3.buckets).find((name) => name.startsWith('corp-cloudtrail')) ?? '';

function writeLog(world: World): void {
  const bucket = world.s3.buckets[logBucket(world)];
  const event = { eventTime: '2026-05-09T12:00:00Z', eventSource: 's3.amazonaws.com', eventName: 'GetObject', awsRegion: 'us-east-1' };
  const record = { ...event, userIdentity: { type: 'AWSAccount', principalId: 'A' }, requestParameters: { bucketName: 'quilt-raw' } };
  const key =
    'AWSLogs/444455556666/CloudTrail/us-east-1/2026/05/09/444455556666_CloudTrail_us-east-1_20260509T0005Z_0123456789ABCDEF.json.gz';
  if (bucket) bucket.objects[key] = [newObject(gzipSync(JSON.stringify({ Records: [record] })), 0)];
}

function tableByAccount(world: World): void {
  world.athena = {
    workGroups: [{ name: 'primary', bytesScannedCutoff: null, outputLocation: 's3://athena-results/' }],
    tables: [
      {
        database: 'logs',
        name: 'trail',
        columns: columnNames.map((name) => ({ name, type: 'string' })),
        partitionKeys: partitionNames.map((name) => ({ name, type: 'string' })),
        parameters: { 'projection.p_account.type': 'injected', 'projection.p_date.type': 'date', 'projection.p_date.format': 'yyyy/MM/dd' },
      },
    ],
    answer: { columns: [...resultColumns], rows: [], seconds: 30, scannedBytes: 4e9, failure: null },
    executions: {},
  };
}

/** All jobs; an action is tried in the first one that needs it. */
export const jobs: { readonly [name: string]: Job } = {
  greenfield: whole('greenfield'),
  brownfield: whole('brownfield'),
  'root sessions': whole('greenfield', rootSessions),
  'single-account': whole('single-account', asItIs, false),
  // A way back that the organization's side may not take is tried by the operator, who then is the only one (QP310).
  'a role that trusts the operator alone': whole(
    'greenfield',
    ({ iam }) => {
      const account = iam.accounts['444455556666'];
      const role = account?.roles.BreakGlass;
      const operator = account?.roles.PlatformAdmin;
      if (!role || !operator) throw new Error('the scenario has no such roles');
      const statement = { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::444455556666:root' }, Action: 'sts:AssumeRole' };
      role.trustPolicy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    },
    false,
  ),
  'a tree to choose from': reading(({ context }) => organizationTree(context)),
  "a user's tags": reading(
    ({ context }) => readOrUnknown('iam:ListUserTags', () => readUserTags('nobody', context)),
    ({ iam }) => {
      const account = iam.accounts['444455556666'];
      const user = { name: 'nobody', id: 'AIDA', arn: 'arn:aws:iam::444455556666:user/nobody', path: '/', inlinePolicies: {} };
      if (account) account.users.nobody = { ...user, attachedPolicies: [], permissionsBoundary: null, tags: {}, createdAt: 0 };
    },
  ),
  'a prefix list': reading(({ context }) =>
    readOrUnknown('ec2:GetManagedPrefixListEntries', async () => findPrefixListCidrs((await findS3PrefixList(context)).id, context)),
  ),
  'why an update failed': reading(async ({ context, world }) => {
    const stack = Object.values(world().cloudformation.stacks)[0];
    return readUpdateEvents(stack?.id ?? '', 'token', context);
  }),
  canaries: reading(async ({ context }) => {
    const names = (await listCanaries(context)).map(({ name }) => name);
    return readOrUnknown('synthetics:GetCanaryRuns', async () => [
      [...(await readLastRuns(names, context))],
      await Promise.all(names.map((name) => readRuns(name, context))),
    ]);
  }),
  'logs in S3': reading((sandbox) => readFrom(sandbox, `s3://${logBucket(sandbox.world())}/`), writeLog),
  'logs by Athena': reading((sandbox) => readFrom(sandbox, athenaUrl), tableByAccount),
  'Athena stopped': reading(stopAthena, tableByAccount),
};
