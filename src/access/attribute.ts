// Whose policy refused a call: AWS's message tells, where it does; else the perimeter's own statements are asked about the call.
// Pure.
import { readDeniedMessage } from '../aws/denied-message.ts';
import type { PolicyDocument } from '../policy/document.ts';
import { judge } from '../policy/judge.ts';
import type { Known } from '../ports.ts';
import { type Derived, isIn } from './derive.ts';
import type { DeniedCall } from './follow-log.ts';
import type { AssessWorld } from './world.ts';

/** A step that puts a Deny on. */
export type DenyingStep = 'scp' | 'bucket-policy';

/** The perimeter as it stands in AWS. */
export interface Standing {
  /** Null: there is none of this perimeter, or it is attached nowhere. */
  readonly scp: Known<{ readonly id: string; readonly name: string; readonly document: PolicyDocument } | null>;
  /** This tool's statements in the policy of the test bucket; null: there are none. `alone`: nobody else's in it denies. */
  readonly bucket: Known<{ readonly name: string; readonly document: PolicyDocument; readonly alone: boolean } | null>;
}

export interface Attribution {
  /** `perimeter`: a policy of this perimeter refused it, or one of the perimeter's does so too. */
  readonly by: 'perimeter' | 'other' | 'unknown';
  /** The step that put that policy on; only of `perimeter`. */
  readonly step: DenyingStep | null;
  readonly toldBy: 'message' | 'evaluation';
  /** What refused it, for people; of `unknown`, why that is not told. */
  readonly policy: string;
}

/** @param derived the call as policies see it; of `world` the accounts that the SCP binds count */
export function attribute(call: DeniedCall, derived: Derived, world: AssessWorld, standing: Standing): Attribution {
  const message = readDeniedMessage(withoutKey(call));
  const told = (by: Attribution['by'], policy: string, step: DenyingStep | null = null): Attribution => ({
    by,
    step,
    toldBy: 'message',
    policy,
  });
  const { scp, bucket } = standing;
  const policyArn = message?.policyArn ?? null;
  if (policyArn !== null) {
    const id = policyArn.slice(policyArn.lastIndexOf('/') + 1);
    if (scp.known && scp.value?.id === id) return told('perimeter', `SCP ${scp.value.name}`, 'scp');
    return !scp.known && policyArn.includes('/service_control_policy/')
      ? told('unknown', `SCP ${id}, and whether it is this perimeter's cannot be read (${scp.action}: ${scp.why})`)
      : told('other', policyArn);
  }
  const kind = message?.kind ?? null;
  if (kind !== null && message?.explicit === false) return told('other', `the lack of an Allow (${words[kind]})`);
  switch (kind) {
    case 'identity':
    case 'boundary':
    case 'session':
    case 'rcp':
    case 'endpoint':
      return told('other', `${words[kind]}`);
    case 'scp':
      return evaluated(call, derived, world, { scp, bucket: none }, 'another SCP');
    case 'resource':
      if (bucket.known && bucket.value?.name === derived.bucket && bucket.value.alone) {
        return told('perimeter', bucketPolicyOf(derived), 'bucket-policy');
      }
      return evaluated(call, derived, world, { scp: none, bucket }, 'what others wrote into the bucket policy');
    case null:
      return evaluated(call, derived, world, standing, 'another policy, or the lack of an Allow');
    default:
      return kind satisfies never;
  }
}

/** AWS's words without the object's key, which whoever calls chooses: it may read like a reason. */
function withoutKey({ message, key, path: { bucket } }: DeniedCall): string {
  if (message === null || key === null) return message ?? '';
  const resource = `${bucket}/${key}`;
  if (message.includes(resource)) return message.replaceAll(resource, `${bucket}/`);
  // CloudTrail cuts a long message off (F19), maybe in the middle of the key.
  const cut = message.indexOf(`${bucket}/`);
  return cut < 0 ? message : message.slice(0, cut);
}

const bucketPolicyOf = ({ bucket }: Derived): string => `the policy of bucket ${bucket}`;

const none = { known: true, value: null } as const;

const words = {
  identity: 'identity policy',
  boundary: 'permissions boundary',
  session: 'session policy',
  resource: 'bucket policy',
  scp: 'SCP',
  rcp: 'RCP',
  endpoint: 'VPC endpoint policy',
} as const;

/** Asks the perimeter's statements about the call. Where both deny it, the SCP is named: AWS asks it first. */
function evaluated(call: DeniedCall, derived: Derived, world: AssessWorld, { scp, bucket }: Standing, others: string): Attribution {
  const { who } = derived;
  const of = (by: Attribution['by'], policy: string, step: DenyingStep | null = null): Attribution => ({
    by,
    step,
    toldBy: 'evaluation',
    policy,
  });
  // Statements that end by themselves ask for the time of the call.
  const request = { ...derived.request, context: { ...derived.request.context, 'aws:CurrentTime': call.at } };
  const target = who.accountId === null ? (who.kind === 'unnamed' ? 'maybe' : 'no') : isIn(world.bound, who.accountId);
  const isSure = target === 'yes' && who.serviceLinked !== 'maybe';
  const ask = (documents: Parameters<typeof judge>[1]) => judge(request, documents).verdict;
  const bySCP = scp.known ? (scp.value === null || target === 'no' ? 'passes' : ask({ scp: scp.value.document, bucket: null })) : 'unknown';
  if (bySCP === 'denied' && isSure && scp.known && scp.value !== null) return of('perimeter', `SCP ${scp.value.name}`, 'scp');
  const isTheirs = !bucket.known || bucket.value?.name !== derived.bucket;
  const byBucket = isTheirs
    ? bucket.known
      ? 'passes'
      : 'unknown'
    : ask({ scp: null, bucket: bucket.known && bucket.value !== null ? bucket.value.document : null });
  // Who a copy without a name was about is open: a service passes where a role does not.
  const isNamed = !(who.kind === 'unnamed' && who.accountId === null);
  if (byBucket === 'denied' && isNamed) return of('perimeter', bucketPolicyOf(derived), 'bucket-policy');
  if (bySCP === 'passes' && byBucket === 'passes') return of('other', others);
  return of('unknown', 'the record does not tell enough to ask the perimeter about it');
}
