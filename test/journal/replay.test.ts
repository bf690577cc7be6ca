import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry, EntryBody } from '../../src/journal/entries.ts';
import { readEntries } from '../../src/journal/read.ts';
import { replay, stands } from '../../src/journal/replay.ts';
import { begun, entry, place } from './journals.ts';

const keys = fc.constantFrom('nat/a', 'nat/b', 'nat/c');
const generations = fc.integer({ min: 1, max: 3 });
const ofChange = fc.record({ key: keys, generation: generations });
const bodies: fc.Arbitrary<EntryBody> = fc.oneof(
  fc.constant<EntryBody>({ type: 'opened', place, toolVersion: '0.0.0' }),
  ofChange.map(({ key, generation }) => begun(key, generation)),
  ofChange.map((change): EntryBody => ({ type: 'made', ...change, made: { id: 'id', fields: {} } })),
  ofChange.map((change): EntryBody => ({ type: 'failed', ...change, error: { code: 'X', summary: 'x' } })),
  ofChange.chain((change) =>
    fc.constantFrom<EntryBody>(
      { type: 'done', ...change },
      { type: 'undo-begun', ...change },
      { type: 'undone', ...change },
      { type: 'undone', ...change, superseded: 'nat/z' },
      { type: 'adopted', ...change },
    ),
  ),
);
const journals: fc.Arbitrary<readonly Entry[]> = fc.array(bodies.map(entry), { maxLength: 30 });

describe('replay', () => {
  it('never throws, whatever entries come in whatever order, and has the highest generation of each key', () => {
    fc.assert(
      fc.property(journals, (entries) => {
        const { changes, latest } = replay(entries);
        for (const [key, change] of latest) {
          const all = changes.filter((each) => each.key === key).map(({ generation }) => generation);
          expect(change.generation).toBe(Math.max(...all));
          expect(new Set(all).size).toBe(all.length);
        }
      }),
    );
  });

  it('of a journal cut at any byte is the replay of its whole lines', async () => {
    await fc.assert(
      fc.asyncProperty(journals, fc.double({ min: 0, max: 1, noNaN: true }), async (entries, share) => {
        const bytes = Buffer.from(entries.map((each) => `${JSON.stringify(each)}\n`).join(''));
        const cut = bytes.subarray(0, Math.floor(bytes.length * share));
        const { entries: read, soundBytes } = await readEntries(cut, 'journal.jsonl');
        expect(read).toEqual(entries.slice(0, read.length));
        expect(cut.subarray(soundBytes).includes(0x0a)).toBe(false);
        expect(replay(read)).toEqual(replay(entries.slice(0, read.length)));
      }),
    );
  });

  it('keeps the latest replay of recorded calls, and when it was made', async () => {
    const assessed = (passes: number): EntryBody => ({
      type: 'assessed',
      sources: ['trail'],
      source: { kind: 'files', hash: 'h' },
      files: 1,
      events: 2,
      considered: 2,
      from: null,
      to: null,
      paths: { passes, newlyDenied: 0, unknown: 0 },
      maxDenied: 0,
      details: { file: 'assessed-1.json', sha256: 's', paths: 1, left: 0 },
    });
    const later = { ...entry(assessed(2)), at: '2026-02-01T00:00:00.000Z' };
    const bytes = Buffer.from([entry(assessed(1)), later].map((each) => `${JSON.stringify(each)}\n`).join(''));
    const { entries } = await readEntries(bytes, 'journal.jsonl');
    expect(replay(entries).assessed).toMatchObject({ at: later.at, paths: { passes: 2 } });
    expect(replay([]).assessed).toBeNull();
  });

  it('keeps the request that was begun first when the same generation is begun again', () => {
    const again = { ...entry(begun('nat/a')), run: 'later', at: '2026-02-01T00:00:00.000Z' };
    const [change] = replay([entry(begun('nat/a')), again]).changes;
    expect(change).toMatchObject({ run: 'r', begunAt: '2026-01-01T00:00:00.000Z', changedAt: again.at, state: 'begun' });
  });

  it.each<[EntryBody[], string, boolean]>([
    [[], 'begun', true],
    [[{ type: 'made', key: 'nat/a', generation: 1, made: { id: 'x', fields: {} } }], 'made', true],
    [[{ type: 'failed', key: 'nat/a', generation: 1, error: { code: 'X', summary: 'x' } }], 'failed', false],
    [[{ type: 'undo-begun', key: 'nat/a', generation: 1 }], 'undoing', true],
    [[{ type: 'undone', key: 'nat/a', generation: 1 }], 'undone', false],
    [
      [
        { type: 'undo-begun', key: 'nat/a', generation: 1 },
        { type: 'adopted', key: 'nat/a', generation: 1 },
      ],
      'begun',
      true,
    ],
  ])('after %o tells the change as %s', (more, state, standing) => {
    const change = replay([begun('nat/a'), ...more].map(entry)).latest.get('nat/a');
    expect(change?.state).toBe(state);
    expect(change !== undefined && stands(change)).toBe(standing);
  });
});

describe('reading a journal', () => {
  it('either reads it or says that it is bad input, whatever bytes it has', async () => {
    const sound = Buffer.from([begun('nat/a'), begun('nat/b')].map((body) => `${JSON.stringify(entry(body))}\n`).join(''));
    await fc.assert(
      fc.asyncProperty(fc.nat(sound.length - 1), fc.uint8Array({ maxLength: 8 }), fc.nat(8), async (at, put, drop) => {
        const bytes = Buffer.concat([sound.subarray(0, at), put, sound.subarray(at + drop)]);
        const answer = await readEntries(bytes, 'journal.jsonl').catch((error) => error);
        if (answer instanceof Error) expect(answer).toMatchObject({ exitCode: 2 });
        else expect(answer.entries.length).toBeLessThanOrEqual(2 + put.length);
      }),
    );
  });
});
