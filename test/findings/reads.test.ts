// Reads that nothing can be planned without: refused, the plan stops and names the permission.
import { expect, test } from 'vitest';
import { deny } from '../support/finding-cases.ts';
import { planOn } from '../support/plan-on.ts';

test.each([
  'ec2:DescribeVpcs',
  'ec2:DescribeSubnets',
  'ec2:DescribeRouteTables',
  'ec2:DescribeVpcEndpoints',
  'ec2:DescribeVpcEndpointServices',
  'ec2:DescribeVpcAttribute',
  'ec2:DescribeNatGateways',
  'ec2:DescribeInternetGateways',
  'ec2:DescribeAddresses',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribePrefixLists',
  'cloudformation:DescribeStacks',
  'cloudformation:GetTemplateSummary',
])('without %s the plan stops and names it', async (action) => {
  await expect(planOn('greenfield', (world) => deny(world, [action]))).rejects.toThrow(action);
});

test('without any other read the plan goes on', async () => {
  const { plan } = await planOn('greenfield', (world) =>
    deny(world, ['organizations:*', 'iam:*', 's3:*', 'servicequotas:*', 'route53:*', 'ec2:DescribeNetworkInterfaces']),
  );
  expect(plan.steps.map(({ id }) => id)).toEqual(['discover', 'endpoints', 'nat', 'bucket-policy', 'scp', 'stack-parameter']);
  const unknown = new Set(
    plan.steps.flatMap((step) => step.plan.findings.flatMap(({ code, severity }) => (severity === 'unknown' ? [code] : []))),
  );
  expect([...unknown].sort()).toEqual(
    expect.arrayContaining([
      'QP102',
      'QP103',
      'QP106',
      'QP111',
      'QP306',
      'QP309',
      'QP401',
      'QP404',
      'QP405',
      'QP408',
      'QP410',
      'QP411',
      'QP412',
    ]),
  );
});
