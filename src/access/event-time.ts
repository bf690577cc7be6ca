// The time of a record: nearly always one and the same form, of which only the clock changes from record to record.
import type { RecordFields } from './record-fields.ts';

const digit = (bytes: Buffer, at: number): number => (bytes[at] ?? 0) - 0x30;
/** Two digits as a number; something out of any range where they are none. */
function two(bytes: Buffer, at: number): number {
  const [tens, ones] = [digit(bytes, at), digit(bytes, at + 1)];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN;
}

/** Reads the times of many records: `2026-11-20T10:00:00Z` fast, other forms as Date.parse does. */
export class EventTimes {
  private readonly index: number;
  private readonly date = Buffer.alloc(10);
  private midnight = Number.NaN;

  /** `index`: the field that holds the time. */
  constructor(index: number) {
    this.index = index;
  }

  /** Milliseconds since the epoch; NaN where the field is no time. */
  of(fields: RecordFields): number {
    const from = fields.start(this.index);
    if (from < 0) return Number.NaN;
    if (fields.length(this.index) !== 20) return Date.parse(fields.text(this.index) ?? '');
    const bytes = fields.bytes;
    let known = true;
    for (let i = 0; i < 10; i++) if (bytes[from + i] !== this.date[i]) known = false;
    if (!known) {
      bytes.copy(this.date, 0, from, from + 10);
      this.midnight = Date.parse(`${this.date.toString('latin1')}T00:00:00Z`);
    }
    const [hour, minute, second] = [two(bytes, from + 11), two(bytes, from + 14), two(bytes, from + 17)];
    const plain = bytes[from + 10] === 0x54 && bytes[from + 13] === 0x3a && bytes[from + 16] === 0x3a && bytes[from + 19] === 0x5a;
    if (plain && hour <= 23 && minute <= 59 && second <= 59 && !Number.isNaN(this.midnight)) {
      return this.midnight + 1000 * (3600 * hour + 60 * minute + second);
    }
    return Date.parse(fields.text(this.index) ?? '');
  }
}
