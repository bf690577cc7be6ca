// A robot that puts the organization's attachments back as it wants them (K5).
import { describe, expect, test } from 'vitest';
import { organizationsModel } from '../../src/sandbox/organizations/model.ts';
import { directCalls } from '../support/direct-calls.ts';
import type { TestSandbox } from '../support/sandbox.ts';
import { WholeRun } from '../support/whole-run.ts';
import { Watch } from '../sweep/watch.ts';
import { Made } from './colleague/made.ts';
import { changedSince } from './support.ts';

const accept = ['QP413'] as const;

/** Does the opposite as soon as a call of that operation took effect, `seconds` later at the earliest. Returns what ends it. */
function robot(sandbox: TestSandbox, operation: 'AttachPolicy' | 'DetachPolicy', seconds: number): () => void {
  const { around } = sandbox.calling;
  const due = new Map<string, { readonly at: number; readonly input: object }>();
  let isOn = true;
  sandbox.calling.around = (attempt) => {
    around(attempt);
    const now = sandbox.clock.now().getTime();
    const call = sandbox.sandbox.calls().at(-1);
    if (call?.operation === operation && call.result === 'OK') {
      const { PolicyId = '', TargetId = '' } = call.input;
      due.set(`${call.seq}`, { at: now + seconds * 1000, input: { PolicyId, TargetId } });
    }
    for (const [key, { at, input }] of due) {
      if (!isOn || at > now) continue;
      due.delete(key);
      if (new Made(sandbox.world()).scp === undefined) continue;
      const calls = directCalls(organizationsModel, sandbox.world());
      calls.now = now;
      calls.run(operation === 'AttachPolicy' ? 'DetachPolicy' : 'AttachPolicy', input, 'management');
    }
  };
  return () => {
    isOn = false;
  };
}

/** Whether somebody from outside reads Quilt's data. */
function isOpen({ control, world }: TestSandbox): boolean {
  const bucket = Object.keys(world().s3.buckets).find((name) => name.startsWith('quilt-raw-data'));
  const resource = `arn:aws:s3:::${bucket}/results/plate-1.csv`;
  return control.can({ principal: 'operator', from: '203.0.113.50', action: 's3:GetObject', resource }).allowed;
}

describe('a robot that attaches the SCP again', () => {
  test('at once does not bring the perimeter back; rollback says what stays, and takes the rest away', async () => {
    const run = await WholeRun.on('greenfield');
    const { sandbox } = run;
    const before = sandbox.snapshot();
    expect(isOpen(sandbox)).toBe(true);
    expect((await run.apply({ accept: [...accept] })).stoppedBy).toBeNull();
    await sandbox.clock.sleep(3_600_000);
    expect(isOpen(sandbox)).toBe(false);
    const watch = new Watch(sandbox);
    const end = robot(sandbox, 'DetachPolicy', 0);
    const summary = await run.rollBack();
    await sandbox.clock.sleep(3_600_000);

    expect(summary.outcome).toBe('stopped');
    const kept = summary.kept.map(({ applied: { change } }) => change.key);
    expect(kept).toContain('scp/QuiltDataPerimeter/policy');
    expect(kept.filter((key) => !key.startsWith('scp/'))).toEqual([]);
    expect(summary.kept.map(({ finding }) => finding.code)).toEqual(kept.map(() => 'QP703'));
    const made = new Made(sandbox.world());
    expect(made.scpTargets).toHaveLength(1);
    expect(made.scp?.content).not.toContain('QuiltPerimeterNetwork');
    expect(isOpen(sandbox)).toBe(true);
    expect(watch.violation).toBeNull();

    end();
    expect((await run.rollBack()).kept).toEqual([]);
    expect(await changedSince(run, before)).toBe('');
  });

  test('half a minute later comes too late: the SCP is gone by then', async () => {
    const run = await WholeRun.on('greenfield');
    const { sandbox } = run;
    const before = sandbox.snapshot();
    expect((await run.apply({ accept: [...accept] })).stoppedBy).toBeNull();
    robot(sandbox, 'DetachPolicy', 30);
    expect(await run.rollBack()).toMatchObject({ outcome: 'done', kept: [] });
    expect(await changedSince(run, before)).toBe('');
  });
});

test('a robot that detaches the SCP at once: apply stops without a perimeter, and rollback restores everything', async () => {
  const run = await WholeRun.on('greenfield');
  const { sandbox } = run;
  const before = sandbox.snapshot();
  const watch = new Watch(sandbox);
  robot(sandbox, 'AttachPolicy', 0);
  const ended = await run.apply({ accept: [...accept] }).then(
    ({ stoppedBy }) => stoppedBy,
    (error: unknown) => error,
  );
  expect(ended).toMatchObject({ code: expect.any(String), remedy: expect.any(String) });
  expect(isOpen(sandbox)).toBe(true);
  expect(await run.rollBack()).toMatchObject({ outcome: 'done', kept: [] });
  expect(await changedSince(run, before)).toBe('');
  expect(watch.violation).toBeNull();
});
