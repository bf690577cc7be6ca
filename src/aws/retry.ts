// Which calls are sent again. Reads: after lost connections, server errors and throttles. Writes: only where AWS said
// that it did nothing, since a call whose answer was lost may have made something.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { EC2ClientConfig } from '@aws-sdk/client-ec2';
import type { Clock } from '../ports.ts';

type Strategy = Extract<Exclude<EC2ClientConfig['retryStrategy'], undefined>, { refreshRetryTokenForRetry: unknown }>;
type Failure = Parameters<Strategy['refreshRetryTokenForRetry']>[1];

/** The call in flight, as far as the retry strategy needs it; the SDK tells a strategy nothing about its operation. */
export const callInFlight = new AsyncLocalStorage<{ readonly operation: string }>();

/** True for operations that change nothing: they may be sent any number of times. */
export const isRead = (operation: string): boolean => /^(?:Describe|List|Get|Head|Search|Lookup|Simulate)/.test(operation);

/** Writes that may be sent again: Athena knows a query by the token that the SDK gives it, and stopping it twice is stopping it. */
const repeatable = new Set(['StartQueryExecution', 'StopQueryExecution']);

// Refusals that leave everything as it was and pass by themselves.
const refusedForNow = new Set([
  'ConcurrentModificationException',
  'OperationAborted',
  'PolicyChangesInProgressException',
  'PriorRequestNotComplete',
  'RequestLimitExceeded',
  'SlowDown',
  'ThrottlingException',
  'TooManyRequestsException',
]);

// What services answer to a signature whose date is too far from theirs; EC2 says AuthFailure.
const refusedForDate = new Set([
  'AuthFailure',
  'InvalidSignatureException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
]);

// The SDK counts this among throttles, but CloudFormation and IAM mean a quota by it.
const quotaExceeded = 'LimitExceededException';

const limits = {
  throttle: { retries: 15, firstDelay: 500, longestDelay: 20_000 },
  transient: { retries: 5, firstDelay: 200, longestDelay: 5_000 },
} as const;

/**
 * A retry strategy for all clients. Waits through `clock` (exponential, with jitter from `random` in [0, 1)), at most 15
 * times for a throttle and 5 times for a lost connection.
 */
export function retryStrategy(clock: Clock, random: () => number): Strategy {
  const token = (retries: number) => ({ getRetryCount: () => retries, getRetryDelay: () => 0 });
  return {
    acquireInitialRetryToken: async () => token(0),
    refreshRetryTokenForRetry: async (previous, failure) => {
      const call = callInFlight.getStore();
      const limit = limits[kindOf(failure, call?.operation ?? '') ?? giveUp(failure)];
      const retries = previous.getRetryCount();
      if (retries >= limit.retries) giveUp(failure);
      const delay = Math.min(limit.longestDelay, limit.firstDelay * 2 ** retries);
      await clock.sleep(delay * (0.5 + random() / 2));
      return token(retries + 1);
    },
    recordSuccess: () => undefined,
  };
}

function kindOf(failure: Failure, operation: string): keyof typeof limits | null {
  const name = failure.error?.name ?? '';
  if (name === quotaExceeded) return null;
  if (failure.errorType === 'THROTTLING' || refusedForNow.has(name)) return 'throttle';
  const metadata = failure.error?.$metadata;
  if (metadata?.clockSkewCorrected === true && (metadata.httpStatusCode ?? 500) < 500) {
    // A signature refused for its date changed nothing; the SDK has corrected its clock by then. Where the clock is off it says
    // so of every error, and answers to HEAD have no code.
    return refusedForDate.has(name) || operation.startsWith('Head') ? 'transient' : null;
  }
  const lost = failure.errorType === 'TRANSIENT' || failure.errorType === 'SERVER_ERROR';
  return lost && (isRead(operation) || repeatable.has(operation)) ? 'transient' : null;
}

function giveUp(failure: Failure): never {
  throw failure.error ?? new Error('no more retries');
}
