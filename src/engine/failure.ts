// What an error says about the call that threw it, and how it is told to a person.
import { failed, PerimeterError } from '../errors.ts';

/** Ctrl-C or SIGTERM: exit 130. */
export const interruption = (cause?: unknown): PerimeterError =>
  new PerimeterError(
    'interrupted',
    'INTERRUPTED',
    { summary: 'interrupted: what had been begun is in the journal', remedy: 'run again to go on' },
    cause === undefined ? undefined : { cause },
  );

/** The error as one that can be printed. `doing` is gerund, noun (id): `making nat/vpc-1/gateway`. */
export function explained(error: unknown, doing: string): PerimeterError {
  if (error instanceof PerimeterError) return error;
  const isNamed = error instanceof Error && error.name !== 'Error';
  const cause = isNamed ? `${error.name}: ${error.message}` : error instanceof Error ? error.message : String(error);
  return failed(isNamed ? error.name : 'FAILED', `${doing}: ${cause}`, 'see to the cause, then run again to go on', error);
}

/**
 * Whether AWS answered that it did not carry the call out: an HTTP status of 400 to 499 other than 408. A lost answer, a
 * server error or anything else leaves that open.
 */
export function wasRefused(error: unknown): boolean {
  const status = httpStatus(error);
  return status !== null && status >= 400 && status < 500 && status !== 408;
}

/** Whether `wait` found that what was made never came to work, as against not having been able to look or to wait longer. */
export function cameToNothing(error: unknown): boolean {
  if (!(error instanceof PerimeterError) || error.code.toLowerCase() === 'timeout') return false;
  return (error.kind === 'failed' || error.kind === 'stopped') && httpStatus(error) === null;
}

// The SDK's errors carry `$metadata.httpStatusCode`; steps may have wrapped them.
function httpStatus(error: unknown): number | null {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    const metadata: unknown = '$metadata' in each ? each.$metadata : null;
    if (typeof metadata !== 'object' || metadata === null) continue;
    const status: unknown = 'httpStatusCode' in metadata ? metadata.httpStatusCode : null;
    return typeof status === 'number' ? status : 0;
  }
  return null;
}
