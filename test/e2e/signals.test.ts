// The program as a process of its own, killed before a write or interrupted in the midst of one: an interrupted process
// finishes the call, journals it and ends with 130; the next process goes on.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chain } from '../support/chains.ts';
import { ServedCompany, type Strike } from '../support/served-company.ts';
import { differences, notRestored, readable } from '../support/world.ts';

let company: ServedCompany;

beforeEach(async () => {
  company = await ServedCompany.of('greenfield', { accept: ['QP413'], speed: 120 });
});

afterEach(() => company.close());

const records = ['clock', 'sequence', 'ec2.tombstones', ...notRestored];

const strikes: readonly Strike[] = ['SIGINT', 'killed before', 'SIGTERM'];

test('processes interrupted by SIGINT, killed and interrupted by SIGTERM in turn, at one write after the other', async () => {
  const before = company.snapshot();
  for (const command of [() => company.apply(), () => company.rollBack()]) {
    let nth = 0;
    const given: Strike[] = [];
    const { last, struck } = await chain(company, command, () => {
      const strike = strikes[nth++ % strikes.length] ?? 'SIGINT';
      given.push(strike);
      return strike;
    });
    expect(struck.map(({ ended }) => ended.signal ?? ended.code)).toEqual(
      given.map((strike) => (strike === 'killed before' ? 'SIGKILL' : 130)),
    );
    expect(struck.filter((_, index) => given[index] !== 'killed before').flatMap(({ halfMade }) => halfMade)).toEqual([]);
    expect(struck.length).toBeGreaterThan(10);
    expect(last.code).toBe(0);
  }
  await company.advance(3_600_000);
  expect(readable(differences(before, company.snapshot(), records))).toBe('');
}, 600_000);

test('SIGINT during a wait ends with 130, and apply goes on from there', async () => {
  const before = company.snapshot();
  let isSent = false;
  company.printed = (text, child) => {
    if (isSent || !/"type":\s*"waiting"/.test(text)) return;
    isSent = true;
    child.kill('SIGINT');
  };
  const interrupted = await company.apply();
  expect(interrupted.code).toBe(130);
  expect(interrupted.events.at(-1)).toMatchObject({ type: 'done', outcome: 'interrupted', exitCode: 130 });
  expect((await company.apply()).code).toBe(0);
  expect((await company.rollBack()).code).toBe(0);
  await company.advance(3_600_000);
  expect(readable(differences(before, company.snapshot(), records))).toBe('');
}, 300_000);
