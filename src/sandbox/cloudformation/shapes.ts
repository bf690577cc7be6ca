// What CloudFormation answers about a stack; NoEcho values never leave it (G2).
import type {
  Output,
  Parameter,
  Stack,
  StackEvent,
  StackResource,
  StackResourceSummary,
  StackSummary,
  Tag,
} from '@aws-sdk/client-cloudformation';
import { outputsOf } from './resolve.ts';
import { scopeOf } from './stack.ts';
import type { StackEventRecord, StackRecord, StackResourceRecord } from './state.ts';
import { parseTemplate, type Template } from './template.ts';

export const tagsShape = (tags: { readonly [key: string]: string }): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** The parameters with their values, NoEcho ones masked. */
export const parametersShape = (template: Template, parameters: { readonly [key: string]: string }): Parameter[] =>
  Object.entries(parameters).map(([ParameterKey, value]) => ({
    ParameterKey,
    ParameterValue: template.parameters[ParameterKey]?.noEcho ? '****' : value,
  }));

/** A stack as DescribeStacks answers it. */
export function stackShape(stack: StackRecord): Stack {
  const template = parseTemplate(stack.content.template);
  return {
    StackId: stack.id,
    StackName: stack.name,
    ...(template.description === null ? {} : { Description: template.description }),
    Parameters: parametersShape(template, stack.content.parameters),
    CreationTime: new Date(stack.createdAt),
    ...(stack.updatedAt === null ? {} : { LastUpdatedTime: new Date(stack.updatedAt) }),
    ...(stack.deletedAt === null ? {} : { DeletionTime: new Date(stack.deletedAt) }),
    RollbackConfiguration: {},
    StackStatus: stack.status as never,
    ...(stack.statusReason === null ? {} : { StackStatusReason: stack.statusReason }),
    DisableRollback: false,
    NotificationARNs: stack.content.notificationArns,
    Capabilities: stack.content.capabilities as never,
    Outputs: outputsShape(stack),
    ...(stack.content.roleArn === null ? {} : { RoleARN: stack.content.roleArn }),
    Tags: tagsShape(stack.content.tags),
    EnableTerminationProtection: stack.terminationProtection,
    ...(stack.parentId === null ? {} : { ParentId: stack.parentId }),
    ...(stack.rootId === null ? {} : { RootId: stack.rootId }),
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

export function summaryShape(stack: StackRecord): StackSummary {
  const {
    StackId,
    StackName,
    CreationTime,
    LastUpdatedTime,
    DeletionTime,
    StackStatus,
    StackStatusReason,
    ParentId,
    RootId,
    DriftInformation,
  } = stackShape(stack);
  return {
    StackId,
    StackName,
    CreationTime,
    LastUpdatedTime,
    DeletionTime,
    StackStatus,
    StackStatusReason,
    ParentId,
    RootId,
    DriftInformation,
  };
}

export const eventShape = (stack: StackRecord, event: StackEventRecord): StackEvent => ({
  StackId: stack.id,
  EventId: event.id,
  StackName: stack.name,
  LogicalResourceId: event.logicalId,
  PhysicalResourceId: event.physicalId,
  ResourceType: event.type,
  Timestamp: new Date(event.at),
  ResourceStatus: event.status as never,
  ...(event.reason === null ? {} : { ResourceStatusReason: event.reason }),
  ...(event.token === null ? {} : { ClientRequestToken: event.token }),
});

export const resourceSummaryShape = (resource: StackResourceRecord): StackResourceSummary => ({
  LogicalResourceId: resource.logicalId,
  PhysicalResourceId: resource.physicalId,
  ResourceType: resource.type,
  LastUpdatedTimestamp: new Date(resource.updatedAt),
  ResourceStatus: resource.status as never,
  ...(resource.reason === null ? {} : { ResourceStatusReason: resource.reason }),
  DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
});

export function resourceShape(stack: StackRecord, resource: StackResourceRecord): StackResource {
  const { LastUpdatedTimestamp, ...rest } = resourceSummaryShape(resource);
  return { StackName: stack.name, StackId: stack.id, Timestamp: LastUpdatedTimestamp, ...rest };
}

function outputsShape(stack: StackRecord): Output[] {
  if (stack.status === 'REVIEW_IN_PROGRESS') return [];
  return Object.entries(outputsOf(scopeOf(stack, stack.content))).map(([OutputKey, { value, description }]) => ({
    OutputKey,
    OutputValue: value,
    ...(description === null ? {} : { Description: description }),
  }));
}
