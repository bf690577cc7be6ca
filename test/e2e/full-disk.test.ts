// The journal on a disk that is really full, as far as a process can be made to see one without being root: the system
// limits how long a file may grow, cuts the write that crosses it in two and refuses what comes after it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Ended, ServedCompany } from '../support/served-company.ts';
import { differences, notRestored, readable } from '../support/world.ts';

let company: ServedCompany;

beforeEach(async () => {
  company = await ServedCompany.of('greenfield', { accept: ['QP413'], speed: 120 });
});

afterEach(() => company.close());

const records = ['clock', 'sequence', 'ec2.tombstones', ...notRestored];

/** No file may be longer than so many blocks of 512 bytes. */
const limited = (blocks: number): readonly [string, ...string[]] => ['sh', '-c', `ulimit -f ${blocks} && exec "$0" "$@"`, process.execPath];

test.skipIf(process.platform === 'win32')(
  'a journal that cannot be written stops each run, and the next with more room goes on',
  async () => {
    const before = company.snapshot();
    for (const command of [() => company.apply(), () => company.rollBack()]) {
      const stopped: Ended[] = [];
      // More for each process than for the one before: one that has to prove something anew writes that once more.
      for (let room = 3; stopped.length < 20; room += 5) {
        company.starter = limited(Math.ceil(company.journalSize / 512) + room);
        const ended = await command();
        if (ended.code === 0) break;
        stopped.push(ended);
      }
      expect(stopped.length).toBeGreaterThan(1);
      expect(stopped.length).toBeLessThan(20);
      for (const { code, events, stderr } of stopped) {
        expect([code, events.at(-1)]).toMatchObject([1, { type: 'done', outcome: 'failed' }]);
        const error = { type: 'error', code: 'JOURNAL_WRITE', remedy: 'make room on the disk, then run again to go on' };
        expect(events).toContainEqual(expect.objectContaining(error));
        expect(stderr).toBe('');
      }
    }
    await company.advance(3_600_000);
    expect(readable(differences(before, company.snapshot(), records))).toBe('');
  },
  600_000,
);
