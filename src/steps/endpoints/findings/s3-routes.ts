// What the S3 gateway endpoint does to routes, and what goes past it.
import type { Subnet } from '../../../aws/types.ts';
import { type Finding, finding, unknownFinding } from '../../../findings.ts';
import type { Choices } from '../../choices.ts';
import { contains } from '../../cidr.ts';
import type { Landscape } from '../../landscape.ts';
import { defaultEgress, effectiveTable, s3Gateways, s3Interfaces, s3Route, subnetsOn } from '../../network.ts';
import { mainTable, ownedByOthers, terraformResource } from '../../table-findings.ts';
import { apiEndpoint, turnsOnPrivateDns } from '../api-endpoint.ts';
import { s3Endpoint, s3TablesToChange, stackTables } from '../s3-endpoint.ts';

/** QP105: tables that are put on the endpoint. */
export function openConnectionsDrop(landscape: Landscape, choices: Choices): readonly Finding[] {
  const { network } = landscape;
  const tables = s3TablesToChange(landscape, choices);
  if (tables.length === 0) return [];
  const subnets = tables.flatMap((table) => subnetsOn(table, network.subnets, network.routeTables)).map(({ id }) => id);
  return [
    finding('QP105', {
      detail: `${tables.map(({ id }) => id).join(', ')}: open S3 connections from ${subnets.join(', ')} drop and are not resumed`,
      subjects: [...tables.map(({ id }) => id), ...subnets],
      remedy: 'do it in a quiet hour',
    }),
  ];
}

/** QP107: static routes into S3's ranges, which win over the endpoint's. */
export function bypassingRoutes({ network, ...rest }: Landscape, choices: Choices): readonly Finding[] {
  const tables = stackTables({ network, ...rest }, choices);
  const ranges = network.s3PrefixListCidrs;
  if (!ranges.known)
    return [
      unknownFinding(
        'QP107',
        ranges.action,
        ranges.why,
        tables.map(({ id }) => id),
      ),
    ];
  return tables.flatMap((table) =>
    table.routes
      .filter(
        ({ kind, target, destination }) =>
          kind === 'ipv4' && target.kind !== 'local' && ranges.value.some((range) => contains(range, destination)),
      )
      .map(({ destination, target }) =>
        finding('QP107', {
          detail: `${table.id} sends ${destination} to ${target.id}: that is more specific than S3's prefix list ${network.s3PrefixListId}, so this S3 traffic does not go through the endpoint`,
          subjects: [table.id, target.id],
          remedy: `aws ec2 delete-route --route-table-id ${table.id} --destination-cidr-block ${destination}`,
        }),
      ),
  );
}

/** QP115: trusted VPCs whose S3 traffic does not go through an endpoint. */
export function trustedWithoutEndpoint(landscape: Landscape, choices: Choices): readonly Finding[] {
  const { survey } = landscape;
  const others = choices.trustedVpcs.filter((id) => id !== choices.vpc);
  return [
    ...ownVpc(landscape, choices),
    ...others.flatMap((id) => {
      // Of a VPC that is shared from another account its endpoints do not show (A33).
      if (!survey.vpcs.some((vpc) => vpc.id === id && vpc.ownerId === survey.quilt.accountId)) {
        return [unknownFinding('QP115', 'ec2:DescribeVpcEndpoints', `${id} is in another account or Region`, [id])];
      }
      if (s3Interfaces(survey.endpoints, id).length > 0) return [];
      if (s3Gateways(survey.endpoints, id).length === 0) {
        return [
          finding('QP115', {
            severity: 'warning',
            detail: `${id} is trusted and has no S3 endpoint`,
            subjects: [id],
            remedy: `aws ec2 create-vpc-endpoint --vpc-id ${id} --vpc-endpoint-type Gateway --service-name com.amazonaws.${survey.quilt.region}.s3 --route-table-ids ${tablesOf(landscape, id).join(' ')}`,
          }),
        ];
      }
      const past = survey.subnets.filter((subnet) => subnet.vpcId === id && goesPast(subnet, landscape));
      if (past.length === 0) return [];
      const tables = [...new Set(past.map((subnet) => effectiveTable(subnet, survey.routeTables)?.id))].filter(
        (table) => table !== undefined,
      );
      return [
        finding('QP115', {
          severity: 'warning',
          detail: `${id} is trusted, but S3 traffic of ${past.map((subnet) => subnet.id).join(', ')} does not go through its endpoint`,
          subjects: [id, ...past.map((subnet) => subnet.id)],
          remedy: `aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${s3Gateways(survey.endpoints, id)[0]?.id} --add-route-table-ids ${tables.join(' ')}`,
        }),
      ];
    }),
  ];
}

