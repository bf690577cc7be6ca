// A process that takes the folder's lock when a line comes in, says what became of it, and holds it until the next line or for
// so many milliseconds. Arguments: the folder, those milliseconds (0: until the line), how it ends (`release`, `die`).
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { machineOf, openJournal } from '../../src/journal/journal.ts';
import { openOptions } from './journals.ts';

const [dir = '', hold = '0', end = 'release'] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (value: object): void => console.log(JSON.stringify(value));
const now = (): number => performance.timeOrigin + performance.now();

say({ ready: true });
await lines.next();
const clock = { now: () => new Date(), sleep: (milliseconds: number) => sleep(milliseconds) };
try {
  const journal = await openJournal(openOptions({ dir, clock, machine: machineOf(process) }));
  const from = now();
  if (hold === '0') say({ won: true, notes: journal.notes, from, until: from });
  await (hold === '0' ? lines.next() : sleep(Number(hold)));
  if (hold !== '0') say({ won: true, notes: journal.notes, from, until: now() });
  if (end === 'die') process.kill(process.pid, 'SIGKILL');
  await journal.close();
} catch (error) {
  say({ won: false, code: error instanceof Error && 'code' in error ? error.code : String(error) });
}
process.exit();
