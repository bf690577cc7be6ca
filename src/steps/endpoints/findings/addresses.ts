// Traffic that S3 will still see, or no longer see, by its address.
import type { Bucket } from '../../../aws/types.ts';
import { type Finding, finding, unknownFinding } from '../../../findings.ts';
import { parsePolicy } from '../../../policy/document.ts';
import { sourceIpUses } from '../../../policy/shapes.ts';
import { unlistedBuckets } from '../../bucket-listing.ts';
import type { Choices } from '../../choices.ts';
import { covers } from '../../cidr.ts';
import type { Landscape } from '../../landscape.ts';
import { defaultEgress, effectiveTable, ipv6Egress, s3Interfaces, subnetsById } from '../../network.ts';
import { s3TablesToChange, stackTables } from '../s3-endpoint.ts';

/** QP106: buckets in another Region. Not raised where the addresses that their traffic leaves by are trusted. */
export function bucketsElsewhere(landscape: Landscape, choices: Choices): readonly Finding[] {
  const { buckets, survey } = landscape;
  const leaving = natAddresses(landscape, choices);
  const trusted = leaving.length > 0 && leaving.every((address) => covers(choices.trustedCidrs, `${address}/32`));
  const found = buckets.inScope.flatMap((bucket) => {
    const { name, region } = bucket;
    if (!region.known) return [unknownFinding('QP106', region.action, region.why, [name])];
    if (region.value === survey.quilt.region || trusted) return [];
    const trust =
      leaving.length > 0
        ? leaving.map((address) => `--trusted-cidr ${address}/32`).join(' ')
        : "--trusted-cidr ADDRESS/32 with the NAT gateway's Elastic IP once it is made (run with --until nat first), or what the traffic leaves by";
    const whose = isStacks(bucket, landscape, choices);
    return [
      finding('QP106', {
        severity: whose === false ? 'warning' : 'error',
        detail: `${name} is in ${region.value}; the endpoint carries S3 traffic of ${survey.quilt.region} only${whose === null ? "; whether it is the stack's own cannot be told" : ''}`,
        subjects: [name],
        remedy: `${trust}; or move the bucket to ${survey.quilt.region}`,
      }),
    ];
  });
  return [...found, ...(trusted ? [] : unlistedBuckets('QP106', landscape, choices))];
}

/** QP110: IPv6 leaves the VPC from ranges that are not trusted; nothing translates them on the way. */
export function untrustedIpv6({ network }: Landscape, choices: Choices): readonly Finding[] {
  const untrusted = (cidrs: readonly string[]) => cidrs.filter((cidr) => !covers(choices.trustedCidrs, cidr));
  const subnets = subnetsById(choices.subnets, network.subnets).filter(
    (subnet) => untrusted(subnet.ipv6Cidrs).length > 0 && ipv6Egress(effectiveTable(subnet, network.routeTables)) !== null,
  );
  if (subnets.length === 0) return [];
  const targets = [...new Set(subnets.map((subnet) => ipv6Egress(effectiveTable(subnet, network.routeTables))))];
  const ranges = [...new Set(subnets.flatMap(({ ipv6Cidrs }) => untrusted(ipv6Cidrs)))];
  return [
    finding('QP110', {
      detail: `${subnets.map(({ id }) => id).join(', ')} reach the Internet over IPv6 by ${targets.join(', ')} from ${ranges.join(', ')}, which no trusted range covers; the gateway endpoint is IPv4 only`,
      subjects: subnets.map(({ id }) => id),
      remedy: `${ranges.map((range) => `--trusted-cidr ${range}`).join(' ')}, or S3 clients that use IPv4 names`,
    }),
  ];
}

