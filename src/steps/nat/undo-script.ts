// What takes routes, NAT gateways and Elastic IPs away, as bash.
import { unknownKind } from '../change-kind.ts';
import { markIn, text } from '../fields.ts';
import { bash, inQuery } from '../runbook/bash.ts';
import { findId, idOf, markOption, type ToUndo, type UndoScript, wordWithId } from '../runbook/undo-script.ts';

/** The script's part for one change of the nat step. */
export function undoNat(toUndo: ToUndo): UndoScript {
  const kind = text(toUndo.applied.change.after, 'kind');
  switch (kind) {
    case 'nat-route':
      return undoRoute(toUndo);
    case 'nat-gateway':
      return undoGateway(toUndo);
    case 'address':
      return undoAddress(toUndo);
    default:
      throw unknownKind(toUndo.applied, kind);
  }
}

function undoRoute({ applied: { change } }: ToUndo): UndoScript {
  const [table, destination] = [text(change.after, 'routeTableId'), text(change.after, 'destination')];
  const gateway = text(change.after, 'natGatewayId');
  const route = `RouteTables[].Routes[] | [?DestinationCidrBlock==${inQuery(destination)}]`;
  const read = bash`quilt ec2 describe-route-tables --filters ${`Name=route-table-id,Values=${table}`} --output text --query`;
  const targets = '[NatGatewayId, TransitGatewayId, GatewayId, VpcPeeringConnectionId, NetworkInterfaceId, InstanceId]';
  const remove = bash`quilt ec2 delete-route --route-table-id ${table} --destination-cidr-block ${destination}`;
  return {
    body: bash`  there="$(ask - ${read} ${`${route}.${targets}[]`} | rows)"
  if [ -z "$there" ]; then
    already 'the route is gone'
  elif [ "$there" != ${gateway} ]; then
    changed "$there" ${gateway}
  elif ! needed; then
    send 'InvalidRoute.NotFound|InvalidRouteTableID.NotFound' ${remove}
    await ${`the route of ${table} is gone`} 60 '' - ${read} ${`${route} | [?NatGatewayId==${inQuery(gateway)}].NatGatewayId`}
    undone
  fi`,
    commands: [remove],
    files: [],
  };
}

function undoGateway(toUndo: ToUndo): UndoScript {
  const { applied } = toUndo;
  const { after } = applied.change;
  const id = idOf(applied);
  const [subnet, address] = [text(after, 'subnetId'), text(after, 'allocationId')];
  const gateways = bash`quilt ec2 describe-nat-gateways --output text`;
  const look = bash`${gateways} ${markOption('--filter', markIn(after))} --query ${"NatGateways[?State!='deleted' && State!='deleting'].NatGatewayId"}`;
  const state = "NatGateways[?State!='deleted'].State";
  const known = "[['state', State], ['part', SubnetId]], NatGatewayAddresses[?AllocationId].['part', AllocationId]";
  const filter = wordWithId(applied, (each) => `Name=route.nat-gateway-id,Values=${each}`);
  const remove = bash`quilt ec2 delete-nat-gateway --nat-gateway-id ${id}`;
  return {
    body: bash`  ${findId(toUndo, look)}
  state='' there='' users=''
  if [ -n "$id" ]; then
    facts="$(ask NatGatewayNotFound ${gateways} --nat-gateway-ids ${id} --query ${`NatGateways[?State!='deleted'].[${known}][][]`} | facts)"
    state="$(values state "$facts")"
    there="$(values part "$facts")"
    users="$(ask - quilt ec2 describe-route-tables --output text --filters ${filter} --query 'RouteTables[].RouteTableId' | rows)"
  fi
  if [ -z "$state" ]; then
    already 'the NAT gateway is gone'
  elif [ "$state" != failed ] && [ "$there" != ${[address, subnet].sort().join('\n')} ] && [ "$there" != ${subnet} ]; then
    changed "$there" ${`${address} ${subnet}`}
  elif ! used "$users" && ! needed; then
    if [ "$state" != deleting ]; then
      send NatGatewayNotFound ${remove}
    fi
    await 'the NAT gateway is deleted' 900 '' NatGatewayNotFound ${gateways} --nat-gateway-ids ${id} --query ${state}
    undone
  fi`,
    commands: [remove],
    files: [],
  };
}

/** An address is released where nothing holds it and nothing that can be read lists it, as rollback does. */
function undoAddress(toUndo: ToUndo): UndoScript {
  const { applied } = toUndo;
  const { after } = applied.change;
  const id = idOf(applied);
  const addresses = bash`quilt ec2 describe-addresses --output text`;
  const look = bash`${addresses} ${markOption('--filters', markIn(after))} --query 'Addresses[].AllocationId'`;
  const filter = wordWithId(applied, (each) => `Name=allocation-id,Values=${each}`);
  const read = bash`${addresses} --filters ${filter} --query`;
  const owner = bash`--expected-bucket-owner ${applied.change.target.accountId}`;
  const remove = bash`quilt ec2 release-address --allocation-id ${id}`;
  return {
    body: bash`  ${findId(toUndo, look)}
  there='' holder='' listed=''
  if [ -n "$id" ]; then
    facts="$(ask - ${read} "[Addresses[].['ip', PublicIp], Addresses[?AssociationId].['holder', AssociationId]][]" | facts)"
    there="$(values ip "$facts")"
    holder="$(values holder "$facts")"
  fi
  if [ -n "$holder" ]; then
    # Reads may show the association of a NAT gateway that is deleted for a while.
    left="$(ask - quilt ec2 describe-nat-gateways --output text --filter Name=state,Values=deleted \\
      --query 'NatGateways[].NatGatewayAddresses[].AssociationId' | rows)"
    if among "$holder" "$left"; then holder=''; fi
  fi
  if [ -n "$there" ] && [ -z "$holder" ] && [ "$release_listed" != yes ]; then
    say "   looking for security groups and bucket policies that list $there"
    for side in ip-permission egress.ip-permission; do
      groups="$(ask - quilt ec2 describe-security-groups --output text --filters "Name=$side.cidr,Values=$there/32" \\
        --query 'SecurityGroups[].GroupId' | rows)"
      listed="$listed\${groups:+ $groups}"
    done
    buckets="$(ask - quilt s3api list-buckets --output text --query 'Buckets[].Name' | rows)"
    for bucket in $buckets; do
      policy="$(ask 'NoSuchBucket|AccessDenied' quilt s3api get-bucket-policy --bucket "$bucket" ${owner} --query Policy --output text)"
      if refused AccessDenied; then listed="$listed bucket $bucket (its policy cannot be read)"; fi
      case "$policy" in *"\\"$there\\""* | *"\\"$there/32\\""*) listed="$listed bucket $bucket" ;; esac
    done
  fi
  if [ -z "$there" ]; then
    already 'the Elastic IP is released'
  elif ! used "$holder" && ! needed; then
    if [ -n "$listed" ]; then
      keep "it is listed elsewhere ($listed). To give it back to AWS all the same, run again with QUILT_PERIMETER_RELEASE_ADDRESS=yes"
    else
      send 'InvalidAllocationID.NotFound' ${remove}
      await 'the Elastic IP is released' 60 '' - ${read} 'Addresses[].PublicIp'
      undone
    fi
  fi`,
    commands: [remove],
    files: [],
  };
}
