// Reads that may be refused become `Known`: a missing permission is told by name, never guessed around.
import { type Known, known, unknown } from '../ports.ts';
import { actionOf } from './explain-error.ts';
import { isUntold } from './told.ts';

/** Access-denied names of EC2, S3 (HEAD has only the status), IAM, STS, CloudFormation, Organizations, Route 53 and Service Quotas. */
const refusedNames: ReadonlySet<string> = new Set([
  'UnauthorizedOperation',
  'UnauthorizedException',
  'AccessDenied',
  'AccessDeniedException',
  'AccessDeniedForDependencyException',
  'AllAccessDisabled',
  'AuthorizationError',
  'Forbidden',
  'NotAuthorized',
  'NotAuthorizedException',
  '403',
]);

/** The error's `name`, or its class where it is no Error. EC2 and S3 model almost no errors: this string is what is matched. */
export const errorName = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

/** The error's message, or an empty string. */
export const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : '');

/** Whether AWS refused for want of a permission. */
export function isRefused(error: unknown): boolean {
  if (refusedNames.has(errorName(error))) return true;
  return (
    typeof error === 'object' &&
    error !== null &&
    '$metadata' in error &&
    statusOf(error.$metadata) === 403 &&
    errorName(error) === 'Unknown'
  );
}

/**
 * Runs a read that may be refused.
 * @param action the IAM action that it needs, such as `ec2:DescribeNetworkInterfaces`; of several calls the refused one is told
 * @returns what was read, or unknown with the action and AWS's reason, also where the answer lacks what it must hold; every other
 *   error is thrown on
 */
export async function readOrUnknown<T>(action: string, read: () => Promise<T>): Promise<Known<T>> {
  try {
    return known(await read());
  } catch (error) {
    if (isUntold(error)) return unknown(action, error.summary);
    if (!isRefused(error)) throw error;
    return unknown(actionOf(error) ?? action, errorMessage(error) || errorName(error));
  }
}

const statusOf = (metadata: unknown): unknown =>
  typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata ? metadata.httpStatusCode : undefined;

/** Whether there is no such service, or no such operation of it, where it was asked: not in this Region, or not in a look-alike. */
export function isAbsent(error: unknown): boolean {
  const name = errorName(error);
  if (['UnknownService', 'UnknownOperationException', 'NotImplemented', 'InvalidAction'].includes(name)) return true;
  if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOTFOUND') return true;
  return typeof error === 'object' && error !== null && '$metadata' in error && [404, 501].includes(Number(statusOf(error.$metadata)));
}
