// How many events of a tally fell on which day. A session lasts hours, so that most tallies have one day or two: the last one of
// each is remembered, and a day that comes again later is put together with the earlier one when there is no more room.

/** One behind the other: the tally, the day (days since 1970), and how many events. A pair may come more than once. */
export interface DayList {
  readonly tallies: Int32Array<ArrayBuffer>;
  readonly days: Int32Array<ArrayBuffer>;
  readonly counts: Uint32Array<ArrayBuffer>;
}

export class DayCounts {
  private readonly most: number;
  /** By tally: where its last day stands, plus one. */
  private last = new Int32Array(1024);
  private tallies = new Int32Array(1024);
  private days = new Int32Array(1024);
  private counts = new Uint32Array(1024);
  private length = 0;
  private isFull = false;

  /** @param most how many pairs are kept; events of further ones are not told by day */
  constructor(most: number) {
    this.most = most;
  }

  /** Counts an event. */
  add(tally: number, day: number): void {
    const known = (this.last[tally] ?? 0) - 1;
    if (known >= 0 && this.days[known] === day) {
      this.counts[known] = (this.counts[known] ?? 0) + 1;
      return;
    }
    if (this.length === this.tallies.length) this.makeRoom();
    if (this.isFull) return;
    if (tally >= this.last.length) this.last = enlarged(this.last, Math.max(2 * this.last.length, tally + 1));
    const at = this.length++;
    this.tallies[at] = tally;
    this.days[at] = day;
    this.counts[at] = 1;
    this.last[tally] = at + 1;
  }

  /** All that was counted. */
  list(): DayList {
    const { tallies, days, counts, length } = this;
    return { tallies: tallies.slice(0, length), days: days.slice(0, length), counts: counts.slice(0, length) };
  }

  private makeRoom(): void {
    if (this.isFull) return;
    if (2 * this.length <= this.most) {
      this.tallies = enlarged(this.tallies, 2 * this.length);
      this.days = enlarged(this.days, 2 * this.length);
      const counts = new Uint32Array(2 * this.length);
      counts.set(this.counts);
      this.counts = counts;
      return;
    }
    this.putTogether();
    // Where this gains little it would be done again and again.
    this.isFull = 4 * this.length > 3 * this.tallies.length;
  }

  /** Pairs that came more than once become one. */
  private putTogether(): void {
    const first = new Map<number, number>();
    let length = 0;
    for (let at = 0; at < this.length; at++) {
      const [tally, day, count] = [this.tallies[at] ?? 0, this.days[at] ?? 0, this.counts[at] ?? 0];
      const key = pairKey(tally, day);
      const known = first.get(key);
      if (known === undefined) {
        first.set(key, length);
        this.tallies[length] = tally;
        this.days[length] = day;
        this.counts[length] = count;
        this.last[tally] = length + 1;
        length++;
      } else {
        this.counts[known] = (this.counts[known] ?? 0) + count;
        this.last[tally] = known + 1;
      }
    }
    this.length = length;
  }
}

const span = 2 ** 28;

/** A tally and a day as one number; no date of JavaScript's has more than 10⁸ days. */
export const pairKey = (tally: number, day: number): number => tally * span + day + span / 2;

/** The tally and the day of such a number. */
export const pairOf = (key: number): readonly [tally: number, day: number] => [Math.floor(key / span), (key % span) - span / 2];

function enlarged(numbers: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(size);
  larger.set(numbers);
  return larger;
}
