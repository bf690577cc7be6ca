// What takes the API endpoint's security group and its rules away, as bash.
import { markIn, text, texts } from '../fields.ts';
import { bash, lines } from '../runbook/bash.ts';
import { findId, idOf, markOption, type ToUndo, type UndoScript, wordWithId } from '../runbook/undo-script.ts';

const missing = 'InvalidGroup.NotFound|InvalidGroupId.NotFound';
const staying = "State!='deleted' && State!='Deleted' && State!='deleting' && State!='Deleting'";

/** The group: kept while another group names it, or a network interface or endpoint carries it. */
export function undoGroup(toUndo: ToUndo): UndoScript {
  const { applied } = toUndo;
  const { after } = applied.change;
  const id = idOf(applied);
  const groups = bash`quilt ec2 describe-security-groups --output text`;
  const look = bash`${groups} ${markOption('--filters', markIn(after))} --query 'SecurityGroups[].GroupId'`;
  const filter = (name: string) => bash`--filters ${wordWithId(applied, (each) => `Name=${name},Values=${each}`)}`;
  const others = wordWithId(applied, (each) => `SecurityGroups[?GroupId!='${each}'].GroupId`);
  const remove = bash`quilt ec2 delete-security-group --group-id ${id}`;
  return {
    body: bash`  ${findId(toUndo, look)}
  there='' users=''
  if [ -n "$id" ]; then
    there="$(ask - ${groups} ${filter('group-id')} --query 'SecurityGroups[].GroupId' | rows)"
    for side in ip-permission egress.ip-permission; do
      naming="$(ask - ${groups} --filters "Name=$side.group-id,Values=$id" --query ${others} | rows)"
      users="$users\${naming:+ $naming}"
    done
    carrying="$(ask - quilt ec2 describe-network-interfaces --output text ${filter('group-id')} \\
      --query "NetworkInterfaces[?InterfaceType!='vpc_endpoint'].NetworkInterfaceId" | rows)"
    users="$users\${carrying:+ $carrying}"
    carrying="$(ask - quilt ec2 describe-vpc-endpoints --output text --filters ${`Name=vpc-id,Values=${text(after, 'vpcId')}`} \\
      --query ${wordWithId(applied, (each) => `VpcEndpoints[?${staying}] | [?Groups[?GroupId=='${each}']].VpcEndpointId`)} | rows)"
    users="$users\${carrying:+ $carrying}"
  fi
  if [ -z "$there" ]; then
    already 'the security group is gone'
  elif ! used "$users" && ! needed; then
    send ${missing} ${remove}
    await 'the security group is deleted' 300 '' - ${groups} ${filter('group-id')} --query 'SecurityGroups[].GroupId'
    undone
  fi`,
    commands: [remove],
    files: [],
  };
}

/** Its rules: only those that were added are taken away, and only where nobody added others. */
export function undoRules({ applied: { change } }: ToUndo): UndoScript {
  const id = text(change.after, 'groupId');
  const [was, made] = [texts(change.before, 'cidrs'), texts(change.after, 'cidrs')];
  const added = made.filter((cidr) => !was.includes(cidr));
  const read = bash`quilt ec2 describe-security-groups --output text --filters ${`Name=group-id,Values=${id}`} --query`;
  const https = "IpProtocol=='tcp' && FromPort==`443` && ToPort==`443`";
  const cidrs = `IpPermissions[?${https}].IpRanges[].['cidr', CidrIp], IpPermissions[?${https}].Ipv6Ranges[].['cidr', CidrIpv6]`;
  const others = `IpPermissions[?!(${https}) || UserIdGroupPairs || PrefixListIds].['other', IpProtocol]`;
  const known = `SecurityGroups[].[[['group', GroupId]], ${cidrs}, ${others}][][]`;
  const endpoints = `VpcEndpoints[?${staying}] | [?Groups[?GroupId=='${id}']].VpcEndpointId`;
  const revocations = added.map((cidr) => {
    const range = cidr.includes(':') ? { Ipv6Ranges: [{ CidrIpv6: cidr }] } : { IpRanges: [{ CidrIp: cidr }] };
    const permission = JSON.stringify([{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, ...range }]);
    return bash`quilt ec2 revoke-security-group-ingress --group-id ${id} --ip-permissions ${permission}`;
  });
  const inOrder = (list: readonly string[]) => [...new Set(list)].sort().join('\n');
  return {
    body: lines([
      bash`  facts="$(ask - ${read} ${known} | facts)"
  there="$(values cidr "$facts")"
  others="$(values other "$facts")"
  users="$(ask - quilt ec2 describe-vpc-endpoints --output text --query ${endpoints} | rows)"
  if [ -z "$facts" ]; then
    already 'the security group is gone'
  elif [ -z "$others" ] && [ "$there" = ${inOrder(was)} ]; then
    already 'its rules are as they were before'
  elif [ -n "$others" ] || [ "$there" != ${inOrder(made)} ]; then
    changed "$(printf '%s\\n' "$there" "$others")" ${inOrder(made)}
  elif ! used "$users" && ! needed; then`,
      ...revocations.map((revoke) => bash`    send ${`InvalidPermission.NotFound|${missing}`} ${revoke}`),
      bash`    await 'the rules are gone' 60 ${inOrder(was)} - ${read} ${`SecurityGroups[].[IpPermissions[?${https}].[IpRanges[].CidrIp, Ipv6Ranges[].CidrIpv6]][][][]`}
    undone
  fi`,
    ]),
    commands: revocations,
    files: [],
  };
}
