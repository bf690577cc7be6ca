// `watch`: follows the calls that S3 refuses once the perimeter is on, by the logs of CloudTrail as they arrive. Reads only, unless
// --revert-above says what may be undone.
import type { Follower, News } from '../access/follow.ts';
import type { FollowedWorld } from '../access/follow-world.ts';
import type { Followed, JudgedCall } from '../access/followed.ts';
import { badInput, failed, PerimeterError, stopped } from '../errors.ts';
import type { JournalState } from '../journal/journal.ts';
import { type Assessed, readAssessed } from './assessed.ts';
import type { Run, Session } from './session.ts';
import { rememberedPerimeter } from './this-perimeter.ts';
import { type WatchOptions, watchOptionsOf } from './watch-flags.ts';
import { lastPutOn, standingOf } from './watch-memory.ts';
import { byHand, Revert } from './watch-revert.ts';
import { type WatchReport, WatchSay } from './watch-say.ts';

/**
 * `watch SOURCE...`. Ends with --for, or when it is interrupted (exit 130); both print what was seen.
 * @returns exit 3 where calls were refused that were foretold to pass, else 1 where a log could not be read, else 0
 */
export async function watch(run: Run): Promise<number> {
  const { args, flags, ports } = run;
  if (args.length === 0) {
    throw badInput(
      'USAGE',
      'reading the command line: nothing is named that could be followed',
      'quilt-perimeter watch SOURCE...: a folder that logs arrive in, or s3://BUCKET/PREFIX',
    );
  }
  const options = await watchOptionsOf(flags, ports.cwd);
  const perimeter = await rememberedPerimeter(run);
  try {
    return await (await openWatch(run, perimeter, options)).run();
  } finally {
    await perimeter.close();
  }
}

type Remembered = Awaited<ReturnType<typeof rememberedPerimeter>>;

async function openWatch(run: Run, perimeter: Remembered, options: WatchOptions): Promise<Watch> {
  const { online, spec, testBucket, journal } = perimeter;
  const { session, input, survey } = online;
  const { ctx, paths } = session;
  const [{ Follower }, { openSources }, { FollowedWorld }, { Followed }, { Forecast }, { saidFor, surveyedOf, regionsOf }] =
    await Promise.all([
      import('../access/follow.ts'),
      import('../access/follow-sources.ts'),
      import('../access/follow-world.ts'),
      import('../access/followed.ts'),
      import('../access/predicted.ts'),
      import('./assess-for.ts'),
    ]);
  const assessed = await readAssessed(journal, paths.state);
  if (options.revertAbove !== null) requireMemory(paths.state, journal, assessed);
  const { standing, targets } = standingOf(input);
  const now = ctx.clock.now();
  const putOn = lastPutOn(journal);
  const since = options.reading.window(now.getTime()).since ?? putOn?.doneAt ?? now.getTime();
  const said = saidFor(input, now, options.reading);
  const sources = await openSources(run.args, regionsOf(said, survey), ctx);
  const followed = new Followed(new Forecast(assessed?.paths ?? null, assessed?.left ?? 0, testBucket), standing);
  const say = new WatchSay(session, spec, standing);
  await say.begin({ sources: run.args, since, putOn: putOn?.step ?? null, assessed, targets, options });
  return new Watch({
    session,
    options,
    say,
    follower: new Follower(sources, since),
    world: new FollowedWorld(said, surveyedOf(input, targets), ctx),
    followed,
    revert: options.revertAbove === null ? null : new Revert(session, survey, options.revertAbove),
    since,
  });
}

// A safety net that could never catch anything is worse than none.
function requireMemory(path: string, { place }: JournalState, assessed: Assessed | null): void {
  if (place === null) {
    throw stopped(
      'NO_JOURNAL',
      `reading --revert-above (${path}): there is no journal, and nothing else tells what could be undone`,
      'run it in the folder that the changes were applied from, or name that folder with --dir',
    );
  }
  if (assessed === null) {
    throw stopped(
      'NO_ASSESSMENT',
      `reading --revert-above (${path}): nothing was assessed, so no call is known as one that is to pass`,
      'watch without --revert-above; or assess before the perimeter is put on, with apply --assess SOURCE',
    );
  }
}

