import { expect, test } from 'vitest';
import { appliedWorld, checksOn, sandboxOf } from './applied.ts';

test.each(['greenfield', 'brownfield', 'vpn', 'transit', 'terraform-owned'])('after apply on %s all holds', async (scenario) => {
  const checks = await checksOn(await sandboxOf(await appliedWorld(scenario)));
  expect(checks.filter(({ state }) => state !== 'ok')).toEqual([]);
  expect(checks.length).toBeGreaterThan(20);
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
});
