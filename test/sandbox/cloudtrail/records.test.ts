import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, it, test } from 'vitest';
import { isSelected } from '../../../src/sandbox/cloudtrail/selectors.ts';
import { objectEventsOf } from '../../../src/sandbox/cloudtrail/state.ts';
import { accounts } from '../../../src/sandbox/scenarios/company.ts';
import { addRole, addUser, handOut } from '../../../src/sandbox/scenarios/identities.ts';
import type { World } from '../../../src/sandbox/world.ts';
import { quiltWorld } from '../../support/quilt-world.ts';
import { startSandbox, type TestSandbox } from '../../support/sandbox.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test names the fields that it expects
type Record = any;

async function recordsOf(sandbox: TestSandbox): Promise<Record[]> {
  const files = await sandbox.control.trail();
  return files.flatMap(({ body }) => JSON.parse(gunzipSync(body).toString('utf8')).Records);
}

const recording = async (mutate: (world: World) => void = () => undefined): Promise<TestSandbox> => {
  const sandbox = await startSandbox({ scenario: 'brownfield', mutate });
  await sandbox.control.record(true);
  return sandbox;
};

const raw = `quilt-raw-data-${accounts.quilt}`;

describe('a trail', () => {
  test('writes nothing until recording is turned on', async () => {
    const sandbox = await startSandbox({ scenario: 'brownfield' });
    await sandbox.aws.s3.send(new ListObjectsV2Command({ Bucket: raw }));
    expect(await recordsOf(sandbox)).toEqual([]);
    expect(sandbox.world().cloudTrail?.waiting).toBeUndefined();
  });

  test("has a role's call from a public address, with who, from where, to what", async () => {
    const sandbox = await recording();
    await sandbox.aws.s3.send(new GetObjectCommand({ Bucket: raw, Key: 'results/plate-1.csv' }));
    expect(await recordsOf(sandbox)).toMatchObject([
      {
        eventVersion: '1.11',
        eventSource: 's3.amazonaws.com',
        eventName: 'GetObject',
        eventCategory: 'Data',
        awsRegion: 'us-east-1',
        sourceIPAddress: '198.51.100.10',
        recipientAccountId: accounts.quilt,
        requestParameters: { bucketName: raw, key: 'results/plate-1.csv' },
        additionalEventData: { AuthenticationMethod: 'AuthHeader' },
        userIdentity: {
          type: 'AssumedRole',
          arn: `arn:aws:sts::${accounts.quilt}:assumed-role/PlatformAdmin/operator`,
          sessionContext: { sessionIssuer: { arn: `arn:aws:iam::${accounts.quilt}:role/PlatformAdmin` } },
        },
        resources: [
          { type: 'AWS::S3::Object', ARN: `arn:aws:s3:::${raw}/results/plate-1.csv` },
          { type: 'AWS::S3::Bucket', accountId: accounts.quilt, ARN: `arn:aws:s3:::${raw}` },
        ],
      },
    ]);
  });

  test('has the endpoint that a call came through, and its account', async () => {
    const sandbox = await recording();
    const lambda = await sandbox.clientsAs('vpnUser');
    await lambda.s3.send(new ListObjectsV2Command({ Bucket: raw }));
    const [record] = await recordsOf(sandbox);
    expect(record).toMatchObject({
      eventName: 'ListObjects',
      vpcEndpointId: expect.stringMatching(/^vpce-/),
      vpcEndpointAccountId: accounts.quilt,
    });
    expect(sandbox.world().ec2.vpcEndpoints[record.vpcEndpointId]?.vpcId).toBe(sandbox.world().hints.trustedVpcs[0]);
  });

  test('has refused calls with the message, and calls that were allowed and found nothing', async () => {
    const sandbox = await recording();
    const user = await sandbox.clientsAs('vpnUser');
    await expect(user.s3.send(new HeadObjectCommand({ Bucket: raw, Key: 'nothing-here' }))).rejects.toThrow();
    await expect(user.s3.send(new GetObjectCommand({ Bucket: raw, Key: 'nothing-here' }))).rejects.toMatchObject({ name: 'NoSuchKey' });
    const outsider = await sandbox.clientsAs('outsider');
    await expect(outsider.s3.send(new GetObjectCommand({ Bucket: raw, Key: 'x' }))).rejects.toMatchObject({ name: 'AccessDenied' });
    expect((await recordsOf(sandbox)).map(({ eventName, errorCode }) => [eventName, errorCode])).toEqual([
      ['HeadObject', 'NoSuchKey'],
      ['GetObject', 'NoSuchKey'],
      ['GetObject', 'AccessDenied'],
    ]);
  });

  test("a foreign caller's call is known to the owner without the role that made it, and shared", async () => {
    const sandbox = await recording((world) => {
      const { draft, bucket } = quiltWorld(world);
      bucket('quilt-raw-data').policy = JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: accounts.analytics }, Action: 's3:GetObject', Resource: `arn:aws:s3:::${raw}/*` }],
      });
      handOut(draft, 'partner', addRole(draft, accounts.analytics, { name: 'Partner', administrator: true }), { publicIp: '192.0.2.99' });
    });
    const partner = await sandbox.clientsAs('partner');
    await partner.s3.send(new GetObjectCommand({ Bucket: raw, Key: 'results/plate-1.csv' }));
    const [record] = await recordsOf(sandbox);
    expect(record).toMatchObject({ recipientAccountId: accounts.quilt, sharedEventID: expect.any(String) });
    expect(record.userIdentity).toEqual({
      type: 'AWSAccount',
      principalId: expect.stringMatching(/^AROA.*:partner$/),
      accountId: accounts.analytics,
    });
  });

  test("has the tags that a session brought, and no token of the session's", async () => {
    const sandbox = await recording((world) => {
      const { draft } = quiltWorld(world);
      addRole(draft, accounts.quilt, { name: 'Tagged' });
    });
    const assumed = await sandbox.aws.sts.send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${accounts.quilt}:role/Tagged`,
        RoleSessionName: 'someone',
        Tags: [{ Key: 'team', Value: 'x' }],
      }),
    );
    const [record] = await recordsOf(sandbox);
    expect(record).toMatchObject({
      eventSource: 'sts.amazonaws.com',
      eventName: 'AssumeRole',
      eventCategory: 'Management',
      requestParameters: { roleArn: `arn:aws:iam::${accounts.quilt}:role/Tagged`, tags: [{ key: 'team', value: 'x' }] },
      responseElements: { credentials: { accessKeyId: assumed.Credentials?.AccessKeyId } },
    });
    expect(JSON.stringify(record)).not.toContain(assumed.Credentials?.SessionToken);
  });

  test('tells services, forwarded sessions, users, root and nobody apart', async () => {
    const service = { service: 'athena.amazonaws.com', forwarded: true };
    const sandbox = await recording((world) => {
      const { draft } = quiltWorld(world);
      handOut(draft, 'query', addRole(draft, accounts.quilt, { name: 'Analyst', administrator: true }), service);
      handOut(draft, 'user', addUser(draft, accounts.quilt, 'ci'), { publicIp: '192.0.2.98' });
    });
    for (const name of ['query', 'user']) {
      const aws = await sandbox.clientsAs(name);
      await aws.s3.send(new PutObjectCommand({ Bucket: raw, Key: name, Body: 'x' }));
    }
    expect(
      (await recordsOf(sandbox)).map(({ userIdentity, sourceIPAddress }) => [userIdentity.type, userIdentity.invokedBy, sourceIPAddress]),
    ).toEqual([
      ['AssumedRole', 'athena.amazonaws.com', 'athena.amazonaws.com'],
      ['IAMUser', undefined, '192.0.2.98'],
    ]);
  });

  test('delivers files minutes later, laid out as CloudTrail does, which are no difference between worlds', async () => {
    const sandbox = await recording();
    const before = sandbox.control.world();
    await sandbox.aws.s3.send(new ListObjectsV2Command({ Bucket: raw }));
    const trailBucket = `corp-cloudtrail-${accounts.quilt}`;
    const listed = () => sandbox.aws.s3.send(new ListObjectsV2Command({ Bucket: trailBucket, Prefix: 'AWSLogs/4' }));
    expect((await listed()).Contents).toBeUndefined();
    sandbox.clock.advance(301_000);
    expect((await listed()).Contents?.map(({ Key }) => Key)).toEqual([
      expect.stringMatching(
        /^AWSLogs\/444455556666\/CloudTrail\/us-east-1\/2026\/06\/01\/444455556666_CloudTrail_us-east-1_20260601T1205Z_[0-9a-f]{16}\.json\.gz$/,
      ),
    ]);
    expect(sandbox.control.world()).toEqual(before);
  });
});

describe('selectors', () => {
  const event = {
    category: 'Data',
    source: 's3.amazonaws.com',
    name: 'GetObject',
    readOnly: true,
    resourceArn: 'arn:aws:s3:::quilt-a/k',
  } as const;
  const basic = (Values: string[], ReadWriteType: 'All' | 'ReadOnly' | 'WriteOnly' = 'All') => ({
    eventSelectors: [
      {
        ReadWriteType,
        IncludeManagementEvents: true,
        DataResources: [{ Type: 'AWS::S3::Object', Values }],
        ExcludeManagementEventSources: [],
      },
    ],
    advancedEventSelectors: [],
  });

  it.each([
    ['all buckets', basic(['arn:aws:s3']), true],
    ['this bucket', basic(['arn:aws:s3:::quilt-a/']), true],
    ['another bucket', basic(['arn:aws:s3:::quilt-b/']), false],
    ['writes only', basic(['arn:aws:s3'], 'WriteOnly'), false],
    ['nothing', { eventSelectors: [], advancedEventSelectors: [] }, false],
    ['by the beginning of the ARN', { eventSelectors: [], advancedEventSelectors: [objectEventsOf('arn:aws:s3:::quilt-')] }, true],
    ['by another beginning', { eventSelectors: [], advancedEventSelectors: [objectEventsOf('arn:aws:s3:::corp-')] }, false],
  ])('take or leave a data event: %s', (_what, trail, expected) => {
    expect(isSelected(trail, event)).toBe(expected);
  });
});
