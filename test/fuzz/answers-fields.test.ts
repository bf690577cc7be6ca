// Each field of each answer left out, or in its place a value that this program does not know: one clear error or a right
// result, no change that would not have been made, and no finding that is told no more. ANSWERS=all takes every field.
import { expect, test } from 'vitest';
import type { FindingCode } from '../../src/findings.ts';
import { planAgain } from '../support/plan-on.ts';
import { startSandbox } from '../support/sandbox.ts';
import { WholeRun } from '../support/whole-run.ts';
import { changedSince, operationsOf } from '../whole/support.ts';
import { answering, type Field, nameOf, type Replace, recording, replacing, withField } from './answers.ts';
import { lessSafe, toldBy, unclear } from './judge.ts';
import { patience, sampleOf } from './sample.ts';

const leaveOut: Replace = () => undefined;
const somethingNew: Replace = (value) => (typeof value === 'string' ? 'something-new' : value);

/** Where a list or text that is left out is AWS's own way to say that there is none. */
const meansNone =
  /^(s3:ListObjectVersions (Versions|DeleteMarkers)|cloudformation:GetStackPolicy|.*\.(Tags|Capabilities|DeclaredTransforms)$)/;

const secretsOf = async (): Promise<readonly string[]> => {
  const { accessKeys } = (await startSandbox()).world();
  return [
    ...Object.values(accessKeys).map(({ secretAccessKey }) => secretAccessKey),
    'sandbox-database-password',
    'sandbox-admin-password',
  ];
};

test.each([
  ['greenfield', 'left out of all items', leaveOut, 'all', 16],
  ['brownfield', 'left out of all items', leaveOut, 'all', 16],
  ['brownfield', 'left out of the first item', leaveOut, 'first', 12],
  ['brownfield', 'of a value that is not known', somethingNew, 'all', 12],
] as const)(
  'a plan on %s from answers with a field %s is right, or one clear error',
  async (scenario, _, replace, items, count) => {
    const seen = new Map<string, Field>();
    const secrets = await secretsOf();
    const right = toldBy((await planAgain(await startSandbox({ scenario, answering: recording(seen) }))).plan);
    const wrong: string[] = [];
    const fields = [...seen.values()].filter((field) => !meansNone.test(nameOf(field)));
    for (const field of sampleOf(fields, count)) {
      const sandbox = await startSandbox({ scenario, answering: replacing(field, replace, items) });
      const problems = await planAgain(sandbox).then(
        ({ plan }) => (replace === leaveOut ? lessSafe(right, toldBy(plan)) : []),
        (error) => unclear(error, secrets),
      );
      wrong.push(...problems.map((problem) => `${nameOf(field)}: ${problem}`));
    }
    expect(wrong).toEqual([]);
  },
  patience,
);

test(
  'an apply or rollback from answers that lack a field ends clearly, makes nothing twice, and goes on once they are whole',
  async () => {
    const secrets = await secretsOf();
    const accept: readonly FindingCode[] = ['QP413'];
    const seen = new Map<string, Field>();
    const undisturbed = new WholeRun(await startSandbox({ answering: recording(seen, 'any') }));
    await undisturbed.apply({ accept });
    await undisturbed.rollBack();
    const usual = countsOf(operationsOf(undisturbed.sandbox.writes()));
    const wrong: string[] = [];
    for (const field of sampleOf([...seen.values()].filter(isOfAWrite), 2)) {
      const told: { lacking: Field | null } = { lacking: field };
      const lacking = answering(
        (operation, answer) => (operation === told.lacking?.operation ? withField(answer, field.path, leaveOut, 'all') : answer),
        'any',
      );
      const run = new WholeRun(await startSandbox({ answering: lacking }));
      const before = run.sandbox.snapshot();
      const say = (problems: readonly string[]) => wrong.push(...problems.map((problem) => `${nameOf(field)}: ${problem}`));
      await run.apply({ accept }).then(undefined, (error) => say(unclear(error, secrets)));
      say(strangeWrites(usual, countsOf(operationsOf(run.sandbox.writes()))));
      told.lacking = null;
      const again = await run.apply({ accept });
      if (again.stoppedBy !== null) say([`the next apply stopped: ${again.stoppedBy.summary}`]);
      told.lacking = field;
      await run.rollBack().then(undefined, (error) => say(unclear(error, secrets)));
      told.lacking = null;
      await run.rollBack();
      const left = await changedSince(run, before);
      if (left !== '') say([`left: ${left}`]);
    }
    expect(wrong).toEqual([]);
  },
  patience,
);

const isOfAWrite = ({ operation }: Field): boolean => /:(Create|Allocate|Authorize|Execute|Attach|Update|Enable)/.test(operation);

const countsOf = (operations: readonly string[]): ReadonlyMap<string, number> =>
  operations.reduce((counts, operation) => counts.set(operation, (counts.get(operation) ?? 0) + 1), new Map<string, number>());

/** Kinds of writes that the undisturbed apply and rollback never send, and things made more often than by them. */
const strangeWrites = (usual: ReadonlyMap<string, number>, sent: ReadonlyMap<string, number>): readonly string[] =>
  [...sent].flatMap(([operation, count]) => {
    const most = usual.get(operation) ?? 0;
    return most === 0 || (/^(Create|Allocate)/.test(operation) && count > most)
      ? [`${operation} was sent ${count} times, usually ${most}`]
      : [];
  });
