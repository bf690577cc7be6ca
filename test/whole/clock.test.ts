// A trial expires at a time that this machine names and that AWS's clock decides: where the two differ, no trial is put.
import { expect, test } from 'vitest';
import { WholeRun } from '../support/whole-run.ts';
import { changedSince } from './support.ts';

const steps = ['discover', 'endpoints', 'nat', 'bucket-policy'] as const;

/** S3 dates its answers by a clock that is so many minutes behind this machine's. */
async function withS3Behind(minutes: number): Promise<WholeRun> {
  const run = await WholeRun.on('greenfield');
  const { requestHandler, clock } = run.sandbox;
  const handle = requestHandler.handle;
  requestHandler.handle = async (request, options) => {
    const answer = await handle.call(requestHandler, request, options);
    answer.response.headers.date = new Date(clock.now().getTime() - minutes * 60_000).toUTCString();
    return answer;
  };
  return run;
}

test.each([
  [90, /clock is 90 minutes ahead of S3's.*too late/],
  [-90, /clock is 90 minutes behind S3's.*too early/],
])("a clock %d minutes ahead of S3's is QP302, and the bucket is not touched", async (minutes, detail) => {
  const run = await withS3Behind(minutes);
  const before = run.sandbox.snapshot();
  const { stoppedBy } = await run.apply({}, steps);
  expect(stoppedBy).toMatchObject({ code: 'QP302', exitCode: 3, message: expect.stringMatching(detail) });
  expect(run.sandbox.writes().filter(({ operation }) => operation.endsWith('BucketPolicy'))).toEqual([]);
  expect((await run.rollBack()).kept).toEqual([]);
  expect(await changedSince(run, before)).toBe('');
});

test('a clock four minutes ahead is near enough', async () => {
  const run = await withS3Behind(4);
  expect((await run.apply({}, steps)).stoppedBy).toBeNull();
});
