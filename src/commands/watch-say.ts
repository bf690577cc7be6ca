// What `watch` tells as it goes: lines for people, one event a line for programs.
import type { Standing } from '../access/attribute.ts';
import type { DeniedPath, JudgedCall } from '../access/followed.ts';
import type { ForetoldPath } from '../access/predicted.ts';
import type { StepId } from '../engine/types.ts';
import type { PerimeterError } from '../errors.ts';
import type { Finding } from '../findings.ts';
import type { PerimeterSpec } from '../policy/perimeter.ts';
import type { Assessed } from './assessed.ts';
import type { Session } from './session.ts';
import type { WatchOptions } from './watch-flags.ts';
import type { Reverted, RevertState } from './watch-revert.ts';

/** What was seen from beginning to end. */
export interface WatchReport {
  /** ISO times. */
  readonly since: string;
  readonly until: string;
  readonly logs: number;
  /** Records read, of any service. */
  readonly events: number;
  /** Refused calls by path, most first. */
  readonly denied: readonly DeniedPath[];
  /** Paths that were assessed and on which nothing came. */
  readonly silent: readonly ForetoldPath[];
  readonly errors: readonly { readonly file: string; readonly reason: string }[];
  readonly failure: PerimeterError | null;
  /** Null: without --revert-above. */
  readonly revert: RevertState | null;
}

/** What is followed, and what it is compared with. */
export interface WatchBeginning {
  readonly sources: readonly string[];
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly putOn: StepId | null;
  readonly assessed: Assessed | null;
  readonly targets: readonly string[];
  readonly options: Pick<WatchOptions, 'everyMs' | 'forMs' | 'revertAbove'>;
}

/** What CloudTrail promises (F18), said at the beginning and with what was seen. */
export const lag = 'CloudTrail may lag 15 minutes: what is shown here is past, and of the last quarter of an hour silence says nothing.';

export class WatchSay {
  readonly #session: Session;
  readonly #buckets: readonly string[];
  readonly #standing: Standing;
  #failing = false;

  constructor(session: Session, { buckets }: Pick<PerimeterSpec, 'buckets'>, standing: Standing) {
    this.#session = session;
    this.#buckets = buckets;
    this.#standing = standing;
  }

  async begin(beginning: WatchBeginning): Promise<void> {
    const { ui } = this.#session;
    const { sources, since, putOn, assessed, targets, options } = beginning;
    if (ui.json) {
      const { scp, bucket } = this.#standing;
      this.#emit('watch-started', {
        version: 1,
        sources,
        since: new Date(since).toISOString(),
        standing: {
          scp: scp.known ? (scp.value === null ? null : { id: scp.value.id, name: scp.value.name, targets }) : 'unknown',
          bucket: bucket.known ? (bucket.value?.name ?? null) : 'unknown',
        },
        lastStep: putOn,
        assessed:
          assessed === null
            ? null
            : { at: assessed.at, sources: assessed.sources, paths: assessed.paths.length + assessed.left, kept: assessed.paths.length },
        revertAbove: options.revertAbove,
        note: lag,
      });
      return;
    }
    const { renderWatchBeginning } = await import('../ui/render-watch.ts');
    ui.progress(renderWatchBeginning({ ...beginning, buckets: this.#buckets, standing: this.#standing, lag }, ui.page));
  }

  /** The first look is over. */
  first(logs: number, events: number): void {
    this.#emit('caught-up', { logs, events });
    this.#session.ui.progress(
      logs === 0
        ? 'There is no log of that time yet. Waiting for the first.'
        : `Read ${logs.toLocaleString('en')} logs that were there already. Waiting for more.`,
    );
  }

  /** Refused calls, in the order in which they were made. */
  async calls(calls: readonly JudgedCall[]): Promise<void> {
    const { ui } = this.#session;
    if (calls.length === 0) return;
    if (ui.json) {
      for (const { call, path } of calls) {
        const { principal, network, viaService, bucket, by, step, toldBy, policy, foretold, mustPass } = path;
        const { eventName: event } = call.path;
        const said = { id: call.id, eventTime: call.at, event, principal, network, viaService, bucket, by, step, toldBy, policy };
        this.#emit('denial', { ...said, predicted: foretold, mustPass });
      }
      return;
    }
    const { renderDenials } = await import('../ui/render-watch.ts');
    ui.result(renderDenials(calls, ui.page));
  }

  unreadable(file: string, reason: string): void {
    this.#emit('unreadable', { file, reason });
    this.#session.ui.progress(`${file}: ${reason}`);
  }

  finding(finding: Finding): void {
    const { ui } = this.#session;
    this.#emit('finding', { finding });
    ui.progress(`${finding.code} (${finding.severity}): ${finding.summary}. ${finding.detail} ${finding.remedy}`);
  }

  /** A look that did not go through; told once until one does. */
  failed(error: PerimeterError): void {
    if (!this.#failing) {
      this.#emit('look-failed', { code: error.code, summary: error.summary });
      this.#session.ui.progress(`${error.summary}. It is looked at again.`);
    }
    this.#failing = true;
  }

  /** A look went through. */
  sound(): void {
    this.#failing = false;
  }

  reverting({ step, calls }: { readonly step: StepId; readonly calls: number }): void {
    this.#emit('reverting', { step, calls });
    this.#session.ui.progress(`${told(calls)} that was to pass it: undoing step ${step}.`);
  }

  reverted({ step, calls, state, error }: Reverted, byHand: string): void {
    this.#emit('revert-ended', { step, calls, state, code: error?.code ?? null, summary: error?.summary ?? null, byHand });
    this.#session.ui.progress(afterwards(step, state, error, byHand));
  }

  async end(report: WatchReport, interrupted: boolean): Promise<void> {
    const { ui } = this.#session;
    if (!ui.json) {
      const { renderWatchReport } = await import('../ui/render-watch.ts');
      ui.result(renderWatchReport(report, { interrupted, lag }, ui.page));
      return;
    }
    const { denied, silent, failure, ...rest } = report;
    const ours = denied.filter(({ by }) => by === 'perimeter').map(outOf);
    this.#emit('summary', {
      ...rest,
      failure: failure?.code ?? null,
      predicted: ours.filter(({ predicted }) => predicted === 'newly-denied'),
      unpredicted: ours.filter(({ predicted }) => predicted !== 'newly-denied'),
      silent,
      others: denied.filter(({ by }) => by === 'other').map(outOf),
      untold: denied.filter(({ by }) => by === 'unknown').map(outOf),
      note: lag,
    });
  }

  #emit(type: string, body: object): void {
    const { ui, ctx } = this.#session;
    if (ui.json) ui.document({ type, at: ctx.clock.now().toISOString(), ...body });
  }
}

const outOf = ({ foretold, ...path }: DeniedPath) => ({ ...path, predicted: foretold });

const told = (calls: number): string => `${calls.toLocaleString('en')} refused ${calls === 1 ? 'call' : 'calls'}`;

function afterwards(step: StepId, state: Reverted['state'], error: PerimeterError | null, byHand: string): string {
  switch (state) {
    case 'reverted':
      return `Step ${step} is undone. It is not undone a second time; calls that were refused before may still be told.`;
    case 'declined':
      return `Step ${step} stands: nobody at a terminal said yes to undoing it. By hand: ${byHand}`;
    case 'kept':
      return `Step ${step} is undone in part: what somebody changed or uses was kept (QP703). By hand: ${byHand} --accept QP703`;
    case 'failed':
      return `Step ${step} could not be undone: ${error?.summary ?? ''}. It is tried again. By hand: ${byHand}`;
    default:
      return state satisfies never;
  }
}
