// The statements that a trial put: what is left of one expires by itself within the hour.
import { parsePolicy, type Statement } from '../../src/policy/document.ts';
import type { World } from '../../src/sandbox/world.ts';

const hour = 3_600_000;

/** Where our statements may stand: the policies of buckets, and SCPs. */
function ourPolicies(world: World): readonly { readonly where: string; readonly statements: readonly Statement[] }[] {
  const buckets = Object.values(world.s3.buckets).map(({ name, policy }) => ({ where: `bucket ${name}`, text: policy }));
  const scps = Object.values(world.organizations.organization?.policies ?? {}).map(({ name, content }) => ({
    where: `SCP ${name}`,
    text: content,
  }));
  return [...buckets, ...scps].flatMap(({ where, text }) => {
    if (text === null || !text.includes('QuiltPerimeter')) return [];
    const parsed = parsePolicy(text);
    return parsed.ok ? [{ where, statements: parsed.document.Statement.filter(isOurs) }] : [];
  });
}

const isOurs = ({ Sid = '' }: Statement): boolean => Sid.startsWith('QuiltPerimeter');

/** A trial's statement, as against the perimeter itself and the version that lifts it, which denies one absent key for good. */
export const isTrial = (statement: Statement): boolean =>
  statement.Sid?.startsWith('QuiltPerimeterProbe') === true || statement.Condition?.DateLessThan !== undefined;

/** Trial statements of ours that go on denying an hour from `now` (ms since 1970), by place and Sid. */
export function lastingTrials(world: World, now: number): readonly string[] {
  return ourPolicies(world).flatMap(({ where, statements }) =>
    statements.filter((statement) => isTrial(statement) && !(expiryOf(statement) <= now + hour)).map(({ Sid }) => `${Sid} in ${where}`),
  );
}

/** ISO times compare as dates; NaN where there is none. */
function expiryOf({ Condition }: Statement): number {
  const until = Condition?.DateLessThan?.['aws:CurrentTime'];
  return typeof until === 'string' ? Date.parse(until) : Number.NaN;
}
