// A landscape as plain data, so that a counterexample shrinks and can be written down; build.ts makes a sandbox's world of
// it. What comes first in a list is what nobody would stumble over, and counterexamples shrink towards it.
import fc from 'fast-check';
import { mostly } from './mostly.ts';
import type { Egress, GatewayEndpoint, InterfaceEndpoint, Landscape, SubnetParts, TableParts } from './parts.ts';
import { accountShape, bucketShape, choiceShape, organizationShape, stackShape } from './parts-of-accounts.ts';

const egress: fc.Arbitrary<Egress> = fc.oneof(
  { withCrossShrink: true },
  { weight: 5, arbitrary: fc.constantFrom<Egress>('none', 'internet', 'nat') },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Egress>(
      'nat-pending',
      'nat-failed',
      'nat-deleting',
      'nat-private',
      'transit-gateway',
      'appliance',
      'instance',
      'core-network',
      'peering',
      'virtual-private-gateway',
      'firewall',
      'local-gateway',
      'egress-only',
      'detached-internet-gateway',
      'dead-transit-gateway',
      'prefix-list',
      'halves',
      'half',
    ),
  },
);

const owner = mostly<TableParts['owner']>('nobody', 'terraform', 'cloudformation');

const table: fc.Arbitrary<TableParts> = fc.record({
  egress,
  ipv6Egress: mostly(false, true),
  routesAroundS3: mostly(false, true),
  propagates: mostly(false, true),
  owner,
});

const subnet: fc.Arbitrary<SubnetParts> = fc.record({
  zone: fc.constantFrom(0, 1, 2, 3),
  table: fc.constantFrom<SubnetParts['table']>(0, 1, 2, 3, 'main'),
  use: fc.constantFrom<SubnetParts['use']>('stack', 'stack', 'user', 'public', 'other'),
  hasInterfaces: mostly(false, true),
  isFull: mostly(false, true),
});

const gatewayEndpoint: fc.Arbitrary<GatewayEndpoint> = fc.record({
  tables: fc.constantFrom<GatewayEndpoint['tables']>('all', 'some', 'none'),
  service: mostly<GatewayEndpoint['service']>('s3', 'dynamodb'),
  policy: mostly<GatewayEndpoint['policy']>('full', 'narrow', 'deny', 'broken'),
  state: mostly<GatewayEndpoint['state']>('available', 'pending', 'failed', 'deleting'),
  vpc: mostly<GatewayEndpoint['vpc']>('ours', 'vpn'),
  owner,
});

const interfaceEndpoint: fc.Arbitrary<InterfaceEndpoint> = fc.record({
  service: fc.constantFrom<InterfaceEndpoint['service']>('execute-api', 'execute-api', 's3', 'sts'),
  state: mostly<InterfaceEndpoint['state']>('available', 'pending', 'failed', 'deleting'),
  privateDns: fc.boolean(),
  admits: mostly<InterfaceEndpoint['admits']>('vpc', 'nobody', 'elsewhere'),
  policy: mostly<InterfaceEndpoint['policy']>('full', 'narrow', 'deny', 'broken'),
  owner,
});

const seldom = <T>(item: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<readonly T[]> =>
  fc.oneof({ withCrossShrink: true }, { weight: 3, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: fc.array(item, { maxLength }) });

/** Random landscapes. Some stop at the first look, some end; `acceptances` decides how far they are pushed. */
export const landscapes: fc.Arbitrary<Landscape> = fc.record({
  seed: fc.integer({ min: 1, max: 9999 }),
  vpc: fc.record({
    dnsSupport: mostly(true, false),
    dnsHostnames: fc.boolean(),
    secondaryCidr: mostly(false, true),
    ipv6: mostly(false, true),
    blockPublicAccess: mostly<Landscape['vpc']['blockPublicAccess']>(null, 'off', 'block-ingress', 'block-bidirectional'),
    accountBlocksPublicAccess: mostly<Landscape['vpc']['accountBlocksPublicAccess']>('off', 'block-ingress', 'block-bidirectional'),
    isShared: fc.oneof(
      { withCrossShrink: true },
      { weight: 30, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
  }),
  mainTable: table,
  tables: fc.array(table, { minLength: 1, maxLength: 4 }),
  subnets: fc.array(subnet, { minLength: 1, maxLength: 9 }),
  publicSubnet: mostly(true, false),
  zonesWithoutService: seldom(fc.constantFrom(0, 1, 2, 3), 3),
  gatewayEndpoints: seldom(gatewayEndpoint, 2),
  interfaceEndpoints: seldom(interfaceEndpoint, 2),
  hostedZone: mostly<Landscape['hostedZone']>('none', 'execute-api', 's3', 'other'),
  quotaIsReached: mostly<Landscape['quotaIsReached']>('none', 'addresses', 'nat-gateways', 'gateway-endpoints', 'interface-endpoints'),
  account: accountShape,
  buckets: bucketShape,
  stack: stackShape,
  organization: organizationShape,
  choices: choiceShape,
  acceptances: fc.integer({ min: 0, max: 12 }),
});
