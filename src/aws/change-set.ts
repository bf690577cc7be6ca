// Change sets: the update is made, shown and then executed as exactly that. An update without changes comes in three forms,
// none of which is an error here (G7, and a refusal of CreateChangeSet itself). A write under way is never aborted.
import {
  type Capability,
  type Change,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetOutput,
  ExecuteChangeSetCommand,
  ListChangeSetsCommand,
  type ResourceChangeDetail,
} from '@aws-sdk/client-cloudformation';
import { failed } from '../errors.ts';
import { isAwsError, isAwsErrorSaying } from './aws-error.ts';
import type { AwsContext } from './context.ts';
import { allByNextToken } from './next-token.ts';
import { told } from './told.ts';
import type { ChangeSetSummary } from './types.ts';
import { waitUntil } from './wait.ts';

export interface ResourceChange {
  /** `Add`, `Modify`, `Remove`, `Import`, `Dynamic`. */
  readonly action: string;
  readonly logicalId: string;
  readonly type: string;
  /** `True`, `False`, `Conditional`; null where AWS gave none. */
  readonly replacement: string | null;
  readonly details: readonly {
    /** `Properties.Name`, `Tags`, …: what of the resource changes. */
    readonly target: string;
    readonly evaluation: string | null;
    /** `ParameterReference`, `ResourceReference`, `ResourceAttribute`, `DirectModification`, `Automatic`. */
    readonly source: string | null;
    readonly cause: string | null;
  }[];
  /** The nested stack's own change set. */
  readonly nested: readonly ResourceChange[];
}

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly executionStatus: string;
  readonly reason: string;
  readonly parameters: { readonly [key: string]: string };
  readonly changes: readonly ResourceChange[];
}

export interface ChangeSetRequest {
  readonly stack: string;
  readonly name: string;
  /** The one parameter with a value of its own. */
  readonly parameter: string;
  readonly value: string;
  /** All other parameters of the stack; what is not sent would fall back to the template's default (G1). */
  readonly keep: readonly string[];
  readonly capabilities: readonly string[];
}

/** The stack's change sets. */
export async function listChangeSets(stack: string, ctx: AwsContext): Promise<readonly ChangeSetSummary[]> {
  const sets = await allByNextToken(
    'ListChangeSets',
    (token) => ctx.aws.cloudFormation.send(new ListChangeSetsCommand({ StackName: stack, ...token }), { abortSignal: ctx.signal }),
    (page) => page.Summaries,
    ctx,
  );
  return sets.map(({ ChangeSetId, ChangeSetName, Status, ExecutionStatus }) => ({
    id: told(ChangeSetId, 'ListChangeSets', 'ChangeSetId'),
    name: told(ChangeSetName, 'ListChangeSets', 'ChangeSetName'),
    status: Status ?? 'unknown',
    executionStatus: ExecutionStatus ?? 'unknown',
  }));
}

/** The change set of this name on the stack with all its changes, nested stacks' included; undefined where there is none. */
export async function findChangeSet(stack: string, name: string, ctx: AwsContext): Promise<ChangeSet | undefined> {
  try {
    return await describe({ StackName: stack, ChangeSetName: name }, ctx);
  } catch (error) {
    if (isAwsError(error, 'ChangeSetNotFoundException', 'ChangeSetNotFound')) return undefined;
    if (isAwsErrorSaying(error, 'ValidationError', 'does not exist')) return undefined;
    throw error;
  }
}

async function describe(
  of: { readonly StackName?: string; readonly ChangeSetName: string },
  ctx: AwsContext,
  above: readonly string[] = [],
): Promise<ChangeSet> {
  if (above.includes(of.ChangeSetName))
    throw failed('ANSWER', `reading change set (${of.ChangeSetName}): it is nested in itself`, 'run again');
  let head: DescribeChangeSetOutput | undefined;
  const changes = await allByNextToken(
    'DescribeChangeSet',
    async (token) => {
      const page = await ctx.aws.cloudFormation.send(new DescribeChangeSetCommand({ ...of, ...token }), { abortSignal: ctx.signal });
      head ??= page;
      return page;
    },
    (page) => page.Changes,
    ctx,
  );
  return {
    id: head?.ChangeSetId ?? of.ChangeSetName,
    name: head?.ChangeSetName ?? of.ChangeSetName,
    status: told(head?.Status, 'DescribeChangeSet', 'Status'),
    executionStatus: head?.ExecutionStatus ?? 'unknown',
    reason: head?.StatusReason ?? '',
    parameters: Object.fromEntries(
      (head?.Parameters ?? []).map(({ ParameterKey, ParameterValue }) => [ParameterKey ?? '', ParameterValue ?? '']),
    ),
    changes: (await Promise.all(changes.map((change) => changeOf(change, ctx, [...above, of.ChangeSetName])))).flat(),
  };
}

