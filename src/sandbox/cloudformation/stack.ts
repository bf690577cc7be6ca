// Finding stacks, and the scope in which a stack's template is worked out.
import type { Call } from '../types.ts';
import type { World } from '../world.ts';
import { physicalIdOf } from './physical-ids.ts';
import { propertiesOf, type Scope, standing } from './resolve.ts';
import { settleStack } from './settle.ts';
import type { StackContent, StackRecord } from './state.ts';
import { invalid, parseTemplate } from './template.ts';

/** The stacks of the caller's account and Region, deleted ones included, as time has made them. */
export function stacksOf(world: World, call: Call): StackRecord[] {
  const stacks = Object.values(world.cloudformation.stacks).filter(
    (stack) => stack.accountId === call.caller.accountId && stack.region === call.region,
  );
  for (const stack of stacks) settleStack(stack, call.now);
  return stacks;
}

/** The stack of this name (not deleted) or id (deleted too). Throws ValidationError; `message` says how this operation words it. */
export function stackOf(world: World, call: Call, nameOrId: string | undefined, message = 'Stack with id # does not exist'): StackRecord {
  if (!nameOrId)
    throw invalid("1 validation error detected: Value null at 'stackName' failed to satisfy constraint: Member must not be null");
  const stack = stacksOf(world, call).find(({ id, name, deletedAt }) => id === nameOrId || (name === nameOrId && deletedAt === null));
  if (!stack) throw invalid(message.replace('#', nameOrId));
  return stack;
}

/** Statuses in which a stack takes an update (G10). */
const updatable = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'IMPORT_COMPLETE', 'IMPORT_ROLLBACK_COMPLETE'];

/** Throws ValidationError where the stack's status does not allow an update (G6, G10). */
export function checkUpdatable(stack: StackRecord): void {
  if (!updatable.includes(stack.status)) throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
}

/** The scope of a stack's template under this content. */
export function scopeOf(stack: StackRecord, content: StackContent): Scope {
  return {
    template: parseTemplate(content.template),
    parameters: content.parameters,
    region: stack.region,
    accountId: stack.accountId,
    stackName: stack.name,
    stackId: stack.id,
    physicalIds: Object.fromEntries(stack.resources.map(({ logicalId, physicalId }) => [logicalId, physicalId])),
  };
}

/** Records for all resources that stand under the stack's content: those known stay as they are, new ones get an id. */
export function resourcesFor(stack: StackRecord, content: StackContent, now: number): StackRecord['resources'] {
  const scope = scopeOf(stack, content);
  const typeOf = (logicalId: string): string => scope.template.resources[logicalId]?.type ?? '';
  return standing(scope).map(
    (logicalId) =>
      stack.resources.find((resource) => resource.logicalId === logicalId) ?? {
        logicalId,
        physicalId: physicalIdOf(stack, logicalId, typeOf(logicalId), propertiesOf(logicalId, scope)),
        type: typeOf(logicalId),
        status: 'CREATE_COMPLETE',
        reason: null,
        updatedAt: now,
      },
  );
}
