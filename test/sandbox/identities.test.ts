import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeOrganizationCommand, ListRootsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { GetPublicAccessBlockCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, test } from 'vitest';
import { models } from '../../src/sandbox/models.ts';
import { requestHandlerOf } from '../../src/sandbox/request-handler.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import type { World } from '../../src/sandbox/world.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { emptyWorld, operatorKeyId } from '../support/world.ts';
import { stub } from './wire/stub.ts';

const account = '444455556666';
const roleArn = `arn:aws:iam::${account}:role/teams/BreakGlass`;
const trust = (principal: unknown, condition?: unknown, effect = 'Allow') => ({
  Effect: effect,
  Principal: principal,
  Action: 'sts:AssumeRole',
  ...(condition ? { Condition: condition } : {}),
});

let world: World;
let clock: VirtualClock;
let requestHandler: ReturnType<typeof requestHandlerOf>;

function setTrust(...statements: unknown[]): void {
  world.iam.accounts[account] = {
    aliases: [],
    users: world.iam.accounts[account]?.users ?? {},
    policies: {},
    roles: {
      BreakGlass: {
        name: 'BreakGlass',
        id: 'AROABREAKGLASS',
        arn: roleArn,
        path: '/teams/',
        description: '',
        trustPolicy: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
        inlinePolicies: {},
        attachedPolicies: [],
        permissionsBoundary: null,
        tags: { NetworkRestrictedExempt: 'true', team: 'ops' },
        createdAt: 0,
        maxSessionSeconds: 7_200,
      },
    },
  };
}

beforeEach(() => {
  world = emptyWorld();
  clock = new VirtualClock();
  requestHandler = requestHandlerOf(createSandbox({ world, models, time: clock.asSandboxTime() }));
  setTrust(trust({ AWS: 'arn:aws:iam::111122223333:root' }));
});

const operator = { accessKeyId: operatorKeyId, secretAccessKey: 'x' };
const config = (credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } = operator) => ({
  region: 'us-east-1',
  credentials,
  requestHandler,
  maxAttempts: 1,
});
const assume = (more: object = {}) =>
  new STSClient(config()).send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'me', ...more }));

async function session(more: object = {}) {
  const { Credentials } = await assume(more);
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
}

