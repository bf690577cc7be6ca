// QP2xx: what egress runs into.
import { addNatGateway, addRoute, toAll } from '../../src/sandbox/scenarios/network.ts';
import { findingCases } from '../support/finding-cases.ts';
import type { QuiltWorld } from '../support/quilt-world.ts';

const ids = (things: readonly { readonly id: string }[]): readonly string[] => things.map(({ id }) => id);
const first = <T>([thing]: readonly T[]): T => {
  if (thing === undefined) throw new Error('there is none');
  return thing;
};
const publicNat = ({ draft, subnets }: QuiltWorld) =>
  addNatGateway(draft, first(subnets('public')), { name: 'nat', publicIp: '192.0.2.10', privateIp: '10.0.48.10' });
const routePrivate = ({ tables }: QuiltWorld, kind: Parameters<typeof toAll>[0], id: string) => {
  for (const table of tables('private')) addRoute(table, toAll(kind, id));
};
const withoutPublic = ({ tables }: QuiltWorld) => {
  for (const table of tables('public')) table.routes = table.routes.filter(({ destination }) => destination !== '0.0.0.0/0');
};
/** Takes the tables of these kinds away from their subnets, which then hang on the main table. */
const onMain = (quilt: QuiltWorld, ...kinds: readonly string[]) => {
  for (const table of kinds.flatMap((kind) => quilt.tables(kind))) table.associations = [];
};

findingCases('QP201', {
  'is raised where no subnet is public': {
    build: withoutPublic,
    raises: ({ vpc, subnets }) => [
      { severity: 'error', subjects: [vpc.id, ...ids(subnets('private'))], detail: 'no default route', remedy: '--nat none' },
    ],
  },
  'is not raised where one is': { raises: [] },
  'is not raised where no NAT gateway is wanted': { build: withoutPublic, wanted: { nat: 'none' }, raises: [] },
  'is not raised where the way out leads through a transit gateway': { scenario: 'transit', build: withoutPublic, raises: [] },
});

findingCases('QP202', {
  'is raised for each table whose default route leads to something that is gone': {
    build: (quilt) => {
      const nat = publicNat(quilt);
      routePrivate(quilt, 'NatGatewayId', nat.id);
      delete quilt.world.ec2.natGateways[nat.id];
    },
    raises: ({ tables }) =>
      tables('private').map(({ id, routes }) => {
        const target = routes.find(({ destination }) => destination === '0.0.0.0/0')?.target.id ?? '';
        return {
          severity: 'error' as const,
          subjects: [id, target],
          detail: target,
          remedy: `aws ec2 delete-route --route-table-id ${id} --destination-cidr-block 0.0.0.0/0`,
        };
      }),
  },
  'is raised where the default route leads to a NAT gateway that failed': {
    build: (quilt) => {
      const nat = publicNat(quilt);
      quilt.world.ec2.natGateways[nat.id] = { ...nat, failure: { code: 'Gateway.NotAttached', message: 'no gateway' } };
      addRoute(first(quilt.tables('private')), toAll('NatGatewayId', nat.id));
    },
    raises: ({ tables, world }) => [
      {
        severity: 'error',
        subjects: [first(tables('private')).id, first(Object.keys(world.ec2.natGateways))],
        remedy: 'it pointed at nat-',
      },
    ],
  },
  'is not raised where it works': {
    build: (quilt) => routePrivate(quilt, 'NatGatewayId', publicNat(quilt).id),
    raises: [],
  },
});

findingCases('QP203', {
  "is an error, for the default route and the S3 endpoint, where subnets that are not the stack's hang on the main table too": {
    build: (quilt) => onMain(quilt, 'private', 'intra'),
    raises: ({ tables, subnets }) =>
      ['the default route', 'the S3 endpoint'].map((detail) => ({
        severity: 'error' as const,
        subjects: [first(tables('main')).id, ...ids(subnets('intra'))],
        detail,
        remedy: 'aws ec2 associate-route-table',
      })),
  },
  "is a warning where only the stack's do": {
    build: (quilt) => onMain(quilt, 'private'),
    raises: ({ tables }) =>
      ['the default route', 'the S3 endpoint'].map((detail) => ({
        severity: 'warning' as const,
        subjects: [first(tables('main')).id],
        detail,
        remedy: 'aws ec2 create-route-table --vpc-id vpc-',
      })),
  },
  'is not raised where the tables are explicitly associated': { raises: [] },
});

findingCases('QP204', {
  "is raised for subnets without any Internet route that are not the stack's": {
    raises: ({ subnets }) => [{ severity: 'info', subjects: ids(subnets('intra')), detail: 'stay so', remedy: 'none is needed' }],
  },
  'is not raised where all have one': {
    build: (quilt) => {
      const nat = publicNat(quilt);
      for (const table of quilt.tables('intra')) addRoute(table, toAll('NatGatewayId', nat.id));
    },
    raises: [],
  },
});

findingCases('QP205', {
  "is raised where the stack's private subnets route to an Internet gateway": {
    build: ({ tables, world }) => addRoute(first(tables('private')), toAll('GatewayId', first(Object.keys(world.ec2.internetGateways)))),
    raises: ({ tables, subnets }) => [
      {
        severity: 'error',
        subjects: [first(subnets('private')).id, first(tables('private')).id],
        detail: 'route 0.0.0.0/0 to igw-',
        remedy: '--subnet ID',
      },
    ],
  },
  'is raised where two halves make the default route': {
    build: ({ tables, world }) => {
      const id = first(Object.keys(world.ec2.internetGateways));
      for (const destination of ['0.0.0.0/1', '128.0.0.0/1'])
        addRoute(first(tables('private')), { destination, target: { kind: 'GatewayId', id } });
    },
    raises: ({ tables, subnets }) => [
      { severity: 'error', subjects: [first(subnets('private')).id, first(tables('private')).id], remedy: 'name private subnets' },
    ],
  },
  'is not raised where they do not': { raises: [] },
});

const blocked =
  (mode: 'block-bidirectional' | 'block-ingress') =>
  ({ world, accountId, region }: QuiltWorld) => {
    world.ec2.blockPublicAccess[`${accountId}/${region}`] = mode;
  };

findingCases('QP206', {
  'is raised where it blocks both directions and a NAT gateway is to be made': {
    build: blocked('block-bidirectional'),
    raises: ({ vpc, subnets }) => [
      {
        severity: 'error',
        subjects: [vpc.id, first(subnets('public')).id],
        detail: 'block-bidirectional',
        remedy: `aws ec2 create-vpc-block-public-access-exclusion --internet-gateway-exclusion-mode allow-egress --subnet-id ${first(subnets('public')).id}`,
      },
    ],
  },
  'is raised where a NAT gateway stands': {
    scenario: 'brownfield',
    build: blocked('block-bidirectional'),
    raises: ({ vpc, subnets }) => [
      { severity: 'error', subjects: [vpc.id, first(subnets('public')).id], remedy: 'modify-vpc-block-public-access-options' },
    ],
  },
  'is not raised where only what comes in is blocked': { build: blocked('block-ingress'), raises: [] },
  'is not raised where the VPC is excluded': {
    build: (quilt) => {
      blocked('block-bidirectional')(quilt);
      quilt.vpc.blockPublicAccess = 'off';
    },
    raises: [],
  },
  'is not raised where the way out does not lead through this Internet gateway': {
    scenario: 'transit',
    build: blocked('block-bidirectional'),
    raises: [],
  },
});
