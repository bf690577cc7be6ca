// What the perimeter will say of a derived request, with the doubts that are no condition keys: who is bound at all.
import type { PolicyDocument } from '../policy/document.ts';
import { judge } from '../policy/judge.ts';
import { bucketStatements, type PerimeterSpec, scpDocument } from '../policy/perimeter.ts';
import { type Derived, isIn } from './derive.ts';
import type { AssessWorld } from './world.ts';

export interface Documents {
  readonly scp: PolicyDocument;
  readonly bucket: PolicyDocument | null;
}

/** The very documents that will be attached, for the SCP and the test bucket. */
export const documentsOf = (spec: PerimeterSpec, testBucket: string | null): Documents => ({
  scp: scpDocument(spec),
  bucket: testBucket === null ? null : { Version: '2012-10-17', Statement: bucketStatements(spec, testBucket) },
});

/** What takes part in judging one request. */
export interface TakingPart {
  readonly scp: PolicyDocument | null;
  readonly bucket: PolicyDocument | null;
}

export interface Verdict {
  readonly verdict: 'passes' | 'newly-denied' | 'unknown';
  readonly takingPart: TakingPart;
  /** Statements that deny, or may: policy and Sid. */
  readonly denials: readonly string[];
  /** Condition keys that would settle an `unknown`. */
  readonly dependsOn: readonly string[];
  /** What else would: who called, whether the account is under a target, whether the role is service-linked. */
  readonly doubts: readonly ('caller' | 'target' | 'service-linked')[];
}

/** The verdict for a call that AWS did not refuse. */
export function verdictOf({ request, who, bucket }: Derived, world: AssessWorld, documents: Documents): Verdict {
  const target = who.accountId === null ? (who.kind === 'unnamed' ? 'maybe' : 'no') : isIn(world.bound, who.accountId);
  const takingPart: TakingPart = {
    scp: target === 'no' ? null : documents.scp,
    bucket: bucket === world.testBucket ? documents.bucket : null,
  };
  const worst = judge(request, takingPart);
  const denials = worst.deniedBy.map(({ policyType, sid }) => `${policyType} ${sid ?? ''}`);
  const of = (verdict: Verdict['verdict'], dependsOn: readonly string[], doubts: Verdict['doubts']): Verdict => ({
    verdict,
    takingPart,
    denials,
    dependsOn,
    doubts,
  });
  if (worst.verdict === 'passes') return of('passes', [], []);
  // The stand-in is a role; the caller may have been a service.
  if (who.kind === 'unnamed' && who.accountId === null) return of('unknown', worst.dependsOn, ['caller']);
  const doubts = [
    ...(target === 'maybe' ? (['target'] as const) : []),
    ...(who.serviceLinked === 'maybe' && takingPart.scp !== null ? (['service-linked'] as const) : []),
  ];
  const sure = doubts.length === 0 ? worst : judge(request, { ...takingPart, scp: null });
  return sure.verdict === 'denied' ? of('newly-denied', [], []) : of('unknown', worst.dependsOn, doubts);
}
