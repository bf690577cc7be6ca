// The whole job on the embedded AWS: guided with a terminal, else `apply --yes` and then `status`. It prints each command
// line that it runs. Its files are in a folder of its own, begun anew each time.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSandbox } from '../dist/sandbox/main.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const dir = join('.quilt-perimeter', 'demo');
const state = join(root, dir, '.quilt-perimeter', 'sandbox');

function run(args) {
  const given = [...args, '--dir', dir];
  process.stdout.write(`$ quilt-perimeter ${given.join(' ')}\n\n`);
  const { status, error } = spawnSync(process.execPath, [join(root, 'bin', 'quilt-perimeter.js'), ...given], {
    cwd: root,
    stdio: 'inherit',
  });
  if (error !== undefined) throw error;
  process.stdout.write('\n');
  if (status !== 0) process.exit(status ?? 1);
}

/** What the scenario offers: its clean test bucket, and the networks that its operator and its VPN come from. */
async function offered() {
  const { hints, close } = await openSandbox({ dir: state, scenario: 'greenfield', speed: null, reset: true });
  await close();
  return ['--test-bucket', hints.testBucket, '--trusted-vpc', hints.trustedVpcs.join(','), '--trusted-cidr', hints.trustedCidrs.join(',')];
}

mkdirSync(state, { recursive: true, mode: 0o700 });
if (process.stdin.isTTY && process.stderr.isTTY) {
  run(['init', '--sandbox', '--sandbox-reset']);
} else {
  const choices = await offered();
  process.stdout.write(
    [
      'The whole job on an embedded AWS; no account is needed and nothing real is touched.',
      'QP413 is accepted on purpose: no catalog runs here that anybody could look into.',
      '',
      '',
    ].join('\n'),
  );
  run(['apply', '--sandbox', '--sandbox-reset', '--sandbox-speed', '150', '--yes', '--accept', 'QP413', ...choices]);
  run(['status', '--sandbox', ...choices]);
}
