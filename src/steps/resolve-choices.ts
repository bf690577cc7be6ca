// From what was wanted and what was found to what is decided. What is found is taken without asking only where there is
// exactly one candidate; the rest is left open, with the candidates to choose from.
import type { Stack, Subnet, Vpc } from '../aws/types.ts';
import { badInput } from '../errors.ts';
import type { Choices, Wanted } from './choices.ts';
import type { Survey } from './landscape.ts';

export type ChoiceSetting = 'stack' | 'parameter' | 'vpc' | 'subnets' | 'testBucket';

export interface Candidate {
  readonly value: string;
  /** Name and id. */
  readonly label: string;
  /** Enough to choose by: CIDR, state, which stack uses it. */
  readonly detail: string;
}

/** A choice that cannot be made for the operator. */
export interface OpenChoice {
  readonly setting: ChoiceSetting;
  /** Its key in quilt-perimeter.yaml. */
  readonly key: string;
  readonly flag: string;
  readonly question: string;
  /** Why it is open: `4 candidates`, or what there is none of. */
  readonly reason: string;
  /** Several of the candidates may be chosen. */
  readonly multiple: boolean;
  readonly candidates: readonly Candidate[];
}

export type Resolution =
  | { readonly state: 'decided'; readonly choices: Choices }
  | { readonly state: 'open'; readonly open: readonly OpenChoice[] };

/** The names that Quilt's templates give the parameter for the endpoint's id (G14). */
export const endpointParameters = ['ApiGatewayVPCEndpointId', 'ApiGatewayVPCEndpoint'] as const;

/**
 * Decides what can be decided. Choices that depend on an open one (the VPC on the stack) are not listed yet.
 * @throws PerimeterError (exit 2) where a named stack, parameter, VPC, subnet or bucket is not there.
 */
export function resolveChoices(survey: Survey, wanted: Wanted): Resolution {
  const stack = chooseStack(survey, wanted);
  const testBucket = chooseTestBucket(survey, wanted);
  if (isOpen(stack)) return { state: 'open', open: openOnes(stack, testBucket) };
  const parameter = chooseParameter(stack, wanted);
  const vpc = chooseVpc(survey, wanted, stack);
  if (isOpen(vpc)) return { state: 'open', open: openOnes(parameter, vpc, testBucket) };
  const subnets = chooseSubnets(survey, wanted, stack, vpc);
  if (isOpen(parameter) || isOpen(subnets) || isOpen(testBucket)) return { state: 'open', open: openOnes(parameter, subnets, testBucket) };
  const userSubnets = subnetsNamed(survey, stack, 'UserSubnets', vpc);
  return {
    state: 'decided',
    choices: {
      ...wanted,
      stack: stack.name,
      parameter,
      vpc: vpc.id,
      subnets,
      endpointSubnets: userSubnets.length > 0 ? userSubnets : subnets,
      testBucket,
      clientCidrs: wanted.clientCidrs.length > 0 ? wanted.clientCidrs : cidrsOf(survey, wanted.trustedVpcs),
      targets: wanted.targets.length > 0 ? wanted.targets : [survey.quilt.accountId],
    },
  };
}

const isOpen = (choice: unknown): choice is OpenChoice => typeof choice === 'object' && choice !== null && 'setting' in choice;

const openOnes = (...choices: readonly unknown[]): readonly OpenChoice[] => choices.filter(isOpen);

const countOf = (n: number, noun: string): string => (n === 0 ? `no ${noun}` : `${n} candidates`);

const listed = (names: readonly string[]): string => {
  if (names.length === 0) return 'there are none';
  return names.length <= 8 ? names.join(', ') : `${names.slice(0, 8).join(', ')} and ${names.length - 8} more`;
};

const keyOf = (stack: Stack): string | undefined => stack.parameters.find(({ key }) => isEndpointParameter(key))?.key;
const isEndpointParameter = (key: string): boolean => endpointParameters.some((name) => name === key);

