// `apply`: the pipeline without questions about choices; each step is confirmed unless --yes.
import { carryOut } from './carry-out.ts';
import { decide, wantedOf } from './decide.ts';
import { selectSteps } from './selection.ts';
import { openSession, type Run } from './session.ts';
import { surveyAloud } from './survey.ts';

/** `apply [PLAN]`. Exit 0 where it is done, 3 where it stopped on purpose. */
export async function apply(run: Run): Promise<number> {
  const selection = selectSteps(run.flags);
  const session = await openSession(run);
  try {
    const survey = await surveyAloud(session);
    const wanted = wantedOf(session.settings, run.flags, selection);
    const choices = await decide(session, survey, wanted);
    return await carryOut(session, survey, { wanted, choices }, selection, run.args[0] ?? null);
  } finally {
    await session.close();
  }
}
