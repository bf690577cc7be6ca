// From events to lines: what has ended is a line that stays, what goes on is one line that moves.
import type { RunEvent, StepId } from '../engine/types.ts';
import { columnsOf, cut, duration, painted, wrap } from './layout.ts';
import { type RailState, renderRail } from './rail.ts';
import { renderCertificate } from './render-certificate.ts';
import type { Page } from './render-plan.ts';
import { renderReplay } from './render-replay.ts';
import { stepNumber } from './steps.ts';

/** What a key stands for. */
export interface Known {
  readonly key: string;
  readonly summary: string;
  readonly seconds: number | null;
}

interface Going {
  readonly change: Known | null;
  readonly step: StepId;
  /** Made and settled; what goes on is its proof, or a look at whether all is there. Neither ends with an event of its own. */
  readonly proving: boolean;
  readonly since: number;
  readonly waited: number;
  readonly told: number;
}

const tellEvery = 30;
const shownAtOnce = 4;

/** What one run has going. Times are milliseconds of the run's clock. */
export class Progress {
  readonly #page: Page;
  readonly #now: () => number;
  readonly #changes = new Map<string, Known>();
  readonly #going = new Map<string, Going>();
  readonly #done = new Set<string>();
  readonly #begun = new Set<StepId>();
  readonly #undone = new Set<StepId>();
  readonly #kept = new Set<StepId>();
  readonly #rail = new Map<StepId, RailState>();
  #working: { readonly text: string; readonly since: number } | null = null;
  #probe: { readonly stage: string; readonly answers: number; readonly last: string } | null = null;

  constructor(page: Page, now: () => number) {
    this.#page = page;
    this.#now = now;
  }

  /** What goes on where no event tells it; null where that is over. */
  work(text: string | null): void {
    this.#working = text === null ? null : { text, since: this.#now() };
  }

