// CloudFormation's stacks as data. What takes time is written down as an operation with dated steps, and moves into
// the stack when the clock has passed them.

export interface StackResourceRecord {
  logicalId: string;
  physicalId: string;
  type: string;
  status: string;
  reason: string | null;
  updatedAt: number;
}

export interface StackEventRecord {
  id: string;
  at: number;
  logicalId: string;
  physicalId: string;
  type: string;
  status: string;
  reason: string | null;
  /** The ClientRequestToken of the operation that made it. */
  token: string | null;
}

/** What an update changes and a rollback restores. */
export interface StackContent {
  /** The body exactly as it was sent: JSON. */
  template: string;
  /** Real values, those of NoEcho parameters too. */
  parameters: { [key: string]: string };
  tags: { [key: string]: string };
  capabilities: string[];
  notificationArns: string[];
  roleArn: string | null;
}

export interface ChangeRecord {
  action: 'Add' | 'Modify' | 'Remove';
  logicalId: string;
  physicalId: string | null;
  type: string;
  replacement: 'True' | 'False' | 'Conditional' | null;
  scope: string[];
  details: {
    attribute: string;
    name: string | null;
    requiresRecreation: 'Never' | 'Conditionally' | 'Always';
    evaluation: 'Static' | 'Dynamic';
    changeSource: 'ParameterReference' | 'ResourceAttribute' | 'ResourceReference' | 'DirectModification';
    causingEntity: string | null;
  }[];
}

export interface ChangeSetRecord {
  id: string;
  name: string;
  description: string | null;
  type: 'CREATE' | 'UPDATE';
  createdAt: number;
  /** When its creation ends. */
  readyAt: number;
  status: 'CREATE_IN_PROGRESS' | 'CREATE_COMPLETE' | 'FAILED';
  /** What `status` becomes at `readyAt`. */
  outcome: { status: 'CREATE_COMPLETE' | 'FAILED'; reason: string | null };
  statusReason: string | null;
  executionStatus: 'UNAVAILABLE' | 'AVAILABLE' | 'EXECUTE_IN_PROGRESS' | 'EXECUTE_COMPLETE' | 'EXECUTE_FAILED' | 'OBSOLETE';
  includeNestedStacks: boolean;
  clientToken: string | null;
  /** Hash of the request, to tell a repeated token from a reused one. */
  request: string;
  content: StackContent;
  changes: ChangeRecord[];
}

/** One dated step of an operation. `commit` puts the new content in place, `restore` the former one. */
export interface OperationStep {
  at: number;
  logicalId: string;
  status: string;
  reason: string | null;
  /** Set where the step is the stack's own. */
  stackStatus: string | null;
  effect: 'none' | 'commit' | 'restore' | 'remove';
}

export interface StackOperation {
  kind: 'create' | 'update' | 'delete' | 'rollback';
  token: string | null;
  request: string;
  steps: OperationStep[];
  next: StackContent;
  previous: StackContent;
  /** Resources that the operation makes; gone again when it is rolled back. */
  added: StackResourceRecord[];
}

export interface StackRecord {
  id: string;
  name: string;
  accountId: string;
  region: string;
  status: string;
  statusReason: string | null;
  createdAt: number;
  updatedAt: number | null;
  deletedAt: number | null;
  content: StackContent;
  resources: StackResourceRecord[];
  /** Oldest first. */
  events: StackEventRecord[];
  changeSets: ChangeSetRecord[];
  stackPolicy: string | null;
  parentId: string | null;
  rootId: string | null;
  terminationProtection: boolean;
  operation: StackOperation | null;
  /** Tokens of finished operations (ClientRequestToken → hash of the request), for repeated requests. */
  tokens: { [token: string]: string };
  /** Kept for ContinueUpdateRollback while UPDATE_ROLLBACK_FAILED: what to restore. */
  unfinishedRollback: StackContent | null;
}

export interface CloudFormationState {
  /** By stack id (the ARN), deleted ones included. */
  stacks: { [stackId: string]: StackRecord };
}
