// A log file's text as it comes, chunk by chunk, cut into records. Only what is not yet a whole record is kept.
import { BrokenJson, JsonScan, MoreNeeded, padding } from './json-scan.ts';
import { RecordFields, roomForDecoded } from './record-fields.ts';

/** What is done with each record: `null` for an element that is no object. The fields are good until it returns. */
export type TakeRecord = (fields: RecordFields | null) => void;

/** The most that one value may take; a CloudTrail record has at most 256 KB (F19). */
const largest = 16 * 1024 * 1024;

const [quote, openObject, closeObject, openList, closeList, comma] = [0x22, 0x7b, 0x7d, 0x5b, 0x5d, 0x2c];
const noRecords = 'it is no CloudTrail log: it has no Records';
const recordsName = 'Records';
/** Where the text begins in the window. */
const base = roomForDecoded;

export class LogScan {
  private readonly scan = new JsonScan(base + 1536 * 1024);
  private readonly fields = new RecordFields(this.scan);
  private readonly take: TakeRecord;
  private at = base;
  private place: 'start' | 'first member' | 'member' | 'first record' | 'record' | 'after' = 'start';
  private sawRecords = false;
  private total = 0;
  /** How much must be there before it is worth looking again at a value that was not whole. */
  private enough = 0;
  /** Why reading ended, as the sentence's rest after the file's name; null while all is well. */
  broken: string | null = null;
  /** Elements of `Records` so far. */
  records = 0;

  constructor(take: TakeRecord) {
    this.take = take;
    this.begin();
  }

  /** Begins with a file, in the same window as the last one. */
  begin(): void {
    this.scan.end = base;
    this.scan.bytes[base] = 0;
    this.at = base;
    this.place = 'start';
    this.sawRecords = false;
    this.total = 0;
    this.enough = 0;
    this.broken = null;
    this.records = 0;
  }

  /** Takes more of the text, UTF-8, cut anywhere. */
  feed(chunk: Uint8Array): void {
    if (this.broken !== null) return;
    this.total += chunk.length;
    this.append(chunk);
    if (this.scan.end - this.at < this.enough) return;
    this.enough = 0;
    try {
      this.walk();
    } catch (cause) {
      if (cause instanceof MoreNeeded) {
        const rest = this.scan.end - this.at;
        // Twice as much each time, so that a large value is not walked over more than twice in all.
        if (rest > 64 * 1024) this.enough = Math.min(2 * rest, largest + 1);
        if (rest > largest) this.broken = `a value in it is larger than ${largest >> 20} MB`;
      } else if (cause instanceof BrokenJson) this.broken = cause.message;
      else throw cause;
    }
  }

  /** The text is at its end: why not everything was read, or null where it was. */
  finish(): string | null {
    if (this.broken !== null) return this.broken;
    if (this.total === 0) return 'it is empty';
    if (this.enough > 0) {
      this.enough = 0;
      this.feed(new Uint8Array(0));
      if (this.broken !== null) return this.broken;
    }
    if (this.place !== 'after') return this.place === 'start' ? 'it is no JSON' : 'it ends in the middle';
    return this.sawRecords ? null : noRecords;
  }

  private append(chunk: Uint8Array): void {
    const { scan } = this;
    if (scan.end + chunk.length + padding > scan.bytes.length) {
      const rest = scan.end - this.at;
      const room = base + rest + chunk.length + padding;
      if (room > scan.bytes.length) scan.grow(2 * room);
      scan.bytes.copyWithin(base, this.at, scan.end);
      scan.end = base + rest;
      this.at = base;
    }
    scan.bytes.set(chunk, scan.end);
    scan.end += chunk.length;
    scan.bytes[scan.end] = 0;
  }

  /** Walks on until the bytes end, which it says by throwing MoreNeeded; `at` is then where the next whole thing begins. */
  private walk(): void {
    for (;;) {
      switch (this.place) {
        case 'start':
          this.walkStart();
          break;
        case 'first member':
        case 'member':
          this.walkMember();
          break;
        case 'first record':
        case 'record':
          this.walkRecord();
          break;
        case 'after':
          this.at = this.scan.skipSpace(this.at);
          throw new BrokenJson();
        default:
          this.place satisfies never;
      }
    }
  }

  private walkStart(): void {
    const { scan } = this;
    const marked = scan.byteAt(this.at) === 0xef && scan.byteAt(this.at + 1) === 0xbb && scan.byteAt(this.at + 2) === 0xbf;
    const at = scan.skipSpace(marked ? this.at + 3 : this.at);
    if (scan.bytes[at] !== openObject) {
      // A list is told by its first byte: the rest of it may be long.
      if (scan.bytes[at] !== openList) scan.valueEnd(at);
      this.broken = noRecords;
      throw new MoreNeeded();
    }
    this.at = at + 1;
    this.place = 'first member';
  }

  private walkMember(): void {
    const { scan } = this;
    let at = scan.skipSpace(this.at);
    if (scan.bytes[at] === closeObject) {
      this.at = at + 1;
      this.place = 'after';
      return;
    }
    if (this.place === 'member') {
      if (scan.bytes[at] !== comma) throw new BrokenJson();
      at = scan.skipSpace(at + 1);
    }
    if (scan.bytes[at] !== quote) throw new BrokenJson();
    const end = scan.stringEnd(at + 1);
    const name: unknown = JSON.parse(scan.bytes.toString('utf8', at, end + 1));
    const value = scan.valueAt(end);
    if (name === recordsName && scan.bytes[value] === openList) {
      if (this.sawRecords) {
        this.broken = 'it has Records twice';
        throw new MoreNeeded();
      }
      this.sawRecords = true;
      this.at = value + 1;
      this.place = 'first record';
      return;
    }
    this.at = scan.valueEnd(value);
    this.place = 'member';
  }

  private walkRecord(): void {
    const { scan } = this;
    let at = scan.skipSpace(this.at);
    if (scan.bytes[at] === closeList) {
      this.at = at + 1;
      this.place = 'member';
      return;
    }
    if (this.place === 'record') {
      if (scan.bytes[at] !== comma) throw new BrokenJson();
      at = scan.skipSpace(at + 1);
    }
    const whole = scan.bytes[at] === openObject;
    const end = whole ? this.fields.read(at) : scan.valueEnd(at);
    this.records++;
    this.take(whole ? this.fields : null);
    this.at = end;
    this.place = 'record';
  }
}
