// A perimeter that was applied on the sandbox, and what verify says of it.
import type { World } from '../../src/sandbox/world.ts';
import { readCanaryRuns } from '../../src/steps/canary-runs.ts';
import type { Choices } from '../../src/steps/choices.ts';
import { canaryChecks } from '../../src/verify/canaries.ts';
import type { Check } from '../../src/verify/check.ts';
import { perimeterChecks } from '../../src/verify/perimeter-checks.ts';
import { probeChecks } from '../../src/verify/probe-checks.ts';
import { quiltWorld } from '../support/quilt-world.ts';
import { startSandbox, type TestSandbox } from '../support/sandbox.ts';
import { scenarioInput, WholeRun } from '../support/whole-run.ts';

/** What lets a scenario be applied without anybody at the terminal. */
const accepting: Partial<Choices> = { accept: ['QP102', 'QP106', 'QP110', 'QP111', 'QP116', 'QP409', 'QP413'] };

/** A world, the time in it, and when its perimeter was put on. */
export interface Applied {
  readonly world: World;
  readonly at: string;
  readonly since: string;
}

/** The world once `apply` has gone through on it (once for all tests of a file), and Quilt's canaries, which run once an hour, have run after that. */
export function appliedWorld(scenario = 'greenfield', over: Partial<Choices> = {}, ends: 'done' | 'stopped' = 'done'): Promise<Applied> {
  const key = JSON.stringify([scenario, over]);
  const known = worlds.get(key) ?? applyOn(scenario, over, ends);
  worlds.set(key, known);
  return known;
}

const worlds = new Map<string, Promise<Applied>>();

async function applyOn(scenario: string, over: Partial<Choices>, ends: 'done' | 'stopped'): Promise<Applied> {
  const run = await WholeRun.on(scenario);
  const { outcome, stoppedBy } = await run.apply({ ...accepting, ...over });
  if (outcome !== ends) throw new Error(`${scenario} was not applied: ${stoppedBy?.message ?? ''}`);
  const since = run.sandbox.clock.now().toISOString();
  await run.sandbox.control.advance(65 * 60_000);
  return { world: run.sandbox.snapshot(), at: run.sandbox.clock.now().toISOString(), since };
}

/** The same world once more, as a sandbox of its own. */
export const sandboxOf = ({ world, at }: Pick<Applied, 'world' | 'at'>): Promise<TestSandbox> =>
  startSandbox({ world: structuredClone(world), start: at });

/** What verify says of it. */
export async function checksOn(sandbox: TestSandbox, since: string | null, over: Partial<Choices> = {}): Promise<readonly Check[]> {
  const input = await scenarioInput(sandbox, { ...accepting, ...over });
  const runs = await readCanaryRuns(input.landscape.stack.resources, since, sandbox.context);
  return [...perimeterChecks(input, sandbox.clock.now()), ...(await probeChecks(input, sandbox.context)), ...canaryChecks(runs, input)];
}

/** What stands in the world, by what it is. */
export function thingsOf({ world: current }: TestSandbox) {
  const world = current();
  const quilt = quiltWorld(world);
  const { ec2, organizations } = world;
  const endpoints = Object.values(ec2.vpcEndpoints).filter(({ vpcId }) => vpcId === quilt.vpc.id);
  const named = (service: string) => there(endpoints.find(({ serviceName }) => serviceName.endsWith(service)));
  const api = named('.execute-api');
  const tables = quilt.tables('private');
  const subnets = quilt.subnets('private').map(({ id }) => id);
  const nats = Object.keys(ec2.natGateways);
  const organization = there(organizations.organization);
  const scp = there(Object.values(organization.policies).find(({ name }) => name === 'QuiltDataPerimeter'));
  const unit = (name: string) => there(Object.values(organization.units).find((each) => each.name === name)).id;
  const names: readonly (readonly [string, string])[] = [
    ...subnets.map((id, index) => [id, `SUBNET${index === 0 ? '' : index + 1}`] as const),
    ...nats.map((id) => [id, 'NAT'] as const),
    [quilt.accountId, 'ACCOUNT'],
    ...['bucket-access', 'immutable-uris', 'package-push'].map((name) => [name, 'search'] as const),
  ];
  return {
    account: quilt.accountId,
    region: quilt.region,
    vpc: quilt.vpc.id,
    cidr: there(quilt.vpc.cidrs[0]).cidr,
    api: api.id,
    apiSubnets: 'subnetIds' in api ? api.subnetIds : [],
    s3: named('.s3').id,
    group: there(Object.values(ec2.securityGroups).find(({ name }) => name.startsWith('quilt-perimeter-'))).id,
    table: there(tables[0]).id,
    publicTable: there(quilt.tables('public')[0]).id,
    nat: there(nats[0]),
    internetGateway: there(Object.keys(ec2.internetGateways)[0]),
    bucket: quilt.testBucket.name,
    operatorRole: `arn:aws:iam::${quilt.accountId}:role/PlatformAdmin`,
    root: organization.root.id,
    workloads: unit('Workloads'),
    sandbox: unit('Sandbox'),
    scp: scp.id,
    scpContent: scp.content,
    stack: quilt.stack.name,
    parameter: 'ApiGatewayVPCEndpointId',
    parameters: Object.keys(quilt.stack.content.parameters),
    /** The id with names in place of the world's ids. */
    generic: (id: string): string => names.reduce((text, [real, name]) => text.replace(real, name), id),
  };
}

export type Things = ReturnType<typeof thingsOf>;

export function there<T>(thing: T | null | undefined): T {
  if (thing === null || thing === undefined) throw new Error('the world lacks what the test needs');
  return thing;
}
