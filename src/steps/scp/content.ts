// The SCP's content, replaced stage by stage. Only versions that this tool wrote are ever replaced.
import { isAwsError } from '../../aws/aws-error.ts';
import { probeObject } from '../../aws/probe.ts';
import { findPolicy, listTargetsOf, updatePolicy } from '../../aws/service-control-policy.ts';
import { waitUntil } from '../../aws/wait.ts';
import type { Applied, Inspection, Made } from '../../engine/types.ts';
import { changedMeanwhile } from '../../errors.ts';
import { versionsOf } from '../../findings.ts';
import { isOurs, minify, parsePolicy, type Statement, withoutOurs } from '../../policy/document.ts';
import { liftedDocument } from '../../policy/probe.ts';
import type { Json } from '../../ports.ts';
import { type ChangeKind, reporting } from '../change-kind.ts';
import type { StepContext } from '../context.ts';
import { text, truth } from '../fields.ts';
import { isOver } from '../guard.ts';
import { oursIn, samePerimeter, strangersTrial } from '../our-statements.ts';
import { type Probe, probeIn } from '../probing.ts';
import { samePolicy, sameStatements } from '../same-policy.ts';
import { lastingStatements } from './contents.ts';

const liftSeconds = 240;

export const content: ChangeKind = {
  kind: 'content',

  async apply(applied: Applied, ctx: StepContext): Promise<Made> {
    const { change } = applied;
    const id = text(change.after, 'policyId');
    await refuseIfChanged(applied, id, ctx);
    await updatePolicy(id, text(change.after, 'content'), ctx);
    return { id, fields: {} };
  },

  async wait(): Promise<void> {},

  async inspect({ change, run }: Applied, ctx: StepContext): Promise<Inspection> {
    const found = await findPolicy(text(change.after, 'policyId'), ctx);
    if (found === undefined) return { state: 'gone' };
    return inspectContent({ change, run }, found.content);
  },

  /**
   * Puts back the perimeter that was in force before, else a version that denies nothing but an absent key: one call lifts it
   * everywhere, and survives those who attach a detached SCP again (K5). What bound nobody before never comes into force by
   * being put back: where it is attached meanwhile, the lifted version is put.
   */
  async undo(applied: Applied, ctx: StepContext, seen?: Json): Promise<void> {
    const { change } = applied;
    const id = text(change.after, 'policyId');
    const liftedKey = `quilt-perimeter-probe/${ctx.run.id}/scp/lifted`;
    const back = contentsToPutBack(applied, liftedKey);
    const { lifted } = back;
    // Nobody is denied any more: what was in force before does not come back unproven.
    const isEnded = isOver(change, ctx.clock.now());
    const denies = back.denies && !isEnded;
    let restored = isEnded ? lifted : back.former;
    try {
      const wouldBind = truth(change.before, 'idle') && (await listTargetsOf(id, ctx)).length > 0;
      if (wouldBind) restored = lifted;
      const there = (await findPolicy(id, ctx))?.content;
      if (there === undefined) return;
      if (seen !== undefined && !sameStatements(oursIn(there), oursIn(text(seen, 'content')))) {
        throw changedMeanwhile(
          `undoing the content of SCP (${id}): somebody changed this tool's statements just now`,
          'run rollback again: it looks at what is there now',
          versionsOf({ content: there }, seen),
        );
      }
      restored = besideOthers(restored, there);
      await updatePolicy(id, restored, ctx);
    } catch (error) {
      if (isAwsError(error, 'PolicyNotFoundException')) return;
      throw error;
    }
    await waitUntil(
      { what: `restoring SCP (${id})`, timeoutSeconds: 120, everySeconds: 2, waited: reporting(applied, ctx) },
      async () => {
        const there = await findPolicy(id, ctx);
        return there === undefined || samePolicy(there.content, restored) ? true : undefined;
      },
      ctx,
    );
    const probe = probeIn(change.after, ctx);
    if (change.undoFirst === true && !denies && probe !== null) await seeLifted(applied, { ...probe, control: liftedKey }, ctx);
  },
};

/** What the SCP's content says of a change that was made to it. Pure. */
export function inspectContent({ change, run }: Pick<Applied, 'change' | 'run'>, there: string): Inspection {
  const aws = { content: there };
  const made = text(change.after, 'content');
  const drifted = { state: 'drifted', aws, expected: { content: made }, ours: !noneOurs(there) } as const;
  if (samePolicy(there, made)) return { state: 'as-made', aws, inUseBy: [] };
  if (!parsePolicy(there).ok) return drifted;
  const beside = allOurs(there) ? {} : { beside: { aws, expected: drifted.expected } };
  if (isInForce(change, there)) return { state: 'as-made', aws, inUseBy: [], ...beside };
  // Versions that differ only in their probes, or in nothing but having been lifted, are one state of the perimeter.
  const sameState = sameStatements(lastingOurs(there), lastingOurs(contentBefore(change.before, run)));
  if (sameState || (change.temporary === true && allOurs(there))) return { state: 'as-before', aws };
  return drifted;
}

