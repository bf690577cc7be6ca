// The whole state of the embedded AWS as plain JSON data: it is stored, compared and restored as it is.
import type { AthenaState } from './athena/state.ts';
import type { CloudFormationState } from './cloudformation/state.ts';
import type { CloudTrailState } from './cloudtrail/state.ts';
import type { Ec2State } from './ec2/state.ts';
import type { Fault } from './fault-types.ts';
import type { IamState } from './iam/state.ts';
import type { LambdaState } from './lambda/state.ts';
import type { OrganizationsState } from './organizations/state.ts';
import type { Propagation } from './s3/propagation.ts';
import type { S3State } from './s3/state.ts';
import type { QuotasState, Route53State } from './small/state.ts';
import type { SyntheticsState } from './synthetics/state.ts';
import type { RootTask, ServiceNetwork } from './types.ts';

/** An access key that the sandbox handed out: who it is and where it stands. `flap`: the address alternates per request. */
export interface AccessKey {
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
  readonly accountId: string;
  readonly arn: string;
  readonly userId: string;
  /** `service`: an AWS service as itself; its `arn` is its name. */
  readonly kind: 'user' | 'role-session' | 'root' | 'service';
  /** Of a session by AssumeRoot: the task that it is limited to. */
  readonly task?: RootTask;
  readonly roleArn: string | null;
  readonly tags: { readonly [key: string]: string };
  readonly network:
    | { readonly vpcId: string; readonly subnetId: string | null }
    | { readonly publicIp: string; readonly flap?: readonly string[] }
    | ServiceNetwork;
  /** Milliseconds since the epoch, simulated; null: never. */
  readonly expiresAt: number | null;
}

export interface World {
  readonly version: 1;
  readonly scenario: string;
  /** Seed of ids and random numbers; `sequence` counts what was drawn. */
  readonly seed: number;
  sequence: number;
  /** Simulated milliseconds since the epoch at `realBase`; see time.ts. */
  clock: { base: number; realBase: number; speed: number };
  /** The scenario's identities by role in the story: `operator`, `management`, `breakGlass`, … → access key id. */
  identities: { [name: string]: string };
  accessKeys: { [accessKeyId: string]: AccessKey };
  /** What the scenario offers as choices (flags) for the demo: bucket, trusted range, target. */
  hints: { testBucket: string; stack: string; vpc: string; trustedVpcs: string[]; trustedCidrs: string[]; target: string; region: string };
  ec2: Ec2State;
  s3: S3State;
  organizations: OrganizationsState;
  cloudformation: CloudFormationState;
  iam: IamState;
  route53: Route53State;
  quotas: QuotasState;
  /** Absent: the account has no trail. */
  cloudTrail?: CloudTrailState;
  /** Absent: no query was primed or run. */
  athena?: AthenaState;
  /** Absent: no function but those of stacks. */
  lambda?: LambdaState;
  /** Absent: canaries do not run. */
  synthetics?: SyntheticsState;
  /** Armed faults; see faults.ts. */
  faults: Fault[];
  /** `off`: Organizations takes any number of calls; else as many as AWS does (D15). */
  rates?: 'off';
  /** How late S3's front ends learn of policies; else as propagation.ts has it. */
  propagation?: Propagation;
}
