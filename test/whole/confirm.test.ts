// --confirm-within: what denies stands until a time, AWS itself ends it then, and `confirm` makes it permanent.
import { describe, expect, test } from 'vitest';
import { stepIds } from '../../src/engine/types.ts';
import { WholeRun } from '../support/whole-run.ts';
import {
  deniesOutsiders,
  fresh,
  guarded,
  move,
  plain,
  scpContent,
  sleepTo,
  theirs,
  unconfirmed,
  within,
  withinSeconds,
} from './confirm-support.ts';
import { changedSince, countsOf, operationsOf, records, statesOf, testBucketPolicy } from './support.ts';

const changed = { trustedCidrs: ['198.51.100.0/24', '192.0.2.0/28'] };

test('apply stops after each guarded step until it is confirmed, and ends as an unguarded one; everything can always be taken off', async () => {
  const unguarded = await fresh();
  await unguarded.run.apply(plain);
  const { run, before, watch } = await fresh();

  const first = await run.apply(within);
  expect(first.stoppedBy).toMatchObject({ code: 'UNCONFIRMED', exitCode: 3 });
  expect(statesOf(first)).toMatchObject({ 'bucket-policy': 'pending', scp: 'pending' });
  expect(scpContent(run)).toBeNull();
  expect(await run.confirm()).toMatchObject({ stoppedBy: null, kept: [{ step: 'bucket-policy' }] });
  expect(testBucketPolicy(run)).toBe(testBucketPolicy(unguarded.run));

  expect((await run.apply(within)).stoppedBy).toMatchObject({ code: 'UNCONFIRMED' });
  expect(await run.confirm()).toMatchObject({ stoppedBy: null, kept: [{ step: 'scp' }] });
  expect(scpContent(run)).toBe(scpContent(unguarded.run));

  expect((await run.apply(within)).stoppedBy).toBeNull();
  expect(countsOf(run)).toEqual(countsOf(unguarded.run));
  const sent = run.sandbox.writes().length;
  await run.apply(within);
  await run.apply(plain);
  expect(await run.confirm()).toEqual({ kept: [], stoppedBy: null });
  expect(run.sandbox.writes()).toHaveLength(sent);

  expect(await run.rollBack()).toMatchObject({ outcome: 'done', kept: [] });
  expect(watch.asked).toBeGreaterThan(100);
  expect(watch.violation).toBeNull();
  expect(await changedSince(run, before)).toBe('');
});

test('at the terminal a yes to its own question keeps it at once; --yes alone never does', async () => {
  const { run, before } = await fresh();
  run.atTerminal = true;
  expect((await run.apply(within)).stoppedBy).toBeNull();
  expect(run.questions).toEqual(expect.arrayContaining(['bucket-policy/keep', 'scp/keep']));
  const sent = run.sandbox.writes().length;
  expect((await run.apply(plain)).stoppedBy).toBeNull();
  expect(run.sandbox.writes()).toHaveLength(sent);
  expect((await run.rollBack()).kept).toEqual([]);
  expect(await changedSince(run, before)).toBe('');
});

