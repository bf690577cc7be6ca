// Silence is no, and no means that nothing is done: at every confirmation of every step.
import { describe, expect, test } from 'vitest';
import { stepIds } from '../../src/engine/types.ts';
import type { FindingCode } from '../../src/findings.ts';
import { WholeRun } from '../support/whole-run.ts';
import { changedSince, operationsOf, statesOf } from './support.ts';

interface Row {
  readonly scenario: string;
  readonly accept: readonly FindingCode[];
  /** The confirmations in the order in which they are asked, with the operations that each covers. */
  readonly asked: readonly { readonly id: string; readonly covers: readonly string[] }[];
}

const group = ['CreateSecurityGroup', 'AuthorizeSecurityGroupIngress'];

const network = (additive: readonly string[], access: readonly string[]): Row['asked'] => [
  { id: 'endpoints/additive', covers: [...additive, ...group] },
  { id: 'endpoints/access', covers: access },
];

const guarded = (policyType: boolean): Row['asked'] => [
  { id: 'bucket-policy', covers: ['PutBucketPolicy', 'DeleteBucketPolicy'] },
  { id: 'stack-parameter/change-set', covers: ['CreateChangeSet'] },
  ...(policyType ? [{ id: 'scp/policy-type', covers: ['EnablePolicyType'] }] : []),
  { id: 'scp/444455556666', covers: ['CreatePolicy', 'AttachPolicy', 'UpdatePolicy'] },
  { id: 'stack-parameter/execute', covers: ['ExecuteChangeSet'] },
];

const nat = { id: 'nat/additive', covers: ['AllocateAddress', 'CreateNatGateway', 'CreateRoute'] };

const rows: readonly Row[] = [
  { scenario: 'greenfield', accept: ['QP413'], asked: [...network(['ModifyVpcAttribute'], ['CreateVpcEndpoint']), nat, ...guarded(true)] },
  {
    scenario: 'brownfield',
    accept: ['QP111', 'QP413'],
    asked: [...network([], ['CreateVpcEndpoint', 'ModifyVpcEndpoint']), ...guarded(false)],
  },
];

describe.each(rows)('in scenario $scenario', ({ scenario, accept, asked }) => {
  test('each step asks before its changes, and every change is covered', async () => {
    const run = await WholeRun.on(scenario);
    expect((await run.apply({ accept })).outcome).toBe('done');
    expect(run.questions).toEqual(asked.map(({ id }) => id));
    expect(new Set(operationsOf(run.sandbox.writes()))).toEqual(new Set(asked.flatMap(({ covers }) => covers)));
  });

  test.each(asked)('no to $id does nothing of it and nothing after it', async ({ id }) => {
    const run = await WholeRun.on(scenario);
    const before = run.sandbox.snapshot();
    const place = asked.findIndex((each) => each.id === id);
    const yet = asked.slice(0, place).flatMap(({ covers }) => covers);
    let writesWhenAsked = 0;
    let eventsWhenAsked = 0;
    run.answer = (question) => {
      if (question !== id) return true;
      writesWhenAsked = run.sandbox.writes().length;
      eventsWhenAsked = run.events.length;
      return false;
    };
    const summary = await run.apply({ accept });
    expect(summary.stoppedBy).toMatchObject({ code: 'DECLINED', kind: 'stopped', exitCode: 3 });
    expect(run.questions).toEqual(asked.slice(0, place + 1).map((each) => each.id));
    const writes = operationsOf(run.sandbox.writes());
    if (place === 0) expect(writes).toEqual([]);
    expect(writes.filter((operation) => !yet.includes(operation))).toEqual([]);
    const approved = asked.slice(0, place).map((each) => each.id);
    expect(confirmationsOfBegun(run).filter((each) => !approved.includes(each))).toEqual([]);
    // Both network steps overlap: what was approved before goes on while the next question stands.
    if (!id.startsWith('endpoints/') && !id.startsWith('nat/')) {
      expect(run.events.slice(eventsWhenAsked).filter(({ type }) => type === 'change-begun')).toEqual([]);
      expect(writes.slice(writesWhenAsked)).toEqual([]);
    }
    expect(Object.values(statesOf(summary))).toContain('pending');

    run.answer = () => true;
    expect(statesOf(await run.apply({ accept }))).toEqual(Object.fromEntries(stepIds.map((step) => [step, 'done'])));
    expect((await run.rollBack()).kept).toEqual([]);
    expect(await changedSince(run, before)).toBe('');
  });
});

/** The confirmation of each change that the journal says was begun. */
const confirmationsOfBegun = (run: WholeRun): readonly string[] =>
  run.journal
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'begun')
    .map(({ change }) => change.confirm);
