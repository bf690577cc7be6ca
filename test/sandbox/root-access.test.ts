// Centralized root access: who may have it, what a root session passes, and what it may not do.
import { ListOrganizationsFeaturesCommand } from '@aws-sdk/client-iam';
import { DeleteBucketPolicyCommand, GetBucketPolicyCommand, GetObjectCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { AssumeRootCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import type { Aws } from '../../src/aws/context.ts';
import { accounts } from '../../src/sandbox/scenarios/company.ts';
import type { World } from '../../src/sandbox/world.ts';
import { startSandbox } from '../support/sandbox.ts';

const enabled = (world: World): void => {
  const { organization } = world.organizations;
  if (organization) organization.rootFeatures = ['RootSessions'];
};

const task = (name: string) => ({ arn: `arn:aws:iam::aws:policy/root-task/${name}` });
const unlock = { TargetPrincipal: accounts.quilt, TaskPolicyArn: task('S3UnlockBucketPolicy') };

const errorOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
    return 'OK';
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
};

describe('ListOrganizationsFeatures', () => {
  test.each<readonly [string, (world: World) => void, keyof Pick<Aws, 'iam' | 'organizationIam'>, string]>([
    ['tells the management account what is enabled', enabled, 'organizationIam', 'OK'],
    ['is not for a member account', enabled, 'iam', 'AccountNotManagementOrDelegatedAdministratorException'],
    ['needs trusted access', () => undefined, 'organizationIam', 'ServiceAccessNotEnabledException'],
  ])('%s', async (_, mutate, client, expected) => {
    const { aws } = await startSandbox({ mutate });
    expect(await errorOf(aws[client].send(new ListOrganizationsFeaturesCommand({})))).toBe(expected);
  });

  test('is for a delegated administrator of IAM too', async () => {
    const { aws } = await startSandbox({
      mutate: (world) => {
        enabled(world);
        world.organizations.organization?.delegatedAdministrators.push({
          accountId: accounts.quilt,
          servicePrincipal: 'iam.amazonaws.com',
          enabledAt: 0,
        });
      },
    });
    expect((await aws.iam.send(new ListOrganizationsFeaturesCommand({}))).EnabledFeatures).toEqual(['RootSessions']);
  });
});

describe('AssumeRoot', () => {
  test.each<readonly [string, (world: World) => void, 'sts' | 'organizationSts', object, string]>([
    ['is refused where root sessions are not enabled', () => undefined, 'organizationSts', {}, 'AccessDenied'],
    ['is refused to a member account', enabled, 'sts', {}, 'AccessDenied'],
    ['is refused for an account of nobody', enabled, 'organizationSts', { TargetPrincipal: accounts.outsider }, 'AccessDenied'],
    ['is refused for the management account', enabled, 'organizationSts', { TargetPrincipal: accounts.management }, 'AccessDenied'],
    ['is refused for more than 15 minutes', enabled, 'organizationSts', { DurationSeconds: 901 }, 'ValidationError'],
    ['models no other task', enabled, 'organizationSts', { TaskPolicyArn: task('IAMAuditRootUserCredentials') }, 'NotImplemented'],
    ['wants a task', enabled, 'organizationSts', { TaskPolicyArn: { arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' } }, 'ValidationError'],
  ])('%s', async (_, mutate, client, over, expected) => {
    const { aws } = await startSandbox({ mutate });
    expect(await errorOf(aws[client].send(new AssumeRootCommand({ ...unlock, ...over })))).toBe(expected);
  });

  test('gives a session that passes the explicit deny of a bucket policy on that policy alone, and may do nothing else', async () => {
    const { aws, world } = await startSandbox({
      mutate: (draft) => {
        enabled(draft);
        const bucket = draft.s3.buckets[draft.hints.testBucket];
        const all = `arn:aws:s3:::${draft.hints.testBucket}`;
        const statement = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: [all, `${all}/*`] };
        if (bucket) bucket.policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      },
    });
    const { testBucket: Bucket } = world().hints;
    expect(await errorOf(aws.s3.send(new GetBucketPolicyCommand({ Bucket })))).toBe('AccessDenied');
    const { Credentials: given } = await aws.organizationSts.send(new AssumeRootCommand(unlock));
    const credentials = {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    };
    const s3 = aws.s3As({ principal: `arn:aws:iam::${accounts.quilt}:root`, credentials });
    const { Policy = '' } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
    expect(await errorOf(s3.send(new GetObjectCommand({ Bucket, Key: 'x' })))).toBe('AccessDenied');
    expect(await errorOf(s3.send(new PutBucketPolicyCommand({ Bucket, Policy })))).toBe('OK');
    expect(await errorOf(s3.send(new DeleteBucketPolicyCommand({ Bucket })))).toBe('OK');
    expect(world().s3.buckets[Bucket]?.policy).toBeNull();
  });
});