describe('AssumeRole', () => {
  test('hands out a session of the role with its tags, the session tags, and the place of the caller', async () => {
    const credentials = await session({ Tags: [{ Key: 'team', Value: 'night' }] });
    const identity = await new STSClient(config(credentials)).send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({
      Account: account,
      Arn: `arn:aws:sts::${account}:assumed-role/BreakGlass/me`,
      UserId: 'AROABREAKGLASS:me',
    });
    expect(world.accessKeys[credentials.accessKeyId]).toMatchObject({
      roleArn,
      tags: { NetworkRestrictedExempt: 'true', team: 'night' },
      network: { publicIp: '198.51.100.10' },
    });
  });

  test.each([
    ['another account', [trust({ AWS: 'arn:aws:iam::999988887777:root' })], false],
    ['the account by its number', [trust({ AWS: '111122223333' })], true],
    ['the caller', [trust({ AWS: ['arn:aws:iam::111122223333:user/operator'] })], true],
    ['everybody but the caller', [trust('*'), trust({ AWS: 'arn:aws:iam::111122223333:user/operator' }, undefined, 'Deny')], false],
    ['whoever knows an external id that the caller does not', [trust('*', { StringEquals: { 'sts:ExternalId': 'secret' } })], false],
    ['whoever has MFA', [trust('*', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } })], false],
    ['a service', [trust({ Service: 'lambda.amazonaws.com' })], false],
  ])('a trust policy that names %s', async (_who, statements, allowed) => {
    setTrust(...statements);
    if (allowed) await assume();
    else await expect(assume()).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
  });

  test('conditions of trust hold where the request meets them', async () => {
    setTrust(trust('*', { StringEquals: { 'sts:ExternalId': 'secret' }, Bool: { 'aws:MultiFactorAuthPresent': 'true' } }));
    await expect(assume({ ExternalId: 'secret' })).rejects.toMatchObject({ name: 'AccessDenied' });
    await assume({ ExternalId: 'secret', SerialNumber: 'arn:aws:iam::111122223333:mfa/me', TokenCode: '123456' });
  });

  test('a role that is not there, a wrong path and a session that is too long are refused', async () => {
    await expect(assume({ RoleArn: `arn:aws:iam::${account}:role/Nobody` })).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(assume({ RoleArn: `arn:aws:iam::${account}:role/BreakGlass` })).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(assume({ DurationSeconds: 7_201 })).rejects.toMatchObject({ name: 'ValidationError' });
    await assume({ DurationSeconds: 7_200 });
  });

  test('session policies, which nobody would ask, are refused', async () => {
    const policies = [{ Policy: '{}' }, { PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }] }];
    for (const more of policies) await expect(assume(more)).rejects.toMatchObject({ name: 'NotImplemented' });
    await assume({ PolicyArns: [] });
  });

  test('counts as no write, and session tokens belong to their keys', async () => {
    const credentials = await session();
    const stranger = new STSClient(config({ ...credentials, sessionToken: 'other' }));
    await expect(stranger.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await expect(new STSClient(config(credentials)).send(new GetSessionTokenCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('a session ends when its time is over, in the words of each service', async () => {
    const credentials = await session({ DurationSeconds: 900 });
    clock.advance(899_000);
    await new STSClient(config(credentials)).send(new GetCallerIdentityCommand({}));
    clock.advance(1_000);
    const asked = [
      new EC2Client(config(credentials)).send(new DescribeVpcsCommand({})),
      new OrganizationsClient(config(credentials)).send(new ListRootsCommand({})),
      new S3Client(config(credentials)).send(new ListBucketsCommand({})),
      new STSClient(config(credentials)).send(new GetCallerIdentityCommand({})),
    ].map((answer) =>
      answer.then(
        () => 'ok',
        ({ name }) => name,
      ),
    );
    expect(await Promise.all(asked)).toEqual(['RequestExpired', 'ExpiredTokenException', 'ExpiredToken', 'ExpiredToken']);
  });
});

test('an access key that nobody has is refused in the words of each service', async () => {
  const nobody = config({ accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' });
  const asked = [
    new EC2Client(nobody).send(new DescribeVpcsCommand({})),
    new OrganizationsClient(nobody).send(new DescribeOrganizationCommand({})),
    new S3Client(nobody).send(new ListBucketsCommand({})),
    new STSClient(nobody).send(new GetCallerIdentityCommand({})),
  ].map((answer) =>
    answer.then(
      () => 'ok',
      ({ name }) => name,
    ),
  );
  expect(await Promise.all(asked)).toEqual(['AuthFailure', 'UnrecognizedClientException', 'InvalidAccessKeyId', 'InvalidClientTokenId']);
});

test('actions that a scenario takes away are refused by their IAM names', async () => {
  world.iam.deniedActions[operatorKeyId] = ['ec2:Describe*', 's3:GetBucketPublicAccessBlock'];
  const vpcs = new EC2Client(config()).send(new DescribeVpcsCommand({}));
  await expect(vpcs).rejects.toMatchObject({ name: 'UnauthorizedOperation', message: expect.stringContaining('ec2:DescribeVpcs') });
  const block = new S3Client(config()).send(new GetPublicAccessBlockCommand({ Bucket: 'b' }));
  await expect(block).rejects.toMatchObject({ name: 'AccessDenied', message: expect.stringContaining('s3:GetBucketPublicAccessBlock') });
});

test('an address that flaps alternates from call to call', async () => {
  const wire = stub({ s3: { ListBuckets: () => ({ Buckets: [] }) } });
  const key = wire.world.accessKeys[operatorKeyId];
  if (key)
    wire.world.accessKeys[operatorKeyId] = { ...key, network: { publicIp: '198.51.100.10', flap: ['198.51.100.10', '203.0.113.9'] } };
  const seen: unknown[] = [];
  for (let n = 0; n < 4; n++) {
    await new S3Client(wire.inProcess).send(new ListBucketsCommand({}));
    seen.push(wire.lastCall().caller.network);
  }
  const one = { publicIp: '198.51.100.10' };
  const other = { publicIp: '203.0.113.9' };
  expect(seen).toEqual([one, other, one, other]);
});
