import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AllocateAddressCommand, CreateVpcCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { ListRootsCommand, UpdatePolicyCommand } from '@aws-sdk/client-organizations';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { GetPublicAccessBlockCommand } from '@aws-sdk/client-s3-control';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { explainError } from '../../src/aws/explain-error.ts';
import { identify } from '../../src/aws/identity.ts';
import { caller, clientsFor, countingClock, ec2Error, type LocalAws, localAws, type Reply, vpcs } from './local-aws.ts';

let servers: LocalAws[] = [];
const serve = async (reply: Parameters<typeof localAws>[0]): Promise<LocalAws> => {
  const server = await localAws(reply);
  servers.push(server);
  return server;
};

beforeEach(() => {
  const dir = mkdtempSync(join(tmpdir(), 'qp-aws-'));
  writeFileSync(
    join(dir, 'config'),
    '[profile sso]\nsso_session = s\nsso_account_id = 111122223333\nsso_role_name = R\nregion = eu-west-1\n[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://example.awsapps.com/start\n[profile other]\nregion = eu-central-1\n',
  );
  writeFileSync(join(dir, 'credentials'), '[other]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = x\n');
  vi.stubEnv('AWS_CONFIG_FILE', join(dir, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(dir, 'credentials'));
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIABASE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'base-secret');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('HOME', dir);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

const throttledTimes =
  (times: number, code: string, then: string) =>
  (asked: readonly unknown[]): Reply =>
    asked.length <= times ? { status: 400, body: ec2Error(code) } : { status: 200, body: then };

describe('what is sent again', () => {
  test('a read survives ten throttles in a row, waiting longer each time through the clock', async () => {
    const aws = await serve(throttledTimes(10, 'RequestLimitExceeded', vpcs));
    const clock = countingClock();
    const { ec2 } = await clientsFor(aws.url, clock);
    await ec2.send(new DescribeVpcsCommand({}));
    expect(aws.asked).toHaveLength(11);
    expect(clock.slept).toHaveLength(10);
    expect(clock.slept.slice(0, 3)).toEqual([375, 750, 1500]);
    expect(Math.max(...clock.slept)).toBeLessThanOrEqual(20_000);
  });

  test('a write survives ten throttles in a row', async () => {
    const aws = await serve(
      throttledTimes(
        10,
        'RequestLimitExceeded',
        '<AllocateAddressResponse><allocationId>eipalloc-1</allocationId></AllocateAddressResponse>',
      ),
    );
    const { ec2 } = await clientsFor(aws.url, countingClock());
    expect((await ec2.send(new AllocateAddressCommand({}))).AllocationId).toBe('eipalloc-1');
    expect(aws.asked).toHaveLength(11);
  });

  test('an Organizations write survives ConcurrentModificationException', async () => {
    const aws = await serve((asked) =>
      asked.length <= 3
        ? { status: 400, body: JSON.stringify({ __type: 'ConcurrentModificationException', Message: 'busy' }) }
        : { status: 200, body: JSON.stringify({ Policy: {} }) },
    );
    const { organizations } = await clientsFor(aws.url, countingClock());
    await organizations.send(new UpdatePolicyCommand({ PolicyId: 'p-12345678' }));
    expect(aws.asked).toHaveLength(4);
  });

  test('a write is never sent again after a lost connection', async () => {
    const aws = await serve(() => 'drop');
    const { ec2 } = await clientsFor(aws.url, countingClock());
    await expect(ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).rejects.toThrow();
    expect(aws.asked).toHaveLength(1);
  });

  test('a write is never sent again after a server error', async () => {
    const aws = await serve(() => ({ status: 500, body: ec2Error('InternalError') }));
    const { ec2 } = await clientsFor(aws.url, countingClock());
    await expect(ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).rejects.toThrow();
    expect(aws.asked).toHaveLength(1);
  });

  test('a read is sent again after lost connections and server errors, a bounded number of times', async () => {
    const aws = await serve((asked) =>
      asked.length === 1 ? 'drop' : asked.length === 2 ? { status: 500, body: ec2Error('InternalError') } : { status: 200, body: vpcs },
    );
    await (await clientsFor(aws.url, countingClock())).ec2.send(new DescribeVpcsCommand({}));
    expect(aws.asked).toHaveLength(3);
    const dead = await serve(() => 'drop');
    await expect((await clientsFor(dead.url, countingClock())).ec2.send(new DescribeVpcsCommand({}))).rejects.toThrow();
    expect(dead.asked).toHaveLength(6);
  });

  test('throttles without end are given up and explained', async () => {
    const aws = await serve(() => ({ status: 400, body: ec2Error('RequestLimitExceeded') }));
    const error = await (await clientsFor(aws.url, countingClock())).ec2
      .send(new DescribeVpcsCommand({}))
      .catch((thrown: unknown) => explainError(thrown));
    expect(aws.asked).toHaveLength(16);
    expect(error).toMatchObject({
      code: 'THROTTLED',
      exitCode: 1,
      summary: 'calling EC2 DescribeVpcs: AWS still answers RequestLimitExceeded after many retries',
    });
  });

  test('what AWS refuses is not sent again', async () => {
    const aws = await serve(() => ({
      status: 403,
      body: ec2Error('UnauthorizedOperation', 'You are not authorized. Encoded authorization failure message: abcdef'),
    }));
    const error = await (await clientsFor(aws.url, countingClock())).ec2
      .send(new DescribeVpcsCommand({}))
      .catch((thrown: unknown) => explainError(thrown));
    expect(aws.asked).toHaveLength(1);
    expect(error).toMatchObject({
      code: 'ACCESS_DENIED',
      summary: 'calling EC2 DescribeVpcs: UnauthorizedOperation: You are not authorized.',
      remedy: 'allow ec2:DescribeVpcs for default credentials',
    });
  });
});

describe('where calls go', () => {
  test('AWS_ENDPOINT_URL is for all services, with buckets and S3 Control in the path', async () => {
    const aws = await serve(() => ({ status: 200, body: '<ListAllMyBucketsResult/>' }));
    const clients = await clientsFor(aws.url, countingClock());
    await clients.s3.send(new ListBucketsCommand({}));
    await clients.s3In('eu-west-1').send(new ListBucketsCommand({}));
    await clients.s3Control.send(new GetPublicAccessBlockCommand({ AccountId: '111122223333' }));
    expect(aws.asked.map(({ url }) => url.split('?')[0])).toEqual(['/', '/', '/v20180820/configuration/publicAccessBlock']);
    expect(aws.asked.every(({ userAgent }) => userAgent.includes('app/quilt-perimeter'))).toBe(true);
  });

  test("a service's own endpoint wins", async () => {
    const general = await serve(() => ({ status: 500, body: '' }));
    const own = await serve(() => ({ status: 200, body: '{"Roots":[]}' }));
    const { organizations } = await clientsFor(general.url, countingClock(), {
      env: { AWS_ENDPOINT_URL: general.url, AWS_ENDPOINT_URL_ORGANIZATIONS: own.url },
    });
    await organizations.send(new ListRootsCommand({}));
    expect(general.asked).toHaveLength(0);
    expect(own.asked).toHaveLength(1);
  });

  test('a missing Region is bad input', async () => {
    vi.stubEnv('AWS_REGION', undefined);
    await expect(clientsFor('http://127.0.0.1:1', countingClock(), { region: null })).rejects.toMatchObject({
      code: 'REGION',
      exitCode: 2,
    });
  });

  test("the profile's Region is used where none is named", async () => {
    vi.stubEnv('AWS_REGION', undefined);
    const aws = await clientsFor('http://127.0.0.1:1', countingClock(), { region: null, quilt: { profile: 'other', roleArn: null } });
    expect(aws.region).toBe('eu-central-1');
  });
});

describe('through a proxy', () => {
  // A CONNECT proxy that leads every host to the server behind it.
  const proxyTo = async (port: number) => {
    const hosts: string[] = [];
    const server = createServer();
    server.on('connect', (request, socket) => {
      hosts.push(request.url ?? '');
      const upstream = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(socket);
        socket.pipe(upstream);
      });
      upstream.on('error', () => socket.destroy());
      socket.on('error', () => upstream.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { hosts, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
  };

  test('all clients go through it, fresh ones too, and NO_PROXY goes past it', async () => {
    const aws = await serve((asked) => ({
      status: 200,
      body: asked.at(-1)?.body.includes('DescribeVpcs') === true ? vpcs : '<ListAllMyBucketsResult/>',
    }));
    const proxy = await proxyTo(aws.port);
    const env = { AWS_ENDPOINT_URL: 'http://aws.example.test', HTTP_PROXY: proxy.url, NO_PROXY: 'other.example.test' };
    const clients = await clientsFor('', countingClock(), { env });
    await clients.ec2.send(new DescribeVpcsCommand({}));
    const fresh = clients.freshS3();
    await fresh.send(new ListBucketsCommand({}));
    fresh.destroy();
    expect(proxy.hosts).toEqual(['aws.example.test:80', 'aws.example.test:80']);
    const past = await clientsFor('', countingClock(), { env: { ...env, AWS_ENDPOINT_URL: aws.url } });
    await past.ec2.send(new DescribeVpcsCommand({}));
    expect(proxy.hosts).toHaveLength(2);
    proxy.close();
  });
});

describe('who the credentials are', () => {
  const ctxOf = async (url: string, given: Parameters<typeof clientsFor>[2] = {}) => {
    const clock = countingClock();
    return { aws: await clientsFor(url, clock, given), clock, signal: new AbortController().signal };
  };

  test('the partition comes from the ARN and the role from IAM, with its path', async () => {
    const aws = await serve((asked) => {
      const body = asked.at(-1)?.body ?? '';
      if (body.includes('GetRole'))
        return {
          status: 200,
          body: '<GetRoleResponse><GetRoleResult><Role><Arn>arn:aws-us-gov:iam::111122223333:role/ops/Admin</Arn></Role></GetRoleResult></GetRoleResponse>',
        };
      return { status: 200, body: caller('arn:aws-us-gov:sts::111122223333:assumed-role/Admin/me') };
    });
    const { quilt, organizationSide } = await identify(
      await ctxOf(aws.url, { env: { AWS_ENDPOINT_URL: aws.url, AWS_ACCESS_KEY_ID: 'AKIABASE' } }),
    );
    expect(quilt).toEqual({
      accountId: '111122223333',
      arn: 'arn:aws-us-gov:sts::111122223333:assumed-role/Admin/me',
      roleArn: 'arn:aws-us-gov:iam::111122223333:role/ops/Admin',
      partition: 'aws-us-gov',
      region: 'us-east-1',
      source: 'environment',
      base: 'environment',
    });
    expect(organizationSide).toMatchObject({ known: true, value: { roleArn: null } });
  });

  test('--role-arn is assumed for the Quilt account only; the organization keeps the base credentials', async () => {
    const keys: string[] = [];
    const aws = await serve((asked) => {
      const body = asked.at(-1)?.body ?? '';
      if (!body.includes('AssumeRole')) return { status: 200, body: caller('arn:aws:iam::111122223333:user/u') };
      return {
        status: 200,
        body: '<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2026-01-01T01:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>',
      };
    });
    vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
    const clients = await clientsFor(aws.url, countingClock(), { quilt: { profile: null, roleArn: 'arn:aws:iam::111122223333:role/R' } });
    for (const client of [clients.sts, clients.organizationSts]) {
      client.middlewareStack.add(
        (next) => async (args) => {
          const headers: unknown = Reflect.get(args.request as object, 'headers');
          keys.push(/Credential=(\w+)/.exec(JSON.stringify(headers))?.[1] ?? '');
          return next(args);
        },
        { step: 'finalizeRequest', priority: 'low' },
      );
      await client.send(new GetCallerIdentityCommand({}));
    }
    await clients.sts.send(new GetCallerIdentityCommand({}));
    expect(keys).toEqual(['ASIAROLE', 'AKIABASE', 'ASIAROLE']);
    expect(aws.asked.filter(({ body }) => body.includes('AssumeRole'))).toHaveLength(1);
    expect(clients.sources).toEqual({
      quilt: 'default credentials, role arn:aws:iam::111122223333:role/R',
      organization: 'default credentials',
    });
  });

  test('an expired Identity Center session names the profile and the command', async () => {
    const ctx = await ctxOf('http://127.0.0.1:1', { quilt: { profile: 'sso', roleArn: null } });
    const error = await identify(ctx).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'CREDENTIALS', exitCode: 1, remedy: expect.stringContaining('aws sso login --profile sso') });
    expect(String(error)).toContain('the credentials of profile sso');
  });

  test('expired keys are told as that, and no key is in the line', async () => {
    const aws = await serve(() => ({
      status: 403,
      body: '<ErrorResponse><Error><Code>ExpiredToken</Code><Message>The token of ASIA0123456789ABCDEF is expired</Message></Error></ErrorResponse>',
    }));
    const error = await identify(await ctxOf(aws.url)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'CREDENTIALS', exitCode: 1 });
    expect(String(error)).toMatch(/identifying .*: the default credentials have expired/);
    expect(String(error)).not.toContain('ASIA0123456789ABCDEF');
  });

  test('an endpoint where nobody listens is unreachable', async () => {
    const error = await identify(await ctxOf('http://127.0.0.1:1')).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'UNREACHABLE', exitCode: 1, remedy: expect.stringContaining('HTTPS_PROXY') });
  });
});
