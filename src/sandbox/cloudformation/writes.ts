// Making, updating and deleting stacks without a change set.
import type {
  ContinueUpdateRollbackCommandInput,
  CreateStackCommandInput,
  DeleteStackCommandInput,
  SetStackPolicyCommandInput,
  UpdateStackCommandInput,
} from '@aws-sdk/client-cloudformation';
import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import { changesNothing, requestHash } from './change-sets.ts';
import { newStack } from './new-stack.ts';
import { beginCreate, beginDelete, beginUpdate, continueRollback, repeated } from './operate.ts';
import { contentOf } from './request.ts';
import { checkUpdatable, stackOf, stacksOf } from './stack.ts';
import { checkStackPolicy } from './stack-policy.ts';
import { invalid } from './template.ts';

/** CreateStack. Throws AlreadyExistsException; a repeated token answers the stack that it made. */
export function createStack(world: World, input: CreateStackCommandInput, call: Call): { StackId: string } {
  const { ClientRequestToken, ...rest } = input;
  const name = input.StackName ?? '';
  if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name))
    throw invalid(
      `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
    );
  const request = requestHash(rest);
  const present = stacksOf(world, call).find((stack) => stack.name === name && stack.deletedAt === null);
  if (present && repeated(present, ClientRequestToken, request)) return { StackId: present.id };
  if (present) throw new AwsError('AlreadyExistsException', `Stack [${name}] already exists`);
  if (input.StackPolicyBody !== undefined) checkStackPolicy(input.StackPolicyBody);
  const stack = newStack(world, call, name, contentOf(world, call, input, null), 'CREATE_IN_PROGRESS');
  stack.stackPolicy = input.StackPolicyBody ?? null;
  stack.terminationProtection = input.EnableTerminationProtection ?? false;
  beginCreate(call, stack, { token: ClientRequestToken ?? null, request });
  return { StackId: stack.id };
}

/** UpdateStack. Throws ValidationError ("No updates are to be performed.") and TokenAlreadyExistsException (G6). */
export function updateStack(world: World, input: UpdateStackCommandInput, call: Call): { StackId: string } {
  const { ClientRequestToken, ...rest } = input;
  const stack = stackOf(world, call, input.StackName, 'Stack [#] does not exist');
  const request = requestHash(rest);
  if (repeated(stack, ClientRequestToken, request)) return { StackId: stack.id };
  checkUpdatable(stack);
  if (input.StackPolicyBody !== undefined) checkStackPolicy(input.StackPolicyBody);
  const next = contentOf(world, call, input, stack.content);
  if (changesNothing(stack, next)) throw invalid('No updates are to be performed.');
  // Unlike ExecuteChangeSet, UpdateStack can override the stack policy for this update (G8).
  const during = input.StackPolicyDuringUpdateBody ?? stack.stackPolicy;
  stack.stackPolicy = input.StackPolicyBody ?? stack.stackPolicy;
  stack.changeSets = [];
  beginUpdate(world, call, stack, next, during, { token: ClientRequestToken ?? null, request });
  return { StackId: stack.id };
}

/** DeleteStack. A stack that is not there is no error; termination protection is (G13). */
export function deleteStack(world: World, input: DeleteStackCommandInput, call: Call): object {
  const { ClientRequestToken, ...rest } = input;
  const stack = stacksOf(world, call).find(
    ({ id, name, deletedAt }) => (id === input.StackName || name === input.StackName) && deletedAt === null,
  );
  if (!stack) return {};
  const request = requestHash(rest);
  if (repeated(stack, ClientRequestToken, request) || stack.status === 'DELETE_IN_PROGRESS') return {};
  if (stack.terminationProtection) throw invalid(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
  if (stack.operation) throw invalid(`Stack [${stack.id}] cannot be deleted while in status ${stack.status}`);
  beginDelete(call, stack, { token: ClientRequestToken ?? null, request });
  return {};
}

/** ContinueUpdateRollback: only for a stack in UPDATE_ROLLBACK_FAILED (G10). */
export function continueUpdateRollback(world: World, input: ContinueUpdateRollbackCommandInput, call: Call): object {
  const { ClientRequestToken, ...rest } = input;
  const stack = stackOf(world, call, input.StackName, 'Stack [#] does not exist');
  const request = requestHash(rest);
  if (repeated(stack, ClientRequestToken, request)) return {};
  if (stack.status !== 'UPDATE_ROLLBACK_FAILED')
    throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not continue update rollback.`);
  continueRollback(call, stack, { token: ClientRequestToken ?? null, request });
  return {};
}

export function setStackPolicy(world: World, input: SetStackPolicyCommandInput, call: Call): object {
  const stack = stackOf(world, call, input.StackName, 'Stack [#] does not exist');
  if (input.StackPolicyBody === undefined) throw invalid('You must specify either StackPolicyBody or StackPolicyURL, but not both.');
  checkStackPolicy(input.StackPolicyBody);
  stack.stackPolicy = input.StackPolicyBody;
  return {};
}
