// The functions and canaries that stand: those of the world's own list, and those of the stacks, as their templates and parameters
// have them now.
import { createHash } from 'node:crypto';
import { propertiesOf } from '../cloudformation/resolve.ts';
import { settleStack } from '../cloudformation/settle.ts';
import { scopeOf } from '../cloudformation/stack.ts';
import type { StackRecord } from '../cloudformation/state.ts';
import { isObject, type Node, type NodeObject } from '../cloudformation/template.ts';
import type { World } from '../world.ts';
import type { CanaryRecord, FunctionRecord } from './state.ts';

/** Whose functions, and when: simulated milliseconds. A call is one. */
interface Asked {
  readonly caller: { readonly accountId: string };
  readonly region: string;
  readonly now: number;
}

/** The caller's functions in the Region by name; a canary's runs as `cwsyn-NAME-…`. */
export function functionsOf(world: World, call: Asked): readonly FunctionRecord[] {
  const ofCanaries = canariesOf(world, call).map((canary) => ({ ...canary, name: functionOfCanary(canary) }));
  return [...own(world.lambda?.functions ?? [], call), ...ofStacks(world, call, 'AWS::Lambda::Function'), ...ofCanaries].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

/** The caller's canaries in the Region by name. */
export const canariesOf = (world: World, call: Asked): readonly CanaryRecord[] =>
  own(allCanaries(world, call.now), call).sort((a, b) => (a.name < b.name ? -1 : 1));

/** The canaries of all accounts and Regions. `now`: simulated milliseconds. */
export const allCanaries = (world: World, now: number): readonly CanaryRecord[] => [
  ...(world.lambda?.canaries ?? []),
  ...inStacks(Object.values(world.cloudformation.stacks), now, 'AWS::Synthetics::Canary', (stack, physicalId, properties) => ({
    ...record(world, stack, physicalId, properties),
    ...scheduled(properties),
  })),
];

/** The name of the function that a canary runs as. */
export function functionOfCanary({ name, accountId }: FunctionRecord): string {
  const hex = createHash('sha256').update(`${accountId}/${name}`).digest('hex');
  return `cwsyn-${name}-${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

export const functionArn = ({ accountId, region }: FunctionRecord, name: string): string =>
  `arn:aws:lambda:${region}:${accountId}:function:${name}`;

const own = <Found extends { readonly accountId: string; readonly region: string }>(records: readonly Found[], asked: Asked): Found[] =>
  records.filter(({ accountId, region }) => accountId === asked.caller.accountId && region === asked.region);

const ofStacks = (world: World, asked: Asked, type: string): readonly FunctionRecord[] =>
  inStacks(own(Object.values(world.cloudformation.stacks), asked), asked.now, type, (stack, physicalId, properties) =>
    record(world, stack, physicalId, properties),
  );

function inStacks<Found>(
  stacks: readonly StackRecord[],
  now: number,
  type: string,
  found: (stack: StackRecord, physicalId: string, properties: NodeObject) => Found,
): readonly Found[] {
  return stacks.flatMap((stack) => {
    settleStack(stack, now);
    const wanted = stack.deletedAt === null ? stack.resources.filter((resource) => resource.type === type) : [];
    if (wanted.length === 0) return [];
    const scope = scopeOf(stack, stack.content);
    return wanted.map(({ logicalId, physicalId }) => found(stack, physicalId, propertiesOf(logicalId, scope)));
  });
}

/** When a canary runs, and the buckets that its environment names for it to read. */
function scheduled({ Schedule, RunConfig }: NodeObject): Pick<CanaryRecord, 'schedule' | 'reads'> {
  const expression = propertyOf(Schedule, 'Expression');
  const buckets = propertyOf(propertyOf(RunConfig, 'EnvironmentVariables'), 'BUCKETS');
  return {
    ...(typeof expression === 'string' ? { schedule: expression } : {}),
    ...(typeof buckets === 'string' ? { reads: buckets.split(',').filter((name) => name !== '') } : {}),
  };
}

const propertyOf = (value: Node | undefined, name: string): Node | undefined =>
  value !== undefined && isObject(value) ? value[name] : undefined;

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
