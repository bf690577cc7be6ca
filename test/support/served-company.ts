// A company's AWS that is served by this process, and the program run on it as processes of its own, one after the other:
// they die, are interrupted or run out of disk, and the AWS and the folder outlast them.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../src/ports.ts';
import { models } from '../../src/sandbox/models.ts';
import { createSandbox, type Outcome, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { buildScenario } from '../../src/sandbox/scenarios/index.ts';
import { type RunningServer, serve } from '../../src/sandbox/server.ts';
import { scaledTime } from '../../src/sandbox/time.ts';
import { decodeRequest, openEnvelope } from '../../src/sandbox/wire/decode.ts';
import type { WireRequest } from '../../src/sandbox/wire/message.ts';
import type { World } from '../../src/sandbox/world.ts';
import { observed } from './sandbox.ts';

// Tests are run from the package's folder, also where they are bundled.
const program = resolve('bin/quilt-perimeter.js');

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly events: readonly { readonly type: string; readonly [field: string]: unknown }[];
  readonly stderr: string;
}

/** A write as it arrives: what it is, and how often this process has sent that very request, this time included. */
export interface Write {
  readonly operation: string;
  /** The same for every process that asks for the same thing: without tokens, run ids and times. */
  readonly request: string;
  readonly nth: number;
}

/**
 * What becomes of the process at a write: killed before the write reaches AWS, killed when it took effect and before its
 * answer, or sent a signal meanwhile; null: nothing.
 */
export type Strike = 'killed before' | 'killed after' | 'SIGINT' | 'SIGTERM';

export interface ServedOptions {
  readonly accept: readonly string[];
  /** Simulated seconds in one real second. */
  readonly speed: number;
}

/** When every company's time begins, as in process. */
const begins = '2026-06-01T12:00:00.000Z';

export class ServedCompany {
  readonly dir: string;
  readonly sandbox: Sandbox;
  /** Replaceable: runs each call against the world, at the very moment at which it takes effect. */
  readonly calling: { around(attempt: () => void): void } = { around: (attempt) => attempt() };
  /** Asked at each write of the running process. */
  strike: (write: Write) => Strike | null = () => null;
  /** Called with what the running process has printed so far. */
  printed: (text: string, child: ChildProcess) => void = () => undefined;
  /** The command that starts the program, with its arguments. */
  starter: readonly [string, ...string[]] = [process.execPath];
  readonly #options: ServedOptions;
  #server: RunningServer | null = null;
  #child: ChildProcess | null = null;
  #sent = new Map<string, number>();

