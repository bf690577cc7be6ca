// Runs of canaries: each lists and reads the buckets that its environment names, with its role, from its subnets in turn, under the
// policies that stand when it starts.
import { createHash } from 'node:crypto';
import { allCanaries } from '../lambda/functions.ts';
import type { CanaryRecord } from '../lambda/state.ts';
import { authorizeS3 } from '../s3/authorize.ts';
import type { Caller } from '../types.ts';
import type { World } from '../world.ts';
import type { CanaryRun } from './state.ts';

/** How long a run takes, and how many of each canary are kept. */
const runMilliseconds = 30_000;
const mostKept = 8;

/** Where a canary outside any VPC comes from: an address of AWS's that every customer shares. */
const sharedAddress = '52.94.76.10';

/** The name under which a canary's runs are kept. */
export const runsKey = ({ accountId, region, name }: Pick<CanaryRecord, 'accountId' | 'region' | 'name'>): string =>
  `${accountId}/${region}/${name}`;

/**
 * Makes the runs that are due at `now` (simulated milliseconds). To be called before anything is changed: what is due by then is run
 * under what stands until then. Returns whether any was.
 */
export function runDueCanaries(world: World, now: number): boolean {
  const { synthetics } = world;
  if (synthetics === undefined || now < synthetics.nextDue) return false;
  const canaries = allCanaries(world, now).filter(({ name }) => !synthetics.stopped.includes(name));
  let any = false;
  let nextDue = now + minute;
  for (const canary of canaries) {
    const every = intervalOf(canary.schedule ?? 'rate(1 hour)');
    const runs = synthetics.runs[runsKey(canary)] ?? [];
    const last = Math.round(((runs.at(-1)?.startedAt ?? synthetics.from) - synthetics.from) / every);
    const due = Math.floor((now - synthetics.from) / every);
    const made: CanaryRun[] = [];
    for (let count = Math.max(last + 1, due - mostKept + 1); count <= due; count += 1) {
      made.push(runOnce(world, canary, count, synthetics.from + count * every));
    }
    if (made.length > 0) synthetics.runs[runsKey(canary)] = [...runs, ...made].slice(-mostKept);
    any ||= made.length > 0;
    nextDue = Math.min(nextDue, synthetics.from + (due + 1) * every);
  }
  synthetics.nextDue = nextDue;
  return any;
}

const minute = 60_000;

/** Milliseconds of `rate(5 minutes)`; anything else runs hourly here. */
function intervalOf(schedule: string): number {
  const [, many = '1', unit = 'hour'] = /^rate\((\d+) (minute|hour)s?\)$/.exec(schedule) ?? [];
  return Math.max(1, Number(many)) * (unit === 'minute' ? minute : 60 * minute);
}

function runOnce(world: World, canary: CanaryRecord, count: number, startedAt: number): CanaryRun {
  const hex = createHash('sha256')
    .update(`${world.seed}/${runsKey(canary)}/${count}`)
    .digest('hex');
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  return { id, startedAt, completedAt: startedAt + runMilliseconds, failure: failureOf(world, canary, count, startedAt) };
}

function failureOf(world: World, canary: CanaryRecord, count: number, now: number): string | null {
  const role = Object.values(world.iam.accounts[canary.accountId]?.roles ?? {}).find(({ arn }) => arn === canary.roleArn);
  if (role === undefined) return `The role ${canary.roleArn} cannot be assumed.`;
  const { vpc, accountId, name } = canary;
  const caller: Caller = {
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/${role.name}/cwsyn-${name}`,
    userId: `${role.id}:cwsyn-${name}`,
    kind: 'role-session',
    roleArn: role.arn,
    tags: role.tags,
    network:
      vpc === null
        ? { publicIp: sharedAddress }
        : { vpcId: vpc.vpcId, subnetId: vpc.subnetIds[count % Math.max(1, vpc.subnetIds.length)] ?? null },
  };
  for (const bucketName of canary.reads ?? []) {
    const bucket = world.s3.buckets[bucketName];
    if (bucket === undefined) return `NoSuchBucket: The specified bucket does not exist (${bucketName})`;
    const arn = `arn:aws:s3:::${bucketName}`;
    for (const [action, resource] of [
      ['s3:ListBucket', arn],
      ['s3:GetObject', `${arn}/canary.txt`],
    ] as const) {
      const answer = authorizeS3(world, { caller, action, resource, bucket, region: bucket.region, now, frontEnd: 0.5 });
      if (!answer.allowed) return answer.error?.message ?? 'Access Denied';
    }
  }
  return null;
}
