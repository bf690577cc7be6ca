// A rollback's script, run by bash with the real AWS CLI against a sandbox that is served over HTTP. Time stands still but for a
// jump at every request, so that nothing is waited for.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningServer, serve } from '../../src/sandbox/server.ts';
import { type Ended, runIn } from '../cli/program.ts';
import type { WholeRun } from '../support/whole-run.ts';

const jump = 20_000;

/** A sandbox with a journal, served, and what runs the program and its script against it. */
export class RunbookBench {
  readonly dir: string;
  readonly #run: WholeRun;
  readonly #server: RunningServer;
  readonly #cli: string;

  private constructor(run: WholeRun, server: RunningServer, cli: string) {
    this.dir = mkdtempSync(join(tmpdir(), 'quilt-perimeter-runbook-'));
    this.#run = run;
    this.#server = server;
    this.#cli = cli;
  }

  /** @param cli the bundled program */
  static async of(run: WholeRun, cli: string): Promise<RunbookBench> {
    const { sandbox, clock } = run.sandbox;
    const handle: typeof sandbox.handle = (request) => {
      clock.advance(jump);
      return sandbox.handle(request);
    };
    const bench = new RunbookBench(run, await serve({ ...sandbox, handle }, 0), cli);
    const state = join(bench.dir, '.quilt-perimeter');
    mkdirSync(state, { mode: 0o700 });
    writeFileSync(join(state, 'journal.jsonl'), run.journal, { mode: 0o600 });
    const [id, secret] = bench.#keyOf('management');
    writeFileSync(join(bench.dir, 'config'), '[profile organization]\nregion = us-east-1\n');
    writeFileSync(join(bench.dir, 'credentials'), `[organization]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`);
    return bench;
  }

  /** `rollback --print` with these flags, without any credentials. */
  print(...flags: readonly string[]): Promise<Ended> {
    const env = { AWS_ENDPOINT_URL: this.#server.url, NO_COLOR: '1' };
    const args = [this.#cli, 'rollback', '--print', '--dir', this.dir, '--org-profile', 'organization', ...flags];
    return runIn(this.dir, env, process.execPath, args);
  }

  /** Runs the script that was written last, as the operator. */
  script(more: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return runIn(this.dir, { ...this.#operator(), QUILT_PERIMETER_POLL_SECONDS: '0', ...more }, 'bash', [
      join(this.dir, '.quilt-perimeter', 'runbook', 'rollback.sh'),
    ]);
  }

  async close(): Promise<void> {
    await this.#server.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  #operator(): Readonly<Record<string, string>> {
    const [id, secret, token] = this.#keyOf('operator');
    return {
      AWS_ACCESS_KEY_ID: id,
      AWS_SECRET_ACCESS_KEY: secret,
      ...(token === '' ? {} : { AWS_SESSION_TOKEN: token }),
      AWS_CONFIG_FILE: join(this.dir, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(this.dir, 'credentials'),
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_MAX_ATTEMPTS: '1',
    };
  }

  #keyOf(identity: string): readonly [string, string, string] {
    const { identities, accessKeys } = this.#run.sandbox.world();
    const id = identities[identity] ?? '';
    const key = accessKeys[id];
    return [id, key?.secretAccessKey ?? '', key?.sessionToken ?? ''];
  }
}
