// A log file's bytes as they are stored, unpacked: a log of usual size at once, which is cheaper; a larger one as it comes, so that
// neither the file nor its text is ever there as a whole.
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip, gunzipSync } from 'node:zlib';
import type { LogScan } from './log-scan.ts';

/** Where a log is: a file, or bytes that somebody else fetched. */
export type LogContent = { readonly path: string } | { readonly bytes: Uint8Array };

export interface Unpacked {
  /** Why it was not read to its end, as the rest of a sentence; null where it was. */
  readonly broken: string | null;
  /** Bytes as stored. */
  readonly bytes: number;
  /** sha256 of the bytes as stored, in hexadecimal; of those that could be read. */
  readonly sha256: string;
}

const chunkSize = 512 * 1024;
/** Logs up to these sizes, as stored and unpacked, are unpacked at once. */
const [mostAtOnce, mostUnpackedAtOnce] = [8 * 1024 * 1024, 64 * 1024 * 1024];
const reasons = new Map([
  ['Z_BUF_ERROR', 'its packing ends in the middle'],
  ['Z_DATA_ERROR', 'its packing is damaged'],
]);

const isPacked = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Feeds a log to the scan, whether it is packed or not: the first bytes tell, whatever the file is called. */
export async function unpack(content: LogContent, scan: LogScan): Promise<Unpacked> {
  const whole = unpackedAtOnce(content);
  if (whole === null) return unpackByChunks(content, scan);
  const { stored, text } = whole;
  scan.begin();
  for (let at = 0; at < text.length; at += chunkSize) scan.feed(text.subarray(at, at + chunkSize));
  return { broken: scan.finish(), bytes: stored.length, sha256: createHash('sha256').update(stored).digest('hex') };
}

interface Whole {
  readonly stored: Buffer;
  readonly text: Buffer;
}

/** A packed log as a whole; null where it is too large for that, not packed, or not whole. */
function unpackedAtOnce(content: LogContent): Whole | null {
  try {
    const size = 'path' in content ? statSync(content.path).size : content.bytes.length;
    if (size > mostAtOnce) return null;
    const stored = 'path' in content ? readFileSync(content.path) : Buffer.from(content.bytes);
    if (stored.length < 4 || !isPacked(stored)) return null;
    // The last four bytes tell how large it is unpacked, where nothing is behind them: then one buffer is enough.
    const told = stored.readUInt32LE(stored.length - 4);
    if (told > mostUnpackedAtOnce) return null;
    return { stored, text: gunzipSync(stored, { chunkSize: told + chunkSize, maxOutputLength: mostUnpackedAtOnce }) };
  } catch {
    // By chunks it is read as far as it goes, and it is told why no further.
    return null;
  }
}

async function unpackByChunks(content: LogContent, scan: LogScan): Promise<Unpacked> {
  const hash = createHash('sha256');
  const chunks = 'path' in content ? createReadStream(content.path, { highWaterMark: chunkSize }) : Readable.from([content.bytes]);
  let bytes = 0;
  let packed: Packed | null = null;
  let broken: string | null = null;
  scan.begin();
  try {
    for await (const chunk of chunks as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      if (bytes === 0 && isPacked(chunk)) packed = new Packed(scan);
      bytes += chunk.length;
      if (packed === null) scan.feed(chunk);
      else await packed.write(chunk);
    }
  } catch (cause) {
    broken = reasonOf(cause);
  }
  broken ??= (await packed?.end()) ?? null;
  return { broken: broken ?? scan.finish(), bytes, sha256: hash.digest('hex') };
}

/** Packed bytes on their way to the scan. What comes behind damage is dropped, so that the whole file can be hashed. */
class Packed {
  private readonly gunzip = createGunzip({ chunkSize });
  private readonly drained: Promise<void>;
  private failure: unknown = null;

  constructor(scan: LogScan) {
    this.drained = this.drain(scan).catch((cause: unknown) => {
      this.failure = cause;
    });
  }

  /** Resolves when there is room for more. */
  async write(chunk: Uint8Array): Promise<void> {
    if (this.gunzip.destroyed || this.gunzip.readableEnded || this.gunzip.write(chunk)) return;
    await Promise.race([this.drained, new Promise((done) => this.gunzip.once('drain', done))]);
  }

  /** There is no more: why not all of it could be unpacked, or null. */
  async end(): Promise<string | null> {
    this.gunzip.end();
    await this.drained;
    return this.failure === null ? null : reasonOf(this.failure);
  }

  private async drain(scan: LogScan): Promise<void> {
    for await (const chunk of this.gunzip as AsyncIterable<Uint8Array>) scan.feed(chunk);
  }
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error && 'code' in cause)) throw cause;
  return reasons.get(String(cause.code)) ?? `it cannot be read (${cause.code})`;
}
