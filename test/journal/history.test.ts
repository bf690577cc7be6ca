import { expect, test } from 'vitest';
import type { Entry, EntryBody } from '../../src/journal/entries.ts';
import { historyOf } from '../../src/journal/history.ts';

const entry = (run: string, second: number, body: EntryBody): Entry => ({
  v: 1,
  at: `2026-05-01T00:00:${String(second).padStart(2, '0')}.000Z`,
  run,
  ...body,
});

const change = (key: string, temporary: boolean) => ({
  key,
  action: 'create' as const,
  target: { accountId: '1', region: null, type: 'T', name: 'n' },
  summary: `make ${key}`,
  reason: '',
  before: null,
  after: null,
  risk: 'additive' as const,
  confirm: 'c',
  needs: [],
  seconds: null,
  usdPerMonth: null,
  ...(temporary ? { temporary: true as const } : {}),
});

const begun = (key: string, temporary = false): EntryBody => ({
  type: 'begun',
  step: 'endpoints',
  key,
  generation: 1,
  token: 't',
  change: change(key, temporary),
});

test('each run tells what it was, who ran it, what was approved and what became of its changes', () => {
  const identities = { quilt: { arn: 'arn:aws:sts::1:assumed-role/Admin/alice' } };
  const history = historyOf([
    entry('a', 1, { type: 'run-started', command: '--dir x apply --yes', identities }),
    entry('a', 2, { type: 'approved', step: 'endpoints', confirmation: 'c', keys: ['one', 'two'] }),
    entry('a', 3, begun('one')),
    entry('a', 4, { type: 'made', key: 'one', generation: 1, made: { id: 'vpce-1', fields: {} } }),
    entry('a', 5, { type: 'done', key: 'one', generation: 1 }),
    entry('a', 6, begun('trial', true)),
    entry('a', 7, { type: 'done', key: 'trial', generation: 1 }),
    entry('a', 8, { type: 'run-ended', outcome: 'done' }),
    entry('b', 9, { type: 'run-started', command: 'rollback', identities: null }),
    entry('b', 10, { type: 'undone', key: 'one', generation: 1 }),
  ]);
  expect(history.map(({ id, command, ended }) => [id, command, ended?.outcome])).toEqual([
    ['a', 'apply', 'done'],
    ['b', 'rollback', undefined],
  ]);
  expect(history[0]?.identities).toEqual(identities);
  expect(history[0]?.approvals.map(({ changes }) => changes)).toEqual([2]);
  expect(history[0]?.deeds.map(({ what, summary, id, temporary }) => [what, summary, id, temporary])).toEqual([
    ['done', 'make one', 'vpce-1', false],
    ['done', 'make trial', null, true],
  ]);
  expect(history[1]?.deeds.map(({ what, key }) => [what, key])).toEqual([['undone', 'one']]);
});

test('a run whose start was cut off is left out: nobody knows who it was', () => {
  expect(historyOf([entry('a', 1, begun('one')), entry('a', 2, { type: 'done', key: 'one', generation: 1 })])).toEqual([]);
});
