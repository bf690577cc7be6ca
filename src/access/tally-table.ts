// Tallies by path and session. Nearly every call may be a pair of its own, so that a pair must cost little: one look into one
// line of memory. A session is known by two hashes of its access key.

/** A path and a session; the session's hashes are 0 where sessions are not told apart. */
export interface TallyKeys {
  /** By tally: path, first hash, second hash. */
  readonly words: Int32Array<ArrayBuffer>;
  readonly count: number;
}

export class TallyTable {
  /** Open addressing, four words each: path, both hashes, the tally's number plus one (0: free). */
  private slots = new Int32Array(4 * 2048);
  private words = new Int32Array(3 * 1024);
  count = 0;

  /** The number of a tally; -1 where it is not there and is not to be `made`. */
  find(path: number, one: number, other: number, made: boolean): number {
    const { slots } = this;
    const mask = slots.length / 4 - 1;
    for (let slot = startOf(path, one, other) & mask; ; slot = (slot + 1) & mask) {
      const at = 4 * slot;
      const found = slots[at + 3] ?? 0;
      if (found === 0) return made ? this.add(at, path, one, other) : -1;
      if (slots[at] === path && slots[at + 1] === one && slots[at + 2] === other) return found - 1;
    }
  }

  keys(): TallyKeys {
    return { words: this.words.slice(0, 3 * this.count), count: this.count };
  }

  private add(at: number, path: number, one: number, other: number): number {
    const number = this.count++;
    if (3 * this.count > this.words.length) {
      const larger = new Int32Array(2 * this.words.length);
      larger.set(this.words);
      this.words = larger;
    }
    this.words.set([path, one, other], 3 * number);
    this.slots.set([path, one, other, number + 1], at);
    if (8 * this.count > this.slots.length) this.spread();
    return number;
  }

  private spread(): void {
    const slots = new Int32Array(2 * this.slots.length);
    const mask = slots.length / 4 - 1;
    for (let number = 0; number < this.count; number++) {
      const [path, one, other] = [this.words[3 * number] ?? 0, this.words[3 * number + 1] ?? 0, this.words[3 * number + 2] ?? 0];
      let slot = startOf(path, one, other) & mask;
      while (slots[4 * slot + 3] !== 0) slot = (slot + 1) & mask;
      slots.set([path, one, other, number + 1], 4 * slot);
    }
    this.slots = slots;
  }
}

function startOf(path: number, one: number, other: number): number {
  const mixed = Math.imul(path ^ one, 0x9e3779b1) ^ other;
  return mixed ^ (mixed >>> 16);
}
