// The script of `rollback --print`, run by bash with the real AWS CLI against moto_server: two look-alikes of AWS and a client
// that we did not write agree that everything is as it was.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundled, runIn } from '../cli/program.ts';
import { build, greenfield, type Landscape, type Options } from './landscapes.ts';
import { isOnPath, type Moto, startMoto } from './moto.ts';
import { snapshot } from './snapshot.ts';

const present = isOnPath('aws') && isOnPath('moto_server');
if (!present) console.warn('aws or moto_server is not on the PATH: the script of a rollback is not tried on moto');

const cases: readonly { readonly name: string; readonly options: Options; readonly accept: readonly string[] }[] = [
  { name: 'greenfield', options: greenfield, accept: [] },
  {
    name: 'a NAT gateway and one S3 route stand, DNS host names are off',
    options: { ...greenfield, nat: true, gatewayEndpoint: 'first', dnsHostnames: false },
    accept: [],
  },
  { name: 'Quilt in the management account', options: { ...greenfield, transit: true, member: false }, accept: ['QP405', 'QP302'] },
];

describe.skipIf(!present)('the script of a rollback on moto_server', { timeout: 900_000 }, () => {
  let moto: Moto;
  let cli: string;
  beforeAll(async () => {
    cli = bundled();
    moto = await startMoto();
  });
  afterAll(() => moto?.stop());

  // `RUNBOOK=all`: all of them.
  test.each(process.env.RUNBOOK === 'all' ? cases : cases.slice(0, 2))(
    '$name: it leaves everything as it was before, and run again it does nothing',
    async ({ options, accept }) => {
      await moto.reset();
      const dir = mkdtempSync(join(tmpdir(), 'quilt-perimeter-runbook-'));
      const land = await build(moto.url, options);
      const before = await snapshot(land.clients);
      const role = land.roleArn === null ? [] : ['--role-arn', land.roleArn];
      const program = (...args: string[]) => runIn(dir, environmentOf(moto, land), process.execPath, [cli, ...args, ...role, '--dir', dir]);
      const flags = ['--trusted-cidr', '198.51.100.0/24', '--test-bucket', land.testBucket, '--skip-probes'];
      const applied = await program('apply', '--yes', '--json', ...flags, '--accept', ['QP413', 'QP310', ...accept].join(','));
      expect(applied, applied.stdout + applied.stderr).toMatchObject({ code: 0 });
      expect(await snapshot(land.clients)).not.toEqual(before);

      const printed = await program('rollback', '--print');
      expect(printed, printed.stderr).toMatchObject({ code: 0 });
      expect(printed.stdout).not.toContain('hunter2');
      const script = join(dir, '.quilt-perimeter', 'runbook', 'rollback.sh');
      const execute = () => runIn(dir, { ...environmentOf(moto, land), QUILT_PERIMETER_POLL_SECONDS: '0' }, 'bash', [script]);
      const ended = await execute();
      expect(ended, ended.stdout + ended.stderr).toMatchObject({ code: 0, stderr: '' });
      expect(await snapshot(land.clients)).toEqual(before);
      const again = await execute();
      expect(again, again.stdout + again.stderr).toMatchObject({ code: 0, stderr: '' });
      expect(await snapshot(land.clients)).toEqual(before);
      rmSync(dir, { recursive: true, force: true });
    },
  );
});

const environmentOf = (moto: Moto, land: Landscape): Readonly<Record<string, string>> => ({
  NO_COLOR: '1',
  AWS_ENDPOINT_URL: moto.url,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: land.base.accessKeyId,
  AWS_SECRET_ACCESS_KEY: land.base.secretAccessKey,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
});
