// What an answer must hold to be understood. AWS leaves out what is not set, but never these; a proxy's page, a cut body or a
// look-alike may, and a thing without its id, its list or its state must not be taken for one that is not there.
import { failed, PerimeterError } from '../errors.ts';

const code = 'ANSWER';

/**
 * The value that the answer must have told.
 * @param operation that answered, such as `DescribeSubnets`
 * @throws PerimeterError `ANSWER` (failed) where it did not
 */
export function told<T>(value: T | null | undefined, operation: string, field: string): T {
  if (value !== undefined && value !== null && value !== '') return value;
  throw failed(
    code,
    `reading the answer to ${operation}: it has no ${field}`,
    'run again; if it stays so, check AWS_ENDPOINT_URL and any proxy on the way to AWS',
  );
}

/** Whether an answer lacked what it must hold. */
export const isUntold = (error: unknown): error is PerimeterError => error instanceof PerimeterError && error.code === code;
