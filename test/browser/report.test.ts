// The report as whoever approves it sees it, in Chromium: for each scenario, light, dark and on paper, on a phone and a desktop.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accounts, addresses } from '../../src/sandbox/scenarios/company.ts';
import { addRole, handOut } from '../../src/sandbox/scenarios/identities.ts';
import { bundled, type Ended, newFolder, run } from '../cli/program.ts';
import { quiltWorld } from '../support/quilt-world.ts';
import { startSandbox, type TestSandbox } from '../support/sandbox.ts';
import { isThere, launch, look, type Reading, type Seen } from './chromium.ts';

if (!isThere) console.warn('The report is not opened in a browser: /usr/bin/chromium is not there (apt-get install chromium).');

const scenarios = ['greenfield', 'brownfield', 'large'] as const;
type Scenario = (typeof scenarios)[number];

interface Finding {
  readonly code: string;
  readonly severity: string;
}
interface Plan {
  readonly steps: readonly { readonly changes: readonly { readonly summary: string }[]; readonly findings: readonly Finding[] }[];
  readonly totals: { readonly changes: number; readonly usdPerMonth: number | null };
  readonly network: { readonly places: number; readonly denied: number };
}
interface Assessment {
  readonly paths: readonly { readonly verdict: string; readonly events: number; readonly principal: string }[];
  readonly coverage: readonly Finding[];
}

/** A page, and what the other commands say of the same. */
interface Made {
  readonly path: string;
  readonly choices: readonly string[];
  readonly folder: string;
  readonly plan: Plan;
  readonly assessment: Assessment;
}

let cli = '';
let browser: Browser;
const made = new Map<Scenario, Made>();

/** A few calls as CloudTrail writes them: by the operator, and by a role from a network that nobody trusts. */
async function trailOf(scenario: Scenario, into: string): Promise<TestSandbox> {
  const sandbox = await startSandbox({
    scenario,
    mutate: (world) => {
      const { draft } = quiltWorld(world);
      const role = addRole(draft, accounts.quilt, { name: 'Homeworker', administrator: true });
      handOut(draft, 'atHome', role, { publicIp: addresses.elsewhere });
    },
  });
  await sandbox.control.record(true);
  for (const identity of ['operator', 'atHome', 'atHome']) {
    const { s3 } = await sandbox.clientsAs(identity);
    await s3.send(new ListObjectsV2Command({ Bucket: `quilt-raw-data-${accounts.quilt}` }));
    await s3.send(new GetObjectCommand({ Bucket: `quilt-raw-data-${accounts.quilt}`, Key: 'results/plate-1.csv' }));
  }
  for (const { key, body } of await sandbox.control.trail()) {
    mkdirSync(dirname(join(into, key)), { recursive: true });
    writeFileSync(join(into, key), body);
  }
  return sandbox;
}

const jsonOf = <T>({ stdout, stderr }: Ended): T => {
  expect(stdout, stderr).not.toBe('');
  const value: T = JSON.parse(stdout);
  return value;
};

async function make(scenario: Scenario): Promise<Made> {
  const folder = newFolder();
  const trail = join(folder, 'trail');
  const { hints } = (await trailOf(scenario, trail)).world();
  const tags = join(folder, 'tags.json');
  writeFileSync(tags, '{"*":{}}');
  const choices = [
    `--sandbox=${scenario}`,
    '--test-bucket',
    hints.testBucket,
    '--trusted-vpc',
    hints.trustedVpcs.join(','),
    '--trusted-cidr',
    hints.trustedCidrs.join(','),
  ];
  const path = join(folder, 'report.html');
  const assessing = ['--principal-tags', tags];
  const report = await run(cli, ['report', ...choices, ...assessing, '--assess', trail, '--out', path], folder);
  expect(report.code, report.stderr).toBe(0);
  return {
    path,
    choices,
    folder,
    plan: jsonOf<Plan>(await run(cli, ['plan', '--json', ...choices], folder)),
    assessment: jsonOf<Assessment>(await run(cli, ['assess', trail, '--json', ...choices, ...assessing], folder)),
  };
}

const madeFor = (scenario: Scenario): Made => {
  const found = made.get(scenario);
  if (found === undefined) throw new Error(`no page was made for ${scenario}`);
  return found;
};

beforeAll(async () => {
  if (!isThere) return;
  cli = bundled();
  browser = await launch();
  for (const scenario of scenarios) made.set(scenario, await make(scenario));
});

afterAll(() => browser?.close());

const readings: readonly Reading[] = [
  { scheme: 'light', media: 'screen', width: 1280 },
  { scheme: 'dark', media: 'screen', width: 1280 },
  { scheme: 'light', media: 'screen', width: 390 },
  { scheme: 'dark', media: 'screen', width: 390 },
  // A4 and Letter between their margins, at 96 pixels an inch.
  { scheme: 'light', media: 'print', width: 688 },
  { scheme: 'dark', media: 'print', width: 710 },
];

