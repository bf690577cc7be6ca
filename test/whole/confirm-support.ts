// What the tests of --confirm-within have in common: the two policies under a guard, and whom they deny.
import type { StepId } from '../../src/engine/types.ts';
import type { FindingCode } from '../../src/findings.ts';
import type { World } from '../../src/sandbox/world.ts';
import { WholeRun } from '../support/whole-run.ts';
import { Watch } from '../sweep/watch.ts';
import { Killed } from './support.ts';

const accept: readonly FindingCode[] = ['QP413', 'QP303'];

export const withinSeconds = 900;
export const plain = { accept } as const;
export const within = { accept, confirmWithin: withinSeconds } as const;

/** Each of the two policies that deny, on its own. */
export const guarded = [
  { policy: 'bucket-policy', steps: ['discover', 'bucket-policy'] },
  { policy: 'scp', steps: ['discover', 'scp'] },
] as const satisfies readonly { readonly policy: StepId; readonly steps: readonly StepId[] }[];

/** A test bucket with a policy of somebody else, written with white space of its own. */
export const withTheirPolicy = ({ s3, hints }: World): void => {
  const bucket = s3.buckets[hints.testBucket];
  if (bucket) bucket.policy = JSON.stringify({ Version: '2012-10-17', Statement: [theirs(bucket.name)] }, null, 3);
};

export const theirs = (bucket: string, Sid = 'TlsOnly') => ({
  Sid,
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: `arn:aws:s3:::${bucket}/*`,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});

/** A world with somebody else's policy, what it was, and the watch over what can be taken off after each call. */
export async function fresh() {
  const run = await WholeRun.on('greenfield', { mutate: withTheirPolicy });
  return { run, before: run.sandbox.snapshot(), watch: new Watch(run.sandbox) };
}

/** Applied under a guard that nobody has confirmed, and when it ends (milliseconds since 1970). */
export async function unconfirmed(steps: readonly StepId[]) {
  const { run, before, watch } = await fresh();
  const { stoppedBy } = await run.apply(within, steps);
  if (stoppedBy?.code !== 'UNCONFIRMED') throw new Error(`stopped by ${stoppedBy?.summary}`);
  return { run, before, watch, deadline: deadlineOf(run) };
}

/** When the last guard that was put on ends, in milliseconds since 1970. */
export function deadlineOf(run: WholeRun): number {
  const told = run.events.findLast((event) => event.type === 'unconfirmed');
  return Date.parse(told?.type === 'unconfirmed' ? told.until : '');
}

/** Lets time go on to so many seconds after (or before, negative) that moment. */
export const sleepTo = ({ sandbox: { clock } }: WholeRun, moment: number, seconds: number): Promise<void> =>
  clock.sleep(Math.max(0, moment + seconds * 1000 - clock.now().getTime()));

/** Whether whoever comes from outside the trusted networks is refused an object of the test bucket, once all has arrived. */
export function deniesOutsiders({ sandbox }: WholeRun): boolean {
  const resource = `arn:aws:s3:::${sandbox.world().hints.testBucket}/some/object`;
  return !sandbox.control.can({ principal: 'operator', from: '203.0.113.99', action: 's3:GetObject', resource }).allowed;
}

/** The SCP's content as Organizations has it; null: there is none. */
export function scpContent({ sandbox }: WholeRun): string | null {
  const policies = Object.values(sandbox.world().organizations.organization?.policies ?? {});
  return policies.find(({ name }) => name === 'QuiltDataPerimeter')?.content ?? null;
}

/** The operator goes to another public address. */
export function move({ sandbox }: WholeRun, publicIp: string): void {
  const { accessKeys, identities } = sandbox.world();
  const id = identities.operator ?? '';
  const key = accessKeys[id];
  if (key !== undefined) accessKeys[id] = { ...key, network: { publicIp } };
}

/**
 * Kills the run's process right before its nth append (from 1) to the journal: from then on no request is sent and nothing
 * reaches the disk. Returns the function that lets the next process work, and tells whether it came to that.
 */
export function killAtAppend({ sandbox: { requestHandler }, disk }: WholeRun, nth: number): () => boolean {
  const handle = requestHandler.handle;
  const { onAppend, onWrite } = disk;
  let appends = 0;
  let dead = false;
  const live = () => {
    if (dead) throw new Killed('killed');
  };
  requestHandler.handle = async (request, options) => {
    live();
    const answer = await handle.call(requestHandler, request, options);
    live();
    return answer;
  };
  disk.onAppend = (length) => {
    appends += 1;
    dead ||= appends === nth;
    live();
    return length;
  };
  disk.onWrite = live;
  return () => {
    requestHandler.handle = handle;
    Object.assign(disk, { onAppend, onWrite });
    return dead;
  };
}
