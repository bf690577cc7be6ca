import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { bundled, newFolder, run } from './program.ts';

let cli = '';
beforeAll(() => {
  cli = bundled();
});

const perimeter = (...ranges: readonly string[]) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Perimeter',
      Effect: 'Deny',
      Action: 's3:*',
      Resource: ['arn:aws:s3:::quilt*', 'arn:aws:s3:::quilt*/*'],
      Condition: { NotIpAddressIfExists: { 'aws:SourceIp': ranges }, Bool: { 'aws:ViaAWSService': 'false' } },
    },
  ],
});
const wide = perimeter('192.0.2.0/24', '203.0.113.0/24');
const narrow = perimeter('192.0.2.0/24');

const diffed = (files: { readonly [name: string]: unknown }, ...args: readonly string[]) => {
  const folder = newFolder();
  for (const [name, value] of Object.entries(files)) {
    writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
  }
  mkdirSync(join(folder, 'folder'));
  return run(cli, ['explain', '--diff', ...args], folder);
};

test('a change is shown as a request, and what else was compared is said', async () => {
  const { code, stdout, stderr } = await diffed({ 'a.json': wide, 'b.json': narrow }, 'a.json', 'b.json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.split('\n')[0]).toBe('1  not mentioned → denied');
  expect(stdout).toMatch(/ {3}with {4}aws:SourceIp 203\.0\.113\.\d+\n/);
  expect(stdout).toContain('   new     statement 1 (Perimeter) denies\n');
  expect(stdout).toMatch(/\d+ classes of requests compared between a\.json and b\.json; no others change\ntheir verdict\.\n$/);
});

test('where nothing changes that is a proof, and programs read it as data', async () => {
  const same = { ...wide, Statement: { ...wide.Statement[0], Action: ['s3:*', 's3:Get*'] } };
  const files = { 'a.json': wide, 'b.json': same };
  const told = await diffed(files, 'a.json', 'b.json');
  expect(told.stdout.replaceAll('\n', ' ')).toMatch(
    /^No request changes its verdict from a\.json to b\.json: \d+ classes of requests compared/,
  );
  const { code, stdout } = await diffed(files, 'a.json', 'b.json', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ version: 1, changes: [], classes: expect.any(Number), complete: true });
});

test('sets of policies by type are decided as AWS does', async () => {
  const [old, now] = [{ scp: [[{ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }]] }, { scp: [[narrow]] }];
  const { code, stdout } = await diffed({ 'a.json': old, 'b.json': now }, 'a.json', 'b.json', '--json');
  expect(code).toBe(0);
  const { changes } = JSON.parse(stdout) as { readonly changes: readonly { readonly new: { readonly by: readonly object[] } }[] };
  expect(changes.map((change) => change.new.by[0])).toContainEqual({
    policyType: 'scp',
    level: null,
    document: null,
    index: null,
    sid: null,
  });
});

test('what cannot be compared to the end proves nothing: exit 3', async () => {
  const own = { ...wide, Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: ['arn:aws:s3:::b/$', '{aws:username}/*'].join('') }] };
  const { code, stdout } = await diffed({ 'a.json': own, 'b.json': wide }, 'a.json', 'b.json');
  expect(code).toBe(3);
  expect(stdout).toContain('Not everything could be compared');
});

test.each([
  [['none.json', 'b.json'], 'reading --diff (none.json): ENOENT'],
  [['folder', 'b.json'], 'reading --diff (folder): EISDIR'],
  [['text.json', 'b.json'], 'reading --diff (text.json): it is not JSON'],
  [['number.json', 'b.json'], 'reading --diff (number.json): it is not a JSON object'],
  [['list.json', 'b.json'], 'reading --diff (list.json): document 2: it has no Statement'],
  [['set.json', 'b.json'], 'one holds documents, the other policies by type'],
  [['b.json'], '--diff needs two files'],
  [['b.json', 'b.json', 'b.json'], 'too many arguments'],
  [['b.json', 'b.json', '--to', 'quilt-a'], '--diff and --to do not go together'],
])('%j is one clear error and exit 2', async (args, message) => {
  const files = { 'b.json': wide, 'text.json': '{', 'number.json': 1, 'list.json': [wide, {}], 'set.json': { scp: [[wide]] } };
  const { code, stdout, stderr } = await diffed(files, ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(message);
});
