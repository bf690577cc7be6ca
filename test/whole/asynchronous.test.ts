// What AWS accepts and does not carry through: the run says what failed and what to do, the next one goes on once that is
// done, nothing is left over, and rollback restores everything, also from where it failed.
import { expect, test } from 'vitest';
import type { RollbackSummary, RunSummary } from '../../src/engine/types.ts';
import { PerimeterError } from '../../src/errors.ts';
import { canonicalWorld } from '../../src/sandbox/world-view.ts';
import { WholeRun } from '../support/whole-run.ts';
import { type Disturbance, disturbances, natFailureCodes } from '../sweep/asynchronous-failures.ts';
import { changedSince, countsOf, operationsOf, operatorCan } from './support.ts';

const accept = ['QP413'] as const;
const continueCommand = 'aws cloudformation continue-update-rollback --stack-name quilt-prod --region us-east-1';

const disturbance = (fault: string, which?: string): Disturbance => {
  const found = disturbances.find((each) => each.fault === fault && (which === undefined || each.which === which));
  if (found === undefined) throw new Error(`no disturbance ${fault}`);
  return found;
};

/** How a command ended that did not end well. */
async function ending(command: Promise<RunSummary | RollbackSummary>): Promise<PerimeterError | null> {
  try {
    const summary = await command;
    return 'stoppedBy' in summary ? summary.stoppedBy : null;
  } catch (error) {
    if (error instanceof PerimeterError) return error;
    throw error;
  }
}

/** Counts of what stands once all that is asynchronous is over. */
async function standing(run: WholeRun) {
  await run.sandbox.clock.sleep(3_600_000);
  const { ec2 } = JSON.parse(JSON.stringify(canonicalWorld(run.sandbox.world(), run.sandbox.clock.now().getTime())));
  return { ...countsOf(run), natGateways: Object.keys(ec2.natGateways).length };
}

const undisturbed = async () => {
  const run = await WholeRun.on('greenfield');
  await run.apply({ accept });
  return standing(run);
};
const whole = await undisturbed();

/** Goes on after a failed apply: nothing twice, a second apply writes nothing, rollback restores everything. */
async function convergesFrom(run: WholeRun, before: ReturnType<WholeRun['sandbox']['snapshot']>) {
  expect(await ending(run.apply({ accept }))).toBeNull();
  expect(await standing(run)).toEqual(whole);
  const writes = run.sandbox.writes().length;
  await run.apply({ accept });
  expect(operationsOf(run.sandbox.writes().slice(writes))).toEqual([]);
  expect((await run.rollBack()).kept).toEqual([]);
  expect(await changedSince(run, before)).toBe('');
}

interface Failure {
  readonly fault: string;
  readonly which: string;
  readonly code: string;
  readonly exitCode: 1 | 3;
  readonly says: RegExp;
}

const failures: readonly Failure[] = [
  ...natFailureCodes.map((code) => ({
    fault: 'NAT gateway failed',
    which: code,
    code,
    exitCode: 1 as const,
    says: new RegExp(`waiting for NAT gateway \\(nat-.*\\): ${code}: ${code} as AWS words it`),
  })),
  {
    fault: 'endpoint failed',
    which: 'InternalError',
    code: 'ENDPOINT_FAILED',
    exitCode: 1,
    says: /failed: InternalError: An internal error has occurred/,
  },
  {
    fault: 'change set FAILED',
    which: 'reason',
    code: 'CHANGE_SET_FAILED',
    exitCode: 1,
    says: /FAILED: Template error: resource X does not exist/,
  },
  {
    fault: 'stack UPDATE_ROLLBACK_COMPLETE',
    which: 'update',
    code: 'STACK_UPDATE_FAILED',
    exitCode: 1,
    says: /UPDATE_ROLLBACK_COMPLETE: RegistryFunction \(.*\): Resource handler returned message/,
  },
  { fault: 'stack UPDATE_ROLLBACK_FAILED', which: 'update', code: 'stack-rollback-failed', exitCode: 3, says: /RegistryFunction/ },
  {
    fault: 'policy type stuck in PENDING_ENABLE',
    which: 'for good',
    code: 'TIMEOUT',
    exitCode: 1,
    says: /policy type .* not done after 900 seconds/,
  },
];

test.each(failures)('$fault, $which: apply ends with $code and goes on once it is mended', async ({ fault, which, ...expected }) => {
  const run = await WholeRun.on('greenfield');
  const before = run.sandbox.snapshot();
  const { begin, mend } = disturbance(fault, which);
  await begin(run.sandbox);
  const reason = await ending(run.apply({ accept }));
  expect(reason).toMatchObject({ code: expected.code, exitCode: expected.exitCode, message: expect.stringMatching(expected.says) });
  await mend(run.sandbox);
  await convergesFrom(run, before);
});

