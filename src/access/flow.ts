// What keeps memory flat between who finds logs and who reads them: a queue that is never long, and a bound for bytes that are held.

/** Items on their way; whoever adds waits while it is full. */
export class Queue<T> {
  readonly #items: T[] = [];
  readonly #most: number;
  readonly #waking: (() => void)[] = [];
  #closed = false;

  constructor(most: number) {
    this.#most = most;
  }

  /** Resolves once there is room; what is added to a closed queue is dropped. */
  async add(item: T): Promise<void> {
    while (this.#items.length >= this.#most && !this.#closed) await this.#change();
    if (!this.#closed) this.#items.push(item);
    this.#wake();
  }

  /** The next item, once there is one; undefined when no more will come. */
  async next(): Promise<T | undefined> {
    while (this.#items.length === 0 && !this.#closed) await this.#change();
    const item = this.#items.shift();
    this.#wake();
    return item;
  }

  /** No more will come; what is in it can still be taken. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waking.push(resolve));
  }

  #wake(): void {
    for (const wake of this.#waking.splice(0)) wake();
  }
}

/** So many bytes may be held at a time; what is larger than all of it is held alone. */
export class Room {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  #held = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Runs `task` once there is room for its bytes. */
  async hold<T>(bytes: number, task: () => Promise<T>): Promise<T> {
    while (this.#held > 0 && this.#held + bytes > this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#held += bytes;
    try {
      return await task();
    } finally {
      this.#held -= bytes;
      for (const wake of this.#waiting.splice(0)) wake();
    }
  }
}
