import { expect, test } from 'vitest';
import { planFlagsOf, withPlanFlags } from '../../src/commands/plan-flags.ts';

test('a plan remembers choices, and neither credentials nor places nor what is printed', () => {
  const flags = { dir: 'd', profile: 'p', json: true, out: 'f', nat: 'single', accept: ['QP413'], skipProbes: true } as const;
  expect(planFlagsOf(flags)).toEqual({ nat: 'single', accept: ['QP413'], skipProbes: true });
});

test('a flag of this command line wins over the plan', () => {
  const saved = planFlagsOf({ nat: 'single', trustedCidr: ['198.51.100.0/24'], skipProbes: true });
  expect(withPlanFlags({ nat: 'none', yes: true }, saved)).toEqual({
    nat: 'none',
    yes: true,
    trustedCidr: ['198.51.100.0/24'],
    skipProbes: true,
  });
});

test('of a plan that somebody edited, only flags of the right form count', () => {
  expect(withPlanFlags({}, { nat: ['single'], accept: 'QP413', yes: true, dir: '/elsewhere' })).toEqual({});
});
