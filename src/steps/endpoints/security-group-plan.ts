// The API Gateway endpoint's own security group: TCP 443 from the VPC and its clients, from nowhere else.
import { httpsCidrs } from '../../aws/security-group.ts';
import { isMarked, markTags } from '../../aws/tags.ts';
import type { SecurityGroup } from '../../aws/types.ts';
import type { Change } from '../../engine/types.ts';
import { cidrShape } from '../../policy/address.ts';
import type { Choices } from '../choices.ts';
import type { Landscape } from '../landscape.ts';
import { markFor } from '../mark.ts';
import { endpointKeys } from './keys.ts';

/**
 * The ranges that the endpoint must admit: all CIDRs of the VPC, IPv6 too, and the client CIDRs, which are by default those
 * of the other trusted VPCs. The perimeter's trusted ranges are public addresses as S3 sees them and never belong here.
 */
export function clientRanges({ network, survey }: Landscape, choices: Choices): readonly string[] {
  const trusted = survey.vpcs.filter(({ id }) => choices.trustedVpcs.includes(id) && id !== choices.vpc);
  const clients =
    choices.clientCidrs.length > 0 ? choices.clientCidrs : trusted.flatMap(({ cidrs, ipv6Cidrs }) => [...cidrs, ...ipv6Cidrs]);
  const all = [...network.vpc.cidrs, ...network.vpc.ipv6Cidrs, ...clients];
  return [...new Set(all)].filter((cidr) => (cidrShape(cidr)?.bits ?? 0) > 0);
}

/** Our group in this VPC, if it is there. */
export function ourGroup(landscape: Landscape, choices: Choices): SecurityGroup | null {
  const mark = markFor(endpointKeys(choices.vpc).group, landscape, choices);
  return landscape.network.securityGroups.find(({ tags }) => isMarked(tags, mark)) ?? null;
}

/** The changes that make the group and its rules what they have to be. */
export function groupChanges(landscape: Landscape, choices: Choices): readonly Change[] {
  const { survey } = landscape;
  const keys = endpointKeys(choices.vpc);
  const group = ourGroup(landscape, choices);
  const ranges = clientRanges(landscape, choices);
  const there = httpsCidrs(group ?? undefined);
  const name = `quilt-perimeter-${choices.stack}-execute-api`;
  const common = { risk: 'additive', confirm: 'endpoints/additive', seconds: null, usdPerMonth: 0 } as const;
  const target = {
    accountId: survey.quilt.accountId,
    region: survey.quilt.region,
    type: 'AWS::EC2::SecurityGroup',
    name,
  };
  const create: Change = {
    ...common,
    key: keys.group,
    action: 'create',
    target,
    summary: `security group ${name}`,
    reason: 'without one of its own the endpoint gets the default group, which admits only its own members',
    before: null,
    after: {
      kind: 'security-group',
      vpcId: choices.vpc,
      name,
      description: `API Gateway endpoint of Quilt stack ${choices.stack} (quilt-perimeter)`.slice(0, 255),
      tags: markTags(markFor(keys.group, landscape, choices), name),
    },
    needs: [],
  };
  const rules: Change = {
    ...common,
    key: keys.rules,
    action: 'update',
    target,
    summary: `TCP 443 into it from ${ranges.join(', ')}`,
    reason: "Quilt's services and its clients reach the endpoint from these ranges",
    before: { cidrs: [...there] },
    after: { kind: 'security-group-rules', groupId: group?.id ?? { ref: keys.group, field: 'id' }, cidrs: [...ranges] },
    needs: [keys.group],
  };
  if (group === null) return [create, rules];
  return ranges.every((cidr) => there.includes(cidr)) ? [] : [rules];
}
