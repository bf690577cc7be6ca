// How one operation is written down: its kind, and a function from the SDK's input to the SDK's output.
import { AwsError, type Call, type Write } from '../types.ts';
import type { World } from '../world.ts';
import { sweep } from './store.ts';

export interface Operation<I, O> {
  readonly kind: Write;
  run(world: World, input: I, call: Call): O;
}

function operation<I extends object, O>(kind: Write, run: (world: World, input: I, call: Call) => O): Operation<I, O> {
  return {
    kind,
    run(world, input, call) {
      if ('DryRun' in input && input.DryRun === true)
        throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
      if (kind === 'write') sweep(world, call.now);
      return run(world, input, call);
    },
  };
}

/** An operation that changes nothing. Throws DryRunOperation (412) where the input asks for a dry run (I7). */
export function read<I extends object, O>(run: (world: World, input: I, call: Call) => O): Operation<I, O> {
  return operation('read', run);
}

/** An operation that changes the world. Throws DryRunOperation (412) where the input asks for a dry run (I7). */
export function write<I extends object, O>(run: (world: World, input: I, call: Call) => O): Operation<I, O> {
  return operation('write', run);
}

/** The required parameter's value. Throws MissingParameter as EC2 words it. */
export function need<T>(value: T | undefined | null, name: string): T {
  if (value === undefined || value === null || value === '')
    throw new AwsError('MissingParameter', `The request must contain the parameter ${name}`);
  return value;
}

/** InvalidParameterValue with this message. */
export function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}

/** DependencyViolation: a resource that something else still needs. */
export function inUse(message: string): AwsError {
  return new AwsError('DependencyViolation', message);
}
