// What takes endpoints and their security group away and sets DNS attributes back, as bash.
import { unknownKind } from '../change-kind.ts';
import { markIn, text, texts, truth } from '../fields.ts';
import { Bash, bash } from '../runbook/bash.ts';
import { findId, idOf, markOption, pathsOf, scriptFile, type ToUndo, type UndoScript, wordWithId } from '../runbook/undo-script.ts';
import { privateDnsOf } from './dns-attribute.ts';
import { policyOfMade } from './standing-endpoint.ts';
import { undoGroup, undoRules } from './undo-group-script.ts';

/** The script's part for one change of the endpoints step. */
export function undoEndpoints(toUndo: ToUndo): UndoScript {
  const kind = text(toUndo.applied.change.after, 'kind');
  switch (kind) {
    case 'dns-attribute':
      return undoDnsAttribute(toUndo);
    case 'security-group':
      return undoGroup(toUndo);
    case 'security-group-rules':
      return undoRules(toUndo);
    case 'interface-endpoint':
    case 's3-endpoint':
      return undoEndpoint(toUndo, kind);
    case 'private-dns':
      return undoPrivateDns(toUndo);
    case 's3-route-table':
      return undoRouteTable(toUndo);
    default:
      throw unknownKind(toUndo.applied, kind);
  }
}

const missing = 'InvalidVpcEndpointId.NotFound|InvalidVpcEndpoint.NotFound';
const standing = "State!='deleted' && State!='Deleted'";
const staying = `${standing} && State!='deleting' && State!='Deleting'`;

function undoDnsAttribute({ applied: { change } }: ToUndo): UndoScript {
  const [vpc, attribute] = [text(change.after, 'vpcId'), text(change.after, 'attribute')];
  const isSupport = attribute === 'enableDnsSupport';
  const former = truth(change.before, 'value');
  const read = bash`quilt ec2 describe-vpc-attribute --vpc-id ${vpc} --attribute ${attribute} --query ${isSupport ? 'EnableDnsSupport.Value' : 'EnableDnsHostnames.Value'} --output text`;
  const option = new Bash(`--${former ? '' : 'no-'}enable-dns-${isSupport ? 'support' : 'hostnames'}`);
  const set = bash`quilt ec2 modify-vpc-attribute --vpc-id ${vpc} ${option}`;
  const was = former ? 'True' : 'False';
  const notBefore = privateDnsOf(change.before).map((id) => ` && VpcEndpointId!='${id}'`);
  const users = `VpcEndpoints[?VpcEndpointType=='Interface' && PrivateDnsEnabled && ${staying}${notBefore.join('')}].VpcEndpointId`;
  return {
    body: bash`  there="$(ask InvalidVpcID.NotFound ${read} | rows)"
  users="$(ask - quilt ec2 describe-vpc-endpoints --output text --filters ${`Name=vpc-id,Values=${vpc}`} --query ${users} | rows)"
  if [ -z "$there" ]; then
    already 'the VPC is gone'
  elif [ "$there" = ${was} ]; then
    already ${`${attribute} is ${former} again`}
  elif ! used "$users" && ! needed; then
    send InvalidVpcID.NotFound ${set}
    await ${`${attribute} of ${vpc} is ${former}`} 60 ${was} InvalidVpcID.NotFound ${read}
    undone
  fi`,
    commands: [set],
    files: [],
  };
}

