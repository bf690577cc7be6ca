// The functions and canaries that stand: those of the world's own list, and those of the stacks, as their templates and parameters
// have them now.
import { createHash } from 'node:crypto';
import { propertiesOf } from '../cloudformation/resolve.ts';
import { scopeOf, stacksOf } from '../cloudformation/stack.ts';
import type { StackRecord } from '../cloudformation/state.ts';
import { isObject, type Node, type NodeObject } from '../cloudformation/template.ts';
import type { Call } from '../types.ts';
import type { World } from '../world.ts';
import type { FunctionRecord } from './state.ts';

/** The caller's functions in the Region by name; a canary's runs as `cwsyn-NAME-…`. */
export function functionsOf(world: World, call: Call): readonly FunctionRecord[] {
  const ofCanaries = canariesOf(world, call).map((canary) => ({ ...canary, name: functionOfCanary(canary) }));
  return [...own(world.lambda?.functions ?? [], call), ...ofStacks(world, call, 'AWS::Lambda::Function'), ...ofCanaries].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

/** The caller's canaries in the Region by name. */
export function canariesOf(world: World, call: Call): readonly FunctionRecord[] {
  return [...own(world.lambda?.canaries ?? [], call), ...ofStacks(world, call, 'AWS::Synthetics::Canary')].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

/** The name of the function that a canary runs as. */
export function functionOfCanary({ name, accountId }: FunctionRecord): string {
  const hex = createHash('sha256').update(`${accountId}/${name}`).digest('hex');
  return `cwsyn-${name}-${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

export const functionArn = ({ accountId, region }: FunctionRecord, name: string): string =>
  `arn:aws:lambda:${region}:${accountId}:function:${name}`;

const own = (records: readonly FunctionRecord[], call: Call): readonly FunctionRecord[] =>
  records.filter(({ accountId, region }) => accountId === call.caller.accountId && region === call.region);

function ofStacks(world: World, call: Call, type: string): readonly FunctionRecord[] {
  return stacksOf(world, call)
    .filter(({ deletedAt }) => deletedAt === null)
    .flatMap((stack) => {
      const wanted = stack.resources.filter((resource) => resource.type === type);
      if (wanted.length === 0) return [];
      const scope = scopeOf(stack, stack.content);
      return wanted.map(({ logicalId, physicalId }) => record(world, stack, physicalId, propertiesOf(logicalId, scope)));
    });
}

function record(world: World, stack: StackRecord, name: string, properties: NodeObject): FunctionRecord {
  const { accountId, region } = stack;
  const role = physicalOf(stack, properties.Role ?? properties.ExecutionRoleArn ?? null);
  const vpc = properties.VpcConfig ?? properties.VPCConfig;
  const roles = world.iam.accounts[accountId]?.roles ?? {};
  const roleArn = role.startsWith('arn:') ? role : (roles[role]?.arn ?? `arn:aws:iam::${accountId}:role/${role}`);
  if (vpc === undefined || !isObject(vpc)) return { name, accountId, region, roleArn, vpc: null };
  const subnetIds = textsOf(stack, vpc.SubnetIds ?? []);
  const vpcId = world.ec2.subnets[subnetIds[0] ?? '']?.vpcId ?? '';
  return { name, accountId, region, roleArn, vpc: { vpcId, subnetIds, securityGroupIds: textsOf(stack, vpc.SecurityGroupIds ?? []) } };
}

/** A reference to a resource of the stack as that resource's physical id; any other text as it is. */
function physicalOf(stack: StackRecord, value: Node): string {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return '';
  const attribute = value['Fn::GetAtt'];
  const name = Array.isArray(attribute) ? attribute[0] : (attribute ?? value.Ref);
  const logicalId = typeof name === 'string' ? name.split('.')[0] : '';
  return stack.resources.find((resource) => resource.logicalId === logicalId)?.physicalId ?? '';
}

const textsOf = (stack: StackRecord, value: Node): string[] =>
  (Array.isArray(value) ? (value as readonly Node[]) : String(value).split(','))
    .map((item) => physicalOf(stack, item))
    .filter((text) => text !== '');