function chooseStack(survey: Survey, wanted: Wanted): Stack | OpenChoice {
  const { region } = survey.quilt;
  const alive = survey.stacks.filter((stack) => stack.status !== 'DELETE_COMPLETE');
  if (wanted.stack !== null) {
    const named = alive.find((stack) => stack.name === wanted.stack || stack.id === wanted.stack);
    if (named !== undefined) return named;
    const names = alive.filter((stack) => stack.parentId === null).map((stack) => stack.name);
    throw badInput(
      'STACK',
      `finding stack (${wanted.stack}): it is not in ${region}`,
      `--stack NAME; stacks of ${region}: ${listed(names)}`,
    );
  }
  const roots = alive.filter((stack) => stack.parentId === null);
  const fitting = roots.filter((stack) => keyOf(stack) !== undefined);
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  const offered = fitting.length > 0 ? fitting : roots;
  return {
    setting: 'stack',
    key: 'stack.name',
    flag: '--stack',
    question: 'Which CloudFormation stack is Quilt?',
    reason:
      fitting.length > 0 ? countOf(fitting.length, 'stack') : `no stack of ${region} has a parameter ${endpointParameters.join(' or ')}`,
    multiple: false,
    candidates: offered.map((stack) => ({
      value: stack.name,
      label: stack.name,
      detail: [stack.status, keyOf(stack) ?? 'no endpoint parameter', ...parameterValue(stack, 'VPC')].join(', '),
    })),
  };
}

function chooseParameter(stack: Stack, wanted: Wanted): string | null | OpenChoice {
  const keys = stack.parameters.map(({ key }) => key);
  if (wanted.parameter !== null) {
    if (keys.includes(wanted.parameter)) return wanted.parameter;
    throw badInput(
      'PARAMETER',
      `finding parameter (${wanted.parameter}): stack ${stack.name} has no such parameter`,
      `--parameter NAME; its parameters: ${listed(keys)}`,
    );
  }
  const fitting = keys.filter(isEndpointParameter);
  const [only] = fitting;
  if (only === undefined) return null;
  if (fitting.length === 1) return only;
  return {
    setting: 'parameter',
    key: 'stack.parameter',
    flag: '--parameter',
    question: `Which parameter of ${stack.name} takes the endpoint's id?`,
    reason: countOf(fitting.length, 'parameter'),
    multiple: false,
    candidates: fitting.map((key) => ({ value: key, label: key, detail: '' })),
  };
}

function chooseVpc(survey: Survey, wanted: Wanted, stack: Stack): Vpc | OpenChoice {
  const { region } = survey.quilt;
  if (wanted.vpc !== null) {
    const named = survey.vpcs.find((vpc) => vpc.id === wanted.vpc);
    if (named !== undefined) return named;
    const ids = survey.vpcs.map((vpc) => vpc.id);
    throw badInput('VPC', `finding VPC (${wanted.vpc}): it is not in ${region}`, `--vpc ID; VPCs of ${region}: ${listed(ids)}`);
  }
  const [fromStack] = parameterValue(stack, 'VPC');
  const [only] = survey.vpcs;
  const chosen = survey.vpcs.find((vpc) => vpc.id === fromStack) ?? (survey.vpcs.length === 1 ? only : undefined);
  if (chosen !== undefined) return chosen;
  return {
    setting: 'vpc',
    key: 'network.vpc',
    flag: '--vpc',
    question: `Which VPC does ${stack.name} run in?`,
    reason: countOf(survey.vpcs.length, 'VPC'),
    multiple: false,
    candidates: survey.vpcs.map((vpc) => ({ value: vpc.id, label: labelOf(vpc), detail: vpcDetail(survey, vpc) })),
  };
}

