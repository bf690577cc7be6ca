// Asking S3 itself whether it would refuse: GET on a key that does not exist tells, and writes nothing (K8).
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { answerOf, isAwsError, reasonOf } from './aws-error.ts';
import type { AwsContext } from './context.ts';

export type ProbeAnswer = 'allowed' | 'denied';

/** A bucket of this account in the client's Region, and the key to ask for. */
export interface ProbeObject {
  readonly bucket: string;
  readonly owner: string;
  readonly key: string;
}

/** What S3 answered, and how far this machine's clock is ahead of S3's, in seconds; null where the answer did not tell. */
export interface TimedAnswer {
  readonly answer: ProbeAnswer;
  /** S3's words where it refused. */
  readonly refusal: string | null;
  readonly secondsAhead: number | null;
}

/**
 * Whether this caller is refused the object, asked on a connection of its own. An explicit Deny is decided before anything
 * else; a caller without s3:ListBucket is refused an absent key too, which is why a baseline comes first (K8). Throws what S3
 * answers besides.
 */
export async function probeObject(object: ProbeObject, ctx: AwsContext): Promise<ProbeAnswer> {
  return (await probeWithTime(object, ctx)).answer;
}

/** As `probeObject`, with what the answer's Date tells of this machine's clock. */
export async function probeWithTime(object: ProbeObject, ctx: AwsContext): Promise<TimedAnswer> {
  const s3 = ctx.aws.freshS3();
  try {
    const answer = await s3.send(new GetObjectCommand({ Bucket: object.bucket, Key: object.key, ExpectedBucketOwner: object.owner }), {
      abortSignal: ctx.signal,
    });
    await answer.Body?.transformToByteArray();
    return { answer: 'allowed', refusal: null, secondsAhead: null };
  } catch (error) {
    if (!isAwsError(error, 'NoSuchKey', 'AccessDenied')) throw error;
    const told = Date.parse(answerOf(error).header('date') ?? '');
    const isRefused = isAwsError(error, 'AccessDenied');
    return {
      answer: isRefused ? 'denied' : 'allowed',
      refusal: isRefused ? reasonOf(error) : null,
      secondsAhead: Number.isNaN(told) ? null : Math.round((ctx.clock.now().getTime() - told) / 1000),
    };
  } finally {
    s3.destroy();
  }
}

export interface Proof {
  readonly bucket: string;
  readonly owner: string;
  readonly control: string;
  readonly sentinel: string;
  /** What the control answers once the policy in question is in force. */
  readonly controlIs: ProbeAnswer;
  /** Consecutive triples control, sentinel, control that must agree. */
  readonly triples: number;
  /** Seconds from the first of them to the last, at least. */
  readonly spreadSeconds: number;
  /** Seconds within which the control must first answer so. */
  readonly withinSeconds: number;
}

export type ProofOutcome =
  | { readonly kind: 'proven' }
  /** The policy was not seen to take effect in time. */
  | { readonly kind: 'not-in-force' }
  /** S3 refused the sentinel under the perimeter's own conditions. */
  | { readonly kind: 'refused'; readonly triple: number }
  /** The control kept changing its answer. */
  | { readonly kind: 'mixed' };

interface Told {
  answered(object: 'control' | 'sentinel', verdict: ProbeAnswer): void;
  waiting(seconds: number): void;
}

const pauseSeconds = 5;

/**
 * Whether the policy is in force and lets this caller pass: consecutive triples in which the control answers as it should
 * and the sentinel is not refused, over `spreadSeconds`. One refusal of the sentinel ends it. Front ends that do not know
 * the policy yet make the count begin again; after `withinSeconds` and three times the spread of that it is `mixed`.
 */
export async function proveOperator(proof: Proof, told: Told, ctx: AwsContext): Promise<ProofOutcome> {
  const began = ctx.clock.now().getTime();
  const seconds = () => (ctx.clock.now().getTime() - began) / 1000;
  const ask = async (object: 'control' | 'sentinel') => {
    const answer = await probeObject({ bucket: proof.bucket, owner: proof.owner, key: proof[object] }, ctx);
    told.answered(object, answer);
    return answer;
  };

  while ((await ask('control')) !== proof.controlIs) {
    if (seconds() >= proof.withinSeconds) return { kind: 'not-in-force' };
    told.waiting(Math.round(seconds()));
    await ctx.clock.sleep(pauseSeconds * 1000, ctx.signal);
  }

  const deadline = seconds() + proof.withinSeconds + 3 * proof.spreadSeconds;
  const pause = proof.triples > 1 ? Math.ceil((proof.spreadSeconds * 1000) / (proof.triples - 1)) : 0;
  for (let agreed = 0; ; ) {
    const before = await ask('control');
    const sentinel = before === proof.controlIs ? await ask('sentinel') : 'allowed';
    if (sentinel === 'denied') return { kind: 'refused', triple: agreed + 1 };
    const after = before === proof.controlIs ? await ask('control') : before;
    agreed = after === proof.controlIs ? agreed + 1 : 0;
    if (agreed === proof.triples) return { kind: 'proven' };
    if (seconds() >= deadline) return { kind: 'mixed' };
    told.waiting(Math.round(seconds()));
    await ctx.clock.sleep(Math.max(pause, 1000), ctx.signal);
  }
}
