// The two forms of a security group's rules: IpPermission (one for many sources) and rules with ids (one source each).
import type { IpPermission } from '@aws-sdk/client-ec2';
import { AwsError } from '../types.ts';
import { parseCidr } from './cidr.ts';
import { invalidValue } from './operation.ts';
import type { SecurityGroupRule } from './state.ts';

/** A rule without id and direction. */
export type Permission = Pick<SecurityGroupRule, 'protocol' | 'fromPort' | 'toPort' | 'source' | 'description'>;

const protocolNames: { readonly [number: string]: string } = { '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6', all: '-1' };

function cidrSource(text: string | undefined, family: 'ipv4' | 'ipv6'): SecurityGroupRule['source'] {
  const cidr = parseCidr(text ?? '');
  if (cidr?.family !== family) throw invalidValue(`CIDR block ${text} is malformed`);
  return { type: family === 'ipv4' ? 'cidrIpv4' : 'cidrIpv6', value: cidr.text };
}

/** One permission per source. CIDRs are canonicalized as EC2 does. Throws InvalidParameterValue, MissingParameter. */
export function permissionsFrom(given: readonly IpPermission[]): Permission[] {
  return given.flatMap((permission) => {
    const protocol = (permission.IpProtocol ?? '').toLowerCase();
    if (protocol === '') throw new AwsError('MissingParameter', 'The request must contain the parameter IpProtocol');
    const name = protocolNames[protocol] ?? protocol;
    const ports = name === 'tcp' || name === 'udp';
    const fromPort = name === '-1' ? -1 : (permission.FromPort ?? -1);
    const toPort = name === '-1' ? -1 : (permission.ToPort ?? -1);
    if (ports && (fromPort < 0 || toPort > 65_535 || fromPort > toPort))
      throw invalidValue(`Invalid value for portRange. Must specify both from and to ports with TCP/UDP.`);
    const base = { protocol: name, fromPort, toPort };
    const sources: Permission[] = [
      ...(permission.IpRanges ?? []).map((r) => ({ ...base, source: cidrSource(r.CidrIp, 'ipv4'), description: r.Description ?? null })),
      ...(permission.Ipv6Ranges ?? []).map((r) => ({
        ...base,
        source: cidrSource(r.CidrIpv6, 'ipv6'),
        description: r.Description ?? null,
      })),
      ...(permission.PrefixListIds ?? []).map((r) => ({
        ...base,
        source: { type: 'prefixList' as const, value: r.PrefixListId ?? '' },
        description: r.Description ?? null,
      })),
      ...(permission.UserIdGroupPairs ?? []).map((r) => ({
        ...base,
        source: { type: 'group' as const, value: r.GroupId ?? '' },
        description: r.Description ?? null,
      })),
    ];
    if (sources.length === 0) throw new AwsError('MissingParameter', 'Source group ID missing.');
    return sources;
  });
}

/** What makes two rules of one direction the same: all but id, description and tags. */
export function ruleKey(rule: Permission): string {
  return [rule.protocol, rule.fromPort, rule.toPort, rule.source.type, rule.source.value].join(' ');
}

/** Rules as IpPermissions: those of one protocol and port range together. */
export function permissionViews(rules: readonly SecurityGroupRule[], ownerId: string): IpPermission[] {
  const groups = new Map<string, SecurityGroupRule[]>();
  for (const rule of rules) {
    const key = `${rule.protocol} ${rule.fromPort} ${rule.toPort}`;
    groups.set(key, [...(groups.get(key) ?? []), rule]);
  }
  return [...groups.values()].map((same) => {
    const described = (rule: SecurityGroupRule) => (rule.description === null ? {} : { Description: rule.description });
    const first = same[0];
    return {
      IpProtocol: first?.protocol,
      ...(first?.protocol === '-1' ? {} : { FromPort: first?.fromPort, ToPort: first?.toPort }),
      IpRanges: same.filter((r) => r.source.type === 'cidrIpv4').map((r) => ({ CidrIp: r.source.value, ...described(r) })),
      Ipv6Ranges: same.filter((r) => r.source.type === 'cidrIpv6').map((r) => ({ CidrIpv6: r.source.value, ...described(r) })),
      PrefixListIds: same.filter((r) => r.source.type === 'prefixList').map((r) => ({ PrefixListId: r.source.value, ...described(r) })),
      UserIdGroupPairs: same
        .filter((r) => r.source.type === 'group')
        .map((r) => ({ GroupId: r.source.value, UserId: ownerId, ...described(r) })),
    };
  });
}
