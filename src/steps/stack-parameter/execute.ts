// Executing the change set, and putting the former value back by another one.
import { executeChangeSet, findChangeSet, removeChangeSet, waitChangeSetCreated } from '../../aws/change-set.ts';
import { findStack, readUpdateEvents } from '../../aws/stack.ts';
import type { Stack } from '../../aws/types.ts';
import { waitUntil } from '../../aws/wait.ts';
import type { Applied, Inspection, Made } from '../../engine/types.ts';
import { changedMeanwhile, failed, type PerimeterError, stopped } from '../../errors.ts';
import type { Json } from '../../ports.ts';
import { type ChangeKind, reporting } from '../change-kind.ts';
import type { StepContext } from '../context.ts';
import { text } from '../fields.ts';
import { changeSetName, ensureChangeSet, nothingToChange, requireValue } from './change-set.ts';
import { wayOut } from './halfway.ts';

export const execute: ChangeKind = {
  kind: 'execute',

  async apply({ change: { before, after }, token }: Applied, ctx: StepContext): Promise<Made> {
    const [name, parameter, value] = [text(after, 'stack'), text(after, 'parameter'), text(after, 'value')];
    const stack = await requireStack(name, ctx);
    const made = { id: stack.id, fields: { changeSet: changeSetName(value) } };
    const now = parameterValue(stack, parameter);
    if (now === value) return made;
    if (now !== text(before, 'value')) {
      throw changedMeanwhile(
        `executing change set of stack (${name}): somebody set ${parameter} since it was planned`,
        'find out who set it, then run again',
        { aws: { [parameter]: now }, expected: { [parameter]: text(before, 'value') } },
      );
    }
    const set = await findChangeSet(name, changeSetName(value), ctx);
    if (set?.executionStatus === 'EXECUTE_IN_PROGRESS' || (set === undefined && stack.status.endsWith('_IN_PROGRESS'))) return made;
    if (set === undefined || set.executionStatus !== 'AVAILABLE') {
      const state = set === undefined ? 'it is gone' : `it is ${set.executionStatus}`;
      throw changedMeanwhile(`executing change set (${changeSetName(value)}) of stack ${name}: ${state}`, 'run again: it is made anew', {
        aws: { changeSet: set?.executionStatus ?? null },
        expected: { changeSet: 'AVAILABLE' },
      });
    }
    await executeChangeSet(name, set.name, token, ctx);
    return made;
  },

  async wait(applied: Applied, ctx: StepContext): Promise<void> {
    const { before, after } = applied.change;
    await waitUpdated(applied, { value: text(after, 'value'), token: applied.token, statusBefore: text(before, 'status') }, ctx);
  },

  async inspect({ change: { before, after } }: Applied, ctx: StepContext): Promise<Inspection> {
    const stack = await findStack(text(after, 'stack'), ctx);
    if (stack === undefined) return { state: 'gone' };
    const value = parameterValue(stack, text(after, 'parameter'));
    const aws = { value };
    if (value === text(after, 'value')) return { state: 'as-made', aws, inUseBy: [] };
    // The value is back, but some of the stack's resources may still have the new one: it is undone once they are back too.
    if (value === text(before, 'value') && isHalfway(stack)) return { state: 'as-made', aws: { value, status: stack.status }, inUseBy: [] };
    if (value === text(before, 'value')) return { state: 'as-before', aws };
    return { state: 'drifted', aws, expected: { value: text(after, 'value') }, ours: false };
  },

  async undo(applied: Applied, ctx: StepContext, seen?: Json): Promise<void> {
    const { before, after } = applied.change;
    const [name, parameter, value] = [text(after, 'stack'), text(after, 'parameter'), text(before, 'value')];
    const stack = await settled(applied, ctx);
    if (stack !== undefined && isHalfway(stack)) {
      throw halfway(stack, `undoing update of stack (${name}): it is in ${stack.status}, and its resources may have either value`, ctx);
    }
    if (stack === undefined || parameterValue(stack, parameter) === value) return;
    const expected = seen === undefined ? text(after, 'value') : text(seen, 'value');
    requireUnchanged(stack, parameter, expected);
    const set = `quilt-perimeter-undo-${applied.token}`;
    const keep = stack.parameters.map(({ key }) => key).filter((key) => key !== parameter);
    // A token of each run's own: CloudFormation refuses one that an undo which failed has used.
    const token = `${applied.token}-undo-${ctx.run.id}`;
    const id = await ensureChangeSet({ stack: name, name: set, value, after, keep, token }, ctx);
    if (id === nothingToChange) return;
    if ((await waitChangeSetCreated(name, set, ctx, reporting(applied, ctx))) === undefined) {
      await removeChangeSet(name, set, ctx);
      await requireValue(name, parameter, value, ctx);
      return;
    }
    try {
      requireUnchanged(await requireStack(name, ctx), parameter, expected);
    } catch (error) {
      await removeChangeSet(name, set, ctx);
      throw error;
    }
    await executeChangeSet(name, set, token, ctx);
    await waitUpdated(applied, { value, token, statusBefore: stack.status }, ctx);
  },
};

