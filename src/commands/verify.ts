// `verify`: does it work. Every promise of the perimeter as a proposition, with what was seen of it in AWS.
import { stepIds } from '../engine/types.ts';
import { PerimeterError } from '../errors.ts';
import type { JournalState } from '../journal/journal.ts';
import type { Choices } from '../steps/choices.ts';
import type { PerimeterInput, Survey } from '../steps/landscape.ts';
import { count, duration } from '../ui/layout.ts';
import { type Check, type Verification, worstOf } from '../verify/check.ts';
import { standingSince } from '../verify/since.ts';
import { openForReading, openForWriting } from './engine-ports.ts';
import { placeOf, type Run, type Session } from './session.ts';
import { type FoundPerimeter, rememberedPerimeter } from './this-perimeter.ts';
import { type Dns, verifyFlagsOf, writeJunit } from './verify-flags.ts';
import { commandLine } from './where.ts';

/** Exit 0 where all holds, 1 where something does not, 3 where something cannot be told. */
export async function verify(run: Run): Promise<number> {
  const { waitSeconds, junit, dns } = verifyFlagsOf(run.flags);
  const perimeter = await rememberedPerimeter(run);
  try {
    const { session, input } = perimeter.online;
    const verification = await verifyFor(perimeter, waitSeconds, dns);
    await writeDown(session, input, verification);
    if (junit !== null) await writeJunit(junit, run.ports.cwd, verification);
    if (run.ui.json) run.ui.document({ version: 1, ...verification });
    else {
      const { renderVerification } = await import('../ui/render-verify.ts');
      run.ui.result(renderVerification(verification, (command) => commandLine(command, run.flags), run.ui.page));
    }
    return exitCodes[worstOf(verification.checks)];
  } finally {
    await perimeter.close();
  }
}

const exitCodes = { ok: 0, failed: 1, unknown: 3 } as const;

/** A perimeter, and the journal that says since when it stands. */
type Journaled = FoundPerimeter & { readonly journal: JournalState };

/** Looks once at everything that the perimeter promises, as it was read when it was found. */
export const verifyPerimeter = ({ online: { session, survey, input }, journal }: Journaled): Promise<Verification> =>
  look(session, survey, input, { since: sinceOf(session, journal), dns: null });

/** When the perimeter was changed last (ISO time); null: nothing says it. */
const sinceOf = ({ ctx }: Session, journal: JournalState): string | null => standingSince(journal, stepIds, null, ctx.clock.now());

/** `since`: when it was changed last, null where nothing says it; `dns`: who is asked for names, null for nobody. */
interface Look {
  readonly since: string | null;
  readonly dns: Dns | null;
}

async function look(session: Session, survey: Survey, input: PerimeterInput, { since, dns }: Look): Promise<Verification> {
  const { perimeterChecks } = await import('../verify/perimeter-checks.ts');
  const { probeChecks } = await import('../verify/probe-checks.ts');
  const { canaryChecks } = await import('../verify/canaries.ts');
  const { readCanaryRuns } = await import('../steps/canary-runs.ts');
  const { ctx } = session;
  const now = ctx.clock.now();
  const canaries = await readCanaryRuns(input.landscape.stack.resources, since, ctx);
  const checks = [
    ...perimeterChecks(input, now),
    ...(dns === null ? [] : await namesChecked(dns, input, session)),
    ...(await probeChecks(input, ctx)),
    ...canaryChecks(canaries, input),
  ];
  return { place: placeOf(survey, input.choices), checks: inOrder(checks), at: now.toISOString() };
}

async function namesChecked({ server }: Dns, input: PerimeterInput, { ctx }: Session): Promise<readonly Check[]> {
  const { dnsChecks } = await import('../verify/dns.ts');
  const { namesBy, systemNames } = await import('../verify/resolver.ts');
  return dnsChecks(input, server === null ? systemNames : namesBy(server), ctx);
}

const inOrder = (checks: readonly Check[]): readonly Check[] => stepIds.flatMap((id) => checks.filter(({ step }) => step === id));

const everySeconds = 15;

/** Looks again until all holds, for at most so many seconds; 0: once. */
async function verifyFor(perimeter: Journaled, waitSeconds: number, dns: Dns | null): Promise<Verification> {
  const { session, input } = perimeter.online;
  // Where no journal says since when the perimeter stands, runs count that begin while it is seen to stand.
  const since = sinceOf(session, perimeter.journal) ?? (waitSeconds === 0 ? null : session.ctx.clock.now().toISOString());
  const { ui, ctx } = session;
  const began = ctx.clock.now().getTime();
  const waited = (): number => (ctx.clock.now().getTime() - began) / 1000;
  let verification = await look(session, perimeter.online.survey, input, { since, dns });
  let told = '';
  while (worstOf(verification.checks) !== 'ok' && waited() + everySeconds <= waitSeconds) {
    const open = verification.checks.filter(({ state }) => state !== 'ok');
    const now = `${count(open.length, 'proposition')} not ✓ yet: ${open.map(({ id }) => id).join(', ')}`;
    if (now !== told) ui.progress(`${now}; looking again every ${everySeconds} s, for at most ${duration(waitSeconds - waited())}`);
    told = now;
    await ctx.clock.sleep(everySeconds * 1000, ctx.signal);
    verification = await anew(session, input.choices, { since, dns });
  }
  return verification;
}

async function anew(session: Session, choices: Choices, how: Look): Promise<Verification> {
  const { readInput, survey: read } = await import('../steps/pipeline.ts');
  const survey = await read(session.ctx);
  return look(session, survey, await readInput(survey, choices, session.ctx), how);
}

/** Where there is a journal, the result goes into it; that it cannot be written is said, and changes nothing about the result. */
async function writeDown(session: Session, { landscape, choices }: PerimeterInput, { checks }: Verification): Promise<void> {
  const { survey } = landscape;
  const before = await openForReading(session, survey, choices);
  await before.close();
  if (!before.exists) return;
  try {
    const journal = await openForWriting(session, survey, choices);
    try {
      await journal.append({ type: 'verified', checks: checks.map(({ id, state }) => ({ id, state })) });
      await journal.end('done');
    } finally {
      await journal.close();
    }
  } catch (error) {
    if (!(error instanceof PerimeterError)) throw error;
    session.ui.progress(`The result was not written to the journal: ${error.summary}`);
  }
}
