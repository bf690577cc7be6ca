// This tool's own statements in a policy that it writes stage by stage: which of them last, and which are a trial's.
import { isOurs, listOf, parsePolicy, type Statement } from '../policy/document.ts';
import { sameStatements } from './same-policy.ts';

/**
 * The perimeter's own statements, without the time at which a trial's expire: neither probes, nor what stands in place of a
 * lifted perimeter, nor what others wrote, nor what has expired.
 */
export function perimeterStatements(policy: string | null, now: Date): readonly Statement[] {
  return oursIn(policy)
    .filter(({ Sid }) => Sid !== 'QuiltPerimeterLifted' && !Sid?.startsWith(probeSid))
    .filter((statement) => !hasExpired(statement, now))
    .map(withoutExpiry);
}

/** Whether both have the same perimeter in force, a trial's counted like one that lasts. */
export const samePerimeter = (a: string | null, b: string | null, now: Date): boolean =>
  sameStatements(perimeterStatements(a, now), perimeterStatements(b, now));

/** The statements whose Sids are ours. */
export function oursIn(policy: string | null): readonly Statement[] {
  const parsed = policy === null ? null : parsePolicy(policy);
  return parsed?.ok === true ? parsed.document.Statement.filter(isOurs) : [];
}

/**
 * The time at which the trial of a run that this journal does not know stops denying, an ISO time; null where there is none.
 * Then another operator's run is under way, or was cut short: until that time its trial is not to be touched.
 * @param known ids of this run and of the earlier ones that its journal has
 */
export function strangersTrial(policy: string | null, known: readonly string[], now: Date): string | null {
  const probes = oursIn(policy).filter((statement) => statement.Sid?.startsWith(probeSid));
  const strange = probes.filter((statement) => !listOf(statement.Resource).some((arn) => known.some((run) => arn.includes(`/${run}/`))));
  return strange.filter((statement) => !hasExpired(statement, now)).map(expiryOf)[0] ?? null;
}

const probeSid = 'QuiltPerimeterProbe';

function expiryOf({ Condition }: Statement): string | null {
  const [time] = listOf(Condition?.DateLessThan?.['aws:CurrentTime']);
  return time === undefined ? null : String(time);
}

function hasExpired(statement: Statement, now: Date): boolean {
  const time = expiryOf(statement);
  return time !== null && Date.parse(time) <= now.getTime();
}

function withoutExpiry(statement: Statement): Statement {
  const { Condition, ...rest } = statement;
  if (Condition === undefined) return statement;
  const { DateLessThan: _until, ...conditions } = Condition;
  return Object.keys(conditions).length === 0 ? rest : { ...rest, Condition: conditions };
}
