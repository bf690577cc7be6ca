// What the step's own changes run into.
import { quotaCodes } from '../../../aws/quota.ts';
import { isMarked } from '../../../aws/tags.ts';
import type { Finding } from '../../../findings.ts';
import type { Choices } from '../../choices.ts';
import type { Landscape } from '../../landscape.ts';
import { markFor } from '../../mark.ts';
import { quotaExceeded } from '../../quota-findings.ts';
import { mainTable, ownedByOthers, terraformResource } from '../../table-findings.ts';
import { planNat } from '../egress.ts';
import { natKeys } from '../keys.ts';

/** QP112, for addresses and NAT gateways. What an earlier run of this tool made of them counts once. */
export function natQuotas(landscape: Landscape, choices: Choices): readonly Finding[] {
  const { network, survey } = landscape;
  const { makes } = planNat(landscape, choices);
  const keys = natKeys(choices.vpc);
  const addresses = makes.filter(({ zone }) => {
    const mark = markFor(keys.address(zone), landscape, choices);
    return !network.addresses.some(({ tags }) => isMarked(tags, mark));
  });
  return [
    ...quotaExceeded(network.quotas, quotaCodes.addresses, {
      there: network.addresses.length,
      more: addresses.length,
      where: survey.quilt.region,
    }),
    ...makes.flatMap(({ zone }) => {
      const mark = markFor(keys.gateway(zone), landscape, choices);
      // The quota counts what is pending, available or going, in all VPCs (B11).
      const inZone = new Set(survey.subnets.filter((subnet) => subnet.zone === zone).map(({ id }) => id));
      const there = survey.natGateways.filter(
        ({ subnetId, state, tags }) =>
          subnetId !== null && inZone.has(subnetId) && ['pending', 'available', 'deleting'].includes(state) && !isMarked(tags, mark),
      );
      return quotaExceeded(network.quotas, quotaCodes.natGateways, { there: there.length, more: 1, where: zone });
    }),
  ];
}

/** QP203, for the default route. */
export const natOnMainTable = (landscape: Landscape, choices: Choices): readonly Finding[] =>
  mainTable(
    planNat(landscape, choices).routes.map(({ table }) => table.table),
    'the default route',
    landscape,
    choices,
  );

/** QP116, for the tables that get a default route. */
export const natOwnedTables = (landscape: Landscape, choices: Choices): readonly Finding[] =>
  ownedByOthers(
    planNat(landscape, choices).routes.map(({ table: { table }, source }) => {
      const gateway = source.type === 'stands' ? source.gateway.id : 'NAT';
      return {
        id: table.id,
        tags: table.tags,
        change: 'its next run may take the default route away again',
        terraform: terraformResource('aws_route', `quilt_egress_${table.id}`, {
          route_table_id: table.id,
          destination_cidr_block: '0.0.0.0/0',
          nat_gateway_id: gateway,
        }),
        cloudFormation: `an AWS::EC2::Route with RouteTableId: ${table.id}, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: ${gateway}`,
      };
    }),
  );
