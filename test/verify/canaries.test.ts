// Quilt's canaries as propositions.
import { describe, expect, test } from 'vitest';
import type { AccountRole, CanaryRun } from '../../src/aws/types.ts';
import { known, unknown } from '../../src/ports.ts';
import type { SeenCanary } from '../../src/steps/canary-runs.ts';
import { canaryChecks } from '../../src/verify/canaries.ts';
import type { Check } from '../../src/verify/check.ts';
import { aLandscape, anInput, someChoices } from '../support/landscape.ts';

const change = '2026-06-01T12:10:00.000Z';
const { vpc } = someChoices();
const run = (state: CanaryRun['state'], why: string | null = null): CanaryRun => ({ state, startedAt: '2026-06-01T12:15:00.000Z', why });
const canary = (over: Partial<SeenCanary> = {}): SeenCanary => ({
  name: 'search',
  roleArn: 'arn:aws:iam::444455556666:role/canary',
  vpcId: vpc,
  schedule: 'rate(1 hour)',
  state: 'RUNNING',
  since: run('passed'),
  underWay: false,
  before: null,
  ...over,
});

const checksOf = (canaries: readonly SeenCanary[], since: string | null = change, input = anInput()): readonly Check[] =>
  canaryChecks(known({ since, canaries }), input);
const told = (checks: readonly Check[], of: 'network' | 'run'): string =>
  checks
    .filter(({ id }) => id === `canary/search/${of}`)
    .map(({ state, evidence }) => `${state}: ${evidence}`)
    .join();

test('each has two propositions that name it', () => {
  const checks = checksOf([canary(), canary({ name: 'push' })]);
  expect(checks.map(({ id, state }) => [id, state])).toEqual([
    ['canary/search/network', 'ok'],
    ['canary/search/run', 'ok'],
    ['canary/push/network', 'ok'],
    ['canary/push/run', 'ok'],
  ]);
  for (const { subjects, summary } of checks) expect(summary).toContain(subjects[0]);
});

describe('a run', () => {
  test.each<[string, Partial<SeenCanary>, string]>([
    ['that passed since', {}, `ok: its run of 2026-06-01T12:15:00.000Z passed; the last change was at ${change}`],
    [
      'that failed since',
      { since: run('failed', 'Access Denied'), before: 'passed' },
      'failed: its run of 2026-06-01T12:15:00.000Z failed: Access Denied; it passed before',
    ],
    [
      'that failed before, too',
      { since: run('failed'), before: 'failed' },
      'failed: its run of 2026-06-01T12:15:00.000Z failed; it failed before, too',
    ],
    [
      'that passed before the change alone',
      { since: null, before: 'passed' },
      `unknown: it has not run since ${change} (its schedule: rate(1 hour))`,
    ],
    ['that is under way', { since: null, underWay: true }, `unknown: its first run since ${change} is under way`],
    ['of one that is stopped', { since: null, state: 'STOPPED' }, 'unknown: it does not run by its schedule: it is STOPPED'],
    ['without a result', { since: run('unknown') }, 'unknown: how its run of 2026-06-01T12:15:00.000Z ended is not known'],
  ])('%s', (_what, over, expected) => {
    expect(told(checksOf([canary(over)]), 'run')).toBe(expected);
  });

  test('counts for nothing where nothing says when the perimeter was changed', () => {
    expect(told(checksOf([canary()], null), 'run')).toMatch(/^unknown: nothing says when/);
  });
});

describe('where it runs', () => {
  const role = (tags: AccountRole['tags']): AccountRole => ({
    name: 'canary',
    arn: canary().roleArn,
    path: '/',
    tags,
    trust: '{}',
    policies: [],
    boundary: null,
    untold: [],
  });
  const tagged = (tags: AccountRole['tags']) => anInput(aLandscape({ outside: { roles: known([role(tags)]) } }));

  test.each<[string, string | null, ReturnType<typeof anInput>, RegExp]>([
    ["in the stack's VPC", vpc, anInput(), /^ok: it runs in vpc-/],
    ['in a trusted VPC', 'vpc-vpn', anInput(aLandscape(), someChoices({ trustedVpcs: ['vpc-vpn'] })), /^ok: it runs in vpc-vpn/],
    ['in another VPC', 'vpc-other', anInput(), /^failed: it runs in vpc-other, which is neither/],
    ['outside any VPC', null, anInput(), /^failed: it runs outside any VPC.*put it into vpc-/],
    [
      'outside any VPC, exempt by its tag',
      null,
      tagged({ networkrestrictedexempt: 'true' }),
      /^ok: it runs outside any VPC.*passes by the tag/,
    ],
    ['outside any VPC, with another tag', null, tagged({ team: 'x' }), /^failed: it runs outside any VPC/],
  ])('%s', (_what, vpcId, input, expected) => {
    expect(told(checksOf([canary({ vpcId })], change, input), 'network')).toMatch(expected);
  });
});

test('what cannot be read is one proposition that is unknown, with the permission', () => {
  expect(canaryChecks(unknown('synthetics:GetCanaryRuns', 'no'), anInput())).toEqual([
    expect.objectContaining({ id: 'canaries', state: 'unknown', evidence: expect.stringContaining('synthetics:GetCanaryRuns: no') }),
  ]);
});

test('a stack without canaries has no proposition of theirs', () => {
  expect(checksOf([])).toEqual([]);
});
