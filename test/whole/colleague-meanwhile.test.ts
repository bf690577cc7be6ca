// A colleague changes things in the midst of a run, right before the last look that a write stands on: the write is not sent, or
// leaves what is theirs.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../src/findings.ts';
import { Company, type Ending, type Moment } from '../sweep/company.ts';
import { type Act, actNow, bucketActs, scpActs, stackActs } from './colleague/acts.ts';
import { Made } from './colleague/made.ts';
import { networkActs } from './colleague/network-acts.ts';

const scenario = { name: 'greenfield', accept: ['QP413'] } as const;
type Command = 'apply' | 'rollback';

const acts = [...bucketActs, ...scpActs, ...stackActs, ...networkActs];
const named = (part: string): Act => {
  const act = acts.find(({ name }) => name.includes(part));
  if (act === undefined) throw new Error(`no act ${part}`);
  return act;
};

const ownRoute: Act = {
  ...named('leads a default route'),
  name: 'makes a default route of their own',
  act: (made, { ec2 }) =>
    ec2('CreateRoute', { RouteTableId: made.tables('private')[0]?.id, DestinationCidrBlock: '0.0.0.0/0', GatewayId: made.internetGateway }),
};
const ourChangeSet = (made: Made) => made.stack.changeSets.find(({ name }) => name.startsWith('quilt-perimeter-vpce'))?.name;
const deletesChangeSet: Act = {
  ...named('another end'),
  name: 'deletes our change set',
  act: (made, { cloudFormation }) => cloudFormation('DeleteChangeSet', { StackName: made.stack.name, ChangeSetName: ourChangeSet(made) }),
  survives: (made) => made.stack.content.parameters[made.parameter] === '',
};
const executesChangeSet: Act = {
  ...deletesChangeSet,
  name: 'executes our change set',
  act: (made, { cloudFormation }) => cloudFormation('ExecuteChangeSet', { StackName: made.stack.name, ChangeSetName: ourChangeSet(made) }),
  survives: (made) => made.stack.content.parameters[made.parameter] === made.endpoint('Interface')?.id,
};

/** The nth (from 1) write of an operation, and the call that is made last before it. */
type When = readonly [command: Command, write: string, nth: number, read: string];

const stopping: readonly (readonly [Act, When])[] = [
  [named('adds a statement'), ['apply', 'PutBucketPolicy', 1, 'GetBucketPolicy']],
  [named('adds a statement'), ['apply', 'DeleteBucketPolicy', 1, 'GetBucketPolicy']],
  [named('adds a statement'), ['apply', 'PutBucketPolicy', 2, 'GetBucketPolicy']],
  [named('adds a statement'), ['apply', 'PutBucketPolicy', 3, 'GetBucketPolicy']],
  [named('statement in the test bucket'), ['apply', 'PutBucketPolicy', 3, 'GetBucketPolicy']],
  [named('puts a policy'), ['apply', 'PutBucketPolicy', 3, 'GetBucketPolicy']],
  [named('of their own into'), ['apply', 'UpdatePolicy', 1, 'DescribePolicy']],
  [named('of their own into'), ['apply', 'UpdatePolicy', 2, 'DescribePolicy']],
  [named('of their own into'), ['apply', 'UpdatePolicy', 3, 'DescribePolicy']],
  [named('deletes the SCP'), ['apply', 'UpdatePolicy', 2, 'DescribePolicy']],
  [named('another end'), ['apply', 'ExecuteChangeSet', 1, 'DescribeStacks']],
  [deletesChangeSet, ['apply', 'ExecuteChangeSet', 1, 'DescribeStacks']],
  [ownRoute, ['apply', 'CreateRoute', 1, 'CreateNatGateway']],
];

const keeping: readonly (readonly [Act, When])[] = [
  [named('statement in the test bucket'), ['rollback', 'DeleteBucketPolicy', 1, 'GetBucketPolicy']],
  [named("tool's statement in the SCP"), ['rollback', 'UpdatePolicy', 1, 'DescribePolicy']],
  [named('another end'), ['rollback', 'ExecuteChangeSet', 1, 'DescribeStacks']],
];

