// `watch` as a process on a sandbox that this process serves: the trail is written while a scripted workload runs.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createClients } from '../../src/aws/clients.ts';
import { realClock } from '../../src/clock.ts';
import type { ProgramPorts } from '../../src/commands/ports.ts';
import { watch } from '../../src/commands/watch.ts';
import { models } from '../../src/sandbox/models.ts';
import { requestHandlerOf } from '../../src/sandbox/request-handler.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { accounts, addresses } from '../../src/sandbox/scenarios/company.ts';
import { addRole, handOut } from '../../src/sandbox/scenarios/identities.ts';
import { type RunningServer, serve } from '../../src/sandbox/server.ts';
import { changeSpeed, scaledTime } from '../../src/sandbox/time.ts';
import type { World } from '../../src/sandbox/world.ts';
import { plainPaint } from '../../src/ui/paint.ts';
import type { Question } from '../../src/ui/questions.ts';
import type { Ui } from '../../src/ui/ui.ts';
import { quiltWorld } from '../support/quilt-world.ts';
import { startSandbox } from '../support/sandbox.ts';
import { interruptible } from '../support/signals.ts';
import { bundled, type Ended, newFolder, run } from './program.ts';

const account = accounts.quilt;
const raw = `quilt-raw-data-${account}`;
const trail = `s3://corp-cloudtrail-${account}`;
const atHome = addresses.elsewhere;
let cli = '';

/** Everybody of the workload; the auditor passes by its tag, until somebody takes it away. */
function addPeople(begun: World): void {
  const { draft } = quiltWorld(begun);
  const admin = { administrator: true };
  handOut(draft, 'home', addRole(draft, account, { name: 'Homeworker', ...admin }), { publicIp: atHome });
  handOut(draft, 'newcomer', addRole(draft, account, { name: 'Newcomer', ...admin }), { publicIp: atHome });
  handOut(draft, 'auditor', addRole(draft, account, { name: 'Auditor', ...admin, tags: { NetworkRestrictedExempt: 'yes' } }), {
    publicIp: atHome,
  });
  handOut(draft, 'limited', addRole(draft, account, { name: 'Limited' }), { publicIp: '198.51.100.77' });
}

// biome-ignore lint/suspicious/noExplicitAny: a test names the fields that it expects
type Lines = readonly any[];
const linesOf = (text: string): Lines =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** A company whose calls were recorded and assessed, and whose perimeter stands up to a step. */
class Company {
  readonly sandbox: Sandbox;
  readonly server: RunningServer;
  readonly folder = newFolder();

  constructor(sandbox: Sandbox, server: RunningServer) {
    this.sandbox = sandbox;
    this.server = server;
    const management = this.world.accessKeys[this.world.identities.management ?? ''];
    const keys = `aws_access_key_id = ${this.world.identities.management}\naws_secret_access_key = ${management?.secretAccessKey}\n`;
    writeFileSync(join(this.folder, 'credentials'), `[organization]\n${keys}`);
    writeFileSync(join(this.folder, 'config'), '[profile organization]\nregion = us-east-1\n');
  }

  static async upTo(step: 'bucket-policy' | 'scp'): Promise<Company> {
    const before = await startSandbox({ scenario: 'brownfield', mutate: addPeople });
    await before.control.record(true);
    for (const identity of ['quiltLambda', 'operator', 'home', 'auditor']) {
      const { s3 } = await before.clientsAs(identity);
      for (const Bucket of [raw, before.world().hints.testBucket]) await s3.send(new ListObjectsV2Command({ Bucket }));
    }
    const log = newFolder();
    for (const { key, body } of await before.control.trail()) {
      mkdirSync(dirname(join(log, key)), { recursive: true });
      writeFileSync(join(log, key), body);
    }
    const world = before.world();
    world.clock = { base: Date.parse('2026-06-01T13:00:00.000Z'), realBase: Date.now(), speed: 120 };
    const sandbox = createSandbox({ world, models, time: scaledTime() });
    const company = new Company(sandbox, await serve(sandbox, 0));
    const applied = await company.program('apply', '--yes', '--accept', 'QP111', '--assess', log, '--max-denied', '2', '--until', step);
    expect(linesOf(applied.stdout).filter(({ type }) => type === 'error')).toEqual([]);
    expect(applied.code).toBe(0);
    // Whoever proves needs the time that proofs take; whoever waits for logs does not.
    await sandbox.change(({ clock }) => changeSpeed(clock, 600));
    return company;
  }

