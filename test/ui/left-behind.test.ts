import { expect, test } from 'vitest';
import type { Applied } from '../../src/engine/types.ts';
import { leftBehind } from '../../src/ui/left-behind.ts';

const applied = (type: string, name: string, id: string | null, action: 'create' | 'update' = 'create'): Applied => ({
  change: {
    key: `k/${name}`,
    action,
    target: { accountId: '1', region: null, type, name },
    summary: name,
    reason: 'r',
    before: null,
    after: null,
    risk: 'additive',
    confirm: 'c',
    needs: [],
    seconds: null,
    usdPerMonth: null,
  },
  step: 'nat',
  generation: 1,
  token: 't',
  run: 'r',
  made: id === null ? null : { id, fields: {} },
});

test('a rollback says what AWS lets nobody restore: addresses, the times of a stack, records of what is deleted', () => {
  expect(
    leftBehind([
      applied('AWS::EC2::EIP', 'address', 'eipalloc-1'),
      applied('AWS::EC2::NatGateway', 'gateway', 'nat-1'),
      applied('AWS::EC2::VPCEndpoint', 's3', 'vpce-1', 'update'),
      applied('AWS::EC2::VPCEndpoint', 'api', 'vpce-2'),
      applied('AWS::CloudFormation::Stack', 'quilt-prod', 'arn:aws:cloudformation:us-east-1:1:stack/quilt-prod/1', 'update'),
    ]),
  ).toEqual([
    'The address of eipalloc-1 is released: a new Elastic IP has another one.',
    "Stack quilt-prod was updated back: LastUpdatedTime and the stack's events tell of both updates.",
    'AWS may list nat-1, vpce-2 as deleted for a while.',
  ]);
});

test('where nothing of the kind was made, it says nothing', () => {
  expect(leftBehind([applied('AWS::EC2::EIP', 'address', null), applied('AWS::EC2::Route', 'route', 'rtb-1/0.0.0.0/0')])).toEqual([]);
});
