// Errors of Organizations, with the Reason that it sends beside the message (D9–D11).
import { AwsError } from '../types.ts';

/** InvalidInputException with its Reason. */
export const invalidInput = (reason: string, message: string): AwsError =>
  new AwsError('InvalidInputException', message, 400, { Reason: reason });

/** ConstraintViolationException with its Reason (D11). */
export const constraint = (reason: string, message: string): AwsError =>
  new AwsError('ConstraintViolationException', message, 400, { Reason: reason });

/** An error of Organizations that carries nothing but its message. */
export const refused = (code: string, message: string): AwsError => new AwsError(code, message, 400);

/** A required member of the request. Throws InvalidInputException (INPUT_REQUIRED) where it is missing. */
export function need<T>(value: T | undefined | null, name: string): T {
  if (value === undefined || value === null) throw invalidInput('INPUT_REQUIRED', `You must specify a value for ${name}.`);
  return value;
}

/** A text of bounded length. Throws InvalidInputException (MIN_LENGTH_EXCEEDED, MAX_LENGTH_EXCEEDED) where it is not. */
export function bounded(value: string, name: string, least: number, most: number): string {
  if (value.length < least) throw invalidInput('MIN_LENGTH_EXCEEDED', `${name} must have at least ${least} characters.`);
  if (value.length > most) throw invalidInput('MAX_LENGTH_EXCEEDED', `${name} must have at most ${most} characters.`);
  return value;
}

/** A text of a given form. Throws InvalidInputException with `reason` where it is not. */
export function shaped(value: string, pattern: RegExp, name: string, reason = 'INVALID_PATTERN'): string {
  if (!pattern.test(value)) throw invalidInput(reason, `You provided a value for ${name} that does not match the required pattern.`);
  return value;
}