/** QP203, for the S3 endpoint. */
export const s3OnMainTable = (landscape: Landscape, choices: Choices): readonly Finding[] =>
  mainTable(s3TablesToChange(landscape, choices), 'the S3 endpoint', landscape, choices);

/** QP116, for tables and endpoints that the step changes. */
export function ownedEndpoints(landscape: Landscape, choices: Choices): readonly Finding[] {
  const s3 = s3Endpoint(landscape, choices);
  const api = apiEndpoint(landscape, choices);
  const tables = s3.type === 'nothing' ? [] : s3.tables;
  const endpoint = s3.type === 'add' ? s3.endpoint.id : 'VPCE';
  const association = (table: string) =>
    terraformResource('aws_vpc_endpoint_route_table_association', `quilt_s3_${table}`, {
      route_table_id: table,
      vpc_endpoint_id: endpoint,
    });
  const listed = `RouteTableIds: [${tables.map(({ id }) => id).join(', ')}] in the AWS::EC2::VPCEndpoint for S3`;
  const terraformListed = `route_table_ids = [${tables.map(({ id }) => `"${id}"`).join(', ')}] beside those that are there, in the aws_vpc_endpoint for S3`;
  const undone = 'its next run may take the S3 endpoint off again, which under the perimeter is an outage';
  return ownedByOthers([
    ...tables.map(({ id, tags }) => ({ id, tags, change: undone, terraform: association(id), cloudFormation: listed })),
    ...(s3.type === 'add'
      ? [{ id: s3.endpoint.id, tags: s3.endpoint.tags, change: undone, terraform: terraformListed, cloudFormation: listed }]
      : []),
    ...(api.type === 'stands' && turnsOnPrivateDns(landscape, choices)
      ? [
          {
            id: api.endpoint.id,
            tags: api.endpoint.tags,
            change: 'its next run would turn private DNS off again',
            terraform: 'private_dns_enabled = true in the aws_vpc_endpoint for execute-api',
            cloudFormation: 'PrivateDnsEnabled: true in the AWS::EC2::VPCEndpoint for execute-api',
          },
        ]
      : []),
  ]);
}

/** The stack's own VPC: an error where the step does not mend it, which is where the VPC is another account's. */
function ownVpc(landscape: Landscape, choices: Choices): readonly Finding[] {
  const { network } = landscape;
  if (s3Endpoint(landscape, choices).type !== 'nothing' || s3Interfaces(network.endpoints, choices.vpc).length > 0) return [];
  const tables = stackTables(landscape, choices).filter((table) => s3Route(table, network.endpoints, network.s3PrefixListId) === null);
  if (tables.length === 0) return [];
  return [
    finding('QP115', {
      detail: `${choices.vpc} is trusted, but S3 traffic by ${tables.map(({ id }) => id).join(', ')} does not go through an endpoint`,
      subjects: [choices.vpc, ...tables.map(({ id }) => id)],
      remedy: `have the VPC's owner put an S3 gateway endpoint on ${tables.map(({ id }) => id).join(', ')}`,
    }),
  ];
}

/** A subnet with egress and without a route to S3's endpoint: its S3 traffic leaves without a source VPC. */
function goesPast(subnet: Subnet, { survey }: Landscape): boolean {
  const table = effectiveTable(subnet, survey.routeTables);
  return table !== null && defaultEgress(table, survey.natGateways).kind !== 'none' && s3Route(table, survey.endpoints, null) === null;
}

const tablesOf = ({ survey }: Landscape, vpcId: string): readonly string[] =>
  survey.routeTables.filter((table) => table.vpcId === vpcId).map(({ id }) => id);
