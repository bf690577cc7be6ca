// What the routes that stand mean for egress.
import { type Finding, finding, unknownFinding } from '../../../findings.ts';
import type { Choices } from '../../choices.ts';
import type { Landscape } from '../../landscape.ts';
import { classify, effectiveTable } from '../../network.ts';
import { stackSubnetIds } from '../../table-findings.ts';
import { planNat, publicSubnets, stackEgress } from '../egress.ts';

/** QP201: egress is lacking, and nowhere to put a NAT gateway. */
export function noPublicSubnet(landscape: Landscape, choices: Choices): readonly Finding[] {
  const { lacking, routes } = planNat(landscape, choices);
  if (choices.nat === 'none' || lacking.length === 0 || routes.length > 0) return [];
  const { network } = landscape;
  const subnets = lacking.flatMap((table) => table.subnets.map(({ id }) => id));
  const shared = network.vpc.ownerId !== landscape.survey.quilt.accountId;
  return [
    finding('QP201', {
      detail: shared
        ? `${subnets.join(', ')} have no default route, and ${network.vpc.id} belongs to account ${network.vpc.ownerId}, whose it is to make one`
        : `${subnets.join(', ')} have no default route, and no subnet of ${network.vpc.id} with a free address has a default route to an Internet gateway`,
      subjects: [network.vpc.id, ...subnets],
      remedy: 'make a subnet public (a route of 0.0.0.0/0 to an Internet gateway), or nat.mode: none (--nat none) with an equivalent',
    }),
  ];
}

/** QP202: default routes that lead nowhere. They are never replaced. */
export const blackholes = (landscape: Landscape, choices: Choices): readonly Finding[] =>
  stackEgress(landscape, choices).flatMap(({ table, subnets, egress }) =>
    egress.kind === 'blackhole'
      ? [
          finding('QP202', {
            detail: `the default route of ${table.id} (${subnets.map(({ id }) => id).join(', ')}) leads to ${egress.target}, which is gone or does not work`,
            subjects: [table.id, egress.target],
            remedy: `it pointed at ${egress.target}: bring that back, or aws ec2 delete-route --route-table-id ${table.id} --destination-cidr-block 0.0.0.0/0 and run again`,
          }),
        ]
      : [],
  );

/** QP204: other subnets without any Internet route, left alone. */
export function intraSubnets(landscape: Landscape, choices: Choices): readonly Finding[] {
  const { network } = landscape;
  const stack = stackSubnetIds(landscape, choices);
  const intra = network.subnets.filter(
    (subnet) => !stack.has(subnet.id) && classify(effectiveTable(subnet, network.routeTables)) === 'intra',
  );
  if (intra.length === 0) return [];
  const ids = intra.map(({ id }) => id);
  return [finding('QP204', { detail: `${ids.join(', ')} have no Internet route and stay so`, subjects: ids, remedy: 'none is needed' })];
}

/** QP205: "private" subnets on an Internet gateway. */
export const publicStackSubnets = (landscape: Landscape, choices: Choices): readonly Finding[] =>
  stackEgress(landscape, choices).flatMap(({ table, subnets, egress }) =>
    egress.kind === 'internet-gateway'
      ? [
          finding('QP205', {
            detail: `${subnets.map(({ id }) => id).join(', ')} (${table.id}) route 0.0.0.0/0 to ${egress.target}`,
            subjects: [...subnets.map(({ id }) => id), table.id],
            remedy: `name private subnets with --subnet ID, or give these a table of their own without the route to ${egress.target}`,
          }),
        ]
      : [],
  );

/** QP206: Block Public Access in both directions, where egress goes by this VPC's Internet gateway. `block-ingress` lets NAT pass. */
export function blockedPublicAccess(landscape: Landscape, choices: Choices): readonly Finding[] {
  const { network } = landscape;
  const { makes, routes, tables } = planNat(landscape, choices);
  const targets = [
    ...tables.flatMap(({ egress }) => (egress.kind === 'works' ? [egress.target] : [])),
    ...routes.flatMap(({ source }) => (source.type === 'stands' ? [source.gateway.id] : [])),
  ];
  const natSubnets = [
    ...makes.map(({ subnet }) => subnet),
    ...network.natGateways
      .filter(({ id }) => targets.includes(id))
      .map(({ subnetId }) => network.subnets.find(({ id }) => id === subnetId)),
  ];
  // A subnet's own mode shows exclusions; a regional NAT gateway has no subnet, then the VPC's holds.
  const inMode = (mode: string) =>
    natSubnets.flatMap((subnet) =>
      (subnet?.blockPublicAccess ?? network.vpc.blockPublicAccess) === mode ? [subnet?.id ?? network.vpc.id] : [],
    );
  const blocked = inMode('block-bidirectional');
  const untold = [...new Set(inMode('unknown'))];
  if (blocked.length === 0)
    return untold.length === 0
      ? []
      : [
          unknownFinding(
            'QP206',
            'ec2:DescribeSubnets',
            `AWS does not tell the mode of Block Public Access for ${untold.join(', ')}`,
            untold,
          ),
        ];
  const free = publicSubnets(network).filter(({ blockPublicAccess }) => blockPublicAccess !== 'block-bidirectional');
  return [
    finding('QP206', {
      detail: `Block Public Access of ${network.vpc.id} is block-bidirectional in ${[...new Set(blocked)].join(', ')}, where the NAT gateway stands or would stand${free.length > 0 ? `; not in ${free.map(({ id }) => id).join(', ')}` : ''}`,
      subjects: [network.vpc.id, ...new Set(blocked)],
      remedy: `aws ec2 create-vpc-block-public-access-exclusion --internet-gateway-exclusion-mode allow-egress --subnet-id ${blocked[0]}, or the mode block-ingress (aws ec2 modify-vpc-block-public-access-options)`,
    }),
  ];
}
