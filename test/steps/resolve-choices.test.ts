import { describe, expect, test } from 'vitest';
import type { Identity, Stack, Subnet, Vpc } from '../../src/aws/types.ts';
import { known, unknown } from '../../src/ports.ts';
import type { Wanted } from '../../src/steps/choices.ts';
import type { Survey } from '../../src/steps/landscape.ts';
import { type OpenChoice, resolveChoices } from '../../src/steps/resolve-choices.ts';

const identity: Identity = {
  accountId: '111122223333',
  arn: 'arn:aws:iam::111122223333:user/u',
  roleArn: null,
  partition: 'aws',
  region: 'us-east-1',
  source: 'environment',
  base: 'environment',
};

const vpc = (id: string, given: Partial<Vpc> = {}): Vpc => ({
  id,
  name: null,
  ownerId: '111122223333',
  isDefault: false,
  cidrs: ['10.0.0.0/16'],
  ipv6Cidrs: [],
  blockPublicAccess: 'off',
  tags: {},
  ...given,
});

const subnet = (id: string, vpcId: string): Subnet => ({
  id,
  name: null,
  vpcId,
  ownerId: '111122223333',
  cidr: '10.0.1.0/24',
  ipv6Cidrs: [],
  zone: 'us-east-1a',
  zoneId: 'use1-az1',
  availableAddresses: 200,
  blockPublicAccess: 'off',
  tags: {},
});

const stack = (name: string, parameters: Readonly<Record<string, string>>, given: Partial<Stack> = {}): Stack => ({
  id: `arn:aws:cloudformation:us-east-1:111122223333:stack/${name}/1`,
  name,
  status: 'UPDATE_COMPLETE',
  parameters: Object.entries(parameters).map(([key, value]) => ({ key, value, noEcho: false, type: 'String' })),
  outputs: {},
  capabilities: [],
  roleArn: null,
  parentId: null,
  rootId: null,
  tags: {},
  ...given,
});

const quilt = stack('quilt', { ApiGatewayVPCEndpointId: '', VPC: 'vpc-a', Subnets: 'subnet-1, subnet-2', UserSubnets: 'subnet-3' });

const survey = (given: Partial<Survey> = {}): Survey => ({
  quilt: identity,
  organizationSide: known(identity),
  vpcs: [vpc('vpc-a'), vpc('vpc-b', { cidrs: ['10.20.0.0/16', '10.21.0.0/16'] })],
  subnets: [subnet('subnet-1', 'vpc-a'), subnet('subnet-2', 'vpc-a'), subnet('subnet-3', 'vpc-a'), subnet('subnet-9', 'vpc-b')],
  routeTables: [],
  endpoints: [],
  natGateways: [],
  internetGateways: [],
  stacks: [quilt, stack('other', { Name: 'x' })],
  buckets: known([
    { name: 'quilt-test', region: 'us-east-1' },
    { name: 'quilt-far', region: 'eu-west-1' },
    { name: 'logs', region: 'us-east-1' },
  ]),
  organization: unknown('x', 'y'),
  ...given,
});

const wanted: Wanted = {
  stack: null,
  parameter: null,
  vpc: null,
  subnets: [],
  privateDns: true,
  nat: 'auto',
  buckets: ['quilt*'],
  trustedVpcs: [],
  trustedCidrs: [],
  clientCidrs: [],
  exemptTag: 'T',
  policyName: 'P',
  vpcKey: 'id',
  resourceAccounts: [],
  accessPoints: false,
  protectExemptTag: false,
  tagAdministrator: null,
  testBucket: null,
  targets: [],
  operatorIp: null,
  accept: [],
  skipProbes: false,
  confirmWithin: null,
  steps: [],
};

const decided = (from: Survey, given: Partial<Wanted> = {}) => {
  const resolution = resolveChoices(from, { ...wanted, ...given });
  if (resolution.state !== 'decided') throw new Error(`open: ${resolution.open.map(({ setting }) => setting).join(', ')}`);
  return resolution.choices;
};

const open = (from: Survey, given: Partial<Wanted> = {}): readonly OpenChoice[] => {
  const resolution = resolveChoices(from, { ...wanted, ...given });
  return resolution.state === 'open' ? resolution.open : [];
};

describe('what is found is taken where there is exactly one candidate', () => {
  test('the stack with an endpoint parameter, its VPC and subnets, the bucket of this Region, the account that holds it', () => {
    expect(decided(survey())).toMatchObject({
      stack: 'quilt',
      parameter: 'ApiGatewayVPCEndpointId',
      vpc: 'vpc-a',
      subnets: ['subnet-1', 'subnet-2'],
      endpointSubnets: ['subnet-3'],
      testBucket: 'quilt-test',
      targets: ['111122223333'],
      clientCidrs: [],
    });
  });

  test('the parameter whatever it is called, and none where the template has none', () => {
    expect(decided(survey({ stacks: [stack('q', { ApiGatewayVPCEndpoint: '', VPC: 'vpc-a', Subnets: 'subnet-1' })] })).parameter).toBe(
      'ApiGatewayVPCEndpoint',
    );
    expect(decided(survey({ stacks: [stack('q', { VPC: 'vpc-a', Subnets: 'subnet-1' })] }), { stack: 'q' }).parameter).toBeNull();
  });

  test('the endpoint goes to Subnets where the stack has no UserSubnets', () => {
    const stacks = [stack('q', { ApiGatewayVPCEndpoint: '', VPC: 'vpc-a', Subnets: 'subnet-1', UserSubnets: '' })];
    expect(decided(survey({ stacks })).endpointSubnets).toEqual(['subnet-1']);
  });

  test("clients are the trusted VPCs' networks unless they are named", () => {
    expect(decided(survey(), { trustedVpcs: ['vpc-b'] }).clientCidrs).toEqual(['10.20.0.0/16', '10.21.0.0/16']);
    expect(decided(survey(), { trustedVpcs: ['vpc-b'], clientCidrs: ['10.9.0.0/16'] }).clientCidrs).toEqual(['10.9.0.0/16']);
  });

  test('what is wanted wins', () => {
    expect(decided(survey(), { subnets: ['subnet-2'], targets: ['r-ab12'], stack: quilt.id })).toMatchObject({
      stack: 'quilt',
      subnets: ['subnet-2'],
      targets: ['r-ab12'],
    });
  });
});

