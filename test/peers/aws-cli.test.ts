// The AWS CLI against `quilt-perimeter sandbox`: a client that we did not write, with parsers of its own.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServedSandbox, serveSandbox } from '../../src/sandbox/main.ts';
import { isOnPath } from './moto.ts';

interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let served: ServedSandbox;
let dir: string;
const abort = new AbortController();

async function aws(identity: string, ...args: string[]): Promise<Result> {
  const lines = served.environments.find(({ name }) => name === identity)?.lines ?? [];
  const environment = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  const { PATH, HOME } = process.env;
  const own = { AWS_PAGER: '', AWS_CONFIG_FILE: join(dir, 'none'), AWS_SHARED_CREDENTIALS_FILE: join(dir, 'none'), AWS_MAX_ATTEMPTS: '1' };
  const child = spawn('aws', args, { env: { PATH, HOME, ...own, ...environment }, cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err };
}

const json = async (identity: string, ...args: string[]) => {
  const { code, out, err } = await aws(identity, ...args);
  expect(err, args.join(' ')).toBe('');
  expect(code).toBe(0);
  return out.trim() === '' ? null : JSON.parse(out);
};

const control = async (path: string, value: unknown) =>
  fetch(`${served.url}/_sandbox/${path}`, { method: 'POST', body: JSON.stringify(value) });

const present = isOnPath('aws');
if (!present) console.warn('aws is not on the PATH: the AWS CLI is not tried');

describe.skipIf(!present)('the AWS CLI', () => {
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'aws-cli-'));
    served = await serveSandbox({ dir: null, scenario: 'greenfield', port: 0, speed: null, reset: false, signal: abort.signal });
  });
  afterAll(async () => {
    abort.abort();
    await served?.closed;
    rmSync(dir, { recursive: true, force: true });
  });

  test('lists VPCs, endpoints, stacks, buckets, roots and policies', async () => {
    const { vpc, stack, testBucket } = served.hints;
    const { Vpcs } = await json('operator', 'ec2', 'describe-vpcs');
    expect(Vpcs.map(({ VpcId }: { VpcId: string }) => VpcId)).toContain(vpc);
    expect(await json('operator', 'ec2', 'describe-vpc-endpoints', '--filters', `Name=vpc-id,Values=${vpc}`)).toEqual({ VpcEndpoints: [] });
    const { Stacks } = await json('operator', 'cloudformation', 'describe-stacks');
    expect(Stacks.map(({ StackName }: { StackName: string }) => StackName)).toContain(stack);
    const { Buckets } = await json('operator', 's3api', 'list-buckets');
    expect(Buckets.map(({ Name }: { Name: string }) => Name)).toContain(testBucket);
    const { Roots } = await json('management', 'organizations', 'list-roots');
    expect(Roots).toHaveLength(1);
    const { Policies } = await json('management', 'organizations', 'list-policies', '--filter', 'SERVICE_CONTROL_POLICY');
    expect(Policies.map(({ Name }: { Name: string }) => Name)).toContain('FullAWSAccess');
    expect((await json('operator', 'sts', 'get-caller-identity')).Arn).toMatch(/^arn:aws:/);
    expect((await json('operator', 'iam', 'list-roles')).Roles.length).toBeGreaterThan(0);
    expect(
      (await json('operator', 'service-quotas', 'get-service-quota', '--service-code', 'vpc', '--quota-code', 'L-1B52E74A')).Quota.Value,
    ).toBe(20);
    expect(
      (await json('operator', 'route53', 'list-hosted-zones-by-vpc', '--vpc-id', vpc, '--vpc-region', 'us-east-1')).HostedZoneSummaries,
    ).toEqual([]);
  });

  test('creates and deletes an endpoint', async () => {
    const { vpc } = served.hints;
    const { VpcEndpoint } = await json(
      'operator',
      'ec2',
      'create-vpc-endpoint',
      '--vpc-id',
      vpc,
      '--service-name',
      'com.amazonaws.us-east-1.s3',
    );
    await control('clock', { advance: 60_000 });
    const id = VpcEndpoint.VpcEndpointId;
    expect((await json('operator', 'ec2', 'describe-vpc-endpoints', '--vpc-endpoint-ids', id)).VpcEndpoints[0].State).toBe('available');
    expect((await json('operator', 'ec2', 'delete-vpc-endpoints', '--vpc-endpoint-ids', id)).Unsuccessful).toEqual([]);
    await control('clock', { advance: 600_000 });
    const gone = await aws('operator', 'ec2', 'describe-vpc-endpoints', '--vpc-endpoint-ids', id);
    expect(gone.err).toContain('InvalidVpcEndpointId.NotFound');
  });

  test('puts and gets objects and bucket policies', async () => {
    const { testBucket: bucket } = served.hints;
    const file = join(dir, 'in.txt');
    writeFileSync(file, 'hello from the CLI');
    await json('operator', 's3api', 'put-object', '--bucket', bucket, '--key', 'a b/ü.txt', '--body', file);
    await json('operator', 's3api', 'get-object', '--bucket', bucket, '--key', 'a b/ü.txt', join(dir, 'out.txt'));
    expect(readFileSync(join(dir, 'out.txt'), 'utf8')).toBe('hello from the CLI');
    expect((await aws('operator', 's3', 'cp', file, `s3://${bucket}/copied`)).code).toBe(0);
    expect((await aws('operator', 's3', 'ls', `s3://${bucket}/`)).out).toContain('copied');
    expect((await aws('operator', 's3', 'rm', `s3://${bucket}/copied`)).code).toBe(0);
    expect(await json('operator', 's3api', 'get-bucket-location', '--bucket', bucket)).toEqual({ LocationConstraint: null });

    const document = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Sid: 'Own', Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/secret/*` }],
    });
    await json('operator', 's3api', 'put-bucket-policy', '--bucket', bucket, '--policy', document);
    expect((await json('operator', 's3api', 'get-bucket-policy', '--bucket', bucket)).Policy).toBe(document);
    await json('operator', 's3api', 'delete-bucket-policy', '--bucket', bucket);
    await control('clock', { advance: 600_000 });
    expect((await aws('operator', 's3api', 'get-bucket-policy', '--bucket', bucket)).err).toContain('NoSuchBucketPolicy');
    expect((await aws('operator', 's3api', 'delete-object', '--bucket', bucket, '--key', 'a b/ü.txt')).code).toBe(0);
  });

  test.each([
    [['ec2', 'describe-vpcs', '--vpc-ids', 'vpc-00000000000000000'], 'InvalidVpcID.NotFound'],
    [['ec2', 'describe-vpc-endpoints', '--vpc-endpoint-ids', 'vpce-00000000000000000'], 'InvalidVpcEndpointId.NotFound'],
    [['s3api', 'get-bucket-policy', '--bucket', 'no-such-bucket-anywhere'], 'NoSuchBucket'],
    [['s3api', 'head-object', '--bucket', 'no-such-bucket-anywhere', '--key', 'k'], '404'],
    [['cloudformation', 'describe-stacks', '--stack-name', 'nope'], 'ValidationError'],
    [['iam', 'get-role', '--role-name', 'Nobody'], 'NoSuchEntity'],
    [['organizations', 'list-roots'], 'AccessDeniedException'],
  ])('%j is refused with %s', async (args, code) => {
    const { code: exit, err } = await aws('operator', ...args);
    expect([exit === 0, err]).toEqual([false, expect.stringContaining(`(${code})`)]);
  });

  test('is refused by S3 when it stands outside the perimeter', async () => {
    const { testBucket: bucket } = served.hints;
    const resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
    const condition = { NotIpAddressIfExists: { 'aws:SourceIp': '192.0.2.0/24' } };
    const document = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: resource, Condition: condition }],
    };
    await json('operator', 's3api', 'put-bucket-policy', '--bucket', bucket, '--policy', JSON.stringify(document));
    await control('clock', { advance: 600_000 });
    const { err } = await aws('operator', 's3api', 'list-objects-v2', '--bucket', bucket);
    expect(err).toContain('(AccessDenied)');
    expect(err).toContain('explicit deny in a resource-based policy');
  });
});
