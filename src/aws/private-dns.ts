// Private DNS and the conflict that AWS answers while the hosted zone of an endpoint that was deleted is still being detached.
import { failed } from '../errors.ts';
import type { AwsContext } from './context.ts';
import { errorMessage, errorName } from './refused.ts';
import { waitUntil } from './wait.ts';

/**
 * Makes a call that turns private DNS on, again and again for at most ten minutes while an endpoint of the same service is
 * going (A12, A13: the code is generic, so the message is matched too).
 * @param what gerund, noun and id
 * @throws PerimeterError `QP103` (failed) where something that stays claims the name
 */
export async function pastDnsConflict<T>(
  what: string,
  call: () => Promise<T>,
  isOtherGoing: () => Promise<boolean>,
  ctx: Pick<AwsContext, 'clock' | 'signal'>,
  waited?: (seconds: number) => void,
): Promise<T> {
  const attempt = async (): Promise<{ readonly answer: T } | undefined> => {
    try {
      return { answer: await call() };
    } catch (error) {
      if (errorName(error) !== 'InvalidParameter' || !/conflicting DNS domain/i.test(errorMessage(error))) throw error;
      if (await isOtherGoing()) return undefined;
      throw failed(
        'QP103',
        `${what}: ${errorMessage(error)}`,
        'disassociate the private hosted zone or reuse the endpoint that claims this name, or set endpoints.apiGateway.privateDns: false',
        error,
      );
    }
  };
  const wait = { what, timeoutSeconds: 600, everySeconds: 15, ...(waited ? { waited } : {}) };
  return (await waitUntil(wait, attempt, ctx)).answer;
}
