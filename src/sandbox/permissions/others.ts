// Calls to the services of which the job uses little: what each names, where it names anything.
import type { ContextValues } from '../../policy/context.ts';
import type { Call } from '../types.ts';
import type { World } from '../world.ts';
import { type Demand, onAnything } from './demand.ts';

interface StackInput {
  readonly StackName?: string;
  readonly ChangeSetName?: string;
}

/**
 * What a call to CloudFormation needs: the stack's permission, and of all stacks where none is named.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
 */
export function cloudFormationDemands(world: World, operation: string, input: StackInput, call: Call): readonly Demand[] {
  const action = `cloudformation:${operation}`;
  const { StackName, ChangeSetName } = input;
  const own = Object.values(world.cloudformation.stacks).filter(({ accountId }) => accountId === call.caller.accountId);
  const stack =
    own.find(({ id, name, deletedAt }) => id === StackName || (name === StackName && deletedAt === null)) ??
    own.find(({ changeSets }) => changeSets.some(({ id }) => id === ChangeSetName));
  const named = stack === undefined ? StackName : stack.id;
  if (named === undefined) return [onAnything(action)];
  const resource = named.startsWith('arn:') ? named : `arn:aws:cloudformation:${call.region}:${call.caller.accountId}:stack/${named}/*`;
  // The key holds the name, also where the ARN was given.
  const changeSet = ChangeSetName?.replace(/^arn:.*:changeSet\/([^/]+)\/.*$/, '$1');
  const context: ContextValues = changeSet === undefined ? {} : { 'cloudformation:ChangeSetName': changeSet };
  return [{ action, resource, context }];
}

interface IamInput {
  readonly RoleName?: string;
  readonly UserName?: string;
  readonly PolicyArn?: string;
}

/** What a call to IAM needs: of a role, a user or a managed policy by its ARN, its path included. */
export function iamDemands({ iam }: World, operation: string, input: IamInput, { caller }: Call): readonly Demand[] {
  const action = `iam:${operation}`;
  const account = iam.accounts[caller.accountId];
  const { RoleName, UserName, PolicyArn } = input;
  const role = Object.values(account?.roles ?? {}).find(({ name }) => name.toLowerCase() === RoleName?.toLowerCase());
  const owned = (kind: string, name: string): string => `arn:aws:iam::${caller.accountId}:${kind}/${name}`;
  if (RoleName !== undefined) return [{ action, resource: role?.arn ?? owned('role', RoleName), context: {} }];
  if (UserName !== undefined) return [{ action, resource: account?.users[UserName]?.arn ?? owned('user', UserName), context: {} }];
  return PolicyArn === undefined ? [onAnything(action)] : [{ action, resource: PolicyArn, context: {} }];
}

interface TrailInput {
  readonly Name?: string;
  readonly TrailName?: string;
}

/** What a call to CloudTrail needs: the trail's permission where one is named. */
export function cloudTrailDemands(operation: string, { Name, TrailName }: TrailInput, { region, caller }: Call): readonly Demand[] {
  const action = `cloudtrail:${operation}`;
  const trail = Name ?? TrailName;
  if (trail === undefined) return [onAnything(action)];
  const resource = trail.startsWith('arn:') ? trail : `arn:aws:cloudtrail:${region}:${caller.accountId}:trail/${trail}`;
  return [{ action, resource, context: {} }];
}

interface AthenaInput {
  readonly WorkGroup?: string;
  readonly QueryExecutionId?: string;
  readonly DatabaseName?: string;
}

/**
 * What a call to Athena needs. It asks Glue for the table and S3 for the results with the caller's permissions (K6); which
 * buckets those are the sandbox does not know.
 * https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html
 */
export function athenaDemands({ athena }: World, operation: string, input: AthenaInput, { region, caller }: Call): readonly Demand[] {
  const { accountId } = caller;
  const own = `arn:aws:athena:${region}:${accountId}`;
  const glue = (action: string): Demand => ({
    action: `glue:${action}`,
    resource: `arn:aws:glue:${region}:${accountId}:catalog`,
    context: { 'aws:CalledVia': ['athena.amazonaws.com'], 'aws:ViaAWSService': 'true' },
  });
  const action = `athena:${operation}`;
  if (operation === 'GetTableMetadata')
    return [{ action, resource: `${own}:datacatalog/AwsDataCatalog`, context: {} }, glue('GetDatabase'), glue('GetTable')];
  const group = input.WorkGroup ?? athena?.executions[input.QueryExecutionId ?? '']?.workGroup ?? 'primary';
  const asked = { action, resource: `${own}:workgroup/${group}`, context: {} };
  return operation === 'StartQueryExecution' ? [asked, glue('GetDatabase'), glue('GetTable'), glue('GetPartitions')] : [asked];
}

interface StsInput {
  readonly RoleArn?: string;
  readonly TargetPrincipal?: string;
  readonly TaskPolicyArn?: { readonly arn?: string };
}

/** What a session of a role or of a member's root user needs; who one is, everybody may ask. */
export function stsDemands(operation: string, { RoleArn = '*', TargetPrincipal = '', TaskPolicyArn }: StsInput): readonly Demand[] {
  if (operation === 'AssumeRole') return [{ action: 'sts:AssumeRole', resource: RoleArn, context: {} }];
  if (operation !== 'AssumeRoot') return [];
  const accountId = /\d{12}/.exec(TargetPrincipal)?.[0] ?? '*';
  const context: ContextValues = TaskPolicyArn?.arn === undefined ? {} : { 'sts:TaskPolicyArn': TaskPolicyArn.arn };
  return [{ action: 'sts:AssumeRoot', resource: `arn:aws:iam::${accountId}:root`, context }];
}

/** What a call to Synthetics needs: the canary's permission where one is named. */
export function syntheticsDemands(operation: string, { Name }: { readonly Name?: string }, { region, caller }: Call): readonly Demand[] {
  const action = `synthetics:${operation}`;
  return Name === undefined
    ? [onAnything(action)]
    : [{ action, resource: `arn:aws:synthetics:${region}:${caller.accountId}:canary:${Name}`, context: {} }];
}
