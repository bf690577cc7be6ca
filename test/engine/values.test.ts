import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, hashOf, same } from '../../src/engine/json.ts';
import { tokenOf } from '../../src/engine/token.ts';
import { resolveChange } from '../../src/engine/values.ts';
import { replay } from '../../src/journal/journal.ts';
import type { Json } from '../../src/ports.ts';
import { begun, entry, place } from '../journal/journals.ts';
import { change } from './toy-world.ts';

const moment = { run: 'run7', begunAt: new Date('2026-03-01T10:00:00.500Z') };
const journal = replay([
  entry(begun('nat/a')),
  entry({ type: 'made', key: 'nat/a', generation: 1, made: { id: 'nat-1', fields: { ip: '192.0.2.1' } } }),
]);

describe('the values of a change', () => {
  it('are filled in wherever they stand, and refs become needs', () => {
    const after = {
      list: [{ ref: 'nat/a', field: 'id' }, 'x {{run.id}}'],
      deep: { ip: { ref: 'nat/a', field: 'ip' } },
      until: '{{run.probeExpiry}}',
    };
    const resolved = resolveChange(change('nat/b', { after }), moment, journal);
    expect(resolved).toMatchObject({
      ok: true,
      change: { after: { list: ['nat-1', 'x run7'], deep: { ip: '192.0.2.1' }, until: '2026-03-01T10:55:00Z' }, needs: ['nat/a'] },
    });
  });

  it.each([
    { ref: 'nat/absent', field: 'id' },
    { ref: 'nat/a', field: 'absent' },
  ])('that lead nowhere are named: %o', (ref) => {
    expect(resolveChange(change('nat/b', { after: [ref] }), moment, journal)).toEqual({ ok: false, missing: ref });
  });

  it('are not taken from what failed or was undone', () => {
    const entries = [entry(begun('nat/a')), entry({ type: 'made', key: 'nat/a', generation: 1, made: { id: 'nat-1', fields: {} } })];
    const over = [
      entry({ type: 'undone', key: 'nat/a', generation: 1 }),
      entry({ type: 'failed', key: 'nat/a', generation: 1, error: { code: 'X', summary: 'x' } }),
    ];
    for (const each of over) {
      expect(resolveChange(change('nat/b', { after: { ref: 'nat/a', field: 'id' } }), moment, replay([...entries, each])).ok).toBe(false);
    }
  });
});

describe('canonical text', () => {
  const values = fc.jsonValue() as fc.Arbitrary<Json>;
  const shuffled = (value: Json): Json => {
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map(shuffled);
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([name, field]) => [name, shuffled(field)]),
    );
  };

  it('is the same for the same data in any order of keys, and reads back as it', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(same(value, shuffled(value))).toBe(true);
        expect(canonical(JSON.parse(canonical(value)))).toBe(canonical(value));
        expect(hashOf(value)).toMatch(/^[0-9a-f]{64}$/);
      }),
    );
  });
});

describe('a client token', () => {
  it('is as long as EC2 takes, and differs by place, key and generation alone', () => {
    const token = tokenOf(place, 'nat/a', 1);
    expect(token).toMatch(/^[a-zA-Z0-9-]{1,64}$/);
    expect(tokenOf({ ...place }, 'nat/a', 1)).toBe(token);
    const others = [tokenOf(place, 'nat/b', 1), tokenOf(place, 'nat/a', 2), tokenOf({ ...place, region: 'us-east-1' }, 'nat/a', 1)];
    expect(new Set([token, ...others]).size).toBe(4);
  });
});
