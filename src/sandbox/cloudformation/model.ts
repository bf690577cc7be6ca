// AWS CloudFormation: stacks, change sets and their asynchronous ends, as facts G1–G13 have them. It changes nothing
// else in the world: a stack's resources are names in a list.
import type { ServiceModel } from '../types.ts';
import type { World } from '../world.ts';
import { createChangeSet, deleteChangeSet, describeChangeSet, executeChangeSet, listChangeSets } from './change-sets.ts';
import {
  describeStackEvents,
  describeStackResources,
  describeStacks,
  getStackPolicy,
  getTemplate,
  getTemplateSummary,
  listStackResources,
  listStacks,
} from './reads.ts';
import { continueUpdateRollback, createStack, deleteStack, setStackPolicy, updateStack } from './writes.ts';

export const cloudFormationModel: ServiceModel<World> = {
  service: 'cloudformation',
  operations: {
    DescribeStacks: { kind: 'read', run: describeStacks },
    ListStacks: { kind: 'read', run: listStacks },
    DescribeStackEvents: { kind: 'read', run: describeStackEvents },
    DescribeStackResources: { kind: 'read', run: describeStackResources },
    ListStackResources: { kind: 'read', run: listStackResources },
    GetTemplate: { kind: 'read', run: getTemplate },
    GetTemplateSummary: { kind: 'read', run: getTemplateSummary },
    GetStackPolicy: { kind: 'read', run: getStackPolicy },
    SetStackPolicy: { kind: 'write', run: setStackPolicy },
    CreateStack: { kind: 'write', run: createStack },
    UpdateStack: { kind: 'write', run: updateStack },
    DeleteStack: { kind: 'write', run: deleteStack },
    ContinueUpdateRollback: { kind: 'write', run: continueUpdateRollback },
    CreateChangeSet: { kind: 'write', run: createChangeSet },
    DescribeChangeSet: { kind: 'read', run: describeChangeSet },
    ListChangeSets: { kind: 'read', run: listChangeSets },
    ExecuteChangeSet: { kind: 'write', run: executeChangeSet },
    DeleteChangeSet: { kind: 'write', run: deleteChangeSet },
  },
};