const merging: readonly (readonly [Act, When])[] = [
  [named('adds a statement'), ['rollback', 'DeleteBucketPolicy', 1, 'GetBucketPolicy']],
  [named('of their own into'), ['rollback', 'UpdatePolicy', 1, 'DescribePolicy']],
  [named('another parameter'), ['rollback', 'CreateChangeSet', 1, 'DescribeStacks']],
  [executesChangeSet, ['apply', 'ExecuteChangeSet', 1, 'DescribeStacks']],
];

let applied: Moment;
const recorded: { [command in Command]: readonly string[] } = { apply: [], rollback: [] };

beforeAll(async () => {
  const company = await Company.of(scenario);
  recorded.apply = await recording(company, 'apply');
  applied = company.freeze();
  recorded.rollback = await recording(await Company.of(scenario, applied), 'rollback');
});

/** The operations of a whole run, in order. */
async function recording(company: Company, command: Command): Promise<readonly string[]> {
  const from = company.sandbox.sandbox.calls().length;
  expect(await company.process(command)).toMatchObject({ how: 'done' });
  return company.sandbox.sandbox
    .calls()
    .slice(from)
    .map(({ operation }) => operation);
}

/** How many calls have been answered when the colleague acts: all before the read that the nth write stands on. */
function answeredBefore([command, write, nth, read]: When): number {
  const operations = recorded[command];
  const writes = operations.flatMap((operation, index) => (operation === write ? [index] : []));
  const at = writes[nth - 1];
  if (at === undefined) throw new Error(`${command} makes no ${write} ${nth}`);
  const last = operations.lastIndexOf(read, at);
  return read.startsWith('Create') ? last + 1 : last;
}

/** Runs the command with the act right before the read that the write stands on. */
async function disturbed(
  act: Act,
  when: When,
): Promise<{ readonly company: Company; readonly ending: Ending; readonly told: readonly Finding[] }> {
  const [command] = when;
  const company = await Company.of(scenario, command === 'apply' ? null : applied);
  const { sandbox } = company;
  const answered = answeredBefore(when);
  const { around } = sandbox.calling;
  const from = sandbox.sandbox.calls().length;
  let done = false;
  sandbox.calling.around = (attempt) => {
    around(attempt);
    if (done || sandbox.sandbox.calls().length - from < answered) return;
    done = true;
    actNow(act, sandbox);
  };
  company.run.events = [];
  const ending = await company.process(command);
  expect(done).toBe(true);
  await sandbox.clock.sleep(1_200_000);
  const told = company.run.events.flatMap((event) => (event.type === 'finding' && event.finding.code === 'QP703' ? [event.finding] : []));
  return { company, ending, told };
}

const survives = (act: Act, company: Company): boolean => act.survives(new Made(company.sandbox.world()));

describe.each(stopping)('a colleague who $name in the midst of', (act, when) => {
  test(`${when.slice(0, 3).join(' ')} is not overwritten, and the run stops`, async () => {
    const { company, ending } = await disturbed(act, when);
    expect(survives(act, company)).toBe(true);
    expect(company.watch.violation).toBeNull();
    expect(ending).toMatchObject({ how: 'stopped', code: 'QP703' });
    await company.process('rollback');
    if (act !== deletesChangeSet) expect(survives(act, company)).toBe(true);
  });
});

describe.each(keeping)('a colleague who $name in the midst of', (act, when) => {
  test(`${when.slice(0, 3).join(' ')} is not overwritten, and rollback keeps it with both versions`, async () => {
    const { company, ending, told } = await disturbed(act, when);
    expect(survives(act, company)).toBe(true);
    expect(company.watch.violation).toBeNull();
    expect(ending).toMatchObject({ how: 'stopped', code: 'QP703' });
    const finding = told.find(({ subjects }) => act.of.some((pattern) => pattern.test(subjects[0] ?? '')));
    expect(finding?.versions?.aws).toBeDefined();
    expect(finding?.versions?.aws).not.toEqual(finding?.versions?.expected);
  });
});

describe.each(merging)('a colleague who $name in the midst of', (act, when) => {
  test(`${when.slice(0, 3).join(' ')} is not overwritten, and the run goes on`, async () => {
    const { company } = await disturbed(act, when);
    expect(survives(act, company)).toBe(true);
    expect(company.watch.violation).toBeNull();
  });
});
