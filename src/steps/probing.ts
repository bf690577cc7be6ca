// The live probe as steps use it: what a change carries of it, and the verdicts that the engine asks for.
import { isAwsError, reasonOf } from '../aws/aws-error.ts';
import { type ProbeAnswer, type ProofOutcome, probeWithTime, proveOperator, type TimedAnswer } from '../aws/probe.ts';
import type { Verdict } from '../engine/types.ts';
import type { Json } from '../ports.ts';
import type { StepContext } from './context.ts';
import { field, text } from './fields.ts';

/** What a change carries so that it can be probed; keys may hold `{{run.id}}` until the change is begun. */
export interface Probe {
  readonly stage: 'bucket' | 'scp';
  readonly bucket: string;
  readonly owner: string;
  readonly control: string;
  readonly sentinel: string;
  /** What to do where the operator is refused. */
  readonly remedy: string;
}

/** The probe of this run and stage on the test bucket. */
export const probeOf = (stage: Probe['stage'], bucket: string, owner: string, remedy: string): Probe => ({
  stage,
  bucket,
  owner,
  control: `quilt-perimeter-probe/{{run.id}}/${stage}/control`,
  sentinel: `quilt-perimeter-probe/{{run.id}}/${stage}/sentinel`,
  remedy,
});

export const probeToJson = (probe: Probe): Json => ({ ...probe });

/** The probe in a change's `after`, its keys named for this run; null where it carries none. */
export function probeIn(after: Json, ctx: Pick<StepContext, 'run'>): Probe | null {
  const probe = field(after, 'probe');
  if (probe === null) return null;
  const keyed = (name: string) => text(probe, name).replaceAll('{{run.id}}', ctx.run.id);
  return {
    stage: text(probe, 'stage') === 'scp' ? 'scp' : 'bucket',
    bucket: text(probe, 'bucket'),
    owner: text(probe, 'owner'),
    control: keyed('control'),
    sentinel: keyed('sentinel'),
    remedy: text(probe, 'remedy'),
  };
}

/** A policy as long as it is sent: a run's id has 12 characters, an expiry is a time to the second. For measuring alone. */
export const asLongAsSent = (policy: string): string =>
  policy.replaceAll('{{run.id}}', 'i'.repeat(12)).replaceAll(/\{\{run\.(?:probeExpiry|confirmBy)\}\}/g, '2000-01-01T00:00:00Z');

/** How a verdict is made. */
export interface Manner {
  readonly controlIs: ProbeAnswer;
  readonly triples: number;
  readonly spreadSeconds: number;
  readonly withinSeconds: number;
}

/** That this operator may still undo: eight triples, over a minute for a bucket policy and three for an SCP. */
export const fullVerdict = {
  bucket: { controlIs: 'denied', triples: 8, spreadSeconds: 60, withinSeconds: 120 },
  scp: { controlIs: 'denied', triples: 8, spreadSeconds: 180, withinSeconds: 240 },
} as const satisfies Record<Probe['stage'], Manner>;

/** That a policy has taken effect, or that it is lifted again. */
export const inForce = (stage: Probe['stage'], controlIs: ProbeAnswer): Manner => ({
  controlIs,
  triples: 3,
  spreadSeconds: 4,
  withinSeconds: fullVerdict[stage].withinSeconds,
});

// Trials are to stop denying by themselves within the hour, by AWS's clock (K9).
const tolerableSeconds = 300;

/**
 * The baseline: neither key may be refused before anything is denied, else the probe cannot be made (K8); and this machine's
 * clock, which dates the expiry of what is put for the probe, may not be far from S3's.
 */
export async function baseline(probe: Probe, ctx: StepContext): Promise<Verdict> {
  for (const object of ['control', 'sentinel'] as const) {
    let told: TimedAnswer;
    try {
      told = await probeWithTime({ bucket: probe.bucket, owner: probe.owner, key: probe[object] }, ctx);
    } catch (error) {
      if (!isAwsError(error, 'NoSuchBucket', 'PermanentRedirect', 'AuthorizationHeaderMalformed')) throw error;
      return unprovable(
        `the probe of bucket ${probe.bucket} could not be made: ${reasonOf(error)}`,
        'test on a bucket of this account and Region',
      );
    }
    ctx.probed(probe.stage, object, told.answer);
    if (told.answer === 'denied') {
      return unprovable(
        `the probe's baseline was refused: S3 denies this operator s3:GetObject on ${probe.bucket}/${probe[object]} before anything was put on`,
        `allow s3:GetObject and s3:ListBucket on ${probe.bucket}; without the latter S3 answers an absent key with AccessDenied`,
      );
    }
    const ahead = told.secondsAhead ?? 0;
    if (Math.abs(ahead) > tolerableSeconds) {
      return unprovable(
        `this machine's clock is ${Math.round(Math.abs(ahead) / 60)} minutes ${ahead > 0 ? 'ahead of' : 'behind'} S3's: what is put for the probe would expire too ${ahead > 0 ? 'late' : 'early'}`,
        "set this machine's clock, then run again",
      );
    }
  }
  return { passed: true };
}

/** Makes the verdict for the change of this key. */
export async function judge(key: string, probe: Probe, manner: Manner, ctx: StepContext): Promise<Verdict> {
  const outcome = await proveOperator(
    { ...manner, bucket: probe.bucket, owner: probe.owner, control: probe.control, sentinel: probe.sentinel },
    {
      answered: (object, answer) => ctx.probed(probe.stage, object, answer),
      waiting: (seconds) => ctx.waiting(key, seconds),
    },
    ctx,
  );
  return verdictOf(outcome, probe, manner);
}

function verdictOf(outcome: ProofOutcome, probe: Probe, manner: Manner): Verdict {
  const put = probe.stage === 'scp' ? 'the SCP' : `the policy of bucket ${probe.bucket}`;
  switch (outcome.kind) {
    case 'proven':
      return { passed: true };
    case 'refused':
      return unprovable(
        `S3 refused this operator ${probe.bucket}/${probe.sentinel} under the perimeter's own conditions (triple ${outcome.triple} of ${manner.triples}): it would lose s3:DeleteBucketPolicy with the rest`,
        probe.remedy,
      );
    case 'not-in-force':
      return unprovable(
        manner.controlIs === 'denied'
          ? `${put} was not seen to take effect within ${manner.withinSeconds} seconds: S3 kept answering for ${probe.control}`
          : `${put} was not seen to let this operator pass within ${manner.withinSeconds} seconds: S3 kept refusing ${probe.bucket}/${probe.control}`,
        manner.controlIs === 'denied'
          ? 'run again in a few minutes; if it stays so, look for another policy that decides first'
          : `run again in a few minutes; if it stays so, ${probe.remedy}`,
      );
    case 'mixed':
      return unprovable(
        `the answers were mixed: S3 kept changing its mind about ${probe.bucket}/${probe.control}`,
        'run again in a few minutes, from one address',
      );
    default:
      return outcome satisfies never;
  }
}

const unprovable = (detail: string, remedy: string): Verdict => ({ passed: false, code: 'QP302', detail, remedy });