  private constructor(scenario: string, options: ServedOptions) {
    this.#options = options;
    this.dir = mkdtempSync(join(tmpdir(), 'quilt-perimeter-served-'));
    const world = buildScenario(scenario, { now: Date.parse(begins), speed: options.speed, seed: 1 });
    this.sandbox = createSandbox({ world: observed(world, this.calling), models, time: scaledTime() });
    const { accessKeyId, secretAccessKey } = this.#keyOf('management');
    writeFileSync(join(this.dir, 'config'), '[profile organization]\nregion = us-east-1\n');
    const keys = `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
    writeFileSync(join(this.dir, 'credentials'), `[organization]\n${keys}`);
  }

  static async of(scenario: string, options: ServedOptions): Promise<ServedCompany> {
    const company = new ServedCompany(scenario, options);
    company.#server = await serve({ ...company.sandbox, handle: (request) => company.#handle(request) }, 0);
    return company;
  }

  async close(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#server?.close();
    rmSync(this.dir, { recursive: true });
  }

  get clock(): Clock {
    return this.sandbox.clock;
  }

  world(): World {
    return this.sandbox.world();
  }

  /** A copy of the world as it is now. */
  snapshot(): World {
    return structuredClone(this.world());
  }

  /** Writes that took effect, so far. */
  get writes(): number {
    return this.sandbox.calls().filter(({ kind, result }) => kind === 'write' && result === 'OK').length;
  }

  /** The journal's entries; a line that was cut off is left out. */
  get journal(): readonly { readonly type: string; readonly [field: string]: unknown }[] {
    return linesOf(readFileSync(this.#journalPath, 'utf8'));
  }

  /** In bytes; 0 where there is none. */
  get journalSize(): number {
    return statSync(this.#journalPath, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Keys of lasting changes of which the journal knows that they were begun and not what became of the call. */
  get halfMade(): readonly string[] {
    const open = new Set<string>();
    for (const { type, key, change } of this.journal) {
      if (typeof key !== 'string') continue;
      if (type === 'begun' && isLasting(change)) open.add(key);
      else open.delete(key);
    }
    return [...open];
  }

  /** Lets simulated time pass at once. */
  async advance(milliseconds: number): Promise<void> {
    await this.sandbox.change((world) => this.sandbox.time.advance(world.clock, milliseconds));
  }

  apply(): Promise<Ended> {
    const { testBucket, trustedVpcs, trustedCidrs } = this.world().hints;
    const choices = ['--test-bucket', testBucket, '--trusted-vpc', trustedVpcs.join(','), '--trusted-cidr', trustedCidrs.join(',')];
    return this.#run('apply', ...choices, '--accept', this.#options.accept.join(','));
  }

  rollBack(): Promise<Ended> {
    return this.#run('rollback');
  }

  get #journalPath(): string {
    return join(this.dir, '.quilt-perimeter', 'journal.jsonl');
  }

  #keyOf(identity: string): { readonly accessKeyId: string; readonly secretAccessKey: string } {
    const { identities, accessKeys } = this.world();
    const accessKeyId = identities[identity] ?? '';
    return { accessKeyId, secretAccessKey: accessKeys[accessKeyId]?.secretAccessKey ?? '' };
  }

  async #handle(request: WireRequest): Promise<Outcome> {
    const child = this.#child;
    const write = await writeOf(request);
    if (child === null || write === null) return this.sandbox.handle(request);
    const nth = (this.#sent.get(write.request) ?? 0) + 1;
    this.#sent.set(write.request, nth);
    switch (this.strike({ ...write, nth })) {
      case null:
        return this.sandbox.handle(request);
      case 'killed before':
        await killed(child);
        return { type: 'disconnect' };
      case 'killed after':
        await this.sandbox.handle(request);
        await killed(child);
        return { type: 'disconnect' };
      case 'SIGINT':
        return this.#interrupted(child, 'SIGINT', request);
      case 'SIGTERM':
        return this.#interrupted(child, 'SIGTERM', request);
      default:
        throw new Error('no such strike');
    }
  }

  /** The signal has surely arrived by the time the call is answered. */
  async #interrupted(child: ChildProcess, signal: NodeJS.Signals, request: WireRequest): Promise<Outcome> {
    child.kill(signal);
    await wait(50);
    return this.sandbox.handle(request);
  }

  #run(...args: readonly string[]): Promise<Ended> {
    const { accessKeyId, secretAccessKey } = this.#keyOf('operator');
    const [command, ...before] = this.starter;
    const child = spawn(command, [...before, program, ...args, '--json', '--yes', '--org-profile', 'organization'], {
      cwd: this.dir,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH ?? '',
        HOME: this.dir,
        AWS_ENDPOINT_URL: this.#server?.url ?? '',
        AWS_REGION: this.world().hints.region,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_CONFIG_FILE: join(this.dir, 'config'),
        AWS_SHARED_CREDENTIALS_FILE: join(this.dir, 'credentials'),
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    });
    this.#child = child;
    this.#sent = new Map();
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => {
      stdout += data;
      this.printed(stdout, child);
    });
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        this.#child = null;
        resolve({ code, signal, events: linesOf(stdout), stderr });
      });
    });
  }
}

const isLasting = (change: unknown): boolean =>
  typeof change === 'object' && change !== null && !('temporary' in change) && !('undoes' in change);

function killed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

/** Null for what only reads. */
async function writeOf(request: WireRequest): Promise<Omit<Write, 'nth'> | null> {
  if (request.url.startsWith('/_sandbox/')) return null;
  const { service } = openEnvelope(request);
  const { operation, input } = await decodeRequest(request, service);
  if (models[service]?.operations[operation.name]?.kind !== 'write') return null;
  const said = JSON.stringify(input, (name, value) => (/token$/i.test(name) ? undefined : value));
  const same = said.replaceAll(/quilt-perimeter-probe\/[a-z0-9]+/g, 'probe').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time');
  return { operation: operation.name, request: `${operation.name} ${same}` };
}

/** A last line that was cut off by a kill has no end. */
const linesOf = (text: string): Ended['events'] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