function expectGood(seen: Seen): void {
  expect(seen.complaints).toEqual([]);
  expect(seen.overflow).toEqual({ pixels: 0, elements: [] });
  expect(seen.overlaps).toEqual([]);
  expect(seen.labels).toBeGreaterThan(20);
  expect(seen.violations).toEqual([]);
}

/** A session with its name; examples of requests have one that is nobody's. */
const personal = /assumed-role\/(?!example\/example)\w+\//;

describe.skipIf(!isThere).each(scenarios)('the report for %s', (scenario) => {
  test.each(readings)('reads well: $scheme, $media, $width pixels', async (reading) => {
    expectGood(await look(browser, madeFor(scenario).path, reading));
  });

  test('it is one small file without a script that names no other', () => {
    const page = readFileSync(madeFor(scenario).path, 'utf8');
    expect(Buffer.byteLength(page)).toBeLessThan(2_000_000);
    expect(page).not.toMatch(/<script|<iframe|<img|@import|url\((?!#)|\ssrc=|href="(?!#|data:,)/);
  });

  test('its numbers are those of plan --json and assess --json', async () => {
    const { path, plan, assessment } = madeFor(scenario);
    const { numbers, text } = await look(browser, path, { scheme: 'light', media: 'screen', width: 1280 });
    const findings = plan.steps.flatMap((step) => step.findings);
    const severity = (name: string): string => `${findings.filter((finding) => finding.severity === name).length}`;
    const of = (verdict: string) => assessment.paths.filter((path) => path.verdict === verdict);
    const events = (verdict: string): string => `${of(verdict).reduce((sum, path) => sum + path.events, 0)}`;
    expect(plan.totals.usdPerMonth).not.toBeNull();
    expect(of('newly-denied').length).toBeGreaterThan(0);
    expect(numbers).toEqual({
      changes: `${plan.totals.changes}`,
      usdPerMonth: `$${plan.totals.usdPerMonth?.toFixed(2)}`,
      error: severity('error'),
      warning: severity('warning'),
      ...(severity('unknown') === '0' ? {} : { unknown: severity('unknown') }),
      deniedPlaces: `${plan.network.denied}`,
      places: `${plan.network.places}`,
      newlyDenied: `${of('newly-denied').length}`,
      'paths-passes': `${of('passes').length}`,
      'paths-newly-denied': `${of('newly-denied').length}`,
      'paths-unknown': `${of('unknown').length}`,
      'events-passes': events('passes'),
      'events-newly-denied': events('newly-denied'),
      'events-unknown': events('unknown'),
    });
    for (const { summary } of plan.steps.flatMap(({ changes }) => changes)) expect(text).toContain(summary);
    for (const { code, severity: its } of [...findings, ...assessment.coverage]) expect(text).toContain(`${code} ${its}`);
    for (const { principal } of assessment.paths) expect(text).toContain(principal);
  });

  test('it says that it asks, and names nobody who holds a session', async () => {
    const { stage, text } = await look(browser, madeFor(scenario).path, { scheme: 'light', media: 'screen', width: 1280 });
    expect(stage).toBe('Change request');
    expect(text).toContain('it is no evidence');
    expect(text).not.toMatch(personal);
  });
});

describe.skipIf(!isThere)('the report from the request to the evidence', () => {
  const onDesktop = (path: string): Promise<Seen> => look(browser, path, { scheme: 'light', media: 'screen', width: 1280 });

  test('it says what it is at each stage', async () => {
    const { choices, folder } = madeFor('greenfield');
    const program = (...args: readonly string[]): Promise<Ended> => run(cli, [...args, ...choices, '--sandbox-speed', '300'], folder);
    const at = (name: string): string => join(folder, `${name}.html`);

    await program('apply', '--yes', '--until', 'bucket-policy');
    await program('report', '--out', at('under-way'));
    expect((await onDesktop(at('under-way'))).stage).toBe('Under way');

    const applied = await program('apply', '--yes', '--accept', 'QP413');
    expect(applied.code, applied.stderr).toBe(0);
    await program('report', '--out', at('applied'));
    const unverified = await onDesktop(at('applied'));
    expect(unverified.stage).toBe('Applied, not verified');
    expect(unverified.text).toContain('Run quilt-perimeter verify');

    const verified = await program('verify', '--wait', '2h');
    expect(verified.code, verified.stdout).toBe(0);
    // No choice is said again: what was applied is what is meant.
    const evidence = await run(cli, ['report', '--sandbox=greenfield', '--out', at('evidence')], folder);
    expect(evidence.stdout).toContain('Evidence: ');
    const seen = await onDesktop(at('evidence'));
    expect(seen.stage).toBe('Evidence');
    expectGood(seen);
    expect(seen.text).toContain('role PlatformAdmin of account');
    expect(seen.text).not.toMatch(personal);
    expect(seen.numbers.changes).toBe('0');
  });
});
