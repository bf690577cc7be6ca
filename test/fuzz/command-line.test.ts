// Every flag and every variable of the environment with values that are wrong: one error, exit 2, and nothing is made.
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createClients } from '../../src/aws/clients.ts';
import { agentsFor, bypassesProxy } from '../../src/aws/proxy.ts';
import { selectSteps } from '../../src/commands/selection.ts';
import { type FlagValues, settingsOf } from '../../src/config/settings.ts';
import { bundled, run } from '../cli/program.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { cases, clearErrorOf } from './support.ts';

type Name = Exclude<keyof FlagValues, 'dir' | 'config'>;

/** Values that each flag refuses, besides the ones that every flag refuses. */
const wrong: Readonly<Record<Name, readonly string[]>> = {
  profile: [' quilt', 'quilt '],
  region: ['us-east', 'US-EAST-1', 'us-east-1a', 'us east 1', 'us-east-1/..'],
  roleArn: ['role', 'arn:aws:iam::1:role/x', 'arn:aws:iam::111122223333:user/x', 'arn:aws:s3:::x', 'arn:aws:iam::111122223333:role/'],
  orgProfile: ['\t'],
  orgRoleArn: ['111122223333', 'arn:aws:sts::111122223333:assumed-role/x/y'],
  stack: ['-quilt', '1quilt', 'quilt_prod', 'arn:aws:s3:::x', 'a'.repeat(129)],
  parameter: ['a-b', 'a.b', 'ä'],
  vpc: ['vpc-', 'vpc-1', 'vpc-0123456789ABCDEF0', 'subnet-0123456789abcdef0', ' vpc-0123456789abcdef0', 'vpc-0123456789abcdef0,'],
  subnet: ['subnet-1', 'vpc-0123456789abcdef0', 'subnet-0123456789abcdef0 '],
  privateDns: ['true', 'ON', 'yes', '1'],
  nat: ['AUTO', 'two', 'per_zone'],
  bucket: ['*', '??', 'Quilt', 'quilt/x', 's3://quilt', 'a'.repeat(64)],
  trustedVpc: ['vpc-1', '198.51.100.0/24'],
  trustedCidr: [
    '198.51.100.7/24',
    '198.51.100.0/33',
    '198.51.100.0',
    '10.0.0.0/8',
    '0.0.0.0/0',
    '::/0',
    'fd00::/8',
    '1.2.3/24',
    '0x7f.1.1.1/32',
    '::ffff:1.2.3.4/128',
  ],
  clientCidr: ['10.0.0.1/16', '0.0.0.0/0', '10.0.0.0/-1', '10.0.0.0/16/16'],
  exemptTag: ['aws:x', 'a'.repeat(129), 'a*b', 'a{b}'],
  policyName: ['a'.repeat(129), 'ä', 'a\nb'],
  vpcKey: ['ID', 'aws:SourceVpc'],
  confirmWithin: ['15', 'm', '-1m', '0m', '1e9m', '15 m', '15min', '99999h', 'NaNm'],
  testBucket: ['a', 'Quilt', 'quilt_test', 'quilt.', '-quilt', 's3://quilt', 'a'.repeat(64)],
  target: ['1', '1111222233334', 'ou-x', 'r-', 'root', 'o-abc1234567'],
  operatorIp: ['1.2.3', '1.2.3.4.5', '1.2.3.4/32', '256.1.1.1', '3325256705', 'localhost', '::g'],
  accept: ['QP999', 'qp101', '*', '__proto__', 'constructor', 'toString'],
};
const lists: readonly Name[] = ['subnet', 'bucket', 'trustedVpc', 'trustedCidr', 'clientCidr', 'target', 'accept'];
const everywhere = ['', ' ', 'x'.repeat(100_000), 'a\u0000b', '\u202eabc\u0007'];

describe('flags', () => {
  const given = (name: Name, value: string): FlagValues => ({ [name]: lists.includes(name) ? [value] : value });
  const names = Object.keys(wrong) as readonly Name[];

  test.each(names)('--%s with what it cannot be is one error that names the value', async (name) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    for (const value of [...wrong[name], ...everywhere]) {
      const error = await clearErrorOf(() => settingsOf(null, given(name, value)));
      expect([value.slice(0, 40), error?.code, error?.exitCode]).toEqual([value.slice(0, 40), 'FLAG', 2]);
      expect(error?.summary).toContain(`reading ${flag} (`);
      if (/^\S[\x20-\x7e]+$/.test(value)) expect(error?.summary).toContain(`(${value.slice(0, 20)}`);
      expect(error?.summary.length).toBeLessThan(600);
      // Nothing that moves a terminal's cursor or turns its text round.
      expect(error?.summary).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    }
  });

  test('any value of any flag is a setting or one error', async () => {
    const value = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.string({ maxLength: 30, unit: 'binary' }),
      fc.constantFrom(...Object.values(wrong).flat()),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), value, async (name, text) => {
        const error = await clearErrorOf(() => settingsOf(null, given(name, text)));
        if (error !== null) expect([error.code, error.exitCode]).toEqual(['FLAG', 2]);
      }),
      cases(1500),
    );
  });

  test('a step that there is not, wherever steps are named', async () => {
    for (const value of ['', 'scps', 'SCP', '__proto__', 'x'.repeat(10_000), '-1']) {
      for (const flags of [{ until: value }, { only: [value] }, { skip: ['nat', value] }]) {
        expect(await clearErrorOf(() => selectSteps(flags))).toMatchObject({ code: 'STEP', exitCode: 2 });
      }
    }
  });
});

