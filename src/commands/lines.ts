// Lines of a file or of standard input, as many at a time as arrive together.
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { badInput, shown } from '../errors.ts';
import type { ProgramPorts } from './ports.ts';

/** No line is this long: what has no end is not read into memory. In characters. */
const longest = 32 * 1024 * 1024;

/**
 * The lines of the file, `-` being standard input; the end of the last line may be missing. A line keeps no line feed.
 * @throws PerimeterError FILE (exit 2) where it cannot be read, or where a line has no end within 32 million characters
 */
export async function* linesOf(
  flag: string,
  file: string,
  { stdin, cwd, signal }: Pick<ProgramPorts, 'stdin' | 'cwd' | 'signal'>,
): AsyncGenerator<readonly string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const source = file === '-' ? stdin : createReadStream(resolve(cwd, file), { highWaterMark: 256 * 1024 });
  addAbortSignal(signal, source);
  for await (const chunk of readable(flag, file, source)) {
    signal.throwIfAborted();
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longest) throw unreadable(flag, file, 'a line has no end within 32 million characters');
    if (lines.length > 0) yield lines;
  }
  rest += decoder.end();
  if (rest !== '') yield [rest];
}

async function* readable(flag: string, file: string, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* source;
  } catch (error) {
    // Files and pipes fail with a code; whatever else goes wrong is not theirs.
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'string') || error.code === 'ABORT_ERR') throw error;
    throw unreadable(flag, file, error.code === 'ENOENT' ? 'there is no such file' : error.message);
  }
}

const unreadable = (flag: string, file: string, problem: string) =>
  badInput('FILE', `reading ${flag} (${shown(file)}): ${problem}`, 'name a file of one JSON object a line, or - for standard input');
