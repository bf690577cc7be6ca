// A perimeter that nobody has confirmed yet carries the time at which AWS stops denying by itself (K9), and a control beside
// it, by which it can be seen to be in force for as long as it is.
import { isOurs, minify, type PolicyDocument, parsePolicy, type Statement } from './document.ts';

export interface Guard {
  /** ISO time at which the statements stop denying. */
  readonly until: string;
  /** The absent key that the control denies. */
  readonly controlKey: string;
}

/** What the control's key ends with; a trial's control ends otherwise. */
export const guardedControl = 'control-guarded';

/** The guard of a policy whose every statement of ours is dated alike and has the control beside it; null where there is none. */
export function guardIn(policy: string): Guard | null {
  const parsed = parsePolicy(policy);
  if (!parsed.ok) return null;
  const ours = parsed.document.Statement.filter(isOurs);
  const control = ours.find(isControl);
  const until = control === undefined ? null : dateOf(control);
  if (control === undefined || until === null || ours.length < 2 || !ours.every((each) => dateOf(each) === until)) return null;
  return { until, controlKey: keyOf(control) };
}

/** The policy with the dates of our statements taken off and without the control: what stands for good. */
export const withoutGuard = (policy: string): string =>
  rewritten(policy, (statement) => (isControl(statement) ? [] : [withDate(statement, null)]));

/** The policy with another date on our statements and another key for the control. */
export const withGuard = (policy: string, { until, controlKey }: Guard): string =>
  rewritten(policy, (statement) => {
    const dated = withDate(statement, until);
    return [isControl(statement) ? { ...dated, Resource: resourceOf(statement).replace(/:::([^/]+)\/.*$/, `:::$1/${controlKey}`) } : dated];
  });

/** Whether the statement stops denying by itself. */
export const isDated = (statement: Statement): boolean => dateOf(statement) !== null;

function rewritten(policy: string, each: (ours: Statement) => readonly Statement[]): string {
  const parsed = parsePolicy(policy);
  if (!parsed.ok) return policy;
  const document: PolicyDocument = {
    ...parsed.document,
    Statement: parsed.document.Statement.flatMap((statement) => (isOurs(statement) ? each(statement) : [statement])),
  };
  return minify(document);
}

function withDate(statement: Statement, until: string | null): Statement {
  const { DateLessThan: _date, ...rest } = statement.Condition ?? {};
  const Condition = until === null ? rest : { ...rest, DateLessThan: { 'aws:CurrentTime': until } };
  return { ...statement, Condition };
}

const isControl = (statement: Statement): boolean =>
  statement.Sid === 'QuiltPerimeterProbeControl' && keyOf(statement).endsWith(`/${guardedControl}`);

const resourceOf = ({ Resource }: Statement): string => (typeof Resource === 'string' ? Resource : '');

const keyOf = (statement: Statement): string => resourceOf(statement).replace(/^.*:::[^/]+\//, '');

function dateOf({ Condition }: Statement): string | null {
  const date = Condition?.DateLessThan?.['aws:CurrentTime'];
  return typeof date === 'string' ? date : null;
}
