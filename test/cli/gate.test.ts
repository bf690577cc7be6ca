// `apply --assess`: a replay of recorded calls before something denies, on a sandbox that this process serves.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { models } from '../../src/sandbox/models.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { accounts, addresses } from '../../src/sandbox/scenarios/company.ts';
import { addRole, handOut } from '../../src/sandbox/scenarios/identities.ts';
import { type RunningServer, serve } from '../../src/sandbox/server.ts';
import { scaledTime } from '../../src/sandbox/time.ts';
import type { World } from '../../src/sandbox/world.ts';
import { quiltWorld } from '../support/quilt-world.ts';
import { startSandbox } from '../support/sandbox.ts';
import { bundled, type Ended, newFolder, run } from './program.ts';

const raw = `quilt-raw-data-${accounts.quilt}`;
let cli = '';
let world: World;
let server: RunningServer;
const [withDenied, nobodys] = [newFolder(), newFolder()];
const folder = newFolder();
const trail = `s3://corp-cloudtrail-${accounts.quilt}`;

/** Plays a few calls with the trail on, into a folder of log files. */
async function recorded(into: string, identities: readonly string[]): Promise<World> {
  const sandbox = await startSandbox({
    scenario: 'brownfield',
    mutate: (begun) => {
      const { draft } = quiltWorld(begun);
      handOut(draft, 'atHome', addRole(draft, accounts.quilt, { name: 'Homeworker', administrator: true }), {
        publicIp: addresses.elsewhere,
      });
    },
  });
  await sandbox.control.record(true);
  for (const identity of identities) {
    const { s3 } = await sandbox.clientsAs(identity);
    await s3.send(new ListObjectsV2Command({ Bucket: raw }));
    await s3.send(new GetObjectCommand({ Bucket: raw, Key: 'results/plate-1.csv' }));
  }
  for (const { key, body } of await sandbox.control.trail()) {
    mkdirSync(dirname(join(into, key)), { recursive: true });
    writeFileSync(join(into, key), body);
  }
  await sandbox.control.record(false);
  return sandbox.world();
}

beforeAll(async () => {
  cli = bundled();
  await recorded(nobodys, ['operator']);
  world = await recorded(withDenied, ['quiltLambda', 'operator', 'atHome']);
  world.clock = { base: Date.parse('2026-06-01T13:00:00.000Z'), realBase: Date.now(), speed: 120 };
  server = await serve(createSandbox({ world, models, time: scaledTime() }), 0);
  const management = world.accessKeys[world.identities.management ?? ''];
  const keys = `aws_access_key_id = ${world.identities.management}\naws_secret_access_key = ${management?.secretAccessKey}\n`;
  writeFileSync(join(folder, 'credentials'), `[organization]\n${keys}`);
  writeFileSync(join(folder, 'config'), '[profile organization]\nregion = us-east-1\n');
}, 120_000);

afterAll(() => server.close());

const applying = (...args: readonly string[]): Promise<Ended> => program('apply', '--yes', '--accept', 'QP111', ...args);

const program = (...args: readonly string[]): Promise<Ended> => {
  const { hints, identities, accessKeys } = world;
  const operator = identities.operator ?? '';
  const choices = [
    '--test-bucket',
    hints.testBucket,
    '--trusted-vpc',
    hints.trustedVpcs.join(','),
    '--trusted-cidr',
    hints.trustedCidrs.join(','),
  ];
  return run(cli, [...args, '--json', '--org-profile', 'organization', ...choices], folder, {
    AWS_ENDPOINT_URL: server.url,
    AWS_REGION: hints.region,
    AWS_ACCESS_KEY_ID: operator,
    AWS_SECRET_ACCESS_KEY: accessKeys[operator]?.secretAccessKey ?? '',
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
  });
};