describe.each(guarded)('what step $policy put on under a guard', ({ policy, steps }) => {
  test('ends by itself at its time and not before, with no further process; the next apply puts it on anew', async () => {
    const { run, before, deadline } = await unconfirmed(steps);
    const sent = run.sandbox.writes().length;
    await sleepTo(run, deadline, -60);
    expect((await run.status()).find(({ id }) => id === policy)).toMatchObject({
      state: 'pending',
      changes: expect.arrayContaining([
        expect.objectContaining({ state: 'done', confirmBy: new Date(deadline).toISOString().replace('.000', '') }),
      ]),
    });
    await sleepTo(run, deadline, -1);
    expect(deniesOutsiders(run)).toBe(true);
    await sleepTo(run, deadline, 1);
    expect(deniesOutsiders(run)).toBe(false);
    expect((await run.status()).find(({ id }) => id === policy)?.state).toBe('half-made');
    expect(run.sandbox.writes()).toHaveLength(sent);

    expect((await run.apply(within, steps)).stoppedBy).toMatchObject({ code: 'UNCONFIRMED' });
    expect(deniesOutsiders(run)).toBe(true);
    expect((await run.confirm()).stoppedBy).toBeNull();
    expect(statesOf(await run.apply(plain, steps))).toMatchObject({ [policy]: 'done' });
    expect((await run.rollBack()).kept).toEqual([]);
    expect(await changedSince(run, before)).toBe('');
  });

  test('is kept by an apply without a guard once its time is over', async () => {
    const { run, before, deadline } = await unconfirmed(steps);
    await sleepTo(run, deadline, 60);
    expect((await run.apply(plain, steps)).stoppedBy).toBeNull();
    await sleepTo(run, deadline, 7200);
    expect(deniesOutsiders(run)).toBe(true);
    expect((await run.status()).find(({ id }) => id === policy)?.state).toBe('done');
    expect((await run.rollBack()).kept).toEqual([]);
    expect(await changedSince(run, before)).toBe('');
  });

  test('is confirmed one second before its time, whatever front ends still know, and stands ever after', async () => {
    const { run, before, deadline, watch } = await unconfirmed(steps);
    await sleepTo(run, deadline, -1);
    const asked = run.events.length;
    expect(await run.confirm()).toMatchObject({ stoppedBy: null, kept: [{ step: policy }] });
    expect(watch.violation).toBeNull();
    // Front ends with the version that has expired meanwhile let the control pass; the verdict waits for the renewed one.
    const control = run.events
      .slice(asked)
      .flatMap((event) => (event.type === 'probe' && event.object === 'control' ? [event.verdict] : []));
    expect(control).toContain('allowed');
    expect(control.filter((verdict) => verdict === 'denied').length).toBeGreaterThanOrEqual(16);
    await sleepTo(run, deadline, 7200);
    expect(deniesOutsiders(run)).toBe(true);
    expect(JSON.stringify([testBucketPolicy(run), scpContent(run)])).not.toMatch(/CurrentTime|Probe/);
    expect((await run.rollBack()).kept).toEqual([]);
    expect(await changedSince(run, before)).toBe('');
  });

  test('is not confirmed one second after its time: nothing is changed, exit 3', async () => {
    const { run, before, deadline } = await unconfirmed(steps);
    const sent = run.sandbox.writes().length;
    await sleepTo(run, deadline, 1);
    const { kept, stoppedBy } = await run.confirm();
    expect(kept).toEqual([]);
    expect(stoppedBy).toMatchObject({ code: 'EXPIRED', exitCode: 3 });
    expect(run.sandbox.writes()).toHaveLength(sent);
    expect(run.questions).not.toContain(`${policy}/keep`);
    expect((await run.rollBack()).kept).toEqual([]);
    expect(await changedSince(run, before)).toBe('');
  });

  test('is not renewed where there is time enough for the proof', async () => {
    const { run } = await unconfirmed(steps);
    const sent = run.sandbox.writes().length;
    expect((await run.confirm()).stoppedBy).toBeNull();
    expect(run.sandbox.writes().slice(sent)).toHaveLength(1);
  });

  test('stands as it did where confirming is declined, and ends at its time', async () => {
    const { run, before, deadline } = await unconfirmed(steps);
    const sent = run.sandbox.writes().length;
    run.answer = (id) => id !== `${policy}/keep`;
    await expect(run.confirm()).rejects.toMatchObject({ code: 'DECLINED', exitCode: 3 });
    run.atTerminal = true;
    expect((await run.apply(within, steps)).stoppedBy).toMatchObject({ code: 'UNCONFIRMED' });
    run.atTerminal = false;
    expect((await run.apply(within, steps)).stoppedBy).toMatchObject({ code: 'UNCONFIRMED' });
    expect(run.sandbox.writes()).toHaveLength(sent);
    await sleepTo(run, deadline, 1);
    expect(deniesOutsiders(run)).toBe(false);
    run.answer = () => true;
    expect((await run.rollBack()).kept).toEqual([]);
    expect(await changedSince(run, before)).toBe('');
  });

  test('is taken off by rollback before its time, byte for byte', async () => {
    const { run, before } = await unconfirmed(steps);
    expect((await run.rollBack()).kept).toEqual([]);
    expect(await run.confirm()).toEqual({ kept: [], stoppedBy: null });
    expect(await changedSince(run, before)).toBe('');
  });

  test('is not offered to be kept where something else is wanted meanwhile', async () => {
    const { run, deadline } = await unconfirmed(steps);
    const sent = run.sandbox.writes().length;
    run.atTerminal = true;
    const { stoppedBy } = await run.apply({ ...within, ...changed }, steps);
    expect(stoppedBy).toMatchObject({ code: 'UNCONFIRMED', remedy: expect.stringContaining('not what is wanted now') });
    expect(run.questions).not.toContain(`${policy}/keep`);
    expect(run.sandbox.writes()).toHaveLength(sent);
    await sleepTo(run, deadline, 1);
    expect((await run.apply({ ...plain, ...changed }, steps)).stoppedBy).toBeNull();
    expect((await run.status(changed)).find(({ id }) => id === policy)?.state).toBe('done');
  });

  test('replaces a perimeter that stood; at its time nothing is denied, and everything can be put back', async () => {
    const { run, before } = await fresh();
    expect((await run.apply(plain, steps)).stoppedBy).toBeNull();
    expect((await run.apply({ ...within, ...changed }, steps)).stoppedBy).toMatchObject({ code: 'UNCONFIRMED' });
    await run.sandbox.clock.sleep((withinSeconds + 1) * 1000);
    expect(deniesOutsiders(run)).toBe(false);
    expect((await run.apply({ ...within, ...changed }, steps)).stoppedBy).toMatchObject({ code: 'UNCONFIRMED' });
    expect((await run.confirm()).stoppedBy).toBeNull();
    const sent = run.sandbox.writes().length;
    expect((await run.apply({ ...plain, ...changed }, steps)).stoppedBy).toBeNull();
    expect(run.sandbox.writes()).toHaveLength(sent);
    expect((await run.rollBack()).kept).toEqual([]);
    expect(deniesOutsiders(run)).toBe(false);
    expect(await changedSince(run, before)).toBe('');
  });
});

