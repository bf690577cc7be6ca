// The script of a rollback with a stand-in for the AWS CLI: which commands it sends, in which order, and what it keeps.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { undoEntries } from '../../../src/engine/engine.ts';
import type { StepId } from '../../../src/engine/types.ts';
import { type JournalState, replay } from '../../../src/journal/journal.ts';
import { readEntries } from '../../../src/journal/read.ts';
import { rollbackOrder, runbookOf, undoScript } from '../../../src/steps/pipeline.ts';
import type { Runbook, ScriptFacts } from '../../../src/steps/runbook/script.ts';
import { WholeRun } from '../../support/whole-run.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'quilt-perimeter-script-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const accept = ['QP413', 'QP106', 'QP110', 'QP111'] as const;

const journals = new Map<string, Promise<string>>();

/** The journal of an apply of these steps, made once. */
function journalOf(scenario: string, steps?: readonly StepId[]): Promise<string> {
  const make = async () => {
    const run = await WholeRun.on(scenario);
    await run.apply({ accept }, steps);
    return run.journal;
  };
  const id = [scenario, ...(steps ?? [])].join(' ');
  const journal = journals.get(id) ?? make();
  journals.set(id, journal);
  return journal;
}

const withoutSums = (journal: string): string => journal.replaceAll(/,"sum":"[0-9a-f]{16}"\}/g, '}');

const stateOf = async (journal: string): Promise<JournalState> => replay((await readEntries(Buffer.from(journal), 'journal')).entries);

function runbookFor(state: JournalState, over: Partial<ScriptFacts> = {}, keepThrough: StepId | null = null): Runbook {
  if (state.place === null) throw new Error('a journal without a place');
  const { entries, notRestored } = undoEntries(state, rollbackOrder, keepThrough);
  const nobody = { profile: null, roleArn: null, accounts: [] };
  const facts: ScriptFacts = {
    place: state.place,
    quilt: nobody,
    organization: nobody,
    environment: [],
    secrets: [],
    journal: '/work/journal.jsonl',
    folder: '/nowhere',
    at: '2026-06-01T12:00:00.000Z',
    version: '0.0.0',
    sandbox: null,
    releaseListed: false,
    undoingRuns: state.undoingRuns,
    ...over,
  };
  return runbookOf(entries, notRestored, facts, undoScript);
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The arguments of every call of the AWS CLI. */
  readonly calls: readonly (readonly string[])[];
}

/** Runs the script with a stand-in for the AWS CLI. `answers`: bash that may look at "$*" and print. */
function execute({ script, files }: Runbook, answers: string, env: Readonly<Record<string, string>> = {}): Ended {
  const bin = join(dir, 'bin');
  const beside = join(dir, "it's here");
  for (const each of [bin, beside]) mkdirSync(each, { recursive: true });
  const log = join(dir, 'calls');
  writeFileSync(log, '');
  writeFileSync(join(bin, 'aws'), `#!/usr/bin/env bash\nprintf '%s\\0' "$@" $'\\1' >>"$CALLS"\n${answers}\n`);
  chmodSync(join(bin, 'aws'), 0o755);
  for (const { name, text } of files) writeFileSync(join(beside, name), text);
  writeFileSync(join(beside, 'rollback.sh'), script);
  const options = {
    cwd: dir,
    encoding: 'utf8' as const,
    env: { PATH: `${bin}:${process.env.PATH ?? ''}`, CALLS: log, QUILT_PERIMETER_POLL_SECONDS: '0', ...env },
  };
  const { status, stdout, stderr } = spawnSync('bash', [join(beside, 'rollback.sh')], options);
  const calls = readFileSync(log, 'utf8')
    .split('\0\u0001\0')
    .slice(0, -1)
    .map((call) => call.split('\0'));
  return { code: status, stdout, stderr, calls };
}

const missing = (code: string) => `echo "An error occurred (${code}) when calling the operation in us-east-1: not-there" >&2; exit 254`;
/** As if everything were gone. */
const nothingThere = `case "$*" in
  *get-bucket-policy*) ${missing('NoSuchBucketPolicy')} ;;
  *change-set*) ${missing('ChangeSetNotFound')} ;;
  *describe-policy*|*list-targets*) ${missing('PolicyNotFoundException')} ;;
  *describe-vpc-attribute*) ${missing('InvalidVpcID.NotFound')} ;;
  *--vpc-endpoint-ids*) ${missing('InvalidVpcEndpointId.NotFound')} ;;
  *--nat-gateway-ids*) ${missing('NatGatewayNotFound')} ;;
  *describe-stacks*--stack-name*) echo "An error occurred (ValidationError) when calling: Stack does not exist" >&2; exit 254 ;;
esac`;

const operationsOf = ({ calls }: Ended) =>
  calls.map((call) => call.find((word) => /^[a-z]+-[a-z-]+$/.test(word) && !word.startsWith('us-')) ?? '');
const isWrite = (operation: string) => !/^(describe|list|get|head)-/.test(operation);