/**
 * What undoing a change of the content puts back. Pure.
 * @param liftedKey the absent key that the lifted version denies
 * @returns `former`: what is put; `lifted`: what is put instead where a version that was attached to nothing is attached now;
 *   `denies`: whether the former version is a perimeter in force
 */
export function contentsToPutBack(
  { change, run }: Pick<Applied, 'change' | 'run'>,
  liftedKey: string,
): { readonly former: string; readonly lifted: string; readonly denies: boolean } {
  const before = contentBefore(change.before, run);
  const lasting = lastingStatements(before);
  const denies = lasting.length > 0;
  const lifted = minify(
    liftedDocument({ partition: text(change.after, 'partition'), bucket: text(change.after, 'bucket'), controlKey: liftedKey }),
  );
  if (truth(change.before, 'exact')) return { former: before, lifted, denies };
  return { former: denies ? minify({ Version: '2012-10-17', Statement: lasting }) : lifted, lifted, denies };
}

const lastingOurs = (policy: string): readonly Statement[] => lastingStatements(policy).filter(isOurs);

/** Whether every statement is of our making. */
export function allOurs(policy: string): boolean {
  const parsed = parsePolicy(policy);
  return parsed.ok && parsed.document.Statement.length > 0 && parsed.document.Statement.every(isOurs);
}

/** Whether no statement is of our making. */
function noneOurs(policy: string): boolean {
  const parsed = parsePolicy(policy);
  return parsed.ok && !parsed.document.Statement.some(isOurs);
}

/**
 * Whether what this change put on is in force, whatever others wrote beside it; what lasts also with the probes of a later run
 * beside it that was cut short.
 */
function isInForce({ after, temporary }: Applied['change'], found: string): boolean {
  const made = text(after, 'content');
  if (temporary === true) return sameStatements(oursIn(found), oursIn(made));
  return lastingOurs(found).length > 0 && sameStatements(lastingOurs(found), lastingOurs(made));
}

/**
 * Organizations has no conditional write: right before our version is put, what is there must be what the plan was made from,
 * or what an earlier stage of this journal's runs put. What others do between this read and the call is lost.
 */
async function refuseIfChanged({ change, run }: Applied, id: string, ctx: StepContext): Promise<void> {
  const there = (await findPolicy(id, ctx))?.content;
  const [before, after, now] = [contentBefore(change.before, run), text(change.after, 'content'), ctx.clock.now()];
  const refusal = (why: string, remedy: string) =>
    changedMeanwhile(
      `updating SCP (${change.target.name}, ${id}): ${why}`,
      remedy,
      versionsOf({ content: there ?? null }, { content: before }),
    );
  if (there === undefined) throw refusal('somebody deleted it since it was planned', 'run again: it is made anew');
  const until = strangersTrial(there, [ctx.run.id, run, ...(ctx.run.earlier ?? [])], now);
  if (until !== null) {
    throw refusal(
      `the trial of a run that this journal does not know stands there until ${until}`,
      `let that run end, or wait until ${until}, then run again`,
    );
  }
  if (allOurs(there) && (samePerimeter(there, before, now) || samePerimeter(there, after, now))) return;
  throw refusal('somebody changed its content since it was planned', 'find out who changed it, or give another name with --policy-name');
}

/** The version, with what others wrote into the SCP since before it: that is never overwritten. */
function besideOthers(version: string, there: string | null): string {
  const [ours, found] = [parsePolicy(version), there === null ? null : parsePolicy(there)];
  const theirs = found?.ok === true ? withoutOurs(found.document) : [];
  return ours.ok && theirs.length > 0 ? minify({ ...ours.document, Statement: [...theirs, ...ours.document.Statement] }) : version;
}

/** `before` was written when the plan was made, with the run's id left open. */
const contentBefore = (before: Applied['change']['before'], run: string): string => text(before, 'content').replaceAll('{{run.id}}', run);

/**
 * Waits until S3 refuses the lifted version's control and lets the sentinel pass, at most four minutes. Where this cannot be
 * seen from here the rollback goes on: detaching lifts it as well.
 */
async function seeLifted(applied: Applied, probe: Probe, ctx: StepContext): Promise<void> {
  const began = ctx.clock.now().getTime();
  const ask = async (object: 'control' | 'sentinel') => {
    const answer = await probeObject({ bucket: probe.bucket, owner: probe.owner, key: probe[object] }, ctx);
    ctx.probed('scp-lifted', object, answer);
    return answer;
  };
  try {
    while ((await ask('control')) !== 'denied' || (await ask('sentinel')) !== 'allowed') {
      const seconds = Math.round((ctx.clock.now().getTime() - began) / 1000);
      if (seconds >= liftSeconds) return;
      ctx.waiting(applied.change.key, seconds);
      await ctx.clock.sleep(5000, ctx.signal);
    }
  } catch (error) {
    if (!isAwsError(error, 'NoSuchBucket', 'PermanentRedirect')) throw error;
  }
}
