// The nat step's plan: pure, over what was read.
import { markTags } from '../../aws/tags.ts';
import type { Change, StepPlan } from '../../engine/types.ts';
import type { Choices } from '../choices.ts';
import type { Landscape } from '../landscape.ts';
import { markFor } from '../mark.ts';
import { type NatPlan, planNat, type Source } from './egress.ts';
import { natFindings } from './findings/all.ts';
import { natKeys } from './keys.ts';

export function planNatStep(landscape: Landscape, choices: Choices): StepPlan {
  const nat = planNat(landscape, choices);
  const changes = [
    ...nat.makes.flatMap((source) => [address(source, landscape, choices), gateway(source, landscape, choices)]),
    ...nat.routes.map(({ table, source }) => route(table.table.id, source, landscape, choices)),
  ];
  const making =
    nat.makes.length > 0 ? `Make ${nat.makes.length === 1 ? 'a NAT gateway' : `${nat.makes.length} NAT gateways`} and lead` : 'Lead';
  return {
    changes,
    confirmations:
      changes.length === 0
        ? []
        : [
            {
              id: 'nat/additive',
              text: `${making} ${nat.routes.map(({ table }) => table.table.id).join(', ')} to the Internet?`,
              typed: [],
            },
          ],
    findings: natFindings(landscape, choices),
    notes: notes(nat, landscape, choices),
  };
}

function address({ zone }: Source, landscape: Landscape, choices: Choices): Change {
  const key = natKeys(choices.vpc).address(zone);
  const name = `quilt-perimeter ${choices.stack} nat ${zone}`;
  return {
    ...common,
    key,
    action: 'create',
    target: target(landscape, 'AWS::EC2::EIP', name),
    summary: `Elastic IP for the NAT gateway in ${zone}`,
    reason: 'a public NAT gateway needs one; what goes to other Regions and services comes from it',
    before: null,
    after: { kind: 'address', tags: markTags(markFor(key, landscape, choices), name) },
    needs: [],
    seconds: null,
    usdPerMonth: null,
  };
}

function gateway({ zone, subnet }: Source & { readonly type: 'make' }, landscape: Landscape, choices: Choices): Change {
  const keys = natKeys(choices.vpc);
  const key = keys.gateway(zone);
  const name = `quilt-perimeter ${choices.stack} ${zone}`;
  return {
    ...common,
    key,
    action: 'create',
    target: target(landscape, 'AWS::EC2::NatGateway', name),
    summary: `NAT gateway in ${zone} (public subnet ${subnet.id})`,
    reason: "Quilt's private services need public Internet services such as Amazon ECR and Amazon SNS (B18)",
    before: null,
    after: {
      kind: 'nat-gateway',
      subnetId: subnet.id,
      allocationId: { ref: keys.address(zone), field: 'id' },
      tags: markTags(markFor(key, landscape, choices), name),
    },
    needs: [keys.address(zone)],
    seconds: 180,
    usdPerMonth: natUsdPerMonth(landscape),
  };
}

function route(routeTableId: string, source: Source, landscape: Landscape, choices: Choices): Change {
  const keys = natKeys(choices.vpc);
  const made = keys.gateway(source.zone);
  return {
    ...common,
    key: keys.route(routeTableId),
    action: 'create',
    target: target(landscape, 'AWS::EC2::Route', `${routeTableId} 0.0.0.0/0`),
    summary: `default route of ${routeTableId} to ${source.type === 'make' ? `the NAT gateway in ${source.zone}` : source.gateway.id}`,
    reason: 'it has no default route',
    before: null,
    after: {
      kind: 'nat-route',
      routeTableId,
      destination: '0.0.0.0/0',
      natGatewayId: source.type === 'make' ? { ref: made, field: 'id' } : source.gateway.id,
    },
    needs: source.type === 'make' || source.ours ? [made] : [],
    seconds: null,
    usdPerMonth: 0,
  };
}

const common = { risk: 'additive', confirm: 'nat/additive' } as const;

const target = ({ survey }: Landscape, type: string, name: string) => ({
  accountId: survey.quilt.accountId,
  region: survey.quilt.region,
  type,
  name,
});

function notes(nat: NatPlan, landscape: Landscape, choices: Choices): readonly string[] {
  const working = nat.tables.flatMap(({ table, egress }) => (egress.kind === 'works' ? [`${table.id} leads to ${egress.target}`] : []));
  const zones = [...new Set(nat.lacking.flatMap(({ subnets }) => subnets.map(({ zone }) => zone)))];
  const price = natUsdPerMonth(landscape);
  const [only, ...others] = nat.makes;
  const cost = (count: number) =>
    price === null ? '' : ` (about ${Math.round(count * price * 100) / 100} USD a month and 0.045 USD a GB)`;
  return [
    ...(working.length > 0 ? [`egress works and is left alone: ${working.join(', ')}`] : []),
    ...(choices.nat === 'none' && nat.lacking.length > 0
      ? [`nat.mode is none: ${nat.lacking.map(({ table }) => table.id).join(', ')} have no default route; bring an equivalent`]
      : []),
    ...(only !== undefined && others.length === 0 && zones.length > 1
      ? [
          `one NAT gateway: when zone ${only.zone} fails, the private subnets of ${zones.join(', ')} have no egress; one per zone (--nat per-zone) would be ${zones.length}${cost(zones.length)}`,
        ]
      : []),
    ...(only !== undefined
      ? [
          "each NAT gateway's Elastic IP is the address that buckets in other Regions see: it may need trusting (--trusted-cidr ADDRESS/32, QP106)",
        ]
      : []),
  ];
}

/** 730 hours at us-east-1's price (B17), the only Region whose price is known here; traffic and the address come on top. */
const natUsdPerMonth = ({ survey }: Landscape): number | null => (survey.quilt.region === 'us-east-1' ? 32.85 : null);
