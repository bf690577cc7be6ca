// The SCP's content, replaced stage by stage. Only versions that this tool wrote are ever replaced.
import { isAwsError } from '../../aws/aws-error.ts';
import { probeObject } from '../../aws/probe.ts';
import { findPolicy, listTargetsOf, updatePolicy } from '../../aws/service-control-policy.ts';
import { waitUntil } from '../../aws/wait.ts';
import type { Applied, Inspection, Made } from '../../engine/types.ts';
import { failed, stopped } from '../../errors.ts';
import { isOurs, minify, parsePolicy, withoutOurs } from '../../policy/document.ts';
import { liftedDocument } from '../../policy/probe.ts';
import { type ChangeKind, reporting } from '../change-kind.ts';
import type { StepContext } from '../context.ts';
import { text, truth } from '../fields.ts';
import { isOver } from '../guard.ts';
import { type Probe, probeIn } from '../probing.ts';
import { samePolicy, sameStatements } from '../same-policy.ts';
import { lastingStatements } from './contents.ts';

const liftSeconds = 240;

export const content: ChangeKind = {
  kind: 'content',

  async apply({ change }: Applied, ctx: StepContext): Promise<Made> {
    const id = text(change.after, 'policyId');
    const there = (await findPolicy(id, ctx))?.content;
    if (there === undefined) {
      throw failed('POLICY_GONE', `updating SCP (${change.target.name}): it was deleted since (${id})`, 'run again: it is made anew');
    }
    if (!allOurs(there)) {
      throw stopped(
        'QP703',
        `updating SCP (${change.target.name}): somebody changed its content since (${id})`,
        'find out who changed it, or give another name with --policy-name',
        there,
      );
    }
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
  async undo(applied: Applied, ctx: StepContext): Promise<void> {
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
      restored = besideOthers(restored, (await findPolicy(id, ctx))?.content ?? null);
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
  if (samePolicy(there, made) || isUnderTrial(change, there)) return { state: 'as-made', aws, inUseBy: [] };
  const before = contentBefore(change.before, run);
  // Versions that differ only in their probes, or in nothing but having been lifted, are one state of the perimeter.
  const sameState = allOurs(there) && sameStatements(lastingStatements(there), lastingStatements(before));
  if (sameState || (change.temporary === true && allOurs(there))) return { state: 'as-before', aws };
  return { state: 'drifted', aws, expected: { content: made }, ours: !noneOurs(there) };
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

/** Whether the perimeter that this change put on is in force, with the probes of a later run beside it that was cut short. */
function isUnderTrial(change: Applied['change'], found: string): boolean {
  if (change.temporary === true || !allOurs(found)) return false;
  const lasting = lastingStatements(found);
  return lasting.length > 0 && sameStatements(lasting, lastingStatements(text(change.after, 'content')));
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
