import { describe, expect, it } from 'vitest';
import { forgotten, type RememberedChoices, toRemember, withRemembered } from '../../src/commands/remembered.ts';
import type { JournalState } from '../../src/journal/journal.ts';
import { replay } from '../../src/journal/journal.ts';
import { someChoices } from '../support/landscape.ts';

const nothingSaid = () => false;
const then = someChoices({ trustedCidrs: ['198.51.100.0/24'], trustedVpcs: ['vpc-vpn'], privateDns: false, accept: ['QP413'] });
const now = someChoices({ trustedCidrs: [], trustedVpcs: [], privateDns: true });

const journalOf = (choices: RememberedChoices, state: 'begun' | 'undone' = 'begun', irreversible?: string): JournalState => {
  const line = { v: 1, at: '2026-01-01T00:00:00Z', run: 'r' } as const;
  const key = 'scp/x';
  const change = {
    key,
    action: 'create',
    target: { accountId: '1', region: null, type: 't', name: 'n' },
    summary: '',
    reason: '',
    before: null,
    after: null,
    risk: 'additive',
    confirm: 'scp',
    needs: [],
    seconds: null,
    usdPerMonth: null,
    ...(irreversible === undefined ? {} : { irreversible }),
  } as const;
  return replay([
    { ...line, type: 'run-started', command: 'apply', identities: null, choices },
    { ...line, type: 'begun', step: 'scp', key, generation: 1, token: 't', change },
    ...(state === 'undone' ? [{ ...line, type: 'undone', key, generation: 1 } as const] : []),
    { ...line, type: 'run-started', command: 'rollback', identities: null },
  ]);
};

describe('the choices of a run', () => {
  it('are remembered by their keys in the file, without what is only accepted or true of one operator', () => {
    const choices = toRemember(then, then);
    expect(choices).toMatchObject({
      'perimeter.trustedCidrs': ['198.51.100.0/24'],
      'stack.name': then.stack,
      'test.bucket': then.testBucket,
    });
    expect(JSON.stringify(choices)).not.toContain('QP413');
    expect(Object.keys(choices)).not.toContain('operator.ip');
  });

  it('come back where neither the file nor a flag says anything', () => {
    const back = withRemembered(now, toRemember(then, then), (key) => key === 'perimeter.trustedVpcs');
    expect(back).toMatchObject({ trustedCidrs: ['198.51.100.0/24'], trustedVpcs: [], privateDns: false, accept: now.accept });
    expect(withRemembered(now, null, nothingSaid)).toEqual(now);
  });

  it('of another form than is known are passed over', () => {
    const odd = { 'nat.mode': 'seven', 'perimeter.trustedCidrs': 'x', 'endpoints.apiGateway.privateDns': 'no', 'perimeter.vpcKey': 1 };
    expect(withRemembered(now, odd, nothingSaid)).toEqual(now);
  });
});

describe('what was said then and is not now', () => {
  const choices = toRemember(then, then);
  it('is named with its flag and value, also after a rollback that left something', () => {
    const text = forgotten(journalOf(choices), toRemember(now, now), nothingSaid);
    expect(text).toContain('--private-dns off and --trusted-vpc vpc-vpn and --trusted-cidr 198.51.100.0/24');
  });

  it.each<[string, JournalState, (key: string) => boolean, RememberedChoices]>([
    ['it is the same', journalOf(choices), nothingSaid, choices],
    ['it is said otherwise on purpose', journalOf(choices), () => true, toRemember(now, now)],
    ['nothing of that run stands', journalOf(choices, 'undone'), nothingSaid, toRemember(now, now)],
    ['only what nothing undoes stands', journalOf(choices, 'begun', 'It stays.'), nothingSaid, toRemember(now, now)],
    ['there is no journal', replay([]), nothingSaid, toRemember(now, now)],
  ])('is nothing where %s', (_, journal, said, present) => {
    expect(forgotten(journal, present, said)).toBeNull();
  });
});