describe('the environment', () => {
  const garbage = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.string({ maxLength: 20, unit: 'binary' }),
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.constantFrom(
      'http://',
      'http://[',
      '://',
      'http://:99999',
      'file:///etc/passwd',
      'javascript:1',
      'http://a b',
      'localhost:4566',
      '127.0.0.1',
      '../..',
    ),
  );
  const clients = (env: Readonly<Record<string, string>>) =>
    createClients({
      region: null,
      quilt: { profile: null, roleArn: null },
      organization: { profile: null, roleArn: null },
      env: { AWS_REGION: 'us-east-1', ...env },
      clock: new VirtualClock(),
      random: () => 0.5,
      mfaPrompt: async () => '',
      sandbox: null,
    });

  test.each([
    'AWS_REGION',
    'AWS_ENDPOINT_URL',
    'AWS_ENDPOINT_URL_S3',
    'AWS_ENDPOINT_URL_S3_CONTROL',
    'HTTPS_PROXY',
    'http_proxy',
    'NO_PROXY',
  ])('with anything in %s makes clients or is one clear error', async (name) => {
    await fc.assert(
      fc.asyncProperty(garbage, async (value) => {
        const error = await clearErrorOf(() => clients({ [name]: value }));
        if (error !== null) expect([error.exitCode, ['REGION', 'ENDPOINT', 'PROXY'].includes(error.code)]).toEqual([2, true]);
        if (name === 'AWS_REGION' && value !== '')
          expect(error?.code ?? 'right').toBe(/^[a-z]{2,}(?:-[a-z]+)+-\d+$/.test(value) ? 'right' : 'REGION');
      }),
      cases(60),
    );
  });

  test('NO_PROXY may hold anything', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          garbage,
          fc.string().map((text) => `${text},10.0.0.0/8, .example.com`),
        ),
        fc.domain(),
        (list, host) => {
          expect(typeof bypassesProxy(list, host, 443)).toBe('boolean');
          expect(bypassesProxy(list, '127.0.0.1', 443)).toBe(true);
          agentsFor({ NO_PROXY: list }, true);
        },
      ),
      cases(300),
    );
  });
});

describe('the program as a process', () => {
  let cli = '';
  beforeAll(() => {
    cli = bundled();
  });

  test.each([
    [['plan', '--dir', ''], {}, 'reading --dir (empty)'],
    [['plan', '--config', ''], {}, 'reading --config (empty)'],
    [['plan', '--out', ''], {}, 'reading --out (empty)'],
    [['apply', ''], {}, 'it is a folder'],
    [['plan', '--sandbox', '--sandbox-speed', '1e308'], {}, 'reading --sandbox-speed'],
    [['plan', '--sandbox', '--sandbox-speed', ''], {}, 'reading --sandbox-speed'],
    [['plan', '--sandbox', '--sandbox-reset', '--vpc', '-1'], {}, 'reading --vpc'],
    [['sandbox', '--port', '-1'], {}, 'reading --port'],
    [['plan', '--', '--verbose'], {}, 'too many arguments'],
    [['-'.repeat(1000)], {}, 'reading the command line'],
    [
      ['plan'],
      { AWS_REGION: 'us_east_1', COLUMNS: 'wide', TERM: '\u0007', LANG: 'xx_YY.none', LC_ALL: '*' },
      'finding the Region (us_east_1)',
    ],
    [['plan'], { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: 'localhost:4566' }, 'reading AWS_ENDPOINT_URL (localhost:4566)'],
    [['plan'], { AWS_REGION: 'us-east-1', HTTPS_PROXY: ':::' }, 'reading HTTPS_PROXY'],
    [['plan'], { AWS_PROFILE: 'nobody-has-it', HOME: '' }, 'finding the Region'],
  ] as const)('%j with %j: one error, exit 2, nothing made', async (args, env, expected) => {
    const dir = mkdtempSync(join(tmpdir(), 'quilt-perimeter-fuzz-'));
    const { code, stdout, stderr } = await run(cli, args, dir, env);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(expected) });
    expect(stderr).toMatch(/\n {2}→ \S/);
    expect(stderr).not.toMatch(/\n\s+at |UNEXPECTED/);
    expect(readdirSync(dir)).toEqual([]);
  });

  test('a profile that nobody has is exit 1 and names it', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'quilt-perimeter-fuzz-'));
    const { code, stderr } = await run(cli, ['plan', '--region', 'us-east-1'], dir, { AWS_PROFILE: 'nobody-has-it' });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('nobody-has-it') });
    expect(readdirSync(dir)).toEqual([]);
  });
});
