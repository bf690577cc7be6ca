// Quilt's canaries over the command line, on a sandbox where they run every five minutes.
import { beforeAll, describe, expect, test } from 'vitest';
import { bundled, type Ended, newFolder, run } from './program.ts';

let cli = '';
const folder = newFolder();

beforeAll(() => {
  cli = bundled();
}, 120_000);

const program = (...args: readonly string[]): Promise<Ended> =>
  run(cli, [...args, '--sandbox=canaries', '--sandbox-speed', '600', '--no-color'], folder);
const choices = ['--trusted-cidr', '198.51.100.0/24', '--test-bucket', 'quilt-perimeter-test-444455556666'];

describe('apply --wait, then verify --wait', () => {
  test('waits for runs under the bucket policy, and puts the SCP on without a word of the operator', async () => {
    const { code, stderr, stdout } = await program('apply', '--yes', '--wait', '30m', ...choices);
    expect(`${stderr}${stdout}`).not.toContain('QP413');
    expect(code).toBe(0);
  }, 120_000);

  test('all is ✓ once the canaries have run since the last change', async () => {
    const { code, stdout } = await program('verify', '--wait', '30m', '--json');
    const { checks } = JSON.parse(stdout);
    const ofCanaries = checks.filter(({ id }: { readonly id: string }) => id.startsWith('canary/'));
    expect(ofCanaries).toHaveLength(8);
    expect(new Set(checks.map(({ state }: { readonly state: string }) => state))).toEqual(new Set(['ok']));
    expect(code).toBe(0);
  }, 120_000);
});

test.each([
  ['apply', '--wait', 'soon'],
  ['verify', '--wait', '15'],
  ['verify', '--dns', 'resolver.example'],
])(
  '%s %s %s is bad input',
  async (...args) => {
    const { code, stderr } = await program(...args);
    expect(stderr).toContain(`reading ${args[1]} (${args[2]})`);
    expect(code).toBe(2);
  },
  120_000,
);