interface Parts {
  readonly session: Session;
  readonly options: WatchOptions;
  readonly say: WatchSay;
  readonly follower: Follower;
  readonly world: FollowedWorld;
  readonly followed: Followed;
  readonly revert: Revert | null;
  readonly since: number;
}

class Watch {
  readonly #parts: Parts;
  /** Read, and not yet judged, since something about its callers could not be asked. */
  #pending: News[] = [];
  #looks = 0;
  #logs = 0;
  #events = 0;
  #errors: News['errors'][number][] = [];
  /** Of the last look; null: it went well. */
  #failure: PerimeterError | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async run(): Promise<number> {
    const { session, options } = this.#parts;
    const { clock, signal } = session.ctx;
    const until = options.forMs === null ? null : clock.now().getTime() + options.forMs;
    let interrupted = false;
    try {
      for (;;) {
        await this.#look();
        const now = clock.now().getTime();
        if (until !== null && now >= until) break;
        await clock.sleep(until === null ? options.everyMs : Math.min(options.everyMs, until - now), signal);
      }
    } catch (error) {
      // What was cut short in the middle of an undo is told as it is of every command.
      const isCut = this.#parts.revert?.state === 'undoing';
      if (!signal.aborted || isCut || (error instanceof PerimeterError && error.kind !== 'interrupted')) throw await this.#ended(error);
      interrupted = true;
    }
    const report = this.#report();
    await this.#parts.say.end(report, interrupted);
    if (interrupted) return 130;
    return exitCodeOf(report);
  }

  /** What was seen is told even where it ends in an error. */
  async #ended(error: unknown): Promise<unknown> {
    await this.#parts.say.end(this.#report(), false);
    return error;
  }

  async #look(): Promise<void> {
    const { session, follower, followed, world, say } = this.#parts;
    const calls: JudgedCall[] = [];
    try {
      this.#pending.push(await follower.look(session.ctx.clock.now().getTime()));
      for (const news of [...this.#pending]) {
        const around = await world.around(news.counts, news.denials);
        followed.see(news.counts, around);
        calls.push(...followed.judge(news.denials, (call) => follower.tagsOf(call), around));
        this.#pending = this.#pending.slice(1);
        this.#logs += news.logs;
        this.#events += news.events;
        this.#errors.push(...news.errors);
        for (const { file, reason } of news.errors) say.unreadable(file, reason);
      }
      this.#failure = null;
      say.sound();
    } catch (error) {
      this.#failure = await passing(error, session);
      say.failed(this.#failure);
    }
    this.#looks += 1;
    for (const each of world.news()) say.finding(each);
    await say.calls(calls);
    if (this.#looks === 1) say.first(this.#logs, this.#events);
    await this.#revertIfDue();
  }

  async #revertIfDue(): Promise<void> {
    const { followed, revert, say, session } = this.#parts;
    const reverted = (await revert?.whenDue(followed, (due) => say.reverting(due))) ?? null;
    if (reverted !== null) say.reverted(reverted, byHand(session, reverted.step));
  }

  #report(): WatchReport {
    const { followed, revert, since, session } = this.#parts;
    return {
      since: new Date(since).toISOString(),
      until: session.ctx.clock.now().toISOString(),
      logs: this.#logs,
      events: this.#events,
      denied: followed.denied(),
      silent: followed.silent(),
      errors: this.#errors,
      failure: this.#failure,
      revert: revert?.state ?? null,
    };
  }
}

function exitCodeOf({ denied, errors, failure, revert }: WatchReport): number {
  const isBroken = denied.some(({ by, foretold }) => by === 'perimeter' && foretold === 'passes');
  if (isBroken || (revert !== null && revert !== 'none')) return 3;
  return errors.length > 0 || failure !== null ? 1 : 0;
}

/** The error of a look that the next one may not meet; throws any other. */
async function passing(error: unknown, { ctx }: Session): Promise<PerimeterError> {
  ctx.signal.throwIfAborted();
  const { explainError, rootOf } = await import('../aws/explain-error.ts');
  const root = rootOf(error);
  if (root === null) throw error;
  const explained = explainError(root, 'following the trail');
  if (explained.code !== 'UNREACHABLE' && explained.code !== 'THROTTLED') throw error;
  return failed(explained.code, explained.summary, 'nothing: it is looked at again', error);
}