test.each(failures)('$fault, $which: after it, rollback restores everything', async ({ fault, which }) => {
  const run = await WholeRun.on('greenfield');
  const before = run.sandbox.snapshot();
  const { begin, mend } = disturbance(fault, which);
  await begin(run.sandbox);
  expect(await ending(run.apply({ accept }))).not.toBeNull();
  if (fault === 'stack UPDATE_ROLLBACK_FAILED') {
    const endpoints = countsOf(run).endpoints;
    expect(await ending(run.rollBack())).toMatchObject({ exitCode: 3, remedy: expect.stringContaining(continueCommand) });
    // What may still use the endpoint keeps it.
    expect(countsOf(run).endpoints).toBe(endpoints);
  }
  await mend(run.sandbox);
  expect((await run.rollBack()).kept).toEqual([]);
  expect(await changedSince(run, before)).toBe('');
});

test('a stack that is stuck in UPDATE_ROLLBACK_FAILED stops every further run with the command that goes on', async () => {
  const run = await WholeRun.on('greenfield');
  await disturbance('stack UPDATE_ROLLBACK_FAILED').begin(run.sandbox);
  for (const code of ['stack-rollback-failed', 'QP502', 'QP502']) {
    expect(await ending(run.apply({ accept }))).toMatchObject({ code, exitCode: 3, remedy: expect.stringContaining(continueCommand) });
  }
  const accepting = await ending(run.apply({ accept: [...accept, 'QP502'] }));
  expect(accepting).toMatchObject({ exitCode: 3, remedy: expect.stringContaining(continueCommand) });
});

test('a policy type that is not enabled in time says where to look, and the next run waits for it again', async () => {
  const run = await WholeRun.on('greenfield');
  const { begin, mend } = disturbance('policy type stuck in PENDING_ENABLE');
  await begin(run.sandbox);
  for (let nth = 1; nth <= 2; nth += 1) {
    const remedy = expect.stringMatching(/aws organizations list-roots.*ENABLED, run again.*AWS Support/);
    expect(await ending(run.apply({ accept }))).toMatchObject({ code: 'TIMEOUT', exitCode: 1, remedy });
  }
  expect(operationsOf(run.sandbox.writes()).filter((operation) => operation === 'EnablePolicyType')).toHaveLength(1);
  await mend(run.sandbox);
  expect(await ending(run.apply({ accept }))).toBeNull();
});

const ofUndo = ['change set FAILED', 'stack UPDATE_ROLLBACK_COMPLETE', 'stack UPDATE_ROLLBACK_FAILED'];

test.each(ofUndo)('%s in rollback: it ends with that, and goes on once it is mended', async (fault) => {
  const run = await WholeRun.on('greenfield');
  const before = run.sandbox.snapshot();
  await run.apply({ accept });
  const { begin, mend } = disturbance(fault);
  await begin(run.sandbox);
  expect(await ending(run.rollBack())).toMatchObject(expectedOf(fault));
  if (fault === 'stack UPDATE_ROLLBACK_FAILED') {
    // As often as it is tried.
    expect(await ending(run.rollBack())).toMatchObject({ exitCode: 3, remedy: expect.stringContaining(continueCommand) });
  }
  await mend(run.sandbox);
  expect((await run.rollBack()).kept).toEqual([]);
  expect(await changedSince(run, before)).toBe('');
});

function expectedOf(fault: string) {
  const found = failures.find((each) => each.fault === fault);
  return { code: found?.code, exitCode: found?.exitCode };
}

const lags = disturbances.filter(({ fault }) => fault === 'stale answers').map(({ which }) => which);

test.each(lags)('front ends that are late (%s): what cannot be proven is taken off again; in time all is as ever', async (which) => {
  const run = await WholeRun.on('greenfield');
  const before = run.sandbox.snapshot();
  const { begin, mend } = disturbance('stale answers', which);
  await begin(run.sandbox);
  const reason = await ending(run.apply({ accept }));
  if (reason !== null) {
    expect(reason).toMatchObject({ code: 'QP302', exitCode: 3 });
    expect(run.sandbox.world().s3.buckets[run.sandbox.world().hints.testBucket]?.policy).toBeNull();
  }
  await mend(run.sandbox);
  await convergesFrom(run, before);
});

test.each(lags)('an operator from elsewhere never comes under the whole Deny, however late S3 answers (%s)', async (which) => {
  for (const seed of [1, 2, 3]) {
    const run = await WholeRun.on('locked-out', { seed });
    await disturbance('stale answers', which).begin(run.sandbox);
    const reason = await ending(run.apply({ accept: ['QP301'] }, ['discover', 'endpoints', 'nat', 'bucket-policy']));
    expect(reason).toMatchObject({ code: 'QP302', exitCode: 3 });
    expect(operatorCan(run, 's3:DeleteBucketPolicy')).toBe(true);
  }
});
