// What the operator wants, and what it comes to once everything that was left open is decided.
import type { StepId } from '../engine/types.ts';
import type { FindingCode } from '../findings.ts';

/** From the file and the flags; null or empty where nothing was said. Structurally what `config` produces. */
export interface Wanted {
  readonly stack: string | null;
  readonly parameter: string | null;
  readonly vpc: string | null;
  readonly subnets: readonly string[];
  readonly privateDns: boolean;
  readonly nat: 'auto' | 'single' | 'per-zone' | 'none';
  readonly buckets: readonly string[];
  readonly trustedVpcs: readonly string[];
  readonly trustedCidrs: readonly string[];
  readonly clientCidrs: readonly string[];
  readonly exemptTag: string;
  readonly policyName: string;
  readonly vpcKey: 'id' | 'arn';
  readonly resourceAccounts: readonly string[];
  readonly accessPoints: boolean;
  readonly protectExemptTag: boolean;
  /** Who may still set the exempt tag under `protectExemptTag`: a role's ARN; default the operator's role. */
  readonly tagAdministrator: string | null;
  readonly testBucket: string | null;
  readonly targets: readonly string[];
  readonly operatorIp: string | null;
  readonly accept: readonly FindingCode[];
  readonly skipProbes: boolean;
  /** Seconds after which AWS ends what denies, unless it is confirmed; null: it stands for good. */
  readonly confirmWithin: number | null;
  readonly steps: readonly StepId[];
}

/** Everything decided. */
export interface Choices extends Wanted {
  /** The stack's name. */
  readonly stack: string;
  /** The template's parameter for the endpoint id; null where the template has none (QP501). */
  readonly parameter: string | null;
  readonly vpc: string;
  /** The stack's private subnets (egress, route tables). */
  readonly subnets: readonly string[];
  /** Where the API Gateway endpoint goes: UserSubnets where the stack has them, else `subnets`. */
  readonly endpointSubnets: readonly string[];
  readonly testBucket: string;
  /** At least one, in the order of graduation. */
  readonly targets: readonly string[];
}
