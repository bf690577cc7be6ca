// An append that was cut short at any of its bytes: opened again, the journal says what it said before the line, and the
// next append cuts the rest off.
import { openJournal } from '../../src/journal/journal.ts';
import { MemoryDisk } from '../journal/memory-disk.ts';
import type { CaseResult } from './cases.ts';
import type { RecordedAppend, Recording } from './recording.ts';

const dir = '/work/.quilt-perimeter';
const path = `${dir}/journal.jsonl`;

/** After the journal's first line and what was appended: how many bytes there are decides nothing about the lines before. */
export async function tornAtEveryByte({ apply }: Recording, { bytes }: RecordedAppend): Promise<CaseResult> {
  const [first] = apply.appends;
  const whole = Buffer.from(first?.bytes ?? []);
  const header = whole.subarray(0, whole.indexOf('\n') + 1);
  for (let arrived = 0; arrived <= bytes.length; arrived += 1) {
    const wrong = await wrongWhenTorn(header, Buffer.from(bytes.subarray(0, arrived)));
    if (wrong !== null) return { failure: `${arrived} of ${bytes.length} bytes arrived: ${wrong}`, calls: 0, asked: 0 };
  }
  return { failure: null, calls: 0, asked: 0 };
}

async function wrongWhenTorn(header: Buffer, rest: Buffer): Promise<string | null> {
  const sound = Buffer.concat([header, rest.subarray(0, rest.lastIndexOf('\n') + 1)]);
  const expected = await opened(sound);
  const found = await opened(Buffer.concat([header, rest]));
  if (JSON.stringify(found.state) !== JSON.stringify(expected.state)) return 'it does not say what it said before the line';
  if (!found.after.subarray(0, sound.length).equals(sound)) return 'the next append changed the lines before';
  const added = found.after.subarray(sound.length).toString('utf8');
  return /^(\{[^\n]+\}\n)+$/.test(added) && added.includes('"outcome":"done"') ? null : `the next append left ${added.slice(0, 80)}`;
}

/** What the journal says, and the file after one more append. */
async function opened(content: Buffer): Promise<{ readonly state: unknown; readonly after: Buffer }> {
  const disk = new MemoryDisk();
  disk.leave(path, content);
  const journal = await openJournal({
    dir,
    place: null,
    clock: { now: () => new Date(0), sleep: async () => undefined },
    ids: { token: () => 'torn' },
    mode: 'write',
    command: 'torn',
    toolVersion: '0.0.0',
    machine: { pid: 1, host: 'test', user: 'test', isAlive: () => false },
    fs: disk,
  });
  const { changes, place, choices } = journal.state;
  await journal.append({ type: 'run-ended', outcome: 'done' });
  await journal.close();
  return { state: { changes, place, choices }, after: disk.files.get(path) ?? Buffer.alloc(0) };
}
