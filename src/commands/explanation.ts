// Why a request passes or is denied, as data: what `explain` prints, and what programs read.
import type { DeniedBy, PolicyType } from '../policy/evaluate.ts';
import type { ClauseSeen, PerimeterRequest } from '../policy/judge.ts';

export type Verdict = 'passes' | 'denied' | 'unknown';

/** What some set of policies says of a request. */
export interface Said {
  readonly verdict: Verdict;
  readonly deniedBy: readonly DeniedBy[];
  readonly dependsOn: readonly string[];
}

/** A statement that denies, where all of its conditions hold. */
export interface StatementSeen {
  readonly index: number;
  readonly sid: string | null;
  readonly matches: 'holds' | 'fails' | 'unknown';
  readonly clauses: readonly ClauseSeen[];
}

/** A policy as it meets the request. */
export interface PolicySeen {
  readonly policyType: PolicyType;
  /** Such as `SCP QuiltDataPerimeter` or `policy of bucket quilt-a`. */
  readonly name: string;
  /** Why it has no say in this request, or what is not known of it; null where it has a say. */
  readonly aside: string | null;
  /** Those that deny and are about this request. */
  readonly statements: readonly StatementSeen[];
  /** It allows nothing of this, and would have to. */
  readonly lacksAllow: boolean;
}

/** A change after which the request passes: checked by asking again. */
export interface WayToPass {
  readonly kind: 'move' | 'address' | 'tag' | 'trust-vpc' | 'trust-cidr';
  readonly summary: string;
  /** The flags of `explain` or `apply`, or the AWS CLI command, that say it; null where there is none. */
  readonly command: string | null;
}

export interface Explanation {
  /** The perimeter of the folder as it would be attached, or what is attached now. */
  readonly against: 'folder' | 'live';
  readonly request: PerimeterRequest;
  /** Where the request comes from, in words. */
  readonly network: string;
  readonly said: Said;
  /** One sentence: what decided. */
  readonly why: string;
  readonly policies: readonly PolicySeen[];
  readonly ways: readonly WayToPass[];
  readonly notes: readonly string[];
}
