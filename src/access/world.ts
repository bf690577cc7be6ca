// What a replay knows beside the trail: the perimeter that will stand, and what AWS or files tell of endpoints, accounts and
// principals. Plain data, so that judging asks nobody.
import type { Finding } from '../findings.ts';
import type { PerimeterSpec } from '../policy/perimeter.ts';
import type { TrailWindow } from './types.ts';

export type PrincipalTags = { readonly [key: string]: string };

/** Accounts of which something is known; `complete`: of all others the contrary is. */
export interface AccountSet {
  readonly ids: ReadonlySet<string>;
  readonly complete: boolean;
}

export interface PrincipalFacts {
  /** As they are today; null: not known. */
  readonly tags: PrincipalTags | null;
  /** Services that the role's trust policy lets assume it; null: not known, or not told by name. */
  readonly trustedServices: readonly string[] | null;
}

export interface EndpointSeen {
  readonly vpcId: string;
  /** Null where neither Region nor account of the VPC is known. */
  readonly vpcArn: string | null;
}

export interface AssessWorld {
  readonly spec: PerimeterSpec;
  /** The bucket whose policy binds everybody; null: no bucket policy takes part. */
  readonly testBucket: string | null;
  /** Accounts under a target of the SCP. */
  readonly bound: AccountSet;
  /** Accounts of the perimeter's organization. */
  readonly members: AccountSet;
  readonly managementAccountId: string | null;
  /** VPC endpoints by id. */
  readonly endpoints: ReadonlyMap<string, EndpointSeen>;
  /** By ARN: roles with their path, users. */
  readonly principals: ReadonlyMap<string, PrincipalFacts>;
  /** What `--principal-tags` says: by ARN, and for all others. It goes before what IAM tells. */
  readonly namedTags: ReadonlyMap<string, PrincipalTags>;
  readonly otherTags: PrincipalTags | null;
  /** The customer's own public addresses (Elastic IPs, NAT gateways), and ranges that somebody typed. Only these may be trusted. */
  readonly ownAddresses: readonly string[];
  /** Account and Region of the stack; null: not known. */
  readonly accountId: string | null;
  readonly region: string | null;
  /** The days that were asked for. */
  readonly window: TrailWindow;
  /** What reading all this could not tell. */
  readonly findings: readonly Finding[];
}