async function changeOf({ Type, ResourceChange }: Change, ctx: AwsContext, above: readonly string[]): Promise<readonly ResourceChange[]> {
  // A hook's invocation is no change of a resource.
  if (Type !== undefined && Type !== 'Resource') return [];
  const change = told(ResourceChange, 'DescribeChangeSet', 'ResourceChange');
  return [
    {
      action: change.Action ?? 'unknown',
      logicalId: told(change.LogicalResourceId, 'DescribeChangeSet', 'LogicalResourceId'),
      type: change.ResourceType ?? 'unknown',
      replacement: change.Replacement ?? null,
      details: (change.Details ?? []).map(detailOf),
      nested: change.ChangeSetId ? (await describe({ ChangeSetName: change.ChangeSetId }, ctx, above)).changes : [],
    },
  ];
}

const detailOf = ({ Target, Evaluation, ChangeSource, CausingEntity }: ResourceChangeDetail) => ({
  target: [Target?.Attribute, Target?.Name].filter((part) => part !== undefined).join('.'),
  evaluation: Evaluation ?? null,
  source: ChangeSource ?? null,
  cause: CausingEntity ?? null,
});

/** Whether a change set says that it would change nothing, in either of its texts (G7). */
export const isEmptyChangeSet = (set: Pick<ChangeSet, 'status' | 'reason'>): boolean =>
  set.status === 'FAILED' &&
  (set.reason.startsWith("The submitted information didn't contain changes.") || set.reason.includes('No updates are to be performed.'));

/**
 * Asks for a change set of the previous template with one parameter's new value, every other parameter, the tags, the
 * notifications and the role as they are (G1, G5). Returns its id, or `empty` where CloudFormation refused it at once for
 * want of changes. The same token makes no second one.
 */
export async function createChangeSet(request: ChangeSetRequest, token: string, ctx: AwsContext): Promise<string | 'empty'> {
  try {
    const { Id } = await ctx.aws.cloudFormation.send(
      new CreateChangeSetCommand({
        StackName: request.stack,
        ChangeSetName: request.name,
        ChangeSetType: 'UPDATE',
        UsePreviousTemplate: true,
        // Without it the changes of nested stacks are invisible (G9).
        IncludeNestedStacks: true,
        Parameters: [
          ...request.keep.map((ParameterKey) => ({ ParameterKey, UsePreviousValue: true })),
          { ParameterKey: request.parameter, ParameterValue: request.value },
        ],
        Capabilities: request.capabilities.map((capability) => capability as Capability),
        ClientToken: token,
        Description: `quilt-perimeter: ${request.parameter}`,
      }),
    );
    return Id ?? request.name;
  } catch (error) {
    if (isAwsErrorSaying(error, 'ValidationError', 'No updates are to be performed.')) return 'empty';
    throw error;
  }
}

/**
 * Waits until the change set is made, at most 15 minutes. `undefined` where it would change nothing. Throws PerimeterError
 * with CloudFormation's reason where it failed.
 */
export async function waitChangeSetCreated(
  stack: string,
  name: string,
  ctx: AwsContext,
  waited: (seconds: number) => void,
): Promise<ChangeSet | undefined> {
  const what = `making change set (${name}) of stack ${stack}`;
  const set = await waitUntil(
    { what, timeoutSeconds: 15 * 60, everySeconds: 5, waited },
    async () => {
      const found = await findChangeSet(stack, name, ctx);
      return found === undefined || /_PENDING$|_IN_PROGRESS$/.test(found.status) ? undefined : found;
    },
    ctx,
  );
  if (set.status === 'CREATE_COMPLETE') return set;
  if (isEmptyChangeSet(set)) return undefined;
  throw failed('CHANGE_SET_FAILED', `${what}: ${set.status}: ${set.reason}`, 'mend what it says, then run again');
}

/** Executes this very change set; the token is stamped on every event of the update (G8). */
export async function executeChangeSet(stack: string, name: string, token: string, ctx: AwsContext): Promise<void> {
  await ctx.aws.cloudFormation.send(new ExecuteChangeSetCommand({ StackName: stack, ChangeSetName: name, ClientRequestToken: token }));
}

/**
 * Deletes the change set and waits until its name is free again, at most 5 minutes for each; gone is success. One that is
 * still being made can't be deleted yet: that is waited for.
 */
export async function removeChangeSet(stack: string, name: string, ctx: AwsContext): Promise<void> {
  const wait = { what: `deleting change set (${name}) of stack ${stack}`, timeoutSeconds: 5 * 60, everySeconds: 3 };
  const answer = await waitUntil(wait, () => requestRemoval(stack, name, ctx), ctx);
  if (answer === 'gone') return;
  await waitUntil(
    wait,
    async () => {
      const found = await findChangeSet(stack, name, ctx);
      return found === undefined || found.status === 'DELETE_COMPLETE' ? true : undefined;
    },
    ctx,
  );
}

/** Undefined while an operation on the change set is in progress. */
async function requestRemoval(stack: string, name: string, ctx: AwsContext): Promise<'asked' | 'gone' | undefined> {
  try {
    await ctx.aws.cloudFormation.send(new DeleteChangeSetCommand({ StackName: stack, ChangeSetName: name }));
    return 'asked';
  } catch (error) {
    if (isAwsError(error, 'ChangeSetNotFoundException', 'ChangeSetNotFound')) return 'gone';
    if (isAwsErrorSaying(error, 'ValidationError', 'does not exist')) return 'gone';
    if (isAwsError(error, 'InvalidChangeSetStatusException', 'InvalidChangeSetStatus')) return undefined;
    throw error;
  }
}
