// The ways of the grid as flows between boxes: a box for each gateway that a way leads through.
import type { Seen } from '../steps/network-grid/grid.ts';
import type { Way } from '../steps/network-grid/way.ts';
import type { NodeKind, PictureFlow, PictureNode } from '../ui/diagram/types.ts';
import { moreVpcs } from './picture-subnets.ts';

/** A gateway as a box, and the VPC that it stands in. */
export interface Gateway {
  readonly vpcId: string;
  readonly node: PictureNode;
}

/**
 * One way from a box of a VPC to a box of buckets; null where it leads nowhere.
 * @param made ids of what the plan made already
 */
export function flowOf(
  { way, verdict }: Seen,
  from: { readonly id: string; readonly vpcId: string },
  to: string,
  made: ReadonlySet<string>,
): { readonly flow: PictureFlow; readonly gateway: Gateway | null } | null {
  if (verdict === 'no-way') return null;
  const own = gatewayOf(way, from.vpcId, made);
  const isMany = from.vpcId === moreVpcs;
  const gateway = own !== null && isMany ? oneInEach(own) : own;
  const path = [...(gateway === null ? [] : [gateway.node.id]), to];
  return { flow: { path: [from.id, ...path], verdict, label: isMany ? labelOfMany(way) : labelOf(way) }, gateway };
}

function gatewayOf(way: Way, vpcId: string, made: ReadonlySet<string>): Gateway | null {
  const gateway = (kind: NodeKind, id: string | null, title: string): Gateway => ({
    vpcId,
    node: gatewayNode(kind, id, title, vpcId, made),
  });
  switch (way.via) {
    case 'endpoint':
      return gateway('s3-endpoint', way.id, `S3 ${way.type} endpoint`);
    case 'nat-gateway':
      return gateway('nat-gateway', way.id, 'NAT gateway');
    case 'own-address':
      return gateway('internet-gateway', way.gateway, 'Internet gateway');
    case 'ipv6':
      return way.gateway.startsWith('eigw-')
        ? gateway('egress-only-gateway', way.gateway, 'Egress-only Internet gateway')
        : gateway('internet-gateway', way.gateway, 'Internet gateway');
    case 'address':
    case 'aws-network':
    case 'unknown':
    case 'none':
      return null;
    default:
      return way satisfies never;
  }
}

/** A gateway's box; `id` null: the plan is still to make it. */
export const gatewayNode = (kind: NodeKind, id: string | null, title: string, vpcId: string, made: ReadonlySet<string>): PictureNode => ({
  id: `${kind} ${vpcId} ${id ?? 'new'}`,
  kind,
  title,
  details: [id ?? 'not made yet'],
  isNew: id === null || made.has(id),
});

/** The like gateways of many VPCs as one box. */
const oneInEach = ({ vpcId, node }: Gateway): Gateway => ({
  vpcId,
  node: { ...node, id: `${node.kind} ${vpcId}`, details: ['one in each of their VPCs'], isNew: false },
});

/** What S3 sees of requests from many VPCs. */
function labelOfMany(way: Way): string {
  switch (way.via) {
    case 'endpoint':
      return 'from a trusted VPC';
    case 'nat-gateway':
      return "from a NAT gateway's address";
    case 'ipv6':
      return 'from an IPv6 address';
    case 'unknown':
    case 'none':
      return 'by a way that does not show';
    default:
      return labelOf(way);
  }
}

/** What S3 sees, in few words. */
export function labelOf(way: Way): string {
  switch (way.via) {
    case 'endpoint':
      return `from ${way.vpcId}`;
    case 'nat-gateway':
      return way.address === null ? 'from an address not known yet' : `from ${way.address}`;
    case 'own-address':
      return "from each client's own address";
    case 'ipv6':
      return `from ${way.range}`;
    case 'address':
      return `from ${way.address}`;
    case 'aws-network':
      return "from AWS's own network";
    case 'unknown':
    case 'none':
      return way.why;
    default:
      return way satisfies never;
  }
}
