// Records of one trail have a few shapes: they differ in what their strings and numbers say, and in little else. A record of a
// shape that was met before is read by comparing what stands between its values, which is much faster than walking over it. All
// else in it, names and brackets and white space, is the same bytes as in a record that was walked over: so it is as well-formed.
import type { JsonScan } from './json-scan.ts';

/** A part of a shape: what stands before a value, and what is done with the value. */
interface Step {
  /** The bytes from the end of the value before up to this one, as words of four; the last one's rest is masked. */
  readonly words: Int32Array;
  readonly tail: number;
  readonly tailMask: number;
  readonly length: number;
  /** `number` and `end` (of the record), or `text` as from its first byte on. */
  readonly value: 'text' | 'number' | 'end';
  /** The field that a text is kept in, or -1. */
  readonly field: number;
  /** What came next in the records that began like this. */
  readonly next: Step[];
}

/** Steps that are kept at most; then all shapes are learned anew. */
const mostSteps = 8192;
/** What may follow one step: further ways are not learned. */
const mostWays = 16;
/** The longest record, and the longest part between two values, that is learned. */
const [longestRecord, longestPart] = [65_536, 1024];
/** One of so many records of no known shape is learned from, which takes about as long as walking over it. */
const learnedOf = 4;

const [quote, colon, minus, zero, nine] = [0x22, 0x3a, 0x2d, 0x30, 0x39];
const type = Buffer.from('"type"');
const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const beginsNumber = (byte: number | undefined): boolean => byte === minus || (byte !== undefined && byte >= zero && byte <= nine);

export class RecordShapes {
  private readonly scan: JsonScan;
  private first: Step[] = [];
  private steps = 0;
  private misses = 0;

  constructor(scan: JsonScan) {
    this.scan = scan;
  }

  /**
   * Reads the record that begins at `at`: where each kept text begins and ends goes into `from` and `to`. The index behind the
   * record; -1 where it has no known shape, or a kept text has an escape: `from` and `to` are then of no use.
   */
  read(start: number, from: Int32Array, to: Int32Array): number {
    const { scan } = this;
    const { bytes, view } = scan;
    let at = start;
    let ways = this.first;
    for (;;) {
      let step: Step | undefined;
      for (let way = 0; way < ways.length; way++) {
        step = ways[way];
        if (step !== undefined && stands(step, view, at)) break;
        step = undefined;
      }
      if (step === undefined) return -1;
      at += step.length;
      if (step.value === 'text') {
        const end = scan.stringEnd(at);
        if (step.field >= 0) {
          if (scan.escaped) return -1;
          from[step.field] = at;
          to[step.field] = end;
        }
        at = end;
      } else if (step.value === 'end') return at;
      else if (beginsNumber(bytes[at])) at = scan.numberEnd(at);
      else return -1;
      ways = step.next;
    }
  }

  /** Learns the shape of a record that was walked over without fault; `from` tells where its kept texts begin. */
  learn(start: number, end: number, from: Int32Array): void {
    if (this.misses++ % learnedOf !== 0 || end - start > longestRecord) return;
    if (this.steps > mostSteps) {
      this.first = [];
      this.steps = 0;
    }
    const { scan } = this;
    const { bytes } = scan;
    let ways: Step[] | null = this.first;
    let part = start;
    let typed = false;
    for (let at = start; at < end && ways !== null; ) {
      if (bytes[at] === quote) {
        const last = scan.stringEnd(at + 1);
        // What is kept of a text with escapes lies elsewhere, and a name with escapes may be any name.
        if (scan.escaped) return;
        let behind = last + 1;
        while (isSpace(bytes[behind])) behind++;
        if (bytes[behind] === colon) typed = type.compare(bytes, at, last + 1) === 0;
        else {
          const field = from.indexOf(at + 1);
          // A resource's type decides whose account is kept: it is a part of the shape.
          if (field >= 0 || !typed) {
            ways = this.add(ways, part, at + 1, 'text', field);
            part = last;
          }
        }
        at = last + 1;
      } else if (beginsNumber(bytes[at])) {
        ways = this.add(ways, part, at, 'number', -1);
        at = scan.numberEnd(at);
        part = at;
      } else at++;
    }
    if (ways !== null) this.add(ways, part, end, 'end', -1);
  }

  /** The ways on behind a step, which is added where it is not there; null where there is no room for it. */
  private add(ways: Step[], start: number, end: number, value: Step['value'], field: number): Step[] | null {
    const { view } = this.scan;
    const length = end - start;
    const known = ways.find((step) => step.length === length && step.value === value && step.field === field && stands(step, view, start));
    if (known !== undefined) return known.next;
    if (ways.length === mostWays || length > longestPart) return null;
    const words = Int32Array.from({ length: length >> 2 }, (_, index) => view.getInt32(start + 4 * index, true));
    const tailMask = (1 << (8 * (length & 3))) - 1;
    const tail = view.getInt32(start + 4 * words.length, true) & tailMask;
    const step: Step = { words, tail, tailMask, length, value, field, next: [] };
    ways.push(step);
    this.steps++;
    return step.next;
  }
}

/** Whether what stands before the step's value is what stands at `at`. The 0 behind the window's end is in no step. */
function stands({ words, tail, tailMask }: Step, view: DataView, at: number): boolean {
  for (let word = 0; word < words.length; word++) if (view.getInt32(at + 4 * word, true) !== words[word]) return false;
  return ((view.getInt32(at + 4 * words.length, true) ^ tail) & tailMask) === 0;
}
