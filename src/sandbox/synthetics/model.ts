// CloudWatch Synthetics, as far as the job reads it: which canaries there are, where they run and as whom, and what became of
// their runs.
import { canariesOf, functionArn, functionOfCanary } from '../lambda/functions.ts';
import type { CanaryRecord } from '../lambda/state.ts';
import { AwsError, type Call, type ServiceModel } from '../types.ts';
import type { World } from '../world.ts';
import { runsKey } from './runs.ts';
import type { CanaryRun } from './state.ts';

interface Page {
  readonly NextToken?: string;
  readonly MaxResults?: number;
}

type Listing = Page & { readonly Names?: readonly string[] };

/** https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_DescribeCanaries.html and its neighbours. */
const most = { canaries: 20, lastRuns: 100, runs: 100, names: 5 } as const;

export const syntheticsModel: ServiceModel<World> = {
  service: 'synthetics',
  operations: {
    DescribeCanaries: {
      kind: 'read',
      run: (world: World, input: Listing, call: Call) => {
        const { items, next } = pageOf(listed(world, input, call), input, most.canaries);
        return { Canaries: items.map((canary) => shape(world, canary)), ...next };
      },
    },
    DescribeCanariesLastRun: {
      kind: 'read',
      run: (world: World, input: Listing, call: Call) => {
        const ran = listed(world, input, call).flatMap((canary) => {
          const last = runsOf(world, canary).at(-1);
          return last === undefined ? [] : [{ CanaryName: canary.name, LastRun: runShape(canary, last, call.now) }];
        });
        const { items, next } = pageOf(ran, input, most.lastRuns);
        return { CanariesLastRun: items, ...next };
      },
    },
    GetCanaryRuns: {
      kind: 'read',
      run: (world: World, input: Page & { readonly Name?: string }, call: Call) => {
        const canary = canariesOf(world, call).find(({ name }) => name === input.Name);
        if (!canary) throw new AwsError('ResourceNotFoundException', `Canary not found: ${input.Name}`, 404);
        const { items, next } = pageOf([...runsOf(world, canary)].reverse(), input, most.runs);
        return { CanaryRuns: items.map((run) => runShape(canary, run, call.now)), ...next };
      },
    },
  },
};

const runsOf = (world: World, canary: CanaryRecord): readonly CanaryRun[] => world.synthetics?.runs[runsKey(canary)] ?? [];

function listed(world: World, { Names }: Listing, call: Call): readonly CanaryRecord[] {
  if (Names !== undefined && !(Names.length >= 1 && Names.length <= most.names))
    throw new AwsError('ValidationException', `Names must hold 1 to ${most.names} names.`);
  return canariesOf(world, call).filter(({ name }) => Names === undefined || Names.includes(name));
}

function pageOf<Item>(all: readonly Item[], { NextToken, MaxResults }: Page, atMost: number) {
  const start = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64url').toString('utf8'));
  const size = MaxResults ?? atMost;
  if (!Number.isInteger(start) || !(size >= 1 && size <= atMost))
    throw new AwsError('ValidationException', 'The page that was asked for is not valid.');
  const end = start + size;
  const next = end < all.length ? { NextToken: Buffer.from(String(end)).toString('base64url') } : {};
  return { items: all.slice(start, end), next };
}

const shape = (world: World, record: CanaryRecord): object => ({
  Name: record.name,
  ExecutionRoleArn: record.roleArn,
  EngineArn: `${functionArn(record, functionOfCanary(record))}:1`,
  RuntimeVersion: 'syn-nodejs-puppeteer-10.0',
  Schedule: { Expression: record.schedule ?? 'rate(1 hour)', DurationInSeconds: 0 },
  Status: { State: world.synthetics?.stopped.includes(record.name) === true ? 'STOPPED' : 'RUNNING' },
  ...(record.vpc === null
    ? {}
    : { VpcConfig: { VpcId: record.vpc.vpcId, SubnetIds: record.vpc.subnetIds, SecurityGroupIds: record.vpc.securityGroupIds } }),
});

const runShape = ({ name }: CanaryRecord, { id, startedAt, completedAt, failure }: CanaryRun, now: number): object => {
  const isOver = completedAt <= now;
  return {
    Id: id,
    Name: name,
    Status: !isOver
      ? { State: 'RUNNING' }
      : failure === null
        ? { State: 'PASSED', TestResult: 'PASSED' }
        : { State: 'FAILED', TestResult: 'FAILED', StateReason: failure, StateReasonCode: 'CANARY_FAILURE' },
    Timeline: { Started: new Date(startedAt), ...(isOver ? { Completed: new Date(completedAt) } : {}) },
  };
};
