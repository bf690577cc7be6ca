// Change sets: made in the background, executed once, and gone with the first one that is executed (G7–G9).
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type {
  Change,
  ChangeSetSummary,
  CreateChangeSetCommandInput,
  DeleteChangeSetCommandInput,
  DescribeChangeSetCommandInput,
  ExecuteChangeSetCommandInput,
  ListChangeSetsCommandInput,
} from '@aws-sdk/client-cloudformation';
import { takeAsyncFailure } from '../fault-types.ts';
import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import { changesBetween } from './changes.ts';
import { newStack } from './new-stack.ts';
import { beginCreate, beginUpdate, repeated } from './operate.ts';
import { page } from './pages.ts';
import { contentOf } from './request.ts';
import { outputsOf } from './resolve.ts';
import { parametersShape, tagsShape } from './shapes.ts';
import { checkUpdatable, scopeOf, stackOf, stacksOf } from './stack.ts';
import type { ChangeRecord, ChangeSetRecord, StackContent, StackRecord } from './state.ts';
import { invalid, parseTemplate } from './template.ts';

/** Simulated milliseconds until a change set is there. */
export const changeSetDelay = 10_000;

/** A hash of a request without its token: tells a repeated request from another one. */
export const requestHash = (request: unknown): string => createHash('sha256').update(JSON.stringify(request)).digest('hex').slice(0, 32);

