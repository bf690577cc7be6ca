// JSON in bytes, walked over without making values of it: strict as JSON.parse is, and able to stop where the bytes end so
// far. What it accepts and refuses is what JSON.parse accepts and refuses of the same bytes as UTF-8.

/** The bytes end within what is being read: to be read again from its beginning when there are more. */
export class MoreNeeded extends Error {}
/** What is there is no JSON. */
export class BrokenJson extends Error {
  constructor(why = 'it is no JSON') {
    super(why);
  }
}
// Made once: it is thrown at the end of every chunk.
const moreNeeded = new MoreNeeded();

/** How deep values may be nested; CloudTrail's are not ten deep. */
const deepest = 500;

const [quote, comma, minus, point, zero, nine, colon, backslash] = [0x22, 0x2c, 0x2d, 0x2e, 0x30, 0x39, 0x3a, 0x5c];
const [openList, closeList, openObject, closeObject, space] = [0x5b, 0x5d, 0x7b, 0x7d, 0x20];

const literals = new Map(['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word)]));
const afterBackslash = new Set(Buffer.from('"\\/bfnrt'));

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= zero && byte <= nine;
const isHex = (byte: number): boolean => isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);

/** Four bytes at once: whether one of them is a quote, a backslash or a control character, as its highest bit. */
const quotes = 0x22222222;
const backslashes = 0x5c5c5c5c;
const ones = 0x01010101;
const spaces = 0x20202020;
const highest = 0x80808080;

/** Bytes that may be read behind the end, since four are looked at together. */
export const padding = 8;

export class JsonScan {
  /** What is there so far; the byte at `end` is 0, which stops every loop. */
  bytes: Buffer;
  /** The same bytes, for reading four at once. */
  view: DataView;
  end = 0;
  /** Whether the string walked over last has an escape in it. */
  escaped = false;

  constructor(size: number) {
    this.bytes = Buffer.alloc(size);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, size);
  }

  /** Makes the window larger; what is in it stays where it is. */
  grow(size: number): void {
    const grown = Buffer.alloc(size);
    this.bytes.copy(grown);
    this.bytes = grown;
    this.view = new DataView(grown.buffer, grown.byteOffset, size);
  }

  /** The byte at an index; throws where there is none yet. */
  byteAt(at: number): number {
    if (at >= this.end) throw moreNeeded;
    return this.bytes[at] ?? 0;
  }

  /** The index of the next byte that is no white space. */
  skipSpace(from: number): number {
    let at = from;
    let byte = this.bytes[at] ?? 0;
    if (byte > 0x20) return at;
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = this.bytes[++at] ?? 0;
    if (at >= this.end) throw moreNeeded;
    return at;
  }

  /** From behind a string's first quote to its last one: the index of that. Tells in `escaped` whether there was a backslash. */
  stringEnd(from: number): number {
    const { view } = this;
    let at = from;
    this.escaped = false;
    for (;;) {
      const four = view.getInt32(at, true);
      const quoted = four ^ quotes;
      const slashed = four ^ backslashes;
      // In the lowest byte that it marks each of the three is exact; above it a borrow may mark too much.
      const marks = (((quoted - ones) & ~quoted) | ((slashed - ones) & ~slashed) | ((four - spaces) & ~four)) & highest;
      if (marks === 0) {
        at += 4;
        continue;
      }
      at += (31 - Math.clz32(marks & -marks)) >> 3;
      const byte = this.bytes[at];
      if (byte === quote) return at;
      if (at >= this.end) throw moreNeeded;
      if (byte !== backslash) throw new BrokenJson();
      this.escaped = true;
      at = this.escapeEnd(at + 1);
    }
  }

  private escapeEnd(at: number): number {
    const byte = this.byteAt(at);
    if (afterBackslash.has(byte)) return at + 1;
    if (byte !== 0x75) throw new BrokenJson();
    for (let digit = at + 1; digit < at + 5; digit++) if (!isHex(this.byteAt(digit))) throw new BrokenJson();
    return at + 5;
  }

  /** Behind the colon that must follow a key whose last quote is at `end`, and white space: where the value begins. */
  valueAt(end: number): number {
    const { bytes } = this;
    let at = end + 1;
    if (bytes[at] !== colon) {
      at = this.skipSpace(at);
      if (bytes[at] !== colon) throw new BrokenJson();
    }
    return (bytes[at + 1] ?? 0) > space ? at + 1 : this.skipSpace(at + 1);
  }

  /**
   * Behind a member's or an element's value: the index of the next one, or of `close` as a negative number (-index). `from` is
   * the first byte behind the value.
   */
  next(from: number, close: number): number {
    const { bytes } = this;
    const at = (bytes[from] ?? 0) > space ? from : this.skipSpace(from);
    if (bytes[at] === comma) return (bytes[at + 1] ?? 0) > space ? at + 1 : this.skipSpace(at + 1);
    if (bytes[at] === close) return -at;
    throw new BrokenJson();
  }

  /** The index behind the value that begins at `at`. */
  valueEnd(at: number, depth = 0): number {
    const byte = this.byteAt(at);
    if (byte === quote) return this.stringEnd(at + 1) + 1;
    if (byte === openObject) return this.objectEnd(at, depth + 1);
    if (byte === openList) return this.listEnd(at, depth + 1);
    if (byte === minus || isDigit(byte)) return this.numberEnd(at);
    const literal = literals.get(byte);
    if (literal === undefined) throw new BrokenJson();
    for (let i = 0; i < literal.length; i++) if (this.byteAt(at + i) !== literal[i]) throw new BrokenJson();
    return at + literal.length;
  }

  private objectEnd(from: number, depth: number): number {
    if (depth > deepest) throw new BrokenJson(`it is nested more than ${deepest} deep`);
    let at = this.skipSpace(from + 1);
    if (this.bytes[at] === closeObject) return at + 1;
    for (;;) {
      if (this.bytes[at] !== quote) throw new BrokenJson();
      at = this.next(this.valueEnd(this.valueAt(this.stringEnd(at + 1)), depth), closeObject);
      if (at < 0) return 1 - at;
    }
  }

  private listEnd(from: number, depth: number): number {
    if (depth > deepest) throw new BrokenJson(`it is nested more than ${deepest} deep`);
    let at = this.skipSpace(from + 1);
    if (this.bytes[at] === closeList) return at + 1;
    for (;;) {
      at = this.next(this.valueEnd(at, depth), closeList);
      if (at < 0) return 1 - at;
    }
  }

  private digitsEnd(from: number): number {
    let at = from;
    if (!isDigit(this.byteAt(at))) throw new BrokenJson();
    while (isDigit(this.bytes[at])) at++;
    return at;
  }

  /** The index behind the number that begins at `from`. */
  numberEnd(from: number): number {
    let at = this.bytes[from] === minus ? from + 1 : from;
    at = this.byteAt(at) === zero ? at + 1 : this.digitsEnd(at);
    if (this.bytes[at] === point) at = this.digitsEnd(at + 1);
    if (this.bytes[at] === 0x65 || this.bytes[at] === 0x45) {
      const sign = this.byteAt(at + 1);
      at = this.digitsEnd(sign === 0x2b || sign === minus ? at + 2 : at + 1);
    }
    // A number has no end of its own: the next byte tells.
    this.byteAt(at);
    return at;
  }
}
