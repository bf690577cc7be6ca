// Distinct keys, each a list of byte strings, numbered in the order in which they came. Nothing becomes a string of JavaScript's
// on the way: that is what makes grouping cheaper than the reading before it.

import { endianness } from 'node:os';

/** Keys as words of 32 bits: of each part its length (-1: none), then its bytes, filled up with zeros. */
export interface Keys {
  readonly words: Int32Array<ArrayBuffer>;
  /** Where each key begins in `words`. */
  readonly starts: Int32Array<ArrayBuffer>;
}

const none = -1;

export class KeyTable {
  /** The key that is being put together. */
  private key = new Int32Array(256);
  private length = 0;
  private hash = 0;
  private words = new Int32Array(4096);
  private wordsEnd = 0;
  /** Where key n begins; where it ends key n + 1 begins. */
  private starts = new Int32Array(1024);
  private hashes = new Int32Array(1024);
  /** Open addressing: the key's number plus one, or 0. */
  private slots = new Int32Array(2048);
  count = 0;

  /** Begins a key with a number. */
  begin(first: number): void {
    this.key[0] = first;
    this.length = 1;
    this.hash = mix(0x2545f491, first);
  }

  /** Adds a part that is not there. */
  addNone(): void {
    this.room(1);
    this.key[this.length++] = none;
    this.hash = mix(this.hash, none);
  }

  /** Adds `length` bytes from `start` on; up to three bytes behind them are looked at. */
  add(view: DataView, start: number, length: number): void {
    const whole = length >> 2;
    this.room(whole + 2);
    const { key } = this;
    let at = this.length;
    let hash = mix(this.hash, length);
    key[at++] = length;
    for (let i = 0; i < whole; i++) {
      const word = view.getInt32(start + 4 * i, true);
      key[at++] = word;
      hash = mix(hash, word);
    }
    const rest = length & 3;
    if (rest !== 0) {
      const word = view.getInt32(start + 4 * whole, true) & ((1 << (8 * rest)) - 1);
      key[at++] = word;
      hash = mix(hash, word);
    }
    this.length = at;
    this.hash = hash;
  }

  /** The number of the key; -1 where it is not there and is not to be `made`. */
  find(made: boolean): number {
    const mask = this.slots.length - 1;
    let slot = (this.hash ^ (this.hash >>> 15)) & mask;
    for (; ; slot = (slot + 1) & mask) {
      const found = (this.slots[slot] ?? 0) - 1;
      if (found < 0) break;
      if (this.hashes[found] === this.hash && this.isKey(found)) return found;
    }
    if (!made) return -1;
    this.slots[slot] = this.count + 1;
    return this.append();
  }

  /** All keys, in the order of their numbers. */
  keys(): Keys {
    return { words: this.words.slice(0, this.wordsEnd), starts: this.starts.slice(0, this.count) };
  }

  private room(words: number): void {
    if (this.length + words > this.key.length) this.key = enlarged(this.key, 2 * (this.length + words));
  }

  private isKey(number: number): boolean {
    const start = this.starts[number] ?? 0;
    const { key, words, length } = this;
    if ((this.starts[number + 1] ?? 0) - start !== length) return false;
    for (let i = 0; i < length; i++) if (words[start + i] !== key[i]) return false;
    return true;
  }

  private append(): number {
    const number = this.count++;
    if (this.wordsEnd + this.length > this.words.length) this.words = enlarged(this.words, 2 * (this.wordsEnd + this.length));
    if (number + 2 > this.starts.length) {
      this.starts = enlarged(this.starts, 2 * this.starts.length);
      this.hashes = enlarged(this.hashes, 2 * this.hashes.length);
    }
    this.words.set(this.key.subarray(0, this.length), this.wordsEnd);
    this.wordsEnd += this.length;
    this.starts[number + 1] = this.wordsEnd;
    this.hashes[number] = this.hash;
    if (2 * this.count > this.slots.length) this.spread();
    return number;
  }

  private spread(): void {
    this.slots = new Int32Array(2 * this.slots.length);
    const mask = this.slots.length - 1;
    for (let number = 0; number < this.count; number++) {
      const hash = this.hashes[number] ?? 0;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = number + 1;
    }
  }
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

function enlarged(words: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(size);
  larger.set(words);
  return larger;
}

// Two hashes of 32 bits: of ten million different texts two are the same with a chance of one in 300,000.
const seeds = [0x51ed270b, 0x2f0b4a27] as const;

/** Two hashes that stand for a text, never both 0: of bytes in a window, and of the text itself. */
export const firstHash = (view: DataView, start: number, length: number): number => hashOf(view, start, length, seeds[0]) | 1;
export const secondHash = (view: DataView, start: number, length: number): number => hashOf(view, start, length, seeds[1]);
export function hashesOf(text: string): readonly [number, number] {
  const bytes = Buffer.from(text);
  const padded = new Uint8Array(bytes.length + 4);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  return [firstHash(view, 0, bytes.length), secondHash(view, 0, bytes.length)];
}

/** A hash of bytes, one of many by `seed`: up to three bytes behind them are looked at. */
function hashOf(view: DataView, start: number, length: number, seed: number): number {
  let hash = mix(seed, length);
  for (let i = 0; i + 4 <= length; i += 4) hash = mix(hash, view.getInt32(start + i, true));
  const rest = length & 3;
  return rest === 0 ? hash : mix(hash, view.getInt32(start + length - rest, true) & ((1 << (8 * rest)) - 1));
}

/** Reads keys: each one's first number, and the texts of its parts, null for what was not there. */
export function keyReader({
  words,
  starts,
}: Keys): (number: number) => { readonly first: number; readonly texts: readonly (string | null)[] } {
  const bytes = Buffer.from(words.buffer, words.byteOffset, words.byteLength);
  // The bytes were put together in the order that most processors keep them in.
  if (endianness() === 'BE') bytes.swap32();
  return (number) => {
    const start = starts[number] ?? 0;
    const end = starts[number + 1] ?? words.length;
    const texts: (string | null)[] = [];
    for (let at = start + 1; at < end; ) {
      const length = bytes.readInt32LE(4 * at++);
      texts.push(length === none ? null : bytes.toString('utf8', 4 * at, 4 * at + length));
      if (length > 0) at += (length + 3) >> 2;
    }
    return { first: bytes.readInt32LE(4 * start), texts };
  };
}
