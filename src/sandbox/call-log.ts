// The log of calls: in memory, and beside a stored world in calls.jsonl, where several processes write.
import { appendFileSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { Caller, Write } from './types.ts';

export interface CallRecord {
  /** From 1, over all processes. */
  readonly seq: number;
  readonly service: string;
  readonly operation: string;
  readonly kind: Write;
  readonly caller: string;
  readonly network: Caller['network'] | null;
  readonly region: string;
  /** The IAM actions that the call needs, dependent ones included; empty where it did not come that far. */
  readonly actions: readonly string[];
  /** Top-level scalars and ids of the input, without bodies, documents, parameters or secrets. */
  readonly input: Readonly<Record<string, string>>;
  /** `OK` or the error's code; what became of the answer where it was not sent: `LostAnswer`, `Dropped`. */
  readonly result: string;
  /** Simulated milliseconds since the epoch. */
  readonly at: number;
}

export interface CallLog {
  /** The calls of other processes since the last look are read in. To be called under the store's lock. */
  refresh(): void;
  readonly size: number;
  append(record: Omit<CallRecord, 'seq'>): void;
  all(): readonly CallRecord[];
  clear(): void;
}

export function memoryLog(): CallLog {
  const records: CallRecord[] = [];
  return {
    refresh: () => undefined,
    get size() {
      return records.length;
    },
    append: (record) => void records.push({ seq: records.length + 1, ...record }),
    all: () => records,
    clear: () => void records.splice(0),
  };
}

/** A log in a file of one record a line. A line cut off by a crash is passed over. */
export function fileLog(file: string): CallLog {
  const records: CallRecord[] = [];
  let offset = 0;
  const refresh = (): void => {
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size === offset) return;
    if (size < offset) {
      records.splice(0);
      offset = 0;
    }
    const added = size === 0 ? '' : readFileSync(file).subarray(offset).toString('utf8');
    offset = size;
    for (const line of added.split('\n')) {
      const record = parsed(line);
      if (record) records.push({ ...record, seq: records.length + 1 });
    }
  };
  return {
    refresh,
    get size() {
      return records.length;
    },
    append(record) {
      const full = { seq: records.length + 1, ...record };
      const line = `${JSON.stringify(full)}\n`;
      appendFileSync(file, line, { mode: 0o600 });
      offset += Buffer.byteLength(line);
      records.push(full);
    },
    all: () => records,
    clear() {
      rmSync(file, { force: true });
      records.splice(0);
      offset = 0;
    },
  };
}

function parsed(line: string): CallRecord | null {
  if (!line.endsWith('}')) return null;
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const withheld = /body|policy|document|content|template|secret|token|password|userdata/i;

/** What the log keeps of an input: short scalars and lists of them, by name. */
export function summaryOf(input: Readonly<Record<string, unknown>>): Record<string, string> {
  const summary: Record<string, string> = {};
  for (const [name, value] of Object.entries(input)) {
    if (withheld.test(name) && !/^(PolicyId|PolicyArn|PolicyType)$/.test(name)) continue;
    const text = Array.isArray(value) && value.every(isScalar) ? value.join(',') : isScalar(value) ? String(value) : null;
    if (text !== null) summary[name] = text.slice(0, 200);
  }
  return summary;
}

const isScalar = (value: unknown): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value);
