import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { bundled, newFolder, run } from './program.ts';

let cli = '';
beforeAll(() => {
  cli = bundled();
});

const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const denied = {
  Statement: [{ Sid: 'No', Effect: 'Deny', Action: 's3:Get*', Resource: '*', Condition: { Null: { 'aws:SourceVpc': 'true' } } }],
};
const asked = (over: object = {}) => ({
  principal: 'arn:aws:sts::111122223333:assumed-role/Analyst/ana',
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::quilt-a/k',
  context: {},
  policies: { identity: [everything], scp: [[everything], [everything, denied]] },
  ...over,
});
const lines = (...objects: readonly object[]): string => objects.map((one) => `${JSON.stringify(one)}\n`).join('');
const answers = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

function folderWith(files: { readonly [name: string]: string }): string {
  const folder = newFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

test('each line is answered by one, in order, as evaluate does', async () => {
  const requests = lines(
    asked(),
    asked({ context: { 'aws:SourceVpc': 'vpc-1' } }),
    asked({ unknown: ['aws:SourceVpc'] }),
    asked({ principal: 'anonymous', policies: {} }),
  );
  const { code, stdout, stderr } = await run(cli, ['explain', '--requests', 'r.jsonl'], folderWith({ 'r.jsonl': requests.trimEnd() }));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(answers(stdout)).toEqual([
    { decision: 'explicitDeny', deniedBy: [{ policyType: 'scp', level: 1, document: 1, index: 0, sid: 'No' }], dependsOn: [] },
    { decision: 'allowed', deniedBy: [], dependsOn: [] },
    { decision: 'unknown', deniedBy: [], dependsOn: ['aws:SourceVpc'] },
    {
      decision: 'implicitDeny',
      deniedBy: [{ policyType: 'resource', level: null, document: null, index: null, sid: null }],
      dependsOn: [],
    },
  ]);
});

test('standard input is read in pieces that cut lines and characters anywhere, and answered in full', () => {
  const many = Array.from({ length: 5000 }, (_, n) =>
    asked({ resource: `arn:aws:s3:::quilt-ä/${'ü'.repeat(n % 7)}`, context: n % 2 ? {} : { 'aws:SourceVpc': 'v' } }),
  );
  const { status, stdout } = spawnSync(process.execPath, [cli, 'explain', '--requests', '-'], {
    input: lines(...many),
    encoding: 'utf8',
    cwd: newFolder(),
    maxBuffer: 1e8,
  });
  expect(status).toBe(0);
  expect(answers(stdout).map((answer) => (answer as { readonly decision: string }).decision)).toEqual(
    many.map((_, n) => (n % 2 ? 'explicitDeny' : 'allowed')),
  );
});

test.each([
  ['not JSON', '{', 'line 3): it is not JSON'],
  ['an empty line', '', 'line 3): it is not JSON'],
  ['a principal of no form', JSON.stringify(asked({ principal: 'somebody' })), 'line 3): reading principal (somebody)'],
])('%s is exit 2 with its line number, after the answers to the lines before it', async (_, bad, message) => {
  const folder = folderWith({ 'r.jsonl': `${lines(asked(), asked())}${bad}\n${lines(asked())}` });
  const { code, stdout, stderr } = await run(cli, ['explain', '--requests', 'r.jsonl'], folder);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  expect(answers(stdout)).toHaveLength(2);
});

test.each([['missing.jsonl'], ['.']])('a file that cannot be read (%s) is exit 2', async (file) => {
  const { code, stdout, stderr } = await run(cli, ['explain', '--requests', file], newFolder());
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(`reading --requests (${file})`) });
});