test('an operator who has moved is refused by S3 and keeps nothing: what was renewed is lifted again', async () => {
  const { run, deadline } = await unconfirmed(['discover', 'scp']);
  const wide = scpContent(run);
  move(run, '203.0.113.99');
  await expect(run.confirm()).rejects.toMatchObject({ code: 'QP302', exitCode: 3 });
  expect(scpContent(run)).toBe(wide);
  await sleepTo(run, deadline, -1);
  await expect(run.confirm()).rejects.toMatchObject({ code: 'QP302', exitCode: 3 });
  await run.sandbox.clock.sleep(1);
  expect(deniesOutsiders(run)).toBe(false);
  move(run, '198.51.100.10');
  expect((await run.rollBack()).kept).toEqual([]);
});

test('the further targets of the SCP are attached under the guard, each confirmed, before it is kept', async () => {
  const { run, before } = await fresh();
  const { hints, organizations } = run.sandbox.world();
  const unit = Object.values(organizations.organization?.units ?? {})[0]?.id ?? '';
  const targets = [hints.target, unit];
  run.answer = (id) => id !== `scp/${unit}`;
  expect((await run.apply({ ...within, targets }, ['discover', 'scp'])).stoppedBy).toMatchObject({ code: 'DECLINED' });
  run.answer = () => true;
  expect((await run.apply({ ...within, targets }, ['discover', 'scp'])).stoppedBy).toMatchObject({ code: 'UNCONFIRMED' });
  const attached = run.sandbox.world().organizations.organization?.attachments.map(({ targetId }) => targetId);
  expect(attached).toEqual(expect.arrayContaining(targets));
  expect((await run.confirm()).kept).toHaveLength(1);
  expect((await run.apply({ ...plain, targets }, ['discover', 'scp'])).stoppedBy).toBeNull();
  expect((await run.rollBack()).kept).toEqual([]);
  expect(await changedSince(run, before)).toBe('');
});

test('what a colleague writes beside it meanwhile is never overwritten: QP703, and it ends at its time', async () => {
  const { run, deadline } = await unconfirmed(['discover', 'bucket-policy']);
  const { testBucket } = run.sandbox.world().hints;
  await run.sandbox.sandbox.change(({ s3 }) => {
    const bucket = s3.buckets[testBucket];
    const document = JSON.parse(bucket?.policy ?? '{}');
    if (bucket) bucket.policy = JSON.stringify({ ...document, Statement: [theirs(testBucket, 'Colleague'), ...document.Statement] });
  });
  const there = testBucketPolicy(run);
  expect((await run.confirm()).stoppedBy).toMatchObject({ code: 'QP703', exitCode: 3 });
  expect((await run.status()).find(({ id }) => id === 'bucket-policy')?.state).toBe('drifted');
  expect((await run.apply(within, ['discover', 'bucket-policy'])).stoppedBy).toMatchObject({ code: 'UNCONFIRMED' });
  expect(testBucketPolicy(run)).toBe(there);
  await sleepTo(run, deadline, 1);
  expect(deniesOutsiders(run)).toBe(false);
  expect(await run.rollBack()).toMatchObject({ kept: [], noticed: [{ code: 'QP703' }] });
  expect(testBucketPolicy(run)).toContain('Colleague');
  expect(testBucketPolicy(run)).not.toContain('QuiltPerimeter');
});

test('another machine without the journal writes nothing while it is not confirmed, and cannot confirm it', async () => {
  const { run } = await unconfirmed(['discover', 'bucket-policy']);
  const other = new WholeRun(run.sandbox);
  const sent = run.sandbox.writes().length;
  other.atTerminal = true;
  await expect(other.confirm()).rejects.toMatchObject({ code: 'NO_JOURNAL', exitCode: 3 });
  const { stoppedBy } = await other.apply(within, ['discover', 'bucket-policy']);
  expect(stoppedBy).toMatchObject({ code: 'UNCONFIRMED', remedy: expect.stringContaining('from another folder or machine') });
  expect(other.questions).toEqual([]);
  expect(run.sandbox.writes()).toHaveLength(sent);
});

test('without probes it is guarded all the same, and confirm proves it', async () => {
  const { run, before } = await fresh();
  expect((await run.apply({ ...within, skipProbes: true }, stepIds)).stoppedBy).toMatchObject({ code: 'UNCONFIRMED' });
  expect(operationsOf(run.sandbox.writes()).filter((operation) => operation.endsWith('BucketPolicy'))).toEqual(['PutBucketPolicy']);
  expect((await run.confirm()).stoppedBy).toBeNull();
  expect((await run.rollBack()).kept).toEqual([]);
  expect(await changedSince(run, before, records)).toBe('');
});
