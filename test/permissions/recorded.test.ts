// The policies of docs/iam hold the permissions of the calls that the program makes: those and no others.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { documentOf } from '../../scripts/iam/grants.ts';
import { placeholders, policies } from '../../scripts/iam/policies.ts';
import type { CallRecord } from '../../src/sandbox/call-log.ts';
import { actionsOf, allowExactly, type Side } from './exactly.ts';
import { type Ended, jobs } from './jobs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const calls: CallRecord[] = [];
const ended = new Map<string, Ended>();

beforeAll(async () => {
  for (const [name, job] of Object.entries(jobs)) {
    const end = await job.run((world) => allowExactly(world));
    calls.push(...end.sandbox.sandbox.calls());
    ended.set(name, end);
  }
}, 300_000);

// S3 is asked for the reads and writes that Athena makes by itself, which the sandbox does not know (docs/sandbox.md).
const byAthena = ['s3:AbortMultipartUpload', 's3:GetBucketLocation', 's3:PutObject'];

test.each<Side>(['quilt', 'organization'])('the policies of the %s side hold what its calls need, and nothing else', (side) => {
  const granted = policies
    .filter((policy) => policy.side === side)
    .flatMap(({ grants }) => grants.flatMap(({ actions }) => Object.keys(actions)));
  const sorted = (actions: readonly string[]): readonly string[] => [...new Set(actions)].sort();
  expect(sorted(granted.filter((action) => !byAthena.includes(action)))).toEqual(sorted(actionsOf(calls, side)));
});

test('the recorded jobs make every call that stands in the program’s text', () => {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.startsWith('sandbox/'),
  );
  const written = files.flatMap((name) =>
    [...readFileSync(join(root, 'src', name), 'utf8').matchAll(/new ([A-Za-z0-9]+)Command\(/g)].map(([, operation]) => operation ?? ''),
  );
  const recorded = new Set(calls.map(({ operation }) => operation));
  expect(written.length).toBeGreaterThan(90);
  expect([...new Set(written)].filter((operation) => !recorded.has(operation))).toEqual([]);
});

const ending = Object.keys(jobs).filter((name) => jobs[name]?.endsWell);

test.each(ending)('%s: it goes through under exactly these permissions, and nothing is untold for want of one', (name) => {
  const { error, said } = ended.get(name) ?? { error: 'not run', said: '' };
  expect(error).toBe('');
  expect(said.length).toBeGreaterThan(1);
  expect(said).not.toContain('because no identity-based policy allows');
});

test.each(policies.map((policy) => [policy.name, policy] as const))('docs/iam/%s.json is the policy, and IAM takes it', (name, policy) => {
  const text = readFileSync(join(root, 'docs', 'iam', `${name}.json`), 'utf8');
  expect(JSON.parse(text)).toEqual(documentOf(policy));
  // A managed policy may have 6,144 characters, white space not counted.
  expect(JSON.stringify(JSON.parse(text)).length).toBeLessThan(6_144);
  const words = text.match(/\b[A-Z]+(?:_[A-Z]+)+\b|\bREGION\b/g) ?? [];
  expect(words.filter((word) => !Object.hasOwn(placeholders, word) && word !== 'SERVICE_CONTROL_POLICY')).toEqual([]);
});