test('a reader that goes away ends it without an error', () => {
  const requests = lines(...Array.from({ length: 20_000 }, () => asked()));
  const folder = folderWith({ 'r.jsonl': requests });
  const shell = `"${process.execPath}" "${cli}" explain --requests r.jsonl | head -n 1; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', shell], { cwd: folder, encoding: 'utf8' });
  expect({ last: stdout.trimEnd().split('\n').at(-1), stderr }).toEqual({ last: '0', stderr: '' });
});

const choices = `version: 1
network: { vpc: vpc-0123456789abcdef0 }
perimeter: { trustedCidrs: [198.51.100.0/24] }
test: { bucket: quilt-test }
organization: { targets: ['111122223333', ou-ab12-cdefghij] }
`;

test('lines without policies mean the perimeter of the folder, which is not asked of AWS where the file says it', async () => {
  const policies = undefined;
  const stranger = 'arn:aws:iam::999988887777:role/r';
  const tagged = { 'aws:PrincipalTag/NetworkRestrictedExempt': 'x' };
  const cases: readonly (readonly [object, string, readonly string[]])[] = [
    [{ context: { 'aws:SourceIp': '198.51.100.9' } }, 'allowed', []],
    [{ context: { 'aws:SourceIp': '203.0.113.9' } }, 'explicitDeny', []],
    [{ context: { 'aws:SourceVpc': 'vpc-0123456789abcdef0' } }, 'allowed', []],
    [{ unknown: ['aws:SourceIp'] }, 'unknown', ['aws:SourceIp']],
    [{ context: tagged }, 'allowed', []],
    [{ resource: 'arn:aws:s3:::other/k' }, 'allowed', []],
    // The bucket policy stands on the test bucket alone, and speaks to everybody.
    [{ principal: 'anonymous' }, 'allowed', []],
    [{ principal: 'anonymous', resource: 'arn:aws:s3:::quilt-test/k' }, 'explicitDeny', []],
    // Whether another account is in the unit is for the line to say.
    [{ principal: stranger }, 'unknown', ['aws:PrincipalOrgPaths']],
    [{ principal: stranger, context: { 'aws:PrincipalOrgPaths': ['o-a/r-ab12/ou-ab12-cdefghij/'] } }, 'explicitDeny', []],
    [{ principal: stranger, context: { 'aws:PrincipalOrgPaths': ['o-a/r-ab12/ou-ab12-aaaaaaaa/'] } }, 'allowed', []],
    // Whose organization it is, nobody says offline.
    [
      { resource: 'arn:aws:s3:::quilt-test/k', context: { ...tagged, 'aws:PrincipalOrgID': 'o-abcdefghij' } },
      'unknown',
      ['aws:PrincipalOrgID'],
    ],
    [{ resource: 'arn:aws:s3:::quilt-test/k', context: tagged }, 'explicitDeny', []],
    [{ principal: 'service:logging.s3.amazonaws.com', resource: 'arn:aws:s3:::quilt-test/k' }, 'allowed', []],
  ];
  const requests = lines(...cases.map(([over]) => asked({ ...over, policies })));
  const folder = folderWith({ 'quilt-perimeter.yaml': choices, 'r.jsonl': requests });
  const { code, stdout, stderr } = await run(cli, ['explain', '--requests', 'r.jsonl'], folder);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(answers(stdout)).toEqual(cases.map(([, decision, dependsOn]) => expect.objectContaining({ decision, dependsOn })));
});

test('where the file does not say it all, AWS is asked', async () => {
  const folder = folderWith({ 'r.jsonl': lines(asked({ policies: undefined, context: { 'aws:SourceIp': '203.0.113.9' } })) });
  const flags = ['--sandbox', '--test-bucket', 'quilt-perimeter-test-444455556666', '--target', '111122223333'];
  const unsaid = await run(cli, ['explain', '--requests', 'r.jsonl', '--sandbox'], folder);
  expect(unsaid).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('choosing test.bucket') });
  const { code, stdout } = await run(cli, ['explain', '--requests', 'r.jsonl', ...flags], folder);
  expect({ code, answers: answers(stdout) }).toEqual({ code: 0, answers: [expect.objectContaining({ decision: 'allowed' })] });
});