const parameterValue = (stack: Stack, parameter: string): string => stack.parameters.find(({ key }) => key === parameter)?.value ?? '';

/** Throws QP703 where somebody gave the parameter another value since. */
function requireUnchanged(stack: Stack, parameter: string, expected: string): void {
  const value = parameterValue(stack, parameter);
  if (value === expected) return;
  throw changedMeanwhile(
    `putting ${parameter} of stack (${stack.name}) back: somebody set it just now`,
    'run rollback again: it looks at what is there now',
    { aws: { value }, expected: { value: expected } },
  );
}

async function requireStack(name: string, ctx: StepContext): Promise<Stack> {
  const stack = await findStack(name, ctx);
  if (stack !== undefined) return stack;
  throw failed('STACK_GONE', `reading stack (${name}): it was deleted since`, 'name another with --stack');
}

/** The stack once no update of it is under way; undefined where it is gone. */
async function settled(applied: Applied, ctx: StepContext): Promise<Stack | undefined> {
  const name = text(applied.change.after, 'stack');
  const { stack } = await waitUntil(
    { what: `waiting for stack (${name}) to be still`, timeoutSeconds: 3600, everySeconds: 10, waited: reporting(applied, ctx) },
    async () => {
      const found = await findStack(name, ctx);
      return found?.status.endsWith('_IN_PROGRESS') ? undefined : { stack: found };
    },
    ctx,
  );
  return stack;
}

// A status that stood before may still be read for a while after the update was asked for.
const staleSeconds = 120;

/**
 * Waits until the stack is updated and has the value, at most an hour. Throws PerimeterError with what failed first where the
 * update was rolled back (failed) or its rollback failed too (stopped, with the command that goes on).
 */
async function waitUpdated(
  applied: Applied,
  update: { readonly value: string; readonly token: string; readonly statusBefore: string },
  ctx: StepContext,
): Promise<void> {
  const { after } = applied.change;
  const [name, parameter] = [text(after, 'stack'), text(after, 'parameter')];
  const began = ctx.clock.now().getTime();
  await waitUntil(
    { what: `updating stack (${name})`, timeoutSeconds: 3600, everySeconds: 10, waited: reporting(applied, ctx) },
    async () => {
      const stack = await requireStack(name, ctx);
      if (/^(UPDATE|CREATE|IMPORT)_COMPLETE$/.test(stack.status))
        return parameterValue(stack, parameter) === update.value ? true : undefined;
      if (!/^UPDATE_(ROLLBACK_COMPLETE|ROLLBACK_FAILED|FAILED)$/.test(stack.status)) return undefined;
      const events = await readUpdateEvents(stack.id, update.token, ctx);
      const mayBeStale = stack.status === update.statusBefore && ctx.clock.now().getTime() - began < staleSeconds * 1000;
      if (mayBeStale && events.stackStatus !== stack.status) return undefined;
      throw updateFailed(stack, events.firstFailure, ctx);
    },
    ctx,
  );
}

function updateFailed(stack: Stack, firstFailure: string | null, ctx: StepContext): PerimeterError {
  const summary = `updating stack (${stack.name}): ${stack.status}: ${firstFailure ?? 'no resource is named as the first to fail'}`;
  if (isHalfway(stack)) return halfway(stack, summary, ctx);
  return failed('STACK_UPDATE_FAILED', summary, 'the value that stood before stands again; see to the cause, then run again');
}

/** Whether an update ended with some resources updated and others not (G10). */
const isHalfway = ({ status }: Stack): boolean => wayOut(status) !== null;

function halfway(stack: Stack, summary: string, ctx: StepContext): PerimeterError {
  const command = `${wayOut(stack.status)} --stack-name ${stack.name} --region ${ctx.aws.region}`;
  return stopped('stack-rollback-failed', summary, `see to the cause, then: ${command}; then run again`);
}
