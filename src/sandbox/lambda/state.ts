// Functions that no stack made, and canaries likewise. Those of stacks are told from the stacks' templates.

export interface FunctionRecord {
  name: string;
  accountId: string;
  region: string;
  roleArn: string;
  /** Null: on AWS's own network. */
  vpc: { vpcId: string; subnetIds: string[]; securityGroupIds: string[] } | null;
}

export interface CanaryRecord extends FunctionRecord {
  /** Absent: `rate(1 hour)`. */
  schedule?: string;
  /** Names of the buckets that each run lists and reads from; absent: none. */
  reads?: string[];
}

export interface LambdaState {
  functions: FunctionRecord[];
  /** Each runs as a function of its own. */
  canaries: CanaryRecord[];
}
