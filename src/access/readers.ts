// Threads that unpack and group, each on a log of its own; or, for a little, and where the program is not built, this thread.
import { Worker } from 'node:worker_threads';
import { Grouping } from './grouping.ts';
import { LogScan } from './log-scan.ts';
import type { Part } from './part.ts';
import type { TrailWindow } from './types.ts';
import { type LogContent, type Unpacked, unpack } from './unpack.ts';

/** What one log gave, besides what is told at the end of all. */
export interface LogOutcome extends Unpacked {
  readonly events: number;
}

/** Reads log after log and keeps what it found. */
export interface LogReader {
  read(content: LogContent): Promise<LogOutcome>;
  /** All that was found; nothing can be read afterwards. */
  finish(): Promise<Part>;
  close(): Promise<void>;
}

/** Logs are read by as many readers as there are, in any order. */
export interface Readers {
  /** Reads a log as soon as a reader is free. */
  read(content: LogContent): Promise<LogOutcome>;
  finish(): Promise<readonly Part[]>;
  /** Ends the threads; to be called whatever happened. */
  close(): Promise<void>;
}

/** A reader in this thread. */
export function ownReader(window: TrailWindow): LogReader {
  const grouping = new Grouping(window);
  const scan = new LogScan((fields) => grouping.take(fields));
  return {
    async read(content) {
      const unpacked = await unpack(content, scan);
      return { ...unpacked, events: scan.records };
    },
    finish: async () => grouping.part(),
    close: async () => {},
  };
}

export type ToThread = { readonly read: LogContent } | 'finish';
export type FromThread = { readonly outcome: LogOutcome } | { readonly part: Part } | { readonly failure: unknown };

/** A reader in a thread of its own, from the file that the build makes of worker.ts. */
export function threadReader(window: TrailWindow, file: URL): LogReader {
  const worker = new Worker(file, { workerData: window });
  const ask = (question: ToThread): Promise<FromThread> =>
    new Promise((resolve, reject) => {
      const ended = (code: number): void => reject(new Error(`a reading thread ended (${code})`));
      worker.once('error', reject).once('exit', ended);
      worker.once('message', (answer: FromThread) => {
        worker.off('error', reject).off('exit', ended);
        if ('failure' in answer) reject(answer.failure);
        else resolve(answer);
      });
      worker.postMessage(question);
    });
  return {
    async read(content) {
      const answer = await ask({ read: content });
      if (!('outcome' in answer)) throw new Error('a reading thread answered something else');
      return answer.outcome;
    },
    async finish() {
      const answer = await ask('finish');
      if (!('part' in answer)) throw new Error('a reading thread answered something else');
      return answer.part;
    },
    async close() {
      await worker.terminate();
    },
  };
}

/** Readers by turns: each log goes to the one that is free first. */
export function inTurn(readers: readonly LogReader[]): Readers {
  const free = [...readers];
  const waiting: ((reader: LogReader) => void)[] = [];
  const take = (): Promise<LogReader> => {
    const reader = free.pop();
    return reader === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(reader);
  };
  return {
    async read(content) {
      const reader = await take();
      try {
        return await reader.read(content);
      } finally {
        const next = waiting.shift();
        if (next === undefined) free.push(reader);
        else next(reader);
      }
    },
    finish: () => Promise.all(readers.map((reader) => reader.finish())),
    async close() {
      await Promise.all(readers.map((reader) => reader.close()));
    },
  };
}

// The build replaces this with where it puts worker.ts, seen from the program's bundle.
declare const ACCESS_WORKER: string;

/** What one thread reads in about the time that it takes to start another. */
const worthAThread = 2 * 1024 * 1024;

/**
 * Readers for about so many bytes as stored (null: not known, taken as many): at most `workers` threads, and none where they
 * would not pay.
 */
export function openReaders(window: TrailWindow, workers: number, bytes: number | null): Readers {
  const wanted = Math.max(1, Math.min(workers, bytes === null ? workers : Math.ceil(bytes / worthAThread)));
  const built = typeof ACCESS_WORKER === 'string' ? new URL(ACCESS_WORKER, import.meta.url) : null;
  const threads = built !== null && wanted > 1;
  return inTurn(Array.from({ length: wanted }, () => (threads ? threadReader(window, built) : ownReader(window))));
}
