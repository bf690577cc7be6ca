// `apply`: the pipeline without questions about choices; each step is confirmed unless --yes.
import { resolve } from 'node:path';
import { carryOut } from './carry-out.ts';
import { decide, wantedOf } from './decide.ts';
import { assessingOf } from './gate.ts';
import { withPlanFlags } from './plan-flags.ts';
import { selectSteps } from './selection.ts';
import { openSession, type Run } from './session.ts';
import { surveyAloud } from './survey.ts';
import { waitSecondsOf } from './wait-flag.ts';

/** `apply [PLAN]`. Exit 0 where it is done, 3 where it stopped on purpose. */
export async function apply(given: Run): Promise<number> {
  const saved = await savedPlan(given);
  const run = saved === null ? given : { ...given, flags: withPlanFlags(given.flags, saved.plan.flags) };
  const selection = selectSteps(run.flags);
  // What is wrong with it is said before AWS is asked anything.
  waitSecondsOf(run.flags);
  const assessing = await assessingOf(run, false);
  const session = await openSession(run);
  try {
    const survey = await surveyAloud(session);
    const wanted = wantedOf(session.settings, run.flags, selection);
    const choices = await decide(session, survey, wanted);
    return await carryOut(session, survey, { wanted, choices }, selection, saved, assessing);
  } finally {
    await session.close();
  }
}

async function savedPlan({ args, ports }: Run) {
  const [path] = args;
  if (path === undefined) return null;
  const { loadPlan } = await import('../engine/engine.ts');
  return { path, plan: await loadPlan(resolve(ports.cwd, path)) };
}
