// Since when what the journal made stands.
import { expect, test } from 'vitest';
import type { ChangeRecord, StepName } from '../../src/journal/entries.ts';
import type { ChangeState, JournaledChange } from '../../src/journal/replay.ts';
import { standingSince } from '../../src/verify/since.ts';

interface Row {
  readonly key: string;
  readonly step?: StepName;
  readonly at: string;
  readonly state?: ChangeState;
  readonly change?: Partial<ChangeRecord>;
}

const journaled = ({ key, step = 'bucket-policy', at, state = 'done', change = {} }: Row): JournaledChange => ({
  step,
  key,
  generation: 1,
  token: 't',
  change: {
    key,
    action: 'update',
    target: { accountId: '1', region: null, type: 'policy', name: 'b' },
    summary: '',
    reason: '',
    before: null,
    after: null,
    risk: 'access-affecting',
    confirm: 'c',
    needs: [],
    seconds: null,
    usdPerMonth: null,
    ...change,
  },
  run: 'r',
  begunAt: `2026-06-01T${at}:00.000Z`,
  changedAt: `2026-06-01T${at}:00.000Z`,
  state,
  made: null,
  supersededBy: null,
});

const since = (rows: readonly Row[]): string | null => {
  const latest = new Map(rows.map((row) => [row.key, journaled(row)]));
  const found = standingSince({ latest }, ['endpoints', 'bucket-policy'], 'bucket-policy', new Date('2026-06-01T13:00:00.000Z'));
  return found === null ? null : found.slice(11, 16);
};

const statement: Row = { key: 'bucket-policy/b/statement', at: '12:10' };

test.each<[string, readonly Row[], string | null]>([
  ['the newest change that stands', [{ key: 'endpoints/s3', step: 'endpoints', at: '12:00' }, statement], '12:10'],
  ['also where another step was last', [statement, { key: 'endpoints/s3', step: 'endpoints', at: '12:20' }], '12:20'],
  ['steps that were not asked for do not count', [statement, { key: 'scp/x', step: 'scp', at: '12:40' }], '12:10'],
  ['without the step that is needed nothing stands', [{ key: 'endpoints/s3', step: 'endpoints', at: '12:00' }], null],
  ['what was only tried does not count', [{ ...statement, change: { temporary: true } }], null],
  ['nor a rehearsal', [{ ...statement, change: { undoes: 'bucket-policy/b/probe' } }], null],
  ['nor what was not finished', [{ ...statement, state: 'made' }], null],
  ['nor what was undone', [{ ...statement, state: 'undone' }], null],
  ['nor what was taken away', [{ ...statement, change: { action: 'delete' } }], null],
  [
    'nor what ended by itself',
    [{ ...statement, change: { guard: { seconds: 900, until: '2026-06-01T12:59:00.000Z', proof: 'p' } } }],
    null,
  ],
  [
    'what is dated counts until then',
    [{ ...statement, change: { guard: { seconds: 900, until: '2026-06-01T13:01:00.000Z', proof: 'p' } } }],
    '12:10',
  ],
  ['an empty journal says nothing', [], null],
])('%s', (_what, rows, expected) => {
  expect(since(rows)).toBe(expected);
});
