// What would let a denied way pass: the smallest thing that opens nothing else.
import type { PerimeterInput } from '../landscape.ts';
import { s3Gateways } from '../network.ts';
import { operatorRemedy } from '../perimeter-spec.ts';
import type { Place } from './grid.ts';
import type { Way } from './way.ts';

/** A command or a flag; null where nothing can be said. */
export function remedyFor(way: Way, places: readonly Place[], bucketRegion: string | null, input: PerimeterInput): string | null {
  const isHere = bucketRegion === input.landscape.survey.quilt.region;
  switch (way.via) {
    case 'nat-gateway':
      if (isHere) return endpointOn(places, input);
      return way.address === null ? 'trust its address once it is known' : `--trusted-cidr ${way.address}/32, or move the bucket`;
    case 'own-address':
      return isHere ? endpointOn(places, input) : 'let these clients leave by a NAT gateway, and trust its address';
    case 'ipv6':
      return `let these clients ask for S3's IPv4 names, or --trusted-cidr ${way.range}`;
    case 'address':
      return operatorRemedy(input);
    case 'endpoint':
      return `--trusted-vpc ${way.vpcId}`;
    case 'aws-network':
    case 'unknown':
    case 'none':
      return null;
    default:
      return way satisfies never;
  }
}

/** The tables of these subnets onto the VPC's S3 gateway endpoint, or onto a new one. */
function endpointOn(places: readonly Place[], { landscape }: PerimeterInput): string | null {
  const subnets = places.flatMap((place) => (place.type === 'subnet' ? [place] : []));
  const tables = [...new Set(subnets.map(({ table }) => table).filter((table) => table !== null))];
  const vpcId = subnets[0]?.vpcId;
  if (vpcId === undefined || tables.length === 0) return null;
  const { survey, network } = landscape;
  const endpoints = vpcId === network.vpc.id ? network.endpoints : survey.endpoints;
  const [standing] = s3Gateways(endpoints, vpcId);
  return standing === undefined
    ? `aws ec2 create-vpc-endpoint --vpc-id ${vpcId} --vpc-endpoint-type Gateway --service-name com.amazonaws.${survey.quilt.region}.s3 --route-table-ids ${tables.join(' ')}`
    : `aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${standing.id} --add-route-table-ids ${tables.join(' ')}`;
}