  get world(): World {
    return this.sandbox.world();
  }

  get hasPolicy(): boolean {
    return this.world.s3.buckets[this.world.hints.testBucket]?.policy !== null;
  }

  program(...args: readonly string[]): Promise<Ended> {
    return run(cli, this.args(args), this.folder, this.env());
  }

  args(args: readonly string[]): readonly string[] {
    const { testBucket, trustedVpcs, trustedCidrs } = this.world.hints;
    const choices = ['--test-bucket', testBucket, '--trusted-vpc', trustedVpcs.join(','), '--trusted-cidr', trustedCidrs.join(',')];
    return [...args, '--json', '--org-profile', 'organization', ...(args[0] === 'rollback' ? [] : choices)];
  }

  env(): Readonly<Record<string, string>> {
    const { hints, identities, accessKeys } = this.world;
    const operator = identities.operator ?? '';
    return {
      AWS_ENDPOINT_URL: this.server.url,
      AWS_REGION: hints.region,
      AWS_ACCESS_KEY_ID: operator,
      AWS_SECRET_ACCESS_KEY: accessKeys[operator]?.secretAccessKey ?? '',
      AWS_CONFIG_FILE: join(this.folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(this.folder, 'credentials'),
    };
  }

  /** Starts `watch`, and tells when an event that it printed is of this type. */
  watch(...args: readonly string[]) {
    const child = spawn(process.execPath, [cli, ...this.args(['watch', trail, ...args])], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH ?? '', HOME: this.folder, AWS_EC2_METADATA_DISABLED: 'true', ...this.env() },
      timeout: 120_000,
    });
    let [stdout, stderr] = ['', ''];
    const waiting = new Set<() => void>();
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      for (const look of waiting) look();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
    const whole = (): Lines => linesOf(stdout.slice(0, stdout.lastIndexOf('\n') + 1));
    const until = (enough: (lines: Lines) => boolean): Promise<Lines> =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!enough(whole())) return;
          waiting.delete(look);
          resolve(whole());
        };
        waiting.add(look);
        ended.then(() => reject(new Error(`watch ended before: ${stdout}${stderr}`)));
        look();
      });
    return { child, ended, until };
  }

  /** Calls of somebody, so many; how many of them S3 refused. */
  async calls(identity: string, bucket: string, many: number): Promise<number> {
    const accessKeyId = this.world.identities[identity] ?? '';
    const secretAccessKey = this.world.accessKeys[accessKeyId]?.secretAccessKey ?? '';
    const { s3 } = await createClients({
      region: null,
      quilt: { profile: null, roleArn: null },
      organization: { profile: null, roleArn: null },
      env: {},
      clock: realClock,
      random: () => 0.5,
      mfaPrompt: async () => '',
      sandbox: {
        requestHandler: requestHandlerOf(this.sandbox),
        region: this.world.hints.region,
        credentialsFor: () => ({ accessKeyId, secretAccessKey }),
      },
    });
    let refused = 0;
    for (let n = 0; n < many; n++) {
      try {
        await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'AccessDenied') throw error;
        refused += 1;
      }
    }
    return refused;
  }

  /** To how much the perimeter's SCP is attached. */
  attachments(): number {
    const { organization } = this.world.organizations;
    const policy = Object.values(organization?.policies ?? {}).find(({ name }) => name === 'QuiltDataPerimeter');
    return (organization?.attachments ?? []).filter(({ policyId }) => policyId === policy?.id).length;
  }

  /** Watches in this process, with a person at the terminal who answers every question so. */
  async atTerminal(answer: 'yes' | 'no') {
    for (const [name, value] of Object.entries(this.env())) vi.stubEnv(name, value);
    const asked: Question[] = [];
    const lines: string[] = [];
    const say = (text: string): void => void lines.push(text);
    const nothing = (): void => undefined;
    const ui: Ui = {
      page: { paint: plainPaint, width: 80, verbose: false, plain: false },
      json: false,
      interactive: true,
      progress: say,
      result: say,
      ask: async (question) => {
        asked.push(question);
        return answer === 'yes' ? ['yes'] : [];
      },
      ...{
        document: nothing,
        showStep: nothing,
        learn: nothing,
        event: nothing,
        working: nothing,
        error: nothing,
        done: nothing,
        close: nothing,
      },
    };
    const { testBucket, trustedVpcs, trustedCidrs } = this.world.hints;
    const flags = { orgProfile: 'organization', testBucket, trustedVpc: trustedVpcs, trustedCidr: trustedCidrs };
    const { stdin, stdout, stderr } = process;
    const ports: ProgramPorts = {
      ...{ env: this.env(), cwd: this.folder, stdin, stdout, stderr, signal: interruptible().signal, clock: realClock, process },
      ...{ ids: { token: (length) => 'x'.repeat(length) }, random: () => 0.5, version: '0.0.0', commandLine: 'watch' },
    };
    const code = await watch({
      flags: { ...flags, for: '10m', every: '30s', revertAbove: '3' },
      args: [trail],
      ports,
      ui,
      setClock: nothing,
    });
    return { asked, said: lines.join('\n').replaceAll(/\s+/g, ' '), code, lines };
  }

  /** Somebody takes the auditor's exempt tag away: what was to pass passes no more. */
  untag(): void {
    const role = this.world.iam.accounts[account]?.roles.Auditor;
    if (role === undefined) throw new Error('there is no auditor');
    role.tags = {};
    const id = this.world.identities.auditor ?? '';
    const key = this.world.accessKeys[id];
    if (key !== undefined) this.world.accessKeys[id] = { ...key, tags: {} };
  }
}

