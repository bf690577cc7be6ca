// The few fields of a CloudTrail record that a path is made of, found in one walk over its bytes, or by its shape. Where a name
// stands decides, not the name alone.
import { BrokenJson, type JsonScan } from './json-scan.ts';
import { bucketAccountId, field, fieldCount, type Level, levelCount, type Member, raws, record } from './record-places.ts';
import { RecordShapes } from './record-shapes.ts';

const [quote, closeObject, openObject, openList, closeList] = [0x22, 0x7d, 0x7b, 0x5b, 0x5d];
const bucketType = Buffer.from('AWS::S3::Bucket');

/** The text of a JSON string between its quotes, as UTF-8; half a surrogate pair becomes U+FFFD. */
const unescaped = (raw: Buffer): Buffer => Buffer.from(JSON.parse(`"${raw.toString('utf8')}"`));

/** Room for the strings of one record that had to be freed of escapes; no record of CloudTrail is larger (F19). */
export const roomForDecoded: number = 256 * 1024;

export class RecordFields {
  private readonly scan: JsonScan;
  /** Where each field's bytes begin and end in the window; -1: no string. What had escapes lies, decoded, at its beginning. */
  private readonly from = new Int32Array(fieldCount);
  private readonly to = new Int32Array(fieldCount);
  private decodedEnd = 0;
  private readonly seen = new Uint8Array(levelCount);
  private readonly rawFrom = new Int32Array(raws.length);
  private readonly rawTo = new Int32Array(raws.length);
  private readonly shapes: RecordShapes;
  /** Where the record begins that was read by its shape, which doesn't tell its whole values; -1: it was walked over. */
  private byShape = -1;
  /** Where the record that was read last begins and ends. */
  private begin = 0;
  private end = 0;

  constructor(scan: JsonScan) {
    this.scan = scan;
    this.shapes = new RecordShapes(scan);
  }

  /** Reads the record that begins at `at` with `{` and keeps its fields; the index behind it. */
  read(at: number): number {
    this.from.fill(-1);
    this.begin = at;
    this.end = this.shapes.read(at, this.from, this.to);
    if (this.end >= 0) {
      this.byShape = at;
      return this.end;
    }
    this.end = this.walk(at);
    this.shapes.learn(at, this.end, this.from);
    return this.end;
  }

  /** The whole record as it was written: good until it is taken. */
  whole(): Buffer {
    return this.scan.bytes.subarray(this.begin, this.end);
  }

  private walk(at: number): number {
    this.byShape = -1;
    this.from.fill(-1);
    this.rawFrom.fill(-1);
    this.seen.fill(0);
    this.decodedEnd = 0;
    return this.readObject(at, record);
  }

  /** Whether the field is a string at all. */
  has(index: number): boolean {
    return (this.from[index] ?? -1) >= 0;
  }

  /** Whether the field is this very string. */
  is(index: number, text: Buffer): boolean {
    const from = this.from[index] ?? -1;
    const length = (this.to[index] ?? 0) - from;
    if (from < 0 || length !== text.length) return false;
    const { bytes } = this.scan;
    for (let i = 0; i < length; i++) if (bytes[from + i] !== text[i]) return false;
    return true;
  }

  /** The field's text; null where it is no string. */
  text(index: number): string | null {
    const from = this.from[index] ?? -1;
    return from < 0 ? null : this.scan.bytes.toString('utf8', from, this.to[index]);
  }

  /** The window that the fields lie in: good until the record is taken. */
  get bytes(): Buffer {
    return this.scan.bytes;
  }
  get view(): DataView {
    return this.scan.view;
  }
  start(index: number): number {
    return this.from[index] ?? -1;
  }
  length(index: number): number {
    return (this.to[index] ?? 0) - (this.from[index] ?? 0);
  }

  /** The whole value of `requestParameters` (0) or `responseElements` (1) as it was written; null where there is none. */
  raw(index: 0 | 1): Buffer | null {
    if (this.byShape >= 0) this.walk(this.byShape);
    const from = this.rawFrom[index] ?? -1;
    return from < 0 ? null : this.scan.bytes.subarray(from, this.rawTo[index]);
  }

  private readObject(from: number, level: Level): number {
    const { scan } = this;
    let at = scan.skipSpace(from + 1);
    if (scan.bytes[at] === closeObject) return at + 1;
    for (;;) {
      if (scan.bytes[at] !== quote) throw new BrokenJson();
      const end = scan.stringEnd(at + 1);
      const member = scan.escaped ? this.escapedMember(at + 1, end, level) : this.member(at + 1, end, level);
      const value = scan.valueAt(end);
      at = scan.next(member === null ? scan.valueEnd(value) : this.readMember(value, member), closeObject);
      if (at < 0) return 1 - at;
    }
  }

  private member(from: number, to: number, level: Level): Member | null {
    const candidates = level.byLength[to - from];
    if (candidates === undefined) return null;
    const { bytes, view } = this.scan;
    const tail = view.getInt32(to - 4, true);
    for (const member of candidates) {
      if (member.tail !== tail) continue;
      const { name } = member;
      let same = 0;
      while (same < name.length && bytes[from + same] === name[same]) same++;
      if (same === name.length) return member;
    }
    return null;
  }

  private escapedMember(from: number, to: number, level: Level): Member | null {
    const name = unescaped(this.scan.bytes.subarray(from, to));
    return level.byLength[name.length]?.find((member) => member.name.equals(name)) ?? null;
  }

  private readMember(at: number, member: Member): number {
    const first = this.scan.bytes[at];
    if (member.level === null) {
      this.from[member.field] = -1;
      return first === quote ? this.keep(at, member.field) : this.scan.valueEnd(at);
    }
    // A name that comes twice counts as it stands the second time.
    if (this.seen[member.level.number] === 1) for (const index of member.level.fields) this.from[index] = -1;
    this.seen[member.level.number] = 1;
    const end =
      first === openObject && !member.list
        ? this.readObject(at, member.level)
        : first === openList && member.list
          ? this.readResources(at, member.level)
          : this.scan.valueEnd(at);
    if (member.raw >= 0) {
      this.rawFrom[member.raw] = at;
      this.rawTo[member.raw] = end;
    }
    return end;
  }

  private keep(at: number, index: number): number {
    const end = this.scan.stringEnd(at + 1);
    this.from[index] = at + 1;
    this.to[index] = end;
    if (this.scan.escaped) {
      const text = unescaped(this.scan.bytes.subarray(at + 1, end));
      if (this.decodedEnd + text.length > roomForDecoded) throw new BrokenJson('a record in it is larger than CloudTrail writes');
      text.copy(this.scan.bytes, this.decodedEnd);
      this.from[index] = this.decodedEnd;
      this.decodedEnd += text.length;
      this.to[index] = this.decodedEnd;
    }
    return end + 1;
  }

  private readResources(from: number, level: Level): number {
    const [type, accountId] = [field['resources.type'], field['resources.accountId']];
    let found = false;
    let at = this.scan.skipSpace(from + 1);
    if (this.scan.bytes[at] === closeList) return at + 1;
    for (;;) {
      this.from[type] = -1;
      this.from[accountId] = -1;
      const end = this.scan.bytes[at] === openObject ? this.readObject(at, level) : this.scan.valueEnd(at);
      if (!found && this.is(type, bucketType)) {
        found = true;
        this.from[bucketAccountId] = this.from[accountId] ?? -1;
        this.to[bucketAccountId] = this.to[accountId] ?? -1;
      }
      at = this.scan.next(end, closeList);
      if (at < 0) break;
    }
    this.from[type] = -1;
    this.from[accountId] = -1;
    return 1 - at;
  }
}
