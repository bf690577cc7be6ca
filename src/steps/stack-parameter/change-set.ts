// The change set: made, checked, deleted again.
import { type ChangeSet, createChangeSet, findChangeSet, removeChangeSet, waitChangeSetCreated } from '../../aws/change-set.ts';
import { findStack } from '../../aws/stack.ts';
import type { Applied, Inspection, Made } from '../../engine/types.ts';
import { failed, stopped } from '../../errors.ts';
import type { Json } from '../../ports.ts';
import { type ChangeKind, reporting } from '../change-kind.ts';
import type { StepContext } from '../context.ts';
import { text, texts, truth } from '../fields.ts';
import { beyondTheParameter } from './follows.ts';

/** Names of change sets that this tool makes begin so. */
export const ourChangeSets = 'quilt-perimeter-';

/** The change set's name says what it sets, so that it is found again without a journal. */
export const changeSetName = (value: string): string => `${ourChangeSets}${value.replace(/[^a-zA-Z0-9-]/g, '-')}`.slice(0, 128);

/** Whether the change set can be executed and sets this value. */
export const isReady = (set: ChangeSet, parameter: string, value: Json): boolean =>
  set.status === 'CREATE_COMPLETE' && set.executionStatus === 'AVAILABLE' && set.parameters[parameter] === value;

export const changeSet: ChangeKind = {
  kind: 'change-set',

  async apply({ change: { after }, token }: Applied, ctx: StepContext): Promise<Made> {
    const value = text(after, 'value');
    const name = changeSetName(value);
    const id = await ensureChangeSet({ stack: text(after, 'stack'), name, value, after, keep: texts(after, 'keep'), token }, ctx);
    return { id, fields: { name } };
  },

  async wait(applied: Applied, ctx: StepContext): Promise<void> {
    const { after } = applied.change;
    const [stack, parameter, value] = [text(after, 'stack'), text(after, 'parameter'), text(after, 'value')];
    if (applied.made?.id === nothingToChange) return;
    const set = await waitChangeSetCreated(stack, changeSetName(value), ctx, reporting(applied, ctx));
    if (set === undefined) {
      await removeChangeSet(stack, changeSetName(value), ctx);
      await requireValue(stack, parameter, value, ctx);
      return;
    }
    const beyond = beyondTheParameter(set.changes, parameter);
    if (beyond.length === 0 || truth(after, 'acceptsMore')) return;
    await removeChangeSet(stack, set.name, ctx);
    throw stopped(
      'QP504',
      `checking change set (${set.name}) of stack ${stack}: it would do more than set ${parameter}: ${beyond.join('; ')}`,
      'ask your Quilt account manager whether that is meant; --accept QP504 goes on with it',
    );
  },

  async inspect({ change: { after } }: Applied, ctx: StepContext): Promise<Inspection> {
    const [stack, value] = [text(after, 'stack'), text(after, 'value')];
    const set = await findChangeSet(stack, changeSetName(value), ctx);
    if (set !== undefined && !/^(FAILED|DELETE_)/.test(set.status) && !/^(OBSOLETE|EXECUTE_FAILED)$/.test(set.executionStatus)) {
      return { state: 'as-made', aws: { changeSet: set.name, status: set.status }, inUseBy: [] };
    }
    // Executing it uses it up.
    const found = await findStack(stack, ctx);
    const isSet = found?.parameters.some((each) => each.key === text(after, 'parameter') && each.value === value) === true;
    return isSet ? { state: 'as-made', aws: { changeSet: 'executed' }, inUseBy: [] } : { state: 'gone' };
  },

  async undo({ change: { after } }: Applied, ctx: StepContext): Promise<void> {
    await removeChangeSet(text(after, 'stack'), changeSetName(text(after, 'value')), ctx);
  },
};

/** The id of what was made where nothing had to be changed. */
export const nothingToChange = 'no-changes';

/**
 * The id of the change set of this name, made where there is none that can be executed; one that failed or is out of date is
 * deleted first. `nothingToChange` where the stack has the value already. Throws PerimeterError where the template makes
 * nothing of the parameter.
 */
export async function ensureChangeSet(
  wanted: {
    readonly stack: string;
    readonly name: string;
    readonly value: string;
    readonly after: Json;
    readonly keep: readonly string[];
    readonly token: string;
  },
  ctx: StepContext,
): Promise<string> {
  const { stack, name, value, after, keep } = wanted;
  const parameter = text(after, 'parameter');
  const standing = await findChangeSet(stack, name, ctx);
  const isMaking = standing !== undefined && /^CREATE_(PENDING|IN_PROGRESS)$/.test(standing.status);
  if (standing !== undefined && (isMaking || isReady(standing, parameter, value))) return standing.id;
  if (standing !== undefined) await removeChangeSet(stack, name, ctx);
  // The token of the one that was deleted would be answered with that one.
  const token = standing === undefined ? wanted.token : `${wanted.token}-again`;
  const id = await createChangeSet({ stack, name, parameter, value, keep, capabilities: texts(after, 'capabilities') }, token, ctx);
  if (id !== 'empty') return id;
  await requireValue(stack, parameter, value, ctx);
  return nothingToChange;
}

/** Throws PerimeterError where CloudFormation sees no change and the stack does not have the value. */
export async function requireValue(stack: string, parameter: string, value: string, ctx: StepContext): Promise<void> {
  const found = await findStack(stack, ctx);
  if (found?.parameters.some((each) => each.key === parameter && each.value === value)) return;
  throw failed(
    'parameter-without-effect',
    `making change set of stack (${stack}): CloudFormation sees no change in setting ${parameter} to ${value || 'nothing'}`,
    'nothing in the template depends on the parameter: ask your Quilt account manager for a template with private endpoints',
  );
}
