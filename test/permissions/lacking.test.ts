// Each action of docs/iam by itself taken away: without a required one the job stops and names it, without an optional one it
// goes through and says what it could not tell. By default a sample; PERMISSIONS=all tries every action, PERMISSIONS_SEED another
// sample.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Need } from '../../scripts/iam/grants.ts';
import { policies } from '../../scripts/iam/policies.ts';
import { actionsOf, allowExactly, type Side } from './exactly.ts';
import { type Ended, jobs } from './jobs.ts';

interface Case {
  readonly side: Side;
  readonly action: string;
  readonly need: Need;
}

const cases: readonly Case[] = [
  ...new Map(
    policies.flatMap(({ side, grants }) =>
      grants.flatMap(({ actions }) =>
        Object.entries(actions).map(([action, need]) => [`${side} ${action}`, { side, action, need }] as const),
      ),
    ),
  ).values(),
];

// Athena needs them by itself, with the caller's permissions; the sandbox's does not read and write buckets.
const outside: readonly string[] = ['s3:AbortMultipartUpload', 's3:GetBucketLocation', 's3:PutObject'];

// What they tell is asked of worlds that these jobs do not have.
const asked: { readonly [action: string]: string } = {
  'cloudtrail:GetTrailStatus': 'brownfield',
};
const notNeededHere: { readonly [action: string]: string } = {
  'organizations:ListTagsForResource': 'the tags of the SCP are read with it, and decide nothing',
  'servicequotas:GetServiceQuota': "AWS's default quota is taken, and named as such where it is near",
  's3:GetAccountPublicAccessBlock': 'only where the test bucket has a public policy (QP304)',
  's3:GetBucketPolicyStatus': 'only where the test bucket has a policy (QP304)',
  's3:GetBucketPublicAccessBlock': 'only where the test bucket has a public policy (QP304)',
};

const wanted = (need: Need): readonly Case[] =>
  sampled(
    cases.filter((each) => each.need === need && !outside.includes(each.action)),
    need === 'required' ? 20 : 8,
  );

/** So many of them, spread by a seed. */
function sampled(all: readonly Case[], size: number): readonly Case[] {
  if (process.env.PERMISSIONS === 'all') return all;
  const seed = Number(process.env.PERMISSIONS_SEED ?? 1);
  const keyed = all.map((each, index) => ({ each, key: Math.imul(index + 1, 2_654_435_761 + seed * 40_503) >>> 0 }));
  return keyed
    .sort((one, other) => one.key - other.key)
    .slice(0, size)
    .map(({ each }) => each);
}

const complete = new Map<string, Ended>();

beforeAll(async () => {
  for (const [name, job] of Object.entries(jobs)) complete.set(name, await job.run((world) => allowExactly(world)));
}, 300_000);

/** The first job that needs it, with nothing lacking. */
function jobFor({ side, action }: Case): { readonly name: string; readonly before: Ended } {
  const name =
    asked[action] ?? Object.keys(jobs).find((each) => actionsOf(complete.get(each)?.sandbox.sandbox.calls() ?? [], side).includes(action));
  const before = name === undefined ? undefined : complete.get(name);
  if (name === undefined || before === undefined) throw new Error(`no job needs ${action}`);
  return { name, before };
}

async function without(lack: Case): Promise<{ readonly before: Ended; readonly after: Ended }> {
  const { name, before } = jobFor(lack);
  const after = await jobs[name]?.run((world) => allowExactly(world, lack));
  if (after === undefined) throw new Error(`no job ${name}`);
  return { before, after };
}

const times = (text: string, action: string): number => text.split(action).length - 1;

describe('a required action that is missing stops the job with an error that names it', () => {
  test.each(wanted('required'))('$side $action', async (lack) => {
    const { before, after } = await without(lack);
    expect(after.error).toContain(lack.action);
    expect(before.error).not.toContain(lack.action);
  });
});

describe('an optional action that is missing leaves the job to go through, and what it would tell unknown', () => {
  test.each(wanted('optional'))('$side $action', async (lack) => {
    const { before, after } = await without(lack);
    expect(after.done, after.error).toBe(before.done);
    if (Object.hasOwn(notNeededHere, lack.action)) expect(times(after.said, lack.action)).toBe(times(before.said, lack.action));
    else {
      expect(times(after.said + after.error, lack.action)).toBeGreaterThan(times(before.said + before.error, lack.action));
      expect(after.said + after.error).toMatch(/unknown|cannot be told|"known":false|refused|could not be stopped/);
    }
  });
});