/** CreateChangeSet. Throws ValidationError, AlreadyExistsException and InsufficientCapabilitiesException. */
export function createChangeSet(world: World, input: CreateChangeSetCommandInput, call: Call): { Id: string; StackId: string } {
  const name = input.ChangeSetName ?? '';
  if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name))
    throw invalid(
      `1 validation error detected: Value '${name}' at 'changeSetName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
    );
  const type = input.ChangeSetType ?? 'UPDATE';
  if (type !== 'UPDATE' && type !== 'CREATE') throw invalid(`ChangeSetType ${type} is not supported here.`);
  const { ClientToken, ...rest } = input;
  const request = requestHash(rest);
  const present =
    type === 'CREATE' ? stacksOf(world, call).find((stack) => stack.name === input.StackName && stack.deletedAt === null) : undefined;
  const stack = type === 'UPDATE' ? stackOf(world, call, input.StackName, 'Stack [#] does not exist') : (present ?? null);
  const twin = stack?.changeSets.find((other) => other.name === name && isActive(other));
  if (stack && twin) {
    if (ClientToken !== undefined && twin.clientToken === ClientToken && twin.request === request)
      return { Id: twin.id, StackId: stack.id };
    throw new AwsError(
      'AlreadyExistsException',
      `ChangeSet ${name} cannot be created due to a mismatch with existing attribute or already exists`,
    );
  }
  if (type === 'CREATE' && stack && stack.status !== 'REVIEW_IN_PROGRESS')
    throw invalid(`Stack [${stack.name}] already exists and cannot be created again with the changeSet [${name}].`);
  if (type === 'UPDATE' && stack) checkUpdatable(stack);
  const content = contentOf(world, call, input, type === 'UPDATE' ? (stack?.content ?? null) : null);
  const holder = stack ?? newStack(world, call, input.StackName ?? '', content, 'REVIEW_IN_PROGRESS');
  const changes = changesBetween(scopeOf(holder, holder.content), scopeOf(holder, content), holder.resources);
  const failed =
    takeAsyncFailure(world, 'change-set')?.reason ?? (type === 'UPDATE' && isEmpty(holder, content, changes) ? emptyReason(content) : null);
  const record: ChangeSetRecord = {
    id: `arn:aws:cloudformation:${call.region}:${call.caller.accountId}:changeSet/${name}/${call.id('cs').slice(3)}`,
    name,
    description: input.Description ?? null,
    type,
    createdAt: call.now,
    readyAt: call.now + changeSetDelay,
    status: 'CREATE_IN_PROGRESS',
    outcome: failed === null ? { status: 'CREATE_COMPLETE', reason: null } : { status: 'FAILED', reason: failed },
    statusReason: null,
    executionStatus: 'UNAVAILABLE',
    includeNestedStacks: input.IncludeNestedStacks ?? false,
    clientToken: ClientToken ?? null,
    request,
    content,
    changes: failed === null ? changes : [],
  };
  holder.changeSets = [...holder.changeSets.filter((other) => other.name !== name), record];
  return { Id: record.id, StackId: holder.id };
}

/** DescribeChangeSet; `Changes` by pages of 100. Throws ChangeSetNotFound. */
export function describeChangeSet(world: World, input: DescribeChangeSetCommandInput, call: Call): object {
  const { stack, changeSet } = changeSetOf(world, call, input);
  const { items, ...more } = page(changeSet.changes, input.NextToken, call);
  const { content } = changeSet;
  return {
    ...summary(stack, changeSet),
    Parameters: parametersShape(parseTemplate(content.template), content.parameters),
    NotificationARNs: content.notificationArns,
    Capabilities: content.capabilities,
    Tags: tagsShape(content.tags),
    Changes: items.map(changeShape),
    ...more,
  };
}

/** ListChangeSets: the active ones, not the one that was executed. */
export function listChangeSets(world: World, input: ListChangeSetsCommandInput, call: Call): object {
  const stack = stackOf(world, call, input.StackName, 'Stack [#] does not exist');
  const { items, ...more } = page(stack.changeSets.filter(isActive), input.NextToken, call);
  return { Summaries: items.map((changeSet) => summary(stack, changeSet)), ...more };
}

/** ExecuteChangeSet: begins the update and deletes the stack's other change sets (G8). Throws InvalidChangeSetStatus. */
export function executeChangeSet(world: World, input: ExecuteChangeSetCommandInput, call: Call): object {
  const { stack, changeSet } = changeSetOf(world, call, input);
  const { ClientRequestToken } = input;
  const request = requestHash({ changeSet: changeSet.id });
  if (repeated(stack, ClientRequestToken, request)) return {};
  if (changeSet.executionStatus !== 'AVAILABLE')
    throw new AwsError(
      'InvalidChangeSetStatus',
      `ChangeSet [${changeSet.id}] cannot be executed in its current status of [${changeSet.status}]`,
    );
  const begin = { token: ClientRequestToken ?? null, request };
  if (changeSet.type === 'UPDATE') checkUpdatable(stack);
  changeSet.executionStatus = 'EXECUTE_IN_PROGRESS';
  stack.changeSets = [changeSet];
  if (changeSet.type === 'UPDATE') beginUpdate(world, call, stack, changeSet.content, stack.stackPolicy, begin);
  else {
    stack.content = structuredClone(changeSet.content);
    beginCreate(call, stack, begin);
  }
  return {};
}

/** DeleteChangeSet. Deleting what is not there is no error, unless the stack is not there either. */
export function deleteChangeSet(world: World, input: DeleteChangeSetCommandInput, call: Call): object {
  const found = findChangeSet(world, call, input);
  if (!found) {
    if (input.StackName !== undefined) stackOf(world, call, input.StackName, 'Stack [#] does not exist');
    return {};
  }
  const { stack, changeSet } = found;
  if (changeSet.executionStatus === 'EXECUTE_IN_PROGRESS' || changeSet.status === 'CREATE_IN_PROGRESS')
    throw new AwsError('InvalidChangeSetStatus', `An operation on this ChangeSet is currently in progress: ${changeSet.id}`);
  stack.changeSets = stack.changeSets.filter((other) => other !== changeSet);
  return {};
}

/** The change set's content, for GetTemplate. Throws ChangeSetNotFound. */
export const changeSetContent = (world: World, call: Call, input: Named): StackContent => changeSetOf(world, call, input).changeSet.content;

interface Named {
  readonly ChangeSetName?: string | undefined;
  readonly StackName?: string | undefined;
}

const isActive = (changeSet: ChangeSetRecord): boolean => !changeSet.executionStatus.startsWith('EXECUTE_');

function findChangeSet(
  world: World,
  call: Call,
  { ChangeSetName, StackName }: Named,
): { stack: StackRecord; changeSet: ChangeSetRecord } | null {
  const isArn = ChangeSetName?.startsWith('arn:') ?? false;
  if (!isArn && StackName === undefined) throw invalid('StackName must be specified if ChangeSetName is not specified as an ARN.');
  for (const stack of stacksOf(world, call)) {
    if (!isArn && stack.id !== StackName && (stack.name !== StackName || stack.deletedAt !== null)) continue;
    const changeSet = stack.changeSets.find(({ id, name }) => (isArn ? id : name) === ChangeSetName);
    if (changeSet) return { stack, changeSet };
  }
  return null;
}

function changeSetOf(world: World, call: Call, input: Named): { stack: StackRecord; changeSet: ChangeSetRecord } {
  const found = findChangeSet(world, call, input);
  if (!found) throw new AwsError('ChangeSetNotFound', `ChangeSet [${input.ChangeSetName ?? ''}] does not exist`, 404);
  return found;
}

/** Nothing differs that CloudFormation would carry out: resources, outputs, tags, notifications, role. */
function isEmpty(stack: StackRecord, content: StackContent, changes: readonly ChangeRecord[]): boolean {
  const outputs = (of: StackContent) => outputsOf(scopeOf(stack, of));
  return (
    changes.length === 0 &&
    isDeepStrictEqual(outputs(stack.content), outputs(content)) &&
    isDeepStrictEqual(stack.content.tags, content.tags) &&
    isDeepStrictEqual(stack.content.notificationArns, content.notificationArns) &&
    stack.content.roleArn === content.roleArn
  );
}

/** Is an update to `content` none at all: "No updates are to be performed." (G6). */
export const changesNothing = (stack: StackRecord, content: StackContent): boolean =>
  isEmpty(stack, content, changesBetween(scopeOf(stack, stack.content), scopeOf(stack, content), stack.resources));

const emptyReason = (content: StackContent): string =>
  parseTemplate(content.template).transforms.length > 0
    ? 'No updates are to be performed.'
    : "The submitted information didn't contain changes. Submit different information to create a change set.";

const summary = (stack: StackRecord, changeSet: ChangeSetRecord): ChangeSetSummary => ({
  StackId: stack.id,
  StackName: stack.name,
  ChangeSetId: changeSet.id,
  ChangeSetName: changeSet.name,
  ExecutionStatus: changeSet.executionStatus,
  Status: changeSet.status,
  ...(changeSet.statusReason === null ? {} : { StatusReason: changeSet.statusReason }),
  ...(changeSet.description === null ? {} : { Description: changeSet.description }),
  CreationTime: new Date(changeSet.createdAt),
  IncludeNestedStacks: changeSet.includeNestedStacks,
});

const changeShape = (change: ChangeRecord): Change => ({
  Type: 'Resource',
  ResourceChange: {
    Action: change.action,
    LogicalResourceId: change.logicalId,
    ...(change.physicalId === null ? {} : { PhysicalResourceId: change.physicalId }),
    ResourceType: change.type,
    ...(change.replacement === null ? {} : { Replacement: change.replacement }),
    Scope: change.scope as never,
    Details: change.details.map((detail) => ({
      Target: {
        Attribute: detail.attribute as never,
        ...(detail.name === null ? {} : { Name: detail.name }),
        RequiresRecreation: detail.requiresRecreation,
      },
      Evaluation: detail.evaluation,
      ChangeSource: detail.changeSource,
      ...(detail.causingEntity === null ? {} : { CausingEntity: detail.causingEntity }),
    })),
  },
});