beforeAll(() => {
  cli = bundled();
}, 60_000);

const of = (lines: Lines, type: string): Lines => lines.filter((line) => line.type === type);
const nameOf = ({ principal }: { readonly principal: string }): string => principal.split('/').at(-1) ?? '';
const caughtUp = (lines: Lines): boolean => of(lines, 'caught-up').length > 0;

describe('with a bucket policy on', () => {
  let company: Company;
  beforeAll(async () => {
    company = await Company.upTo('bucket-policy');
  }, 120_000);
  afterAll(() => company.server.close());

  test('every denial is told right while the workload runs, and no number of anybody else’s undoes anything', async () => {
    const { testBucket } = company.world.hints;
    const watching = company.watch('--for', '60m', '--every', '30s', '--revert-above', '2');
    await watching.until(caughtUp);
    expect(await company.calls('home', testBucket, 6)).toBe(6);
    expect(await company.calls('newcomer', testBucket, 5)).toBe(5);
    expect(await company.calls('limited', raw, 4)).toBe(4);
    expect(await company.calls('auditor', testBucket, 3)).toBe(0);
    const { code, stdout } = await watching.ended;
    const lines = linesOf(stdout);
    const [summary] = of(lines, 'summary');
    const told = (paths: Lines) => paths.map((path) => [nameOf(path), path.events, path.policy, path.toldBy, path.predicted]);
    expect(told(summary.predicted)).toEqual([['Homeworker', 6, `the policy of bucket ${testBucket}`, 'message', 'newly-denied']]);
    expect(told(summary.unpredicted)).toEqual([['Newcomer', 5, `the policy of bucket ${testBucket}`, 'message', 'not-seen']]);
    expect(told(summary.others)).toEqual([['Limited', 4, 'the lack of an Allow (identity policy)', 'message', 'not-seen']]);
    expect(summary.untold).toEqual([]);
    expect(of(lines, 'denial')).toHaveLength(15);
    expect(summary.silent.map((path: { principal: string; bucket: string }) => [nameOf(path), path.bucket])).toContainEqual([
      'Auditor',
      raw,
    ]);
    expect(summary.silent.map(nameOf)).not.toContain('Newcomer');
    expect(summary.note).toContain('CloudTrail may lag 15 minutes');
    expect(summary.revert).toBe('none');
    expect(company.hasPolicy).toBe(true);
    expect(code).toBe(0);
  }, 60_000);

  test('calls that were to pass, but not more than N of them, are told and undo nothing', async () => {
    const { testBucket } = company.world.hints;
    company.untag();
    expect(await company.calls('auditor', testBucket, 3)).toBe(3);
    const { code, stdout } = await company.watch('--for', '12m', '--every', '30s', '--revert-above', '3').ended;
    const [summary] = of(linesOf(stdout), 'summary');
    expect(
      summary.unpredicted.map((path: { principal: string; predicted: string; mustPass: boolean }) => [
        nameOf(path),
        path.predicted,
        path.mustPass,
      ]),
    ).toContainEqual(['Auditor', 'passes', true]);
    expect(summary.revert).toBe('none');
    expect(company.hasPolicy).toBe(true);
    expect(code).toBe(3);
  }, 60_000);

  test('one more undoes the step, once, through the journal, and the next watch finds nothing to undo', async () => {
    const { testBucket } = company.world.hints;
    const watching = company.watch('--for', '40m', '--every', '30s', '--revert-above', '3');
    await watching.until(caughtUp);
    expect(company.hasPolicy).toBe(true);
    expect(await company.calls('auditor', testBucket, 4)).toBe(4);
    await watching.until((lines) => of(lines, 'revert-ended').length > 0);
    expect(company.hasPolicy).toBe(false);
    // S3 may go on refusing for a while, and what comes late is of the time before: nothing is undone for it once more.
    await company.calls('auditor', testBucket, 6);
    const { code, stdout } = await watching.ended;
    const lines = linesOf(stdout);
    expect(of(lines, 'reverting')).toHaveLength(1);
    expect(of(lines, 'revert-ended')).toEqual([expect.objectContaining({ step: 'bucket-policy', state: 'reverted' })]);
    expect(code).toBe(3);
    const journal = linesOf(readFileSync(join(company.folder, '.quilt-perimeter', 'journal.jsonl'), 'utf8'));
    const started = journal.filter(({ type, command }) => type === 'run-started' && command.startsWith('watch'));
    expect(started).toHaveLength(1);
    const own = journal.filter(({ run: of }) => of === started[0].run).map(({ type, step }) => [type, step]);
    expect(own).toContainEqual(['approved', 'bucket-policy']);
    expect(own.filter(([type]) => type === 'undone').length).toBeGreaterThan(0);
    expect(own.at(-1)).toEqual(['run-ended', undefined]);
    const again = await company.watch('--for', '5m', '--since', '2026-06-01', '--revert-above', '0').ended;
    expect(of(linesOf(again.stdout), 'reverting')).toEqual([]);
    expect(of(linesOf(again.stdout), 'summary')[0].revert).toBe('none');
  }, 90_000);
});

