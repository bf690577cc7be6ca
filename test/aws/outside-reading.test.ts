// Functions, canaries and roles with their grants, read over the sandbox's wire.

import { describe, expect, test } from 'vitest';
import { readAccountRoles } from '../../src/aws/account-role.ts';
import { listCanaries } from '../../src/aws/canary.ts';
import { listFunctions } from '../../src/aws/lambda-function.ts';
import { DescribeCanariesCommand } from '../../src/aws/synthetics-client.ts';
import { startSandbox } from '../support/sandbox.ts';

const accountId = '444455556666';

describe('Lambda functions', () => {
  test("the stack's functions and those of its canaries are in its VPC", async () => {
    const sandbox = await startSandbox();
    const functions = await listFunctions(sandbox.context);
    expect(functions.map(({ name }) => name.replace(/-[\da-f]{8}-.*/, ''))).toEqual([
      'cwsyn-quilt-prod-bucket-access',
      'cwsyn-quilt-prod-immutable-uris',
      'cwsyn-quilt-prod-package-push',
      'cwsyn-quilt-prod-search',
      'quilt-prod-api',
      'quilt-prod-indexer',
      'quilt-prod-migration',
      'quilt-prod-packager',
    ]);
    expect(new Set(functions.map(({ vpcId }) => vpcId))).toEqual(new Set([sandbox.world().hints.vpc]));
    expect(functions.find(({ name }) => name === 'quilt-prod-api')).toEqual({
      name: 'quilt-prod-api',
      arn: `arn:aws:lambda:us-east-1:${accountId}:function:quilt-prod-api`,
      roleArn: `arn:aws:iam::${accountId}:role/quilt-prod-PackagerRole`,
      vpcId: sandbox.world().hints.vpc,
    });
  });

  test('all pages of 50 are read, and a function without a VPC, or with an empty one, is outside', async () => {
    const sandbox = await startSandbox({
      mutate: (world) => {
        const one = { accountId, region: 'us-east-1', roleArn: `arn:aws:iam::${accountId}:role/x`, vpc: null };
        world.lambda = {
          functions: Array.from({ length: 120 }, (_each, index) => ({ ...one, name: `job-${index}` })),
          canaries: [],
        };
        world.lambda.functions.push({ ...one, name: 'moved-out', vpc: { vpcId: '', subnetIds: [], securityGroupIds: [] } });
        world.lambda.functions.push({ ...one, name: 'elsewhere', region: 'eu-west-1' });
      },
    });
    const functions = await listFunctions(sandbox.context);
    expect(functions).toHaveLength(121 + 8);
    expect(functions.filter(({ vpcId }) => vpcId === null)).toHaveLength(121);
    expect(sandbox.sandbox.calls().filter(({ operation }) => operation === 'ListFunctions')).toHaveLength(3);
  });
});

describe('canaries', () => {
  test('those of the stack are in its VPC and name the functions that they run as', async () => {
    const sandbox = await startSandbox();
    const canaries = await listCanaries(sandbox.context);
    const functions = await listFunctions(sandbox.context);
    expect(canaries.map(({ name }) => name)).toEqual([
      'quilt-prod-bucket-access',
      'quilt-prod-immutable-uris',
      'quilt-prod-package-push',
      'quilt-prod-search',
    ]);
    for (const { functionArn, vpcId, roleArn } of canaries) {
      expect(functions.map(({ arn }) => `${arn}:1`)).toContain(functionArn);
      expect([vpcId, roleArn]).toEqual([sandbox.world().hints.vpc, `arn:aws:iam::${accountId}:role/quilt-prod-CanaryRole`]);
    }
  });

  test('all pages are read', async () => {
    const sandbox = await startSandbox({
      mutate: (world) => {
        const one = { accountId, region: 'us-east-1', roleArn: `arn:aws:iam::${accountId}:role/x`, vpc: null };
        world.lambda = { functions: [], canaries: Array.from({ length: 41 }, (_each, index) => ({ ...one, name: `canary-${index}` })) };
      },
    });
    const canaries = await listCanaries(sandbox.context);
    expect(canaries.filter(({ vpcId }) => vpcId === null)).toHaveLength(41);
    expect(sandbox.sandbox.calls().filter(({ operation }) => operation === 'DescribeCanaries')).toHaveLength(3);
  });

  test.each([
    ['us-east-1', 'https://synthetics.us-east-1.amazonaws.com/canaries'],
    ['cn-north-1', 'https://synthetics.cn-north-1.amazonaws.com.cn/canaries'],
    ['us-gov-west-1', 'https://synthetics.us-gov-west-1.amazonaws.com/canaries'],
    ['eusc-de-east-1', 'https://synthetics.eusc-de-east-1.amazonaws.eu/canaries'],
  ])('in %s they are asked of the host of that partition, signed for Synthetics', async (region, url) => {
    const sandbox = await startSandbox();
    const seen: string[] = [];
    const { requestHandler } = sandbox;
    const aws = await sandbox.clientsAs('operator', {
      sandbox: {
        requestHandler: {
          ...requestHandler,
          handle: (request, options) => {
            seen.push(`${request.protocol}//${request.hostname}${request.path}`, request.headers.authorization ?? '');
            return requestHandler.handle(request, options);
          },
        },
        region,
        credentialsFor: () => ({ accessKeyId: sandbox.world().identities.operator ?? '', secretAccessKey: 'x' }),
      },
    });
    const client = await aws.synthetics();
    await client.send(new DescribeCanariesCommand({}));
    expect(seen[0]).toBe(url);
    expect(seen[1]).toContain(`/${region}/synthetics/aws4_request`);
  });
});

describe("the account's roles", () => {
  test('come with trust, policies, tags and boundary, whatever the pages', async () => {
    const sandbox = await startSandbox({
      mutate: (world) => {
        const role = world.iam.accounts[accountId]?.roles.DataScientist;
        if (role) role.permissionsBoundary = 'arn:aws:iam::aws:policy/AdministratorAccess';
      },
    });
    const roles = await readAccountRoles(sandbox.context);
    expect(roles.map(({ name }) => name)).toEqual(Object.keys(sandbox.world().iam.accounts[accountId]?.roles ?? {}));
    const scientist = roles.find(({ name }) => name === 'DataScientist');
    expect(scientist?.policies.map((text) => JSON.parse(text).Statement[0].Action)).toEqual([
      ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
    ]);
    expect(JSON.parse(scientist?.boundary ?? '').Statement[0]).toEqual({ Effect: 'Allow', Action: '*', Resource: '*' });
    const admin = roles.find(({ name }) => name === 'PlatformAdmin');
    expect(admin?.policies.map((text) => JSON.parse(text).Statement[0].Action)).toEqual(['*']);
    const glass = roles.find(({ name }) => name === 'BreakGlass');
    expect(glass?.tags).toEqual({ NetworkRestrictedExempt: 'true' });
    expect(JSON.parse(glass?.trust ?? '').Statement[0].Action).toBe('sts:AssumeRole');
    expect(roles.every(({ untold }) => untold.length === 0)).toBe(true);
  });
});