/** QP111: policies that rely on the address, which vanishes for the tables that are put on the endpoint. */
export function policiesByAddress(landscape: Landscape, choices: Choices): readonly Finding[] {
  if (s3TablesToChange(landscape, choices).length === 0) return [];
  const { buckets, operator } = landscape;
  const unread = buckets.inScope.flatMap(({ name, policy }) => (policy.known ? [] : [{ name, ...policy }]));
  const first = unread[0];
  const roles = operator.stackRolePolicies;
  return [
    ...unlistedBuckets('QP111', landscape, choices),
    ...buckets.inScope.flatMap(({ name, policy }) =>
      policy.known && policy.value !== null ? usesIn(policy.value, `the policy of bucket ${name}`, [name], choices.vpc) : [],
    ),
    ...(first === undefined
      ? []
      : [
          unknownFinding(
            'QP111',
            first.action,
            first.why,
            unread.map(({ name }) => name),
          ),
        ]),
    ...(roles.known
      ? roles.value.flatMap(({ role, name, document }) => usesIn(document, `policy ${name} of role ${role}`, [role, name], choices.vpc))
      : [unknownFinding('QP111', roles.action, roles.why, [choices.stack])]),
  ];
}

/** QP113: clients elsewhere that resolve S3's names to public addresses. */
export function clientsResolveElsewhere({ survey }: Landscape, choices: Choices): readonly Finding[] {
  const vpcs = choices.trustedVpcs.filter((id) => id !== choices.vpc);
  if (vpcs.length === 0 && choices.clientCidrs.length === 0) return [];
  if ([choices.vpc, ...vpcs].some((id) => s3Interfaces(survey.endpoints, id).length > 0)) return [];
  const who = [...vpcs.map((id) => `clients that come through ${id}`), ...choices.clientCidrs.map((cidr) => `clients in ${cidr}`)];
  return [
    finding('QP113', {
      detail: `${who.join(', ')} resolve S3's names by their own DNS, and no S3 interface endpoint stands in ${[choices.vpc, ...vpcs].join(', ')}`,
      subjects: [...vpcs, ...choices.clientCidrs],
      remedy: `aws ec2 create-vpc-endpoint --vpc-id ${vpcs[0] ?? choices.vpc} --vpc-endpoint-type Interface --service-name com.amazonaws.${survey.quilt.region}.s3 --subnet-ids SUBNET, an inbound Route 53 resolver there, and then quilt-perimeter verify --dns on such a client`,
    }),
  ];
}

function usesIn(text: string, where: string, subjects: readonly string[], vpcId: string): readonly Finding[] {
  const parsed = parsePolicy(text);
  if (!parsed.ok) return [unknownFinding('QP111', 'reading policies', `${where}: ${parsed.reason}`, subjects)];
  return sourceIpUses(parsed.document)
    .filter(({ spares }) => !spares.some((spared) => spared === vpcId || spared.endsWith(`:vpc/${vpcId}`)))
    .map(({ sid, effect, operator, values }) =>
      finding('QP111', {
        detail: `${where}, statement ${sid ?? '(no Sid)'}: ${effect} by ${operator} on aws:SourceIp (${values.join(', ')}); policies of other accounts' buckets cannot be read`,
        subjects,
        remedy:
          effect === 'Allow'
            ? `add a statement like it with "StringEquals": {"aws:SourceVpc": "${vpcId}"} in place of ${operator}`
            : `add "StringNotEquals": {"aws:SourceVpc": "${vpcId}"} to that statement's Condition`,
      }),
    );
}

/** Public addresses of the NAT gateways that the stack's private subnets leave by; empty where they leave otherwise. */
function natAddresses(landscape: Landscape, choices: Choices): readonly string[] {
  const { network } = landscape;
  const targets = stackTables(landscape, choices).map((table) => defaultEgress(table, network.natGateways));
  const gateways = targets.map((egress) => network.natGateways.find(({ id }) => egress.kind === 'works' && id === egress.target));
  if (gateways.some((gateway) => gateway === undefined)) return [];
  return [...new Set(gateways.flatMap((gateway) => gateway?.addresses ?? []).map(({ publicIp }) => publicIp))].filter(
    (address) => address !== null,
  );
}

/** Whether the bucket is the stack's own; null where neither its tags nor the stack's resources tell. */
function isStacks({ name, tags }: Bucket, { stack }: Landscape, choices: Choices): boolean | null {
  if (tags.known && tags.value['aws:cloudformation:stack-name'] === choices.stack) return true;
  if (!stack.resources.known) return tags.known ? false : null;
  return stack.resources.value.some(({ physicalId, type }) => type === 'AWS::S3::Bucket' && physicalId === name);
}