describe('what is asked of it', () => {
  test.each([
    [[], 'USAGE', 2],
    [['nowhere-at-all'], 'NO_SUCH_SOURCE', 2],
    [['athena://primary/logs.trail'], 'SOURCE', 2],
    [['.', '--for', 'long'], 'FLAG', 2],
    [['.', '--every', '0s'], 'FLAG', 2],
    [['.', '--revert-above', '-1'], 'FLAG', 2],
    [['.', '--since', 'yesterday'], 'FLAG', 2],
    [['.', '--revert-above', '5'], 'NO_JOURNAL', 3],
  ] as const)(
    '%j is refused as %s',
    async (args, error, exitCode) => {
      const choices = ['--test-bucket', `quilt-perimeter-test-${account}`, '--trusted-cidr', '198.51.100.0/24'];
      const { code, stdout } = await run(cli, ['watch', ...args, '--sandbox=brownfield', '--json', ...choices], newFolder());
      expect(of(linesOf(stdout), 'error')).toEqual([expect.objectContaining({ code: error })]);
      expect(code).toBe(exitCode);
    },
    30_000,
  );
});

describe('with the SCP on', () => {
  let company: Company;
  beforeAll(async () => {
    company = await Company.upTo('scp');
    company.untag();
    expect(await company.calls('auditor', raw, 4)).toBe(4);
    expect(await company.calls('home', raw, 9)).toBe(9);
  }, 180_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await company.server.close();
  });

  test('it is never undone without a person’s yes: unattended it stands, and the command that does it is told', async () => {
    const { code, stdout } = await company.watch('--for', '20m', '--every', '30s', '--revert-above', '3').ended;
    const lines = linesOf(stdout);
    expect(
      of(lines, 'denial')
        .filter(({ toldBy }) => toldBy === 'message')
        .map(({ by, step }) => `${by} ${step}`),
    ).toEqual(Array.from({ length: 13 }, () => 'perimeter scp'));
    expect(of(lines, 'revert-ended')).toEqual([
      expect.objectContaining({
        step: 'scp',
        state: 'declined',
        code: 'DECLINED',
        byHand: 'quilt-perimeter rollback --to bucket-policy --org-profile organization',
      }),
    ]);
    expect(company.attachments()).toBe(1);
    expect(code).toBe(3);
  }, 60_000);

  test('where AWS cannot be reached for a while it says so once, and goes on where it was', async () => {
    const watching = company.watch('--for', '90m', '--every', '30s');
    await watching.until(caughtUp);
    await company.sandbox.change(({ faults }) => {
      faults.push({ type: 'request', operation: 'ListObjectsV2', of: 'call', nth: 1, times: null, seen: 0, effect: { type: 'dropped' } });
    });
    await watching.until((lines) => of(lines, 'look-failed').length > 0);
    await company.sandbox.change((world) => {
      world.faults = [];
    });
    expect(await company.calls('newcomer', raw, 2)).toBe(2);
    const { stdout } = await watching.ended;
    const lines = linesOf(stdout);
    expect(of(lines, 'look-failed')).toEqual([expect.objectContaining({ code: 'UNREACHABLE' })]);
    expect(of(lines, 'denial').filter((line) => nameOf(line) === 'Newcomer')).toHaveLength(2);
    expect(of(lines, 'summary')[0].failure).toBeNull();
  }, 60_000);

  test('Ctrl-C ends it with a summary and exit 130', async () => {
    const watching = company.watch('--every', '30s');
    await watching.until(caughtUp);
    watching.child.kill('SIGINT');
    const { code, stdout } = await watching.ended;
    expect(code).toBe(130);
    expect(
      linesOf(stdout)
        .map(({ type }) => type)
        .slice(-2),
    ).toEqual(['summary', 'done']);
  }, 60_000);

  test.each([
    ['no', 'declined', 1],
    ['yes', 'reverted', 0],
  ] as const)(
    'a person who says %s at the terminal has it %s',
    async (answer, state, attachments) => {
      const { asked, said, code } = await company.atTerminal(answer);
      expect(asked.filter(({ kind }) => kind === 'confirm').map(({ id }) => id)).toEqual(['rollback/scp']);
      expect(said).toContain('CloudTrail may lag 15 minutes');
      expect(company.attachments()).toBe(attachments);
      expect(company.hasPolicy).toBe(true);
      expect(said).toContain(state === 'reverted' ? 'Step scp is undone.' : 'Step scp stands');
      expect(code).toBe(3);
    },
    60_000,
  );
});
