import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { WholeRun } from '../support/whole-run.ts';
import { bundled, newFolder, run } from './program.ts';

let cli: string;
let journal: string;
let dir: string;
let state: string;

beforeAll(async () => {
  cli = bundled();
  const applied = await WholeRun.on('greenfield');
  await applied.apply({ accept: ['QP413'] });
  journal = applied.journal;
});

beforeEach(() => {
  dir = newFolder();
  state = join(dir, '.quilt-perimeter');
  mkdirSync(state);
  writeFileSync(join(state, 'journal.jsonl'), journal);
});

/** Any call of AWS would go to a port where nobody answers, and fail. */
const nowhere = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
const print = (flags: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
  run(cli, ['rollback', '--print', ...flags], dir, { ...nowhere, ...env });

test('the script goes to stdout and, with the files that belong to it, into a folder of the owner alone', async () => {
  const { code, stdout, stderr } = await print();
  expect(code).toBe(0);
  const folder = join(state, 'runbook');
  expect(stdout).toBe(readFileSync(join(folder, 'rollback.sh'), 'utf8'));
  expect(stdout).toMatch(
    /^#!\/usr\/bin\/env bash\n# Puts back what quilt-perimeter changed in account \d+, Region us-east-1: 16 changes, denies/,
  );
  expect(stderr).toContain(`Written to ${join(folder, 'rollback.sh')}, with 11 files of what was there before.`);
  const names = readdirSync(folder);
  expect(names).toHaveLength(12);
  for (const name of names) {
    expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, name === 'rollback.sh' ? 0o700 : 0o600]);
  }
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('neither credentials nor the lock are needed, and the journal is left as it is', async () => {
  chmodSync(join(state, 'journal.jsonl'), 0o400);
  writeFileSync(join(state, 'lock'), 'held by somebody');
  expect((await print(['--quiet'])).stderr).toBe('');
  expect(readFileSync(join(state, 'journal.jsonl'), 'utf8')).toBe(journal);
  expect(readFileSync(join(state, 'lock'), 'utf8')).toBe('held by somebody');
});

test('with --json it is one document', async () => {
  const { code, stdout } = await print(['--json', '--region', 'eu-west-1', '--profile', 'quilt admin']);
  expect(code).toBe(0);
  const document = JSON.parse(stdout);
  expect(Object.keys(document)).toEqual(['version', 'place', 'path', 'script', 'files', 'changes', 'notRestored']);
  expect(document).toMatchObject({ version: 1, place: { region: 'us-east-1' }, path: join(state, 'runbook', 'rollback.sh') });
  expect(document.changes).toHaveLength(16);
  expect(document.changes[1]).toEqual({
    key: expect.stringMatching(/^scp\/QuiltDataPerimeter\/attach\//),
    summary: expect.stringMatching(/^Attach SCP/),
    commands: [
      expect.stringMatching(
        /^aws --region us-east-1 --profile 'quilt admin' organizations detach-policy --policy-id p-\w+ --target-id \d+$/,
      ),
    ],
  });
  expect(document.notRestored).toEqual([expect.stringContaining('Service control policies stay enabled')]);
  expect(document.files[0]).toEqual({ name: expect.stringMatching(/\.json$/), text: expect.any(String) });
});

test('proxy, endpoint and profiles are those of this environment and command line, and a password is not written down', async () => {
  const env = {
    HTTPS_PROXY: 'http://user:hunter2@proxy:3128',
    NO_PROXY: '10.0.0.0/8',
    AWS_ENDPOINT_URL_S3: 'https://s3.example.com',
    AWS_PROFILE: 'base',
  };
  const { stdout } = await print(['--org-profile', "the o'rg", '--org-role-arn', 'arn:aws:iam::111122223333:role/Org'], env);
  expect(stdout).toContain('\nexport NO_PROXY=10.0.0.0/8\n');
  expect(stdout).toContain('\nexport AWS_ENDPOINT_URL=http://127.0.0.1:9\n');
  expect(stdout).toContain('\nexport AWS_ENDPOINT_URL_S3=https://s3.example.com\n');
  expect(stdout).toContain('HTTPS_PROXY:?set it as it was');
  expect(stdout).not.toContain('hunter2');
  expect(stdout).toContain('\nquilt_profile=base\n');
  expect(stdout).toContain("\norganization_profile='the o'\\''rg'\n");
  expect(stdout).toContain('sts assume-role --role-arn arn:aws:iam::111122223333:role/Org ');
});

test('where nothing says as whom, the journal does', async () => {
  const who = {
    quilt: {
      arn: 'arn:aws:sts::444455556666:assumed-role/Admin/me',
      source: 'profile quilt, prod, role arn:aws:iam::444455556666:role/Admin',
    },
    organization: { arn: 'arn:aws:iam::777788889999:user/me', source: 'profile org' },
  };
  writeFileSync(
    join(state, 'journal.jsonl'),
    journal.replaceAll(/,"sum":"[0-9a-f]{16}"\}/g, '}').replace('"identities":null', `"identities":${JSON.stringify(who)}`),
  );
  const { stdout } = await print();
  expect(stdout).toContain("\nquilt_profile='quilt, prod'\n");
  expect(stdout).toContain('sts assume-role --role-arn arn:aws:iam::444455556666:role/Admin ');
  expect(stdout).toContain('\norganization_profile=org\n');
  expect(stdout).toContain('\n  777788889999) ;;\n');
});

test('a second script stands beside the first one, whose files stay', async () => {
  await print();
  const before = readdirSync(join(state, 'runbook'));
  expect((await print(['--to', 'bucket-policy'])).stdout).toContain(': 5 changes, denies');
  expect(readdirSync(join(state, 'runbook'))).toEqual(before);
});

test.each(['runbook', join('runbook', 'rollback.sh')])('a symbolic link at %s is not followed', async (name) => {
  const outside = newFolder();
  if (name !== 'runbook') mkdirSync(join(state, 'runbook'));
  symlinkSync(outside, join(state, name));
  const { code, stderr } = await print();
  expect([code, stderr]).toEqual([2, expect.stringContaining('it is a symbolic link, which is not followed')]);
  expect(readdirSync(outside)).toEqual([]);
});

test('without a journal there is nothing to write, and it says where the journal must be', async () => {
  const { code, stdout, stderr } = await run(cli, ['rollback', '--print', '--dir', newFolder()], dir, nowhere);
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toContain('there is no journal');
});

test('--accept is refused: the script keeps what somebody changed', async () => {
  const { code, stderr } = await print(['--accept', 'QP703']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('--accept has no meaning with --print')]);
  expect(existsSync(join(state, 'runbook'))).toBe(false);
});

test('of the sandbox it is written too, and says that the sandbox has to be served', async () => {
  mkdirSync(join(state, 'sandbox'));
  writeFileSync(join(state, 'sandbox', 'journal.jsonl'), journal);
  const { code, stdout } = await print(['--sandbox']);
  expect(code).toBe(0);
  expect(stdout).toContain('# It is for the sandbox: serve that by quilt-perimeter sandbox --dir');
  expect(stdout).not.toContain('AWS_ENDPOINT_URL');
  expect(readdirSync(join(state, 'sandbox')).sort()).toEqual(['journal.jsonl', 'runbook']);
});