// biome-ignore lint/suspicious/noExplicitAny: a test names the fields that it expects
const linesOf = (text: string): readonly any[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const journal = () => linesOf(readFileSync(join(folder, '.quilt-perimeter', 'journal.jsonl'), 'utf8'));
const hasPolicy = (): boolean => world.s3.buckets[world.hints.testBucket]?.policy !== null;

test('the whole command reads the same from the bucket that the trail writes to', async () => {
  const { code, stdout } = await program('assess', trail, '--max-denied', '0');
  const { source, paths } = JSON.parse(stdout);
  expect(source.kind).toBe('s3');
  // biome-ignore lint/suspicious/noExplicitAny: as above
  expect(paths.map(({ principal, verdict, events }: any) => [principal.split('/').at(-1), verdict, events]).sort()).toEqual([
    ['Homeworker', 'newly-denied', 2],
    ['PlatformAdmin', 'passes', 2],
    ['quilt-prod-PackagerRole', 'passes', 2],
  ]);
  expect(code).toBe(3);
});

test('more newly denied paths than may be stop the run before the first Deny, with exit 3 and who they are', async () => {
  const { code, stdout } = await applying('--assess', withDenied, '--until', 'scp');
  const events = linesOf(stdout);
  expect(events.filter(({ type }) => type === 'assessed')).toEqual([
    expect.objectContaining({
      step: 'bucket-policy',
      paths: { passes: 2, newlyDenied: 1, unknown: 0 },
      maxDenied: 0,
      denied: [
        expect.objectContaining({
          principal: `arn:aws:iam::${accounts.quilt}:role/Homeworker`,
          network: addresses.elsewhere,
          bucket: raw,
          events: 2,
        }),
      ],
    }),
  ]);
  expect(events.find(({ type }) => type === 'error')).toMatchObject({
    code: 'MAX_DENIED',
    remedy: expect.stringContaining('--max-denied 1'),
  });
  expect(code).toBe(3);
  expect(hasPolicy()).toBe(false);
});

test('what was assessed is in the journal, with its paths in a file beside it that only its owner reads', () => {
  const entry = journal().find(({ type }) => type === 'assessed');
  expect(entry).toMatchObject({
    sources: [withDenied],
    source: { kind: 'files' },
    paths: { passes: 2, newlyDenied: 1, unknown: 0 },
    maxDenied: 0,
  });
  const text = readFileSync(join(folder, '.quilt-perimeter', entry.details.file), 'utf8');
  expect(createHash('sha256').update(text).digest('hex')).toBe(entry.details.sha256);
  expect(JSON.parse(text).paths).toContainEqual(
    expect.objectContaining({ principal: expect.stringContaining('Homeworker'), verdict: 'newly-denied' }),
  );
  const sum = (member: string) =>
    JSON.parse(text).days.reduce((total: number, day: Record<string, number>) => total + (day[member] ?? 0), 0);
  expect(['passes', 'newlyDenied', 'unknown'].map(sum)).toEqual(
    ['passes', 'newly-denied', 'unknown'].map(eventsOf(JSON.parse(text).paths)),
  );
  expect(readdirSync(join(folder, '.quilt-perimeter')).filter((name) => name.startsWith('assessed-'))).toHaveLength(1);
});

const eventsOf = (paths: readonly { readonly verdict: string; readonly events: number }[]) => (wanted: string) =>
  paths.filter(({ verdict }) => verdict === wanted).reduce((sum, { events }) => sum + events, 0);

test('a trail without calls of the stack passes the gate, and QP413 stops before the SCP all the same', async () => {
  const { code, stdout } = await applying('--assess', nobodys, '--until', 'scp');
  const events = linesOf(stdout);
  expect(events.find(({ type }) => type === 'error')).toMatchObject({
    code: 'QP413',
    detail: expect.stringContaining("no call of the stack's roles"),
  });
  expect(events.filter(({ type }) => type === 'assessed')).toHaveLength(1);
  expect(code).toBe(3);
  expect(hasPolicy()).toBe(true);
});

test("calls of the stack's roles that all pass clear QP413, and the SCP is put on", async () => {
  const { code, stdout } = await applying('--assess', trail, '--max-denied', '1', '--until', 'scp');
  const events = linesOf(stdout);
  expect(events.filter(({ type }) => type === 'error')).toEqual([]);
  expect(events.filter(({ type, finding }) => type === 'finding' && finding.code === 'QP413')).toEqual([]);
  expect(events.filter(({ type, step }) => type === 'assessed' && step === 'scp')).toHaveLength(1);
  expect(code).toBe(0);
});

test('a later run without --assess says what was assessed, and how long ago', async () => {
  const { stdout } = await applying('--until', 'scp');
  expect(linesOf(stdout).find(({ type }) => type === 'note')?.text).toMatch(
    /was assessed \d+ hours? ago .*: 2 pass, 1 newly denied, 0 unknown\. It gates nothing/,
  );
});

test.each([
  [['--max-denied', '3'], 'nothing is assessed'],
  [['--assess', 'nowhere', '--max-denied', 'many'], '--max-denied'],
  [['--assess', 'nowhere', '--only', 'discover', '--max-denied', '-1'], '--max-denied'],
])('%j is bad input that says what is wrong', async (args, says) => {
  const { code, stdout } = await applying(...args);
  expect(linesOf(stdout).find(({ type }) => type === 'error')).toMatchObject({ code: 'FLAG', summary: expect.stringContaining(says) });
  expect(code).toBe(2);
});