function chooseSubnets(survey: Survey, wanted: Wanted, stack: Stack, vpc: Vpc): readonly string[] | OpenChoice {
  for (const id of wanted.subnets) {
    const subnet = survey.subnets.find((candidate) => candidate.id === id);
    if (subnet?.vpcId === vpc.id) continue;
    const problem = subnet === undefined ? `it is not in ${survey.quilt.region}` : `it is in ${subnet.vpcId}, not in ${vpc.id}`;
    const ids = survey.subnets.filter((candidate) => candidate.vpcId === vpc.id).map((candidate) => candidate.id);
    throw badInput('SUBNET', `finding subnet (${id}): ${problem}`, `--subnet ID; subnets of ${vpc.id}: ${listed(ids)}`);
  }
  if (wanted.subnets.length > 0) return wanted.subnets;
  const fromStack = subnetsNamed(survey, stack, 'Subnets', vpc);
  if (fromStack.length > 0) return fromStack;
  const subnets = survey.subnets.filter((subnet) => subnet.vpcId === vpc.id && !isPublic(survey, subnet));
  const [only] = subnets;
  if (only !== undefined && subnets.length === 1) return [only.id];
  return {
    setting: 'subnets',
    key: 'network.subnets',
    flag: '--subnet',
    question: `Which private subnets does ${stack.name} use?`,
    reason: countOf(subnets.length, `private subnet in ${vpc.id}`),
    multiple: true,
    candidates: subnets.map((subnet) => ({ value: subnet.id, label: labelOf(subnet), detail: `${subnet.cidr}, ${subnet.zone}` })),
  };
}

function chooseTestBucket(survey: Survey, wanted: Wanted): string | OpenChoice {
  const { buckets } = survey;
  const { accountId, region } = survey.quilt;
  const inScope = buckets.known ? buckets.value.filter(({ name }) => wanted.buckets.some((pattern) => matches(pattern, name))) : [];
  if (wanted.testBucket !== null) {
    if (!buckets.known || buckets.value.some(({ name }) => name === wanted.testBucket)) return wanted.testBucket;
    throw badInput(
      'BUCKET',
      `finding test bucket (${wanted.testBucket}): account ${accountId} has no such bucket`,
      `--test-bucket NAME; buckets in scope: ${listed(inScope.map(({ name }) => name))}`,
    );
  }
  const here = inScope.filter((bucket) => bucket.region === null || bucket.region === region);
  const [only] = here;
  if (only !== undefined && here.length === 1) return only.name;
  return {
    setting: 'testBucket',
    key: 'test.bucket',
    flag: '--test-bucket',
    question: 'Which clean bucket may the bucket policy be tried on?',
    reason: buckets.known
      ? countOf(here.length, `bucket matching ${wanted.buckets.join(', ')} in ${region}`)
      : `${buckets.action}: ${buckets.why}`,
    multiple: false,
    candidates: here.map(({ name }) => ({ value: name, label: name, detail: '' })),
  };
}

const parameterValue = (stack: Stack, key: string): readonly string[] => {
  const value = stack.parameters.find((parameter) => parameter.key === key)?.value ?? null;
  return value === null || value === '' ? [] : [value];
};

const subnetsNamed = (survey: Survey, stack: Stack, key: string, vpc: Vpc): readonly string[] =>
  parameterValue(stack, key)
    .flatMap((value) => value.split(','))
    .map((id) => id.trim())
    .filter((id) => survey.subnets.some((subnet) => subnet.id === id && subnet.vpcId === vpc.id));

const cidrsOf = (survey: Survey, vpcIds: readonly string[]): readonly string[] =>
  survey.vpcs.filter((vpc) => vpcIds.includes(vpc.id)).flatMap((vpc) => vpc.cidrs);

const labelOf = (thing: { readonly id: string; readonly name: string | null }): string =>
  thing.name === null ? thing.id : `${thing.name} (${thing.id})`;

function vpcDetail(survey: Survey, vpc: Vpc): string {
  const users = survey.stacks.filter((stack) => parameterValue(stack, 'VPC').includes(vpc.id)).map((stack) => stack.name);
  const subnets = survey.subnets.filter((subnet) => subnet.vpcId === vpc.id).length;
  return [
    vpc.cidrs.join(' '),
    `${subnets} subnets`,
    ...(vpc.isDefault ? ['default VPC'] : []),
    ...users.map((name) => `used by ${name}`),
  ].join(', ');
}

// A subnet without an association is on the main table (B3).
function isPublic(survey: Survey, subnet: Subnet): boolean {
  const tables = survey.routeTables.filter((table) => table.vpcId === subnet.vpcId);
  const table = tables.find(({ subnetIds }) => subnetIds.includes(subnet.id)) ?? tables.find(({ main }) => main);
  return table?.routes.some((route) => route.destination === '0.0.0.0/0' && route.target.kind === 'internet-gateway') ?? false;
}

const matches = (pattern: string, name: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
  ).test(name);