describe.each(['greenfield', 'brownfield', 'transit', 'vpn'])('%s', (scenario) => {
  test('the script is bash, names no placeholder, and finds nothing to do where everything is gone', async () => {
    const runbook = runbookFor(await stateOf(await journalOf(scenario)));
    const ended = execute(runbook, nothingThere);
    expect(ended.stderr).toBe('');
    expect(ended.stdout).toContain('Undone: ');
    expect(ended.code).toBe(0);
    expect(operationsOf(ended).filter(isWrite)).toEqual([]);
    for (const { text } of runbook.files) expect(text).not.toContain('{{run.id}}');
  });
});

test('denies are lifted first, then the bucket policy, then the stack, then the network, what stands on another thing before it', async () => {
  const { changes } = runbookFor(await stateOf(await journalOf('greenfield')));
  const keys = changes.map(({ key }) => key.replaceAll(/vpc-[0-9a-f]+|rtb-[0-9a-f]+|quilt-perimeter-test-\d+/g, 'ID'));
  expect(keys.slice(0, 6)).toEqual([
    'scp/QuiltDataPerimeter/content',
    expect.stringMatching(/^scp\/QuiltDataPerimeter\/attach\//),
    'scp/QuiltDataPerimeter/policy',
    'bucket-policy/ID/statement',
    'stack-parameter/quilt-prod/execute',
    'stack-parameter/quilt-prod/change-set',
  ]);
  const before = (one: string, other: string) => expect([one, other, keys.indexOf(one) < keys.indexOf(other)]).toEqual([one, other, true]);
  before('endpoints/ID/execute-api', 'endpoints/ID/security-group');
  before('nat/ID/route/ID', 'nat/ID/gateway/us-east-1a');
  before('nat/ID/gateway/us-east-1a', 'nat/ID/address/us-east-1a');
  expect(changes[0]?.commands[0]).toMatch(
    /^aws --region us-east-1 organizations update-policy --policy-id p-\w+ --content file:\/\/"\$here"\/scp-\w+\.json$/,
  );
  expect(changes[1]?.commands).toEqual([
    expect.stringMatching(/^aws --region us-east-1 organizations detach-policy --policy-id p-\w+ --target-id \d+$/),
  ]);
});

test('what a step keeps is kept, and the rest is in the script', async () => {
  const { changes } = runbookFor(await stateOf(await journalOf('greenfield')), {}, 'nat');
  expect(new Set(changes.map(({ key }) => key.split('/')[0]))).toEqual(new Set(['scp', 'bucket-policy', 'stack-parameter']));
});

test('a bucket policy that somebody changed is kept and shown with what was left, and so is the network by which the perimeter is passed', async () => {
  const runbook = runbookFor(await stateOf(await journalOf('greenfield')));
  const theirs =
    '{"Version":"2012-10-17","Statement":[{"Sid":"QuiltPerimeterNetwork","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"},{"Sid":"Theirs"}]}';
  const ended = execute(
    runbook,
    `case "$*" in
  *get-bucket-policy*) printf '%s\\n' '${theirs}'; exit 0 ;;
  *describe-route-tables*NatGatewayId,*TransitGatewayId*) for word in "$@"; do case "$word" in *rtb-*) grep -o 'nat-[0-9a-f]*' "$SCRIPT" | head -1 ;; esac; done; exit 0 ;;
esac
${nothingThere}`,
    { SCRIPT: join(dir, "it's here", 'rollback.sh') },
  );
  expect(ended.stderr).toBe('');
  expect(ended.code).toBe(3);
  expect(ended.stdout).toContain(
    `KEPT: somebody changed it since, and nothing that somebody changed is overwritten. There is:\n${theirs}\n   and this tool left:\n{"Version"`,
  );
  expect(ended.stdout).toContain('KEPT: the perimeter may still stand');
  expect(operationsOf(ended)).not.toContain('put-bucket-policy');
  expect(operationsOf(ended)).not.toContain('delete-bucket-policy');
  expect(operationsOf(ended)).not.toContain('delete-route');
  expect(ended.stdout).toMatch(/stands on it/);
});

test('a refusal of AWS ends the script with what AWS says, at once', async () => {
  const runbook = runbookFor(await stateOf(await journalOf('greenfield')));
  const ended = execute(runbook, `case "$*" in *describe-policy*) ${missing('AccessDeniedException')} ;; esac\n${nothingThere}`);
  expect(ended.code).not.toBe(0);
  expect(ended.stderr).toContain('(AccessDeniedException)');
  expect(operationsOf(ended)).toEqual(['describe-policy']);
});

const address = '*describe-addresses*) echo "ip 192.0.2.1"; exit 0 ;;';

test.each([
  ['describe-security-groups', ''],
  ['describe-network-interfaces', ''],
  ['describe-route-tables', ''],
  ['describe-stacks', ''],
  ['describe-vpc-endpoints', ''],
  ['list-buckets', address],
])('nothing is taken away where %s is refused', async (operation, others) => {
  const runbook = runbookFor(await stateOf(await journalOf('greenfield')));
  const refusal = `case "$*" in *${operation}*) ${missing('UnauthorizedOperation')} ;; ${others} esac`;
  const ended = execute(runbook, `${refusal}\n${nothingThere}`);
  expect(ended.code).not.toBe(0);
  expect(ended.stderr).toContain('(UnauthorizedOperation)');
  expect(operationsOf(ended).at(-1)).toBe(operation);
});

test('other accounts than the journal names are refused before anything is asked', async () => {
  const side = { profile: 'a b', roleArn: null, accounts: ['444455556666', '1'] };
  const runbook = runbookFor(await stateOf(await journalOf('greenfield')), { quilt: side, organization: side });
  const ended = execute(runbook, 'echo 999999999999');
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain('These credentials belong to account 999999999999 and not to 444455556666 or 1');
  expect(ended.calls).toEqual([
    ['--region', 'us-east-1', '--profile', 'a b', 'sts', 'get-caller-identity', '--query', 'Account', '--output', 'text'],
  ]);
});

test('a role is assumed from the profile, and its keys stand in no argument', async () => {
  const side = { profile: 'base', roleArn: 'arn:aws:iam::444455556666:role/Admin', accounts: [] };
  const runbook = runbookFor(await stateOf(await journalOf('greenfield', ['discover', 'endpoints'])), { quilt: side });
  const ended = execute(
    runbook,
    `case "$*" in *assume-role*) printf 'AKIA1\\tsecret/+=1\\ttoken==\\n'; exit 0 ;; esac
if [ "$AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY $AWS_SESSION_TOKEN" != 'AKIA1 secret/+=1 token==' ]; then echo wrong >&2; exit 1; fi
${nothingThere}`,
  );
  expect(ended.stderr).toBe('');
  expect(ended.code).toBe(0);
  expect(JSON.stringify(ended.calls)).not.toContain('secret');
});

test('where a variable holds a password here, the script asks for it and does not hold it', async () => {
  const runbook = runbookFor(await stateOf(await journalOf('greenfield', ['discover', 'endpoints'])), {
    environment: [{ name: 'NO_PROXY', value: "it's,b" }],
    secrets: ['HTTPS_PROXY'],
  });
  expect(execute(runbook, nothingThere).stderr).toContain('HTTPS_PROXY: set it as it was where this script was written');
  const answers = `if [ "$HTTPS_PROXY $NO_PROXY" != "http://u:p@proxy it's,b" ]; then exit 9; fi\n${nothingThere}`;
  expect(execute(runbook, answers, { HTTPS_PROXY: 'http://u:p@proxy' })).toMatchObject({ code: 0, stderr: '' });
});

test('without the files beside it the script does nothing', async () => {
  const runbook = runbookFor(await stateOf(await journalOf('greenfield')));
  const ended = execute({ ...runbook, files: runbook.files.slice(1) }, nothingThere);
  expect([ended.code, ended.calls]).toEqual([2, []]);
  expect(ended.stderr).toContain('is missing: it belongs to this script');
});

test('nothing in a journal is ever read as bash', async () => {
  const trap = `'; touch pwned; $(touch pwned) \`touch pwned\` "\n touch pwned\r\u001b[2J #`;
  const journal = withoutSums(await journalOf('greenfield'));
  const kept = new Set([
    'kind',
    'attribute',
    'state',
    'type',
    'verdict',
    'outcome',
    'stage',
    'step',
    'at',
    'action',
    'risk',
    'run',
    'key',
    'id',
    'token',
    'content',
    'policy',
    'region',
    'accountId',
    'natGatewayId',
    'policyId',
    'destination',
  ]);
  const poison = (value: unknown, name = ''): unknown => {
    if (typeof value === 'string') return kept.has(name) || name.startsWith('quilt-perimeter:') ? value : `${value}${trap}`;
    if (Array.isArray(value)) return value.map((item) => poison(item, name === 'needs' ? 'key' : name));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, poison(item, key)]));
  };
  const poisoned = journal
    .trim()
    .split('\n')
    .map((line) => `${JSON.stringify(poison(JSON.parse(line)))}\n`)
    .join('');
  const runbook = runbookFor(await stateOf(poisoned), { journal: `/w${trap}`, folder: `/w${trap}`, version: trap });
  const ended = execute(runbook, nothingThere);
  expect(existsSync(join(dir, 'pwned'))).toBe(false);
  expect(existsSync(join(dir, "it's here", 'pwned'))).toBe(false);
  expect(ended.stderr).toBe('');
  expect(ended.code).toBe(0);
  expect(ended.stdout).not.toContain('\u001b');
  const bucket = ended.calls.find((call) => call.includes('get-bucket-policy'));
  expect(bucket?.[bucket.indexOf('--bucket') + 1]).toMatch(/^quilt-perimeter-test-\d+'; touch pwned; \$\(touch pwned\)/);
});
