// A stack's record before anything happened to it.
import type { Call } from '../types.ts';
import type { World } from '../world.ts';
import type { StackContent, StackRecord } from './state.ts';

/** An empty record for a stack that stands already or is about to be made; it is not yet in the state. */
export const stackRecord = (
  of: Pick<StackRecord, 'id' | 'name' | 'accountId' | 'region' | 'status' | 'createdAt' | 'content'> & Partial<StackRecord>,
): StackRecord => ({
  statusReason: null,
  updatedAt: null,
  deletedAt: null,
  resources: [],
  events: [],
  changeSets: [],
  stackPolicy: null,
  parentId: null,
  rootId: null,
  terminationProtection: false,
  operation: null,
  tokens: {},
  unfinishedRollback: null,
  ...of,
});

/** Adds a stack in `status` to the caller's account and Region. */
export function newStack(world: World, call: Call, name: string, content: StackContent, status: string): StackRecord {
  const id = `arn:aws:cloudformation:${call.region}:${call.caller.accountId}:stack/${name}/${call.id('s').slice(2)}`;
  const stack = stackRecord({ id, name, accountId: call.caller.accountId, region: call.region, status, createdAt: call.now, content });
  world.cloudformation.stacks[id] = stack;
  return stack;
}
