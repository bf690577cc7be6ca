// A colleague changes what this tool made, between `apply` and what comes next: never overwritten, never deleted, always told.
import { beforeAll, describe, expect, test } from 'vitest';
import type { RunEvent, StatusStep } from '../../src/engine/types.ts';
import type { Finding } from '../../src/findings.ts';
import { Company, type Moment } from '../sweep/company.ts';
import { Watch } from '../sweep/watch.ts';
import { type Act, bucketActs, perform, scpActs, stackActs } from './colleague/acts.ts';
import { Made } from './colleague/made.ts';
import { networkActs } from './colleague/network-acts.ts';

const scenario = { name: 'greenfield', accept: ['QP413'] } as const;
const acts = [...bucketActs, ...scpActs, ...stackActs, ...networkActs];

let applied: Moment;
beforeAll(async () => {
  const company = await Company.of(scenario);
  expect(await company.process('apply')).toMatchObject({ how: 'done' });
  await company.sandbox.clock.sleep(3_600_000);
  applied = company.freeze();
});

/** The company after the act, and a watch that takes what the colleague did as it is. */
async function after(act: Act): Promise<{ readonly company: Company; readonly watch: Watch }> {
  const company = await Company.of(scenario, applied);
  await perform(act, company.sandbox);
  company.run.events = [];
  return { company, watch: new Watch(company.sandbox) };
}

const made = (company: Company): Made => new Made(company.sandbox.world());
const keysOf = (findings: readonly Finding[]): readonly string[] => findings.map(({ subjects }) => subjects[0] ?? '');
const toldIn = (events: readonly RunEvent[]): readonly Finding[] =>
  events.flatMap((event) => (event.type === 'finding' && event.finding.code === 'QP703' ? [event.finding] : []));
const matching = (keys: readonly string[], patterns: readonly RegExp[]) =>
  keys.filter((key) => patterns.some((pattern) => pattern.test(key)));
const driftedIn = (steps: readonly StatusStep[]) => steps.flatMap(({ changes }) => changes).filter(({ state }) => state === 'drifted');

/** Told of each of these, with both versions. */
function expectTold(findings: readonly Finding[], act: Act): void {
  for (const pattern of act.of) {
    const told = findings.find(({ subjects }) => pattern.test(subjects[0] ?? ''));
    expect(told, `${pattern} among ${keysOf(findings).join(', ')}`).toMatchObject({ code: 'QP703' });
    expect(told?.versions).toBeDefined();
    expect(told?.versions?.aws).not.toEqual(told?.versions?.expected);
  }
}

describe.each(acts)('a colleague who $name between apply and rollback', (act) => {
  test(`${act.is === 'no' ? 'is no matter of status' : 'is shown by status'}, and rollback leaves what is theirs, tells it and goes on with the rest`, async () => {
    const { company, watch } = await after(act);
    const drifted = driftedIn(await company.run.status({ accept: [...scenario.accept] }));
    expectTold(
      drifted.flatMap(({ finding }) => (finding === undefined ? [] : [finding])),
      act,
    );
    if (act.is === 'no') expect(drifted).toEqual([]);

    const summary = await company.run.rollBack();
    expect(act.survives(made(company))).toBe(true);
    expectTold(toldIn(company.run.events), act);
    const kept = summary.kept.map(({ applied: { change } }) => change.key);
    expect(matching(kept, act.keeps)).toEqual(kept);
    for (const pattern of act.keeps)
      expect(
        kept.some((key) => pattern.test(key)),
        `${pattern} among ${kept.join(', ')}`,
      ).toBe(true);
    expect(summary.outcome).toBe(act.keeps.length > 0 ? 'stopped' : 'done');
    expect(watch.violation).toBeNull();
  });
});

describe.each(acts.filter(({ is }) => is !== 'removed'))('a colleague who $name between two applies', (act) => {
  test('is not overwritten by the second one', async () => {
    const { company, watch } = await after(act);
    await company.process('apply');
    expect(act.survives(made(company))).toBe(true);
    if (act.is === 'changed' || act.is === 'beside') expectTold(toldIn(company.run.events), act);
    expect(watch.violation).toBeNull();
  });
});

describe.each(acts.filter(({ is }) => is === 'removed'))('a colleague who $name between two applies', (act) => {
  test('is told before it is made again', async () => {
    const { company, watch } = await after(act);
    company.run.answer = () => false;
    await company.process('apply');
    expectTold(toldIn(company.run.events), act);
    expect(act.survives(made(company))).toBe(true);
    expect(watch.violation).toBeNull();
  });
});
