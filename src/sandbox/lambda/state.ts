// Functions that no stack made, and canaries likewise. Those of stacks are told from the stacks' templates.

export interface FunctionRecord {
  name: string;
  accountId: string;
  region: string;
  roleArn: string;
  /** Null: on AWS's own network. */
  vpc: { vpcId: string; subnetIds: string[]; securityGroupIds: string[] } | null;
}

export interface LambdaState {
  functions: FunctionRecord[];
  /** Each runs as a function of its own. */
  canaries: FunctionRecord[];
}
