import { expect, test } from 'vitest';
import { Rates } from '../../src/sandbox/rates.ts';

const call = (operation: string, now: number, accountId = '1') => ({ service: 'organizations' as const, operation, accountId, now });

test('a burst is taken, then one call for each token that time brings', () => {
  const rates = new Rates();
  const exceeded = Array.from({ length: 4 }, () => rates.exceeds(call('CreatePolicy', 0)));
  expect(exceeded).toEqual([false, false, false, true]);
  expect(rates.exceeds(call('CreatePolicy', 499))).toBe(true);
  expect(rates.exceeds(call('CreatePolicy', 500))).toBe(false);
  expect(rates.exceeds(call('CreatePolicy', 500))).toBe(true);
});

test('accounts and operations have buckets of their own, and other services none', () => {
  const rates = new Rates();
  expect([rates.exceeds(call('EnablePolicyType', 0)), rates.exceeds(call('EnablePolicyType', 0))]).toEqual([false, true]);
  expect([rates.exceeds(call('EnablePolicyType', 0, '2')), rates.exceeds(call('DisablePolicyType', 0))]).toEqual([false, false]);
  for (let n = 0; n < 100; n++) expect(rates.exceeds({ ...call('ListRoots', 0), service: 'iam' })).toBe(false);
});