describe('several candidates are left open, with enough to choose by', () => {
  test('stacks; what depends on the stack is not asked yet, the bucket is', () => {
    const from = survey({ stacks: [quilt, stack('second', { ApiGatewayVPCEndpoint: '', VPC: 'vpc-b' })], buckets: known([]) });
    expect(open(from).map(({ setting, flag, key, reason }) => [setting, flag, key, reason])).toEqual([
      ['stack', '--stack', 'stack.name', '2 candidates'],
      ['testBucket', '--test-bucket', 'test.bucket', 'no bucket matching quilt* in us-east-1'],
    ]);
    expect(open(from)[0]?.candidates.map(({ detail }) => detail)).toEqual([
      'UPDATE_COMPLETE, ApiGatewayVPCEndpointId, vpc-a',
      'UPDATE_COMPLETE, ApiGatewayVPCEndpoint, vpc-b',
    ]);
  });

  test('without an endpoint parameter anywhere all root stacks are offered', () => {
    const nested = stack('nested', {}, { parentId: 'arn' });
    const [choice] = open(survey({ stacks: [stack('a', {}), nested, stack('gone', {}, { status: 'DELETE_COMPLETE' })] }));
    expect(choice?.reason).toContain('has a parameter ApiGatewayVPCEndpointId or ApiGatewayVPCEndpoint');
    expect(choice?.candidates.map(({ value }) => value)).toEqual(['a']);
  });

  test('VPCs, with their CIDRs and the stacks that use them', () => {
    const stacks = [stack('q', { ApiGatewayVPCEndpoint: '' }), stack('user', { VPC: 'vpc-b' })];
    const [choice] = open(survey({ stacks }));
    expect(choice).toMatchObject({ setting: 'vpc', flag: '--vpc' });
    expect(choice?.candidates.map(({ label, detail }) => `${label}: ${detail}`)).toEqual([
      'vpc-a: 10.0.0.0/16, 3 subnets',
      'vpc-b: 10.20.0.0/16 10.21.0.0/16, 1 subnets, used by user',
    ]);
  });

  test('private subnets only, several of which may be chosen', () => {
    const stacks = [stack('q', { ApiGatewayVPCEndpoint: '', VPC: 'vpc-a' })];
    const table = (id: string, main: boolean, subnetIds: readonly string[], target: string) => ({
      id,
      name: null,
      vpcId: 'vpc-a',
      main,
      subnetIds,
      routes: [
        {
          destination: '0.0.0.0/0',
          kind: 'ipv4' as const,
          target: { kind: target === 'igw' ? ('internet-gateway' as const) : ('nat-gateway' as const), id: target },
          state: 'active',
        },
      ],
      tags: {},
    });
    const routeTables = [table('rtb-main', true, [], 'nat'), table('rtb-public', false, ['subnet-3'], 'igw')];
    const [choice] = open(survey({ stacks, routeTables }));
    expect(choice).toMatchObject({ setting: 'subnets', multiple: true, flag: '--subnet' });
    expect(choice?.candidates.map(({ value }) => value)).toEqual(['subnet-1', 'subnet-2']);
  });

  test('buckets that cannot be listed say which permission is missing', () => {
    const from = survey({ buckets: unknown('s3:ListAllMyBuckets', 'denied') });
    expect(open(from)[0]).toMatchObject({ setting: 'testBucket', reason: 's3:ListAllMyBuckets: denied', candidates: [] });
    expect(decided(from, { testBucket: 'quilt-x' }).testBucket).toBe('quilt-x');
  });
});

describe('what is not there is bad input, and what is there is named', () => {
  test.each([
    [{ stack: 'nope' }, 'finding stack (nope): it is not in us-east-1', 'quilt, other'],
    [{ parameter: 'Nope' }, 'finding parameter (Nope): stack quilt has no such parameter', 'VPC'],
    [{ vpc: 'vpc-x' }, 'finding VPC (vpc-x): it is not in us-east-1', 'vpc-a, vpc-b'],
    [{ subnets: ['subnet-x'] }, 'finding subnet (subnet-x): it is not in us-east-1', 'subnet-1, subnet-2, subnet-3'],
    [{ subnets: ['subnet-9'] }, 'finding subnet (subnet-9): it is in vpc-b, not in vpc-a', 'subnet-1'],
    [{ testBucket: 'nope' }, 'finding test bucket (nope): account 111122223333 has no such bucket', 'quilt-test, quilt-far'],
  ])('%j', (given, summary, named) => {
    expect(() => resolveChoices(survey(), { ...wanted, ...given })).toThrow(
      expect.objectContaining({ exitCode: 2, summary, remedy: expect.stringContaining(named) }),
    );
  });
});
