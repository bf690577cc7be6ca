// CloudFormation stacks: what is there, what its template takes, and how an update ended.
import {
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  GetStackPolicyCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  ListStackResourcesCommand,
  type Stack as StackShape,
} from '@aws-sdk/client-cloudformation';
import { isAwsErrorSaying } from './aws-error.ts';
import type { AwsContext } from './context.ts';
import { allByNextToken } from './next-token.ts';
import { told } from './told.ts';
import type { Stack, StackResource } from './types.ts';

/** All stacks of the Region that are not deleted. */
export async function listStacks(ctx: AwsContext): Promise<readonly Stack[]> {
  const stacks = await allByNextToken(
    'DescribeStacks',
    (token) => ctx.aws.cloudFormation.send(new DescribeStacksCommand(token), { abortSignal: ctx.signal }),
    (page) => page.Stacks,
    ctx,
  );
  return stacks.map(stackOf);
}

/** The stack of this name or id, undefined where there is none. */
export async function findStack(name: string, ctx: AwsContext): Promise<Stack | undefined> {
  try {
    const { Stacks } = await ctx.aws.cloudFormation.send(new DescribeStacksCommand({ StackName: name }), { abortSignal: ctx.signal });
    return told(Stacks, 'DescribeStacks', 'list').map(stackOf)[0];
  } catch (error) {
    // CloudFormation has no error code of its own for it.
    if (isAwsErrorSaying(error, 'ValidationError', 'does not exist')) return undefined;
    throw error;
  }
}

/** The stack's resources that have been made, by logical id. */
export async function listStackResources(name: string, ctx: AwsContext): Promise<readonly StackResource[]> {
  const resources = await allByNextToken(
    'ListStackResources',
    (token) => ctx.aws.cloudFormation.send(new ListStackResourcesCommand({ StackName: name, ...token }), { abortSignal: ctx.signal }),
    (page) => page.StackResourceSummaries,
    ctx,
  );
  return resources.flatMap(({ LogicalResourceId, PhysicalResourceId, ResourceType }) =>
    LogicalResourceId && PhysicalResourceId
      ? [{ logicalId: LogicalResourceId, physicalId: PhysicalResourceId, type: ResourceType ?? 'unknown' }]
      : [],
  );
}

export interface TemplateSummary {
  readonly parameters: readonly { readonly key: string; readonly noEcho: boolean; readonly type: string }[];
  /** Capabilities that an update with this template has to acknowledge (G4). */
  readonly capabilities: readonly string[];
  readonly transforms: readonly string[];
}

/** What the stack's own template takes (G2). */
export async function readTemplateSummary(name: string, ctx: AwsContext): Promise<TemplateSummary> {
  const summary = await ctx.aws.cloudFormation.send(new GetTemplateSummaryCommand({ StackName: name }), { abortSignal: ctx.signal });
  return {
    parameters: (summary.Parameters ?? []).map(({ ParameterKey, NoEcho, ParameterType }) => ({
      key: told(ParameterKey, 'GetTemplateSummary', 'ParameterKey'),
      noEcho: NoEcho ?? false,
      type: ParameterType ?? 'String',
    })),
    capabilities: summary.Capabilities ?? [],
    transforms: summary.DeclaredTransforms ?? [],
  };
}

/** The template as it was given, before transforms. */
export async function readTemplate(name: string, ctx: AwsContext): Promise<string> {
  const answer = await ctx.aws.cloudFormation.send(new GetTemplateCommand({ StackName: name, TemplateStage: 'Original' }), {
    abortSignal: ctx.signal,
  });
  return told(answer.TemplateBody, 'GetTemplate', 'TemplateBody');
}

/** The stack policy's text, null where it has none. */
export async function readStackPolicy(name: string, ctx: AwsContext): Promise<string | null> {
  const answer = await ctx.aws.cloudFormation.send(new GetStackPolicyCommand({ StackName: name }), { abortSignal: ctx.signal });
  return answer.StackPolicyBody ?? null;
}

export interface UpdateEvents {
  /** The stack's own latest status under this token, null where it has none yet. */
  readonly stackStatus: string | null;
  /** `LogicalId (Type): reason` of the resource that failed first; null where none failed. */
  readonly firstFailure: string | null;
}

/**
 * How the update with this client request token went. Events come newest first; those after the first failure that only say
 * that the update was cancelled are consequences (G12).
 */
export async function readUpdateEvents(stackId: string, token: string, ctx: AwsContext): Promise<UpdateEvents> {
  const events = await allByNextToken(
    'DescribeStackEvents',
    (next) => ctx.aws.cloudFormation.send(new DescribeStackEventsCommand({ StackName: stackId, ...next }), { abortSignal: ctx.signal }),
    (page) => page.StackEvents,
    ctx,
  );
  const ours = events.filter((event) => event.ClientRequestToken === token);
  const failures = ours.filter(
    ({ ResourceStatus, ResourceStatusReason, PhysicalResourceId }) =>
      ResourceStatus?.endsWith('_FAILED') && PhysicalResourceId !== stackId && !ResourceStatusReason?.includes('cancelled'),
  );
  const first = failures.at(-1);
  return {
    stackStatus: ours.find((event) => event.PhysicalResourceId === stackId)?.ResourceStatus ?? null,
    firstFailure: first
      ? `${first.LogicalResourceId} (${first.ResourceType}): ${first.ResourceStatusReason ?? first.ResourceStatus ?? 'no reason given'}`
      : null,
  };
}

function stackOf(stack: StackShape): Stack {
  const field = (value: string | undefined, name: string) => told(value, 'DescribeStacks', name);
  return {
    id: field(stack.StackId, 'StackId'),
    name: field(stack.StackName, 'StackName'),
    status: field(stack.StackStatus, 'StackStatus'),
    // What is not sent with an update falls back to the template's default (G1): none may be passed over.
    parameters: (stack.Parameters ?? []).map(({ ParameterKey, ParameterValue }) =>
      parameterOf(field(ParameterKey, 'ParameterKey'), ParameterValue ?? ''),
    ),
    outputs: Object.fromEntries((stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? ''])),
    capabilities: stack.Capabilities ?? [],
    roleArn: stack.RoleARN ?? null,
    parentId: stack.ParentId ?? null,
    rootId: stack.RootId ?? null,
    tags: Object.fromEntries((stack.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
  };
}

// DescribeStacks does not say which parameters are NoEcho, it masks them (G2); the template's summary says.
const parameterOf = (key: string, value: string) => {
  const masked = /^\*{4,}$/.test(value);
  return { key, value: masked ? null : value, noEcho: masked, type: 'unknown' };
};