/** An endpoint that the tool made: deleted unless somebody changed it, put more on it, or a stack holds its id. */
function undoEndpoint(toUndo: ToUndo, kind: 'interface-endpoint' | 's3-endpoint'): UndoScript {
  const { applied } = toUndo;
  const { after } = applied.change;
  const id = idOf(applied);
  const isInterface = kind === 'interface-endpoint';
  const endpoints = bash`quilt ec2 describe-vpc-endpoints --output text`;
  const look = bash`${endpoints} ${markOption('--filters', markIn(after))} --query ${`VpcEndpoints[?${staying}].VpcEndpointId`}`;
  const read = bash`ask ${missing} ${endpoints} --vpc-endpoint-ids ${id} --query`;
  const state = `VpcEndpoints[?${standing}].State`;
  const policy = policyOfMade(applied);
  const left = policy === null ? null : scriptFile(`endpoint-policy-${applied.made?.id ?? ''}`, policy);
  const made = isInterface ? [...texts(after, 'subnetIds'), ...texts(after, 'securityGroupIds')] : texts(after, 'routeTableIds');
  const wantsDns = isInterface && truth(after, 'privateDns');
  const parts = isInterface ? "SubnetIds[].['part', @], Groups[].['part', GroupId]" : "RouteTableIds[].['part', @]";
  const known = `VpcEndpoints[?${standing}].[[['state', State], ['dns', PrivateDnsEnabled]], ${parts}, NetworkInterfaceIds[].['interface', @]][][]`;
  const remove = bash`quilt ec2 delete-vpc-endpoints --vpc-endpoint-ids ${id}`;
  const stacks = wordWithId(applied, (each) => `Stacks[?Parameters[?ParameterValue=='${each}']].StackName`);
  return {
    body: bash`  ${findId(toUndo, look)}
  state='' parts='' interfaces='' dns='' users='' policy=''
  if [ -n "$id" ]; then
    facts="$(${read} ${known} | facts)"
    state="$(values state "$facts" | tr '[:upper:]' '[:lower:]')"
    parts="$(values part "$facts")"
    dns="$(values dns "$facts")"
    interfaces="$(values interface "$facts")"
    policy="$(${read} 'VpcEndpoints[0].PolicyDocument')"
    ${
      isInterface
        ? bash`users="$(ask - quilt cloudformation describe-stacks --output text --query ${stacks} | rows)"`
        : bash`for part in $parts; do
      if ! among "$part" ${made.join('\n')}; then users="$users $part"; fi
    done`
    }
  fi
  lacking=''
  for part in ${made}; do
    if ! among "$part" "$parts"; then lacking="$lacking $part"; fi
  done
${
  isInterface
    ? bash`  for part in $parts; do
    if ! among "$part" ${made.join('\n')}; then lacking="$lacking, beside it $part"; fi
  done
`
    : bash``
}${
  wantsDns
    ? bash`  if [ "$dns" != True ]; then lacking="$lacking private DNS"; fi
`
    : bash``
}${
  left === null
    ? bash``
    : bash`  if [ -n "$policy" ] && [ "$policy" != None ] && ! same_policy "$policy" ${pathsOf([left])}; then lacking="$lacking its policy"; fi
`
}  if [ -z "$state" ]; then
    already 'the endpoint is gone'
  elif [ "$state" = deleting ]; then
    await 'the endpoint is deleted' 1800 '' ${missing} ${endpoints} --vpc-endpoint-ids ${id} --query ${state}
    already 'the endpoint is gone'
  elif [ "$state" != failed ] && [ -n "$lacking" ]; then
    changed "$(printf '%s\\n' "$parts" "private DNS $dns" "$policy")" ${`${made.join('\n')}${wantsDns ? '\nprivate DNS True' : ''}${policy === null ? '' : `\n${policy}`}`}
  elif ! used "$users" && ! needed; then
    # AWS answers 200 and lists what it did not delete.
    send ${missing} ${remove} --output text --query "Unsuccessful[?!contains(Error.Code, 'NotFound')].[Error.Code, Error.Message]"
    if [ -n "$(rows <"$work/answer")" ]; then fail "AWS did not delete the endpoint: $(cat "$work/answer")"; fi
    await 'the endpoint is deleted' 1800 '' ${missing} ${endpoints} --vpc-endpoint-ids ${id} --query ${state}
    if [ -n "$interfaces" ]; then
      await 'its network interfaces are deleted' 900 '' - quilt ec2 describe-network-interfaces --output text \\
        --filters "Name=network-interface-id,Values=$(printf '%s' "$interfaces" | tr '\\n' ',')" --query 'NetworkInterfaces[].NetworkInterfaceId'
    fi
    undone
  fi`,
    commands: [remove],
    files: left === null ? [] : [left],
  };
}

function undoPrivateDns({ applied: { change } }: ToUndo): UndoScript {
  const id = text(change.after, 'endpointId');
  const read = bash`quilt ec2 describe-vpc-endpoints --vpc-endpoint-ids ${id} --query ${`VpcEndpoints[?${staying}].PrivateDnsEnabled`} --output text`;
  const holding = `Stacks[?Parameters[?ParameterValue=='${id}']].StackName`;
  const set = bash`quilt ec2 modify-vpc-endpoint --vpc-endpoint-id ${id} --no-private-dns-enabled`;
  return {
    body: bash`  there="$(ask ${missing} ${read} | rows)"
  users="$(ask - quilt cloudformation describe-stacks --output text --query ${holding} | rows)"
  if [ "$there" != True ]; then
    already 'private DNS is off, or the endpoint is gone'
  elif ! used "$users" && ! needed; then
    send ${missing} ${set}
    await 'private DNS is off' 1800 False ${missing} ${read}
    undone
  fi`,
    commands: [set],
    files: [],
  };
}

function undoRouteTable({ applied: { change } }: ToUndo): UndoScript {
  const [id, table] = [text(change.after, 'endpointId'), text(change.after, 'routeTableId')];
  const read = bash`quilt ec2 describe-vpc-endpoints --vpc-endpoint-ids ${id} --query ${`VpcEndpoints[?${staying}].RouteTableIds[] | [?@=='${table}']`} --output text`;
  const remove = bash`quilt ec2 modify-vpc-endpoint --vpc-endpoint-id ${id} --remove-route-table-ids ${table}`;
  return {
    body: bash`  there="$(ask ${missing} ${read} | rows)"
  if [ -z "$there" ]; then
    already 'the route table is not on it'
  elif ! needed; then
    send ${missing} ${remove}
    await ${`route table ${table} is off ${id}`} 300 '' ${missing} ${read}
    undone
  fi`,
    commands: [remove],
    files: [],
  };
}