  /** All six steps on a line. */
  rail(): string {
    return renderRail((id) => this.#rail.get(id) ?? (this.#rail.size === 0 && id === 'discover' ? 'now' : 'ahead'), this.#page);
  }

  /** Remembers what keys stand for. */
  learn(changes: readonly Known[]): void {
    for (const change of changes) this.#changes.set(change.key, change);
  }

  /** Lines that stay, for this event. `moving`: something else shows what goes on, so that waits need no lines. */
  lines(event: RunEvent, moving: boolean): readonly string[] {
    const { paint } = this.#page;
    this.#follow(event);
    switch (event.type) {
      case 'finding':
        if (event.finding.code === 'QP703') this.#kept.add(event.step);
        return [];
      case 'step-started':
      case 'question':
        return [];
      case 'change-begun': {
        const proven = this.#proven(event.step);
        const change = this.#changes.get(event.key) ?? null;
        this.#begun.add(event.step);
        this.#going.set(event.key, { change, step: event.step, proving: false, since: this.#now(), waited: 0, told: 0 });
        return moving ? proven : [...proven, ...this.#line('…', this.#what(event.key), paint.dim)];
      }
      case 'change-made':
        return moving ? [] : this.#line('…', `made ${event.id}`, paint.dim);
      case 'waiting':
        return this.#waiting(event, moving);
      case 'change-done': {
        const text = `${this.#what(event.key)}${this.#took(event.key)}`;
        this.#going.delete(event.key);
        this.#done.add(event.key);
        this.#probe = null;
        return this.#line('✓', text, paint.good);
      }
      case 'change-failed':
        this.#going.delete(event.key);
        return this.#line('✗', `${this.#what(event.key)}: ${event.error}`, paint.bad);
      case 'change-undone':
        this.#going.delete(event.key);
        this.#undone.add(event.step);
        return this.#line('↶', `undone: ${this.#what(event.key)}`, paint.dim);
      case 'probe':
        return this.#probed(event.stage, event.object, event.verdict, moving);
      case 'certificate':
        return [renderCertificate(event, this.#what(event.key), this.#page)];
      case 'unconfirmed': {
        const text = `${this.#what(event.key)}: not confirmed; AWS ends it by itself at ${event.until}`;
        return [...this.#proven(event.step), ...this.#line('!', text, paint.warn)];
      }
      case 'assessed':
        return [renderReplay(event, this.#page)];
      case 'note':
        return [painted(wrap(event.text, this.#page.width), paint.warn)];
      case 'step-done':
        return [...this.#proven(event.step), `${paint.good('✓')} ${stepNumber(event.step)}  ${event.step} ${this.#outcome(event.step)}`];
      default:
        return event satisfies never;
    }
  }

  /** The lines that move: what goes on, since when, and how long that usually takes; null where nothing goes on. */
  moving(): string | null {
    const going = [...this.#going];
    if (going.length === 0) return this.#working === null ? null : this.#movingLine(this.#working.text, this.#since(this.#working.since));
    const shown = going.slice(0, shownAtOnce).map(([key, { change, since, waited }], index) => {
      const usual = change?.seconds ?? null;
      const elapsed = duration(Math.max(waited, (this.#now() - since) / 1000));
      const probe = this.#probe === null || index > 0 ? '' : `, probe ${this.#probe.stage}: ${this.#probe.last}`;
      return this.#movingLine(this.#what(key), `${elapsed}${usual === null ? '' : `, usually about ${duration(usual)}`}${probe}`);
    });
    return [...shown, ...(going.length > shown.length ? [`and ${going.length - shown.length} more`] : [])].join('\n  ');
  }

  // The spinner and a space stand before it.
  #movingLine(what: string, time: string): string {
    return `${cut(what, Math.max(10, this.#page.width - columnsOf(time) - 6))}  ${this.#page.paint.dim(time)}`;
  }

  #since(since: number): string {
    return duration((this.#now() - since) / 1000);
  }

  // What a step looks at before it plans comes with no event: from its start, and after each change.
  #follow(event: RunEvent): void {
    if (event.type === 'step-started') this.#rail.set(event.step, 'now');
    if (event.type === 'step-done') this.#rail.set(event.step, 'done');
    if (event.type === 'change-failed') this.#rail.set(event.step, 'failed');
    if (event.type === 'step-started') this.work(`Looking at what stands for step ${event.step}`);
    else if (event.type === 'step-done') this.work(null);
  }

  // A step of which things were undone and none begun is being rolled back.
  #outcome(step: StepId): string {
    if (this.#begun.has(step) || !this.#undone.has(step)) return 'done';
    return this.#kept.has(step) ? 'undone, but for what is kept' : 'undone';
  }

  // A change that needs a proof begins only where it held, and so does the end of a step.
  #proven(step: StepId): readonly string[] {
    const keys = [...this.#going].filter(([, each]) => each.proving && each.step === step).map(([key]) => key);
    const told = this.#probe === null ? [] : keys;
    const lines = told.flatMap((key) => this.#line('✓', `proven: ${this.#what(key)}${this.#took(key)}`, this.#page.paint.good));
    for (const key of keys) this.#going.delete(key);
    if (keys.length > 0) this.#probe = null;
    return lines;
  }

  #waiting({ key, step, seconds }: { readonly key: string; readonly step: StepId; readonly seconds: number }, moving: boolean) {
    const before = this.#going.get(key);
    const told = before?.told ?? 0;
    const tell = !moving && seconds - told >= tellEvery;
    this.#going.set(key, {
      change: before?.change ?? this.#changes.get(key) ?? null,
      step,
      proving: before?.proving ?? this.#done.has(key),
      since: before?.since ?? this.#now() - seconds * 1000,
      waited: seconds,
      told: tell ? seconds : told,
    });
    const usual = this.#going.get(key)?.change?.seconds ?? null;
    const about = usual === null ? '' : ` (usually about ${duration(usual)})`;
    return tell ? this.#line('…', `waiting for ${duration(seconds)}${about}: ${this.#what(key)}`, this.#page.paint.dim) : [];
  }

  // Eight triples of answers make a verdict; a log needs the first of a stage and every turn.
  #probed(stage: string, object: string, verdict: string, moving: boolean): readonly string[] {
    const last = `${object} ${verdict}`;
    const fresh = this.#probe === null || this.#probe.stage !== stage;
    this.#probe = { stage, answers: fresh ? 1 : (this.#probe?.answers ?? 0) + 1, last };
    return fresh && !moving ? this.#line('…', `probe (${stage}): ${last}`, this.#page.paint.dim) : [];
  }

  #took(key: string): string {
    const going = this.#going.get(key);
    if (going === undefined) return '';
    const seconds = Math.max(going.waited, (this.#now() - going.since) / 1000);
    return seconds < 1 ? '' : ` (${duration(seconds).replaceAll(' ', '\u00a0')})`;
  }

  #what(key: string): string {
    return this.#changes.get(key)?.summary ?? key;
  }

  #line(sign: string, text: string, paint: (text: string) => string): readonly string[] {
    return [wrap(text, this.#page.width, `  ${paint(sign)} `, '    ')];
  }
}
