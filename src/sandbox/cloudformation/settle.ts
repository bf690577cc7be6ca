// What time does to stacks and change sets: dated steps that are due become statuses and events. A pure function of the
// state and the time, so that every process comes to the same.
import type { CloudFormationState, OperationStep, StackOperation, StackRecord } from './state.ts';

/** Brings all stacks to `now` (simulated milliseconds). Safe to repeat. */
export function settleCloudFormation(state: CloudFormationState, now: number): void {
  for (const stack of Object.values(state.stacks)) settleStack(stack, now);
}

/** Brings one stack and its change sets to `now`. */
export function settleStack(stack: StackRecord, now: number): void {
  for (const changeSet of stack.changeSets) {
    if (changeSet.status !== 'CREATE_IN_PROGRESS' || changeSet.readyAt > now) continue;
    changeSet.status = changeSet.outcome.status;
    changeSet.statusReason = changeSet.outcome.reason;
    changeSet.executionStatus = changeSet.outcome.status === 'CREATE_COMPLETE' ? 'AVAILABLE' : 'UNAVAILABLE';
  }
  while (stack.operation) {
    const [step] = stack.operation.steps;
    if (!step) finish(stack, stack.operation);
    else if (step.at <= now) take(stack, stack.operation, step);
    else return;
  }
}

function take(stack: StackRecord, operation: StackOperation, step: OperationStep): void {
  operation.steps.shift();
  const own = step.stackStatus !== null;
  if (step.effect === 'commit') commit(stack, operation, step.at);
  if (step.effect === 'restore') restore(stack, operation);
  const resource = stack.resources.find(({ logicalId }) => logicalId === step.logicalId);
  if (own) {
    stack.status = step.status;
    stack.statusReason = step.reason;
    if (step.status === 'DELETE_COMPLETE') stack.deletedAt = step.at;
  } else if (resource) {
    resource.status = step.status;
    resource.reason = step.reason;
    resource.updatedAt = step.at;
    if (step.effect === 'remove') stack.resources = stack.resources.filter((other) => other !== resource);
  }
  stack.events.push({
    id: own ? `${stack.name}-${stack.events.length}` : `${step.logicalId}-${step.status}-${stack.events.length}`,
    at: step.at,
    logicalId: own ? stack.name : step.logicalId,
    physicalId: own ? stack.id : (resource?.physicalId ?? ''),
    type: own ? 'AWS::CloudFormation::Stack' : (resource?.type ?? ''),
    status: step.status,
    reason: step.reason,
    token: operation.token,
  });
}

function commit(stack: StackRecord, operation: StackOperation, at: number): void {
  stack.content = structuredClone(operation.next);
  stack.resources = [...stack.resources, ...structuredClone(operation.added)];
  if (operation.kind === 'update') stack.updatedAt = at;
}

function restore(stack: StackRecord, operation: StackOperation): void {
  stack.content = structuredClone(operation.previous);
  stack.resources = stack.resources.filter(({ logicalId }) => !operation.added.some((added) => added.logicalId === logicalId));
}

function finish(stack: StackRecord, operation: StackOperation): void {
  stack.operation = null;
  if (operation.token !== null) stack.tokens[operation.token] = operation.request;
  stack.unfinishedRollback = stack.status === 'UPDATE_ROLLBACK_FAILED' ? structuredClone(operation.previous) : null;
  for (const changeSet of stack.changeSets)
    if (changeSet.executionStatus === 'EXECUTE_IN_PROGRESS')
      changeSet.executionStatus =
        stack.status.endsWith('ROLLBACK_COMPLETE') || stack.status.endsWith('FAILED') ? 'EXECUTE_FAILED' : 'EXECUTE_COMPLETE';
}
