// QP7xx: what the journal says against going on.
import { describe, expect, test } from 'vitest';
import { type Journal, openJournal } from '../../src/journal/journal.ts';
import type { Place } from '../../src/ports.ts';
import { machine, openOptions } from '../journal/journals.ts';
import { quiltWorld } from '../support/quilt-world.ts';
import { WholeRun } from '../support/whole-run.ts';

const accept = ['QP413'] as const;
const steps = ['discover', 'bucket-policy'] as const;
const dir = '/work/.quilt-perimeter';

/** A run that has put the perimeter on the test bucket. */
async function applied(): Promise<WholeRun> {
  const run = await WholeRun.on('greenfield');
  expect((await run.apply({ accept }, steps)).stoppedBy).toBeNull();
  run.events = [];
  return run;
}

const toldDrift = ({ events }: WholeRun) =>
  events.flatMap((event) => (event.type === 'finding' && event.finding.code === 'QP703' ? [event.finding] : []));

function placeOf({ sandbox }: WholeRun, over: Partial<Place>): Place {
  const { hints } = sandbox.world();
  const { accountId } = quiltWorld(sandbox.world());
  const place = { partition: 'aws', accountId, region: hints.region, organizationId: null, managementAccountId: null };
  return { ...place, stack: hints.stack, vpc: hints.vpc, ...over };
}

const opened = ({ disk }: WholeRun, place: Place, more: Parameters<typeof openOptions>[0] = {}): Promise<Journal> =>
  openJournal(openOptions({ dir, fs: disk, place, ...more }));

describe('QP701', () => {
  test.each([
    ['another account', { accountId: '999988887777' }],
    ['another Region', { region: 'eu-west-1' }],
    ['another partition', { partition: 'aws-us-gov' }],
  ])('stops where the credentials are those of %s', async (_, over) => {
    const run = await applied();
    await expect(opened(run, placeOf(run, over))).rejects.toMatchObject({
      code: 'QP701',
      exitCode: 3,
      message: expect.stringContaining('444455556666'),
      remedy: expect.stringContaining('--dir'),
    });
  });

  test('is not raised at the place that the journal names', async () => {
    const run = await applied();
    await (await opened(run, placeOf(run, {}))).close();
  });
});

describe('QP702', () => {
  test('stops a run while another holds the lock: who, host, process, since, which command', async () => {
    const run = await applied();
    const alive = { ...machine, pid: 77, host: 'laptop', user: 'ann', isAlive: () => true };
    const theirs = await opened(run, placeOf(run, {}), { machine: alive, command: 'apply --yes' });
    await expect(run.apply({ accept }, steps)).rejects.toMatchObject({
      code: 'QP702',
      exitCode: 3,
      message: expect.stringMatching(/ann.*laptop.*77|laptop.*ann.*77|ann.*77.*laptop/),
    });
    await theirs.close();
    expect((await run.apply({ accept }, steps)).stoppedBy).toBeNull();
  });
});

describe('QP703', () => {
  test('is an error where somebody changed what was made, shows both, and is accepted by name', async () => {
    const run = await applied();
    const { name, policy } = quiltWorld(run.sandbox.world()).testBucket;
    await run.sandbox.sandbox.change(({ s3 }) => {
      const bucket = s3.buckets[name];
      if (bucket) bucket.policy = (policy ?? '').replace('198.51.100.0/24', '198.51.100.0/25');
    });
    expect((await run.apply({ accept }, steps)).stoppedBy).toMatchObject({ code: 'QP703', exitCode: 3 });
    const [found] = toldDrift(run);
    expect(found).toMatchObject({
      severity: 'error',
      subjects: [`bucket-policy/${name}/statement`, name],
      remedy: expect.stringContaining('--accept QP703'),
    });
    expect(JSON.stringify(found?.versions?.aws)).toContain('198.51.100.0/25');
    expect(JSON.stringify(found?.versions?.expected)).toContain('198.51.100.0/24');
    expect((await run.apply({ accept: [...accept, 'QP703'] }, steps)).stoppedBy).toBeNull();
  });

  test('is a warning where somebody took away what was made, which is made again', async () => {
    const run = await applied();
    const { name } = quiltWorld(run.sandbox.world()).testBucket;
    await run.sandbox.sandbox.change(({ s3 }) => {
      const bucket = s3.buckets[name];
      if (bucket) bucket.policy = null;
    });
    expect((await run.apply({ accept }, steps)).stoppedBy).toBeNull();
    expect(toldDrift(run)).toMatchObject([{ severity: 'warning', remedy: expect.stringContaining('who took it away') }]);
    expect(quiltWorld(run.sandbox.world()).testBucket.policy).not.toBeNull();
  });

  test('is not raised where all is as it was made', async () => {
    const run = await applied();
    await run.apply({ accept }, steps);
    expect(toldDrift(run)).toEqual([]);
  });
});
