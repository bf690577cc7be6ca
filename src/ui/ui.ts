// The terminal as a port: commands say what is to be shown and asked; people at a terminal, people reading a log and
// programs each get it in their own form.
import type { RunEvent, StepId, StepPlan } from '../engine/types.ts';
import type { PerimeterError } from '../errors.ts';
import type { Json } from '../ports.ts';
import type { Answer, Question } from './questions.ts';
import type { Page } from './render-plan.ts';

export interface Ui {
  /** For renderers: colour, width, verbosity. */
  readonly page: Page;
  readonly json: boolean;
  /** Whether somebody is there to answer. */
  readonly interactive: boolean;
  /** For people, on stderr: who you are, what is going on. */
  progress(text: string): void;
  /** What goes on until the next call, where no event tells it: something that moves on a terminal, nothing elsewhere. Null: over. */
  working(text: string | null): void;
  /** For people, on stdout: what was asked for. */
  result(text: string): void;
  /** For programs: one document on stdout. */
  document(value: object): void;
  /** A step's plan before its confirmation. */
  showStep(step: { readonly id: StepId; readonly title: string }, plan: StepPlan): void;
  /** What the keys of coming events stand for. */
  learn(changes: readonly { readonly key: string; readonly summary: string; readonly seconds: number | null }[]): void;
  event(event: RunEvent): void;
  ask(question: Question): Promise<Answer>;
  error(error: PerimeterError): void;
  /** The last line of `apply` and `rollback` for programs. */
  done(outcome: 'done' | 'stopped' | 'failed' | 'interrupted', exitCode: number): void;
  /** Stops whatever moves on the screen. */
  close(): void;
}

export interface UiStreams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export interface UiOptions extends UiStreams {
  readonly quiet: boolean;
  readonly yes: boolean;
  /** Whether the six steps are shown on a line as they go. */
  readonly rail: boolean;
  /** `apply` and `rollback`: programs get one event a line instead of one document. */
  readonly events: boolean;
  readonly page: Page;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** ISO time for events. */
  now(): string;
}

/** What a machine reads on one line. */
export const line = (value: object | Json): string => `${JSON.stringify(value)}\n`;
