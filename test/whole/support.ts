// What the tests of the whole job have in common: what a comparison leaves out, what a bucket says, how a run dies.
import type { RunSummary, StepId } from '../../src/engine/types.ts';
import type { CallRecord } from '../../src/sandbox/call-log.ts';
import type { MemoryDisk } from '../journal/memory-disk.ts';
import type { TestSandbox } from '../support/sandbox.ts';
import type { WholeRun } from '../support/whole-run.ts';
import { type Difference, differences, notRestored, readable } from '../support/world.ts';

/** Records of what happened, and what AWS lets nobody restore. */
export const records: readonly string[] = ['clock', 'sequence', 'ec2.tombstones', ...notRestored];

/** What differs from that world once all that is asynchronous is over, as lines to read; empty: nothing. */
export async function changedSince(
  run: WholeRun,
  before: ReturnType<TestSandbox['snapshot']>,
  ignore: readonly string[] = records,
): Promise<string> {
  return readable(await differencesSince(run, before, ignore));
}

async function differencesSince(
  run: WholeRun,
  before: ReturnType<TestSandbox['snapshot']>,
  ignore: readonly string[],
): Promise<readonly Difference[]> {
  await run.sandbox.clock.sleep(3_600_000);
  return differences(before, run.sandbox.snapshot(), ignore);
}

/** The states of the steps, by id. */
export const statesOf = (summary: RunSummary): { readonly [id in StepId]?: string } =>
  Object.fromEntries(summary.steps.map(({ id, state }) => [id, state]));

/** The codes of all findings that the run told. */
export const codesOf = (summary: RunSummary): readonly string[] =>
  summary.steps.flatMap(({ findings }) => findings.map(({ code }) => code));

/** The test bucket's policy as S3 has it; null: none. */
export function testBucketPolicy({ sandbox }: WholeRun): string | null {
  const { s3, hints } = sandbox.world();
  return s3.buckets[hints.testBucket]?.policy ?? null;
}

/** Whether the operator may take the test bucket's policy off again, by all policies once they have arrived. */
export function operatorCan({ sandbox }: WholeRun, action: string, key = ''): boolean {
  const resource = `arn:aws:s3:::${sandbox.world().hints.testBucket}${key === '' ? '' : `/${key}`}`;
  return sandbox.control.can({ principal: 'operator', from: '', action, resource }).allowed;
}

export const operationsOf = (calls: readonly CallRecord[]): readonly string[] => calls.map(({ operation }) => operation);

/** Operations with their places, from 1, as rows of a table. */
export const numbered = (operations: readonly string[]): readonly (readonly [number, string])[] =>
  operations.map((operation, index) => [index + 1, operation]);

/** How many there are of each kind of thing. */
export function countsOf({ sandbox }: WholeRun): { readonly [kind: string]: number } {
  const { ec2, organizations, cloudformation } = sandbox.world();
  const { policies, attachments } = organizations.organization ?? { policies: {}, attachments: {} };
  const count = (value: object) => Object.keys(value).length;
  return {
    groups: count(ec2.securityGroups),
    endpoints: count(ec2.vpcEndpoints),
    addresses: count(ec2.addresses),
    natGateways: count(ec2.natGateways),
    interfaces: count(ec2.networkInterfaces),
    routes: Object.values(ec2.routeTables).flatMap(({ routes }) => routes).length,
    policies: count(policies),
    attachments: Object.values(attachments).flat().length,
    changeSets: Object.values(cloudformation.stacks).flatMap(({ changeSets }) => Object.keys(changeSets)).length,
  };
}

/** Thrown at whatever a process does after it was killed. */
export class Killed extends Error {}

/** Which call the process does not survive: the `nth` of an operation (from 1; null: of all writes) that took effect. */
export interface Moment {
  readonly operation: string | null;
  readonly nth?: number;
}

/**
 * Kills the run's process right after the call took effect and before its answer arrives: from then on no request is sent
 * and nothing reaches the disk, so that nothing can be cleaned up. Returns the function that lets the next process work.
 */
export function killAfter({ sandbox, disk }: WholeRun, { operation, nth = 1 }: Moment): () => boolean {
  const { requestHandler } = sandbox;
  const handle = requestHandler.handle;
  const already = sandbox.sandbox.calls().length;
  let dead = false;
  const live = () => {
    if (dead) throw new Killed('killed');
  };
  requestHandler.handle = async (request, options) => {
    live();
    const answer = await handle.call(requestHandler, request, options);
    const struck = sandbox.writes(already).filter((call) => call.result === 'OK' && (operation === null || call.operation === operation));
    if (struck.length >= nth) dead = true;
    live();
    return answer;
  };
  const { onAppend, onWrite, cut } = disk;
  disk.onAppend = (bytes) => {
    live();
    return bytes;
  };
  disk.onWrite = live;
  return () => {
    requestHandler.handle = handle;
    Object.assign(disk, { onAppend, onWrite, cut } satisfies Partial<MemoryDisk>);
    return dead;
  };
}
