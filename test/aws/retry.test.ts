// Which failures are sent again where this machine's clock is off: the SDK then marks every error as one of the clock.
import { describe, expect, test } from 'vitest';
import { callInFlight, retryStrategy } from '../../src/aws/retry.ts';

const strategy = retryStrategy({ now: () => new Date(0), sleep: async () => undefined }, () => 0);

/** Whether the operation is sent again after this error, as the SDK hands it over on a machine whose clock is off. */
async function isSentAgain(operation: string, name: string, httpStatusCode: number): Promise<boolean> {
  const error = Object.assign(new Error(name), { name, $metadata: { httpStatusCode, clockSkewCorrected: true } });
  const failure = { error, errorType: 'TRANSIENT' } as Parameters<typeof strategy.refreshRetryTokenForRetry>[1];
  const token = await strategy.acquireInitialRetryToken('test');
  try {
    await callInFlight.run({ operation }, () => strategy.refreshRetryTokenForRetry(token, failure));
    return true;
  } catch (thrown) {
    expect(thrown).toBe(error);
    return false;
  }
}

describe('where the clock is off', () => {
  test.each([
    ['AllocateAddress', 'RequestExpired', 400],
    ['AllocateAddress', 'AuthFailure', 401],
    ['GetObject', 'RequestTimeTooSkewed', 403],
    ['HeadBucket', '403', 403],
    ['DescribeVpcs', 'InternalError', 500],
  ])('%s is sent again after %s (%d)', async (operation, name, status) => {
    expect(await isSentAgain(operation, name, status)).toBe(true);
  });

  test.each([
    ['AllocateAddress', 'InternalError', 500],
    ['CreateRoute', 'Unavailable', 503],
    ['AllocateAddress', 'AddressLimitExceeded', 400],
    ['GetObject', 'NoSuchKey', 404],
  ])('%s is not sent again after %s (%d)', async (operation, name, status) => {
    expect(await isSentAgain(operation, name, status)).toBe(false);
  });
});
