// The real AWS CLI, and the program's own `sandbox` command for it to talk to, both cut off from whatever AWS the machine knows.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A home whose ~/.aws nobody can read without an error, and the program as it is built from the sources now. */
export interface Bench {
  readonly dir: string;
  readonly home: string;
  readonly program: string;
  remove(): void;
}

/** Builds the program into a folder of its own. Throws where it cannot be built. */
export function setUpBench(): Bench {
  const dir = mkdtempSync(join(tmpdir(), 'aws-cli-'));
  const home = join(dir, 'home');
  mkdirSync(join(home, '.aws'), { recursive: true });
  for (const name of ['config', 'credentials']) writeFileSync(join(home, '.aws', name), '[default\nnot to be read\n');
  const built = spawnSync(process.execPath, ['scripts/build.js', join(dir, 'dist')], { cwd: root, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`building the program: ${built.stderr}`);
  mkdirSync(join(dir, 'bin'));
  const program = join(dir, 'bin', 'quilt-perimeter.js');
  copyFileSync(join(root, 'bin', 'quilt-perimeter.js'), program);
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
  return { dir, home, program, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

export interface Served {
  readonly url: string;
  readonly hints: {
    readonly vpc: string;
    readonly stack: string;
    readonly testBucket: string;
    readonly trustedVpcs: readonly string[];
    readonly trustedCidrs: readonly string[];
    readonly target: string;
    readonly region: string;
  };
  /** Where the command was told to keep its files. */
  readonly dir: string;
  /** The CLI with an identity's environment lines. `more` overrides them; undefined takes a line away. */
  aws(identity: string, args: readonly string[], more?: Readonly<Record<string, string | undefined>>): Promise<Result>;
  /** What the CLI printed, read as JSON; throws with what it said where it failed or complained. */
  json(identity: string, ...args: string[]): Promise<unknown>;
  /** Lets so many simulated milliseconds pass. */
  advance(milliseconds: number): Promise<void>;
  /** Interrupts the command; its exit code. */
  interrupt(): Promise<number | null>;
}

interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `quilt-perimeter sandbox SCENARIO --port 0`, and resolves once it has printed where it serves. */
export async function serveProgram({ dir, home, program }: Bench, scenario: string): Promise<Served> {
  const state = join(dir, scenario);
  const command = ['sandbox', scenario, '--port', '0', '--json', '--dir', state];
  const env = { PATH: process.env.PATH, HOME: home };
  const child = spawn(process.execPath, [program, ...command], { env, cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = endOf(child);
  const line = await firstLineOf(child, ended);
  const { url, identities, hints }: { url: string; hints: Served['hints']; identities: { name: string; lines: string[] }[] } =
    JSON.parse(line);

  const aws: Served['aws'] = (identity, args, more = {}) => {
    const lines = identities.find(({ name }) => name === identity)?.lines;
    if (!lines) throw new Error(`${scenario} has no identity ${identity}`);
    const given = Object.fromEntries(lines.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]));
    const own = { AWS_PAGER: '', AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_MAX_ATTEMPTS: '1' };
    return endOf(spawn('aws', args, { env: { ...env, ...own, ...given, ...more }, cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] }));
  };
  return {
    url,
    hints,
    dir: state,
    aws,
    json: async (identity, ...args) => {
      const { code, out, err } = await aws(identity, args);
      if (code !== 0 || err !== '') throw new Error(`aws ${args.join(' ')} ended with ${code}: ${err}`);
      return out.trim() === '' ? null : JSON.parse(out);
    },
    advance: async (milliseconds) => {
      const answer = await fetch(`${url}/_sandbox/clock`, { method: 'POST', body: JSON.stringify({ advance: milliseconds }) });
      if (!answer.ok) throw new Error(`advancing the clock: ${await answer.text()}`);
    },
    interrupt: async () => {
      child.kill('SIGINT');
      return (await ended).code;
    },
  };
}

function endOf(child: ChildProcess): Promise<Result> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

async function firstLineOf(child: ChildProcess, ended: Promise<Result>): Promise<string> {
  const line = new Promise<string>((resolve) => {
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
  });
  const early = ended.then(({ code, err }): never => {
    throw new Error(`the sandbox ended with ${code}: ${err}`);
  });
  // Once the line is there, the end of the command is no failure.
  early.catch(() => undefined);
  return Promise.race([line, early]);
}
