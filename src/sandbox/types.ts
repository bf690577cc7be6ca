// The contract between the sandbox's wire and its service models: a model is a table of functions over the world.

/** Who calls, as the access key says: what the caller is and where it stands decides what S3 answers. */
export interface Caller {
  readonly accountId: string;
  /** As GetCallerIdentity answers it; `anonymous` for unsigned S3. */
  readonly arn: string;
  readonly userId: string;
  readonly kind: 'user' | 'role-session' | 'root' | 'anonymous' | 'service';
  /** Of a session by AssumeRoot: the task that it is limited to. */
  readonly task?: RootTask;
  /** The role's ARN with its path, for a session. */
  readonly roleArn: string | null;
  readonly tags: { readonly [key: string]: string };
  /** Where requests come from: through a VPC's endpoints (by route tables of `subnetId`), or a public address. */
  readonly network: { readonly vpcId: string; readonly subnetId: string | null } | { readonly publicIp: string } | ServiceNetwork;
}

/**
 * Calls that an AWS service makes from its own network, of which S3 sees no address and no VPC (E12, E13). `forwarded`: with
 * the credentials of somebody who called the service (a forward access session); else as a role that it assumed, or as itself.
 */
export interface ServiceNetwork {
  /** Such as `athena.amazonaws.com`. */
  readonly service: string;
  readonly forwarded: boolean;
}

/** The last part of a task policy's ARN; the others are not modelled. */
export type RootTask = 'S3UnlockBucketPolicy';

export interface Call {
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly caller: Caller;
  /** Simulated time in milliseconds since the epoch. */
  readonly now: number;
  /** As the answer gives it. */
  readonly requestId: string;
  /** A new id, deterministic for the world's seed: `id('vpce')` → `vpce-0123456789abcdef0`. */
  id(prefix: string): string;
  /** Deterministic, in [0, 1). */
  random(): number;
}

export type Write = 'read' | 'write';

/**
 * A model: operations that read and change the world. Inputs and outputs are the SDK's shapes. An operation must check
 * everything before it changes anything: what it did before it throws is kept.
 */
export interface ServiceModel<World> {
  readonly service: string;
  readonly operations: { readonly [operation: string]: { readonly kind: Write; run(world: World, input: never, call: Call): unknown } };
}

/** An error as AWS sends it. `status` is the HTTP status, `fields` go beside code and message. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly fields: { readonly [name: string]: string };
  constructor(code: string, message: string, status = 400, fields: { readonly [name: string]: string } = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}
