// What undoing does to the two policies: it never overwrites what others wrote meanwhile, and it never puts a Deny back
// on that nothing shows to be passed from here.
import { expect, test } from 'vitest';
import { WholeRun } from '../support/whole-run.ts';
import { changedSince, killAfter, testBucketPolicy } from './support.ts';

const steps = ['discover', 'endpoints', 'nat', 'bucket-policy'] as const;

const theirs = (bucket: string) => ({
  Sid: 'TlsOnly',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: `arn:aws:s3:::${bucket}/*`,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});

/** A colleague writes the whole policy anew right after the run's nth PutBucketPolicy: their statement, and what is there if `beside`. */
function colleagueAfterPut({ sandbox }: WholeRun, nth: number, beside: boolean): void {
  const { requestHandler } = sandbox;
  const handle = requestHandler.handle;
  let written = false;
  requestHandler.handle = async (request, options) => {
    const answer = await handle.call(requestHandler, request, options);
    const puts = sandbox.writes().filter(({ operation, result }) => operation === 'PutBucketPolicy' && result === 'OK');
    if (written || puts.length < nth) return answer;
    written = true;
    await sandbox.sandbox.change(({ s3, hints }) => {
      const bucket = s3.buckets[hints.testBucket];
      if (!bucket) return;
      const there = beside && bucket.policy ? JSON.parse(bucket.policy).Statement : [];
      bucket.policy = JSON.stringify({ Version: '2012-10-17', Statement: [...there, theirs(bucket.name)] });
    });
    return answer;
  };
}

test.each([
  ['probe', 1, true],
  ['probe', 1, false],
  ['trial', 2, true],
] as const)(
  'what a colleague writes while the %s (write %d) stands is kept, beside ours: %s; the run stops, and nothing of ours is left',
  async (_, nth, beside) => {
    const run = await WholeRun.on('greenfield');
    colleagueAfterPut(run, nth, beside);
    await run.apply({}, steps).catch((error) => error);
    const { testBucket } = run.sandbox.world().hints;
    expect(JSON.parse(testBucketPolicy(run) ?? '{}').Statement).toEqual([theirs(testBucket)]);
  },
);

test('rolling back a perimeter whose ranges were changed since never puts the former one back on', async () => {
  const run = await WholeRun.on('greenfield');
  const before = run.sandbox.snapshot();
  expect((await run.apply({}, steps)).stoppedBy).toBeNull();
  const former = testBucketPolicy(run);
  expect((await run.apply({ trustedCidrs: ['198.51.100.0/24', '192.0.2.0/28'] }, steps)).stoppedBy).toBeNull();
  expect(testBucketPolicy(run)).not.toBe(former);
  const sent = run.sandbox.writes().length;
  expect(await run.rollBack()).toMatchObject({ outcome: 'done', kept: [] });
  const policyWrites = run.sandbox
    .writes()
    .slice(sent)
    .map(({ operation }) => operation)
    .filter((operation) => operation.endsWith('BucketPolicy'));
  expect(policyWrites).toEqual(['DeleteBucketPolicy']);
  expect(await changedSince(run, before)).toBe('');
});

test.each([
  ['probe', 1],
  ['trial', 3],
] as const)(
  'rolling back after a kill in the %s of changed ranges (PutBucketPolicy %d) never puts the former perimeter back on',
  async (_, nth) => {
    const run = await WholeRun.on('greenfield');
    const before = run.sandbox.snapshot();
    expect((await run.apply({}, steps)).stoppedBy).toBeNull();
    const revive = killAfter(run, { operation: 'PutBucketPolicy', nth });
    await expect(run.apply({ trustedCidrs: ['198.51.100.0/24', '192.0.2.0/28'] }, steps)).rejects.toThrow();
    expect(revive()).toBe(true);
    const sent = run.sandbox.writes().length;
    expect(await run.rollBack()).toMatchObject({ outcome: 'done', kept: [] });
    const puts = run.sandbox
      .writes()
      .slice(sent)
      .filter(({ operation }) => operation === 'PutBucketPolicy');
    expect(puts).toEqual([]);
    expect(await changedSince(run, before)).toBe('');
  },
);

test('what a colleague writes into the SCP while it is proven is kept', async () => {
  const run = await WholeRun.on('greenfield');
  const { requestHandler, sandbox } = run.sandbox;
  const handle = requestHandler.handle;
  const statement = { Sid: 'Theirs', Effect: 'Deny', Action: 'iam:CreateUser', Resource: '*' };
  const ourPolicy = () =>
    Object.values(run.sandbox.world().organizations.organization?.policies ?? {}).find(({ name }) => name === 'QuiltDataPerimeter');
  let written = false;
  requestHandler.handle = async (request, options) => {
    const answer = await handle.call(requestHandler, request, options);
    if (written || run.sandbox.writes().filter(({ operation }) => operation === 'UpdatePolicy').length < 2) return answer;
    written = true;
    const id = ourPolicy()?.id ?? '';
    await sandbox.change(({ organizations }) => {
      const policy = organizations.organization?.policies[id];
      if (!policy) return;
      const document = JSON.parse(policy.content);
      policy.content = JSON.stringify({ ...document, Statement: [...document.Statement, statement] });
    });
    return answer;
  };
  expect((await run.apply({ accept: ['QP413'] })).stoppedBy).toMatchObject({ code: 'QP703' });
  const { Statement } = JSON.parse(ourPolicy()?.content ?? '{}');
  expect(Statement).toContainEqual(statement);
  expect(JSON.stringify(Statement)).not.toContain('QuiltPerimeterProbe');
});
