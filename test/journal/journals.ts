// Journals and machines for tests of the journal.
import type { Entry, EntryBody } from '../../src/journal/entries.ts';
import type { Machine, OpenOptions } from '../../src/journal/journal.ts';
import type { Place } from '../../src/ports.ts';

export const place: Place = {
  partition: 'aws',
  accountId: '111122223333',
  region: 'eu-central-1',
  organizationId: 'o-1',
  managementAccountId: '999988887777',
  stack: 'quilt',
  vpc: 'vpc-1',
};

export const machine: Machine = { pid: 42, host: 'here', user: 'someone', isAlive: () => false };

const clock = { now: () => new Date('2026-01-01T00:00:00Z'), sleep: async () => undefined };

export function openOptions(more: Partial<OpenOptions> = {}): OpenOptions {
  let count = 0;
  const token = () => {
    count += 1;
    return `token${count}`;
  };
  return {
    dir: '/d/.quilt-perimeter',
    place,
    clock,
    ids: { token },
    mode: 'write',
    command: 'apply',
    toolVersion: '0.0.0',
    machine,
    ...more,
  };
}

export const entry = (body: EntryBody): Entry => ({ v: 1, at: '2026-01-01T00:00:00.000Z', run: 'r', ...body });

export const begun = (key: string, generation = 1): EntryBody => ({
  type: 'begun',
  step: 'nat',
  key,
  generation,
  token: 'token',
  change: {
    key,
    action: 'create',
    target: { accountId: '111122223333', region: null, type: 'thing', name: key },
    summary: 's',
    reason: 'r',
    before: null,
    after: { text: 'ünïcödé \u2028 "quoted"' },
    risk: 'additive',
    confirm: 'nat',
    needs: [],
    seconds: null,
    usdPerMonth: null,
  },
});
