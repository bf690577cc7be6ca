// One error class for everything that a person can do something about. `kind` decides the exit code; the rest is the
// one line and the remedy that are printed.
import type { Versions } from './findings.ts';

export type ErrorKind = 'input' | 'stopped' | 'failed' | 'interrupted';

const exitCodes = { input: 2, stopped: 3, failed: 1, interrupted: 130 } as const satisfies Record<ErrorKind, number>;

/** An error with a code for programs, a sentence for people, and what to do. */
export class PerimeterError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly summary: string;
  readonly detail: string;
  readonly remedy: string;
  /** QP703: what is there, and what was expected there; null with every other code. */
  readonly versions: Versions | null;

  constructor(
    kind: ErrorKind,
    code: string,
    text: { readonly summary: string; readonly detail?: string; readonly remedy: string; readonly versions?: Versions },
    options?: { readonly cause?: unknown },
  ) {
    super(text.summary, options);
    this.name = 'PerimeterError';
    this.kind = kind;
    this.code = code;
    this.summary = text.summary;
    this.detail = text.detail ?? '';
    this.remedy = text.remedy;
    this.versions = text.versions ?? null;
  }

  /** The process exit code of `cli.md`: 1, 2, 3 or 130. */
  get exitCode(): number {
    return exitCodes[this.kind];
  }
}

/** Bad input (exit 2): the value that was given and what to give instead. Nothing was changed. */
export const badInput = (code: string, summary: string, remedy: string, cause?: unknown): PerimeterError =>
  new PerimeterError('input', code, { summary, remedy }, cause === undefined ? undefined : { cause });

/** Stopped on purpose (exit 3). */
export const stopped = (code: string, summary: string, remedy: string, detail = ''): PerimeterError =>
  new PerimeterError('stopped', code, { summary, remedy, detail });

/** Stopped since somebody changed a thing between our look and our call (QP703, exit 3). Nothing of theirs was overwritten. */
export const changedMeanwhile = (summary: string, remedy: string, versions: Versions): PerimeterError =>
  new PerimeterError('stopped', 'QP703', { summary, remedy, versions });

/** Failed (exit 1): AWS refused, is unreachable, or something broke. */
export const failed = (code: string, summary: string, remedy: string, cause?: unknown): PerimeterError =>
  new PerimeterError('failed', code, { summary, remedy }, cause === undefined ? undefined : { cause });

/**
 * A value from outside as errors show it: in one line, without anything that a terminal takes for a command or that turns its
 * text round, and no longer than people read.
 */
export function shown(value: string): string {
  if (value === '') return 'empty';
  const text = JSON.stringify(value)
    .slice(1, -1)
    .replace(/[\p{Cc}\p{Cf}]/gu, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return text.length > 120 ? `${text.slice(0, 100)}… (${value.length} characters)` : text;
}
