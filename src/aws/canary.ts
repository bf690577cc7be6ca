// Canaries of CloudWatch Synthetics: where they run, as whom, and how their runs ended. To be loaded by import(), since a client
// comes with it.
import type { AwsContext } from './context.ts';
import { allByNextToken } from './next-token.ts';
import {
  DescribeCanariesCommand,
  DescribeCanariesLastRunCommand,
  GetCanaryRunsCommand,
  type SyntheticsCanary,
  type SyntheticsRun,
} from './synthetics-client.ts';
import { told } from './told.ts';
import type { Canary, CanaryRun } from './types.ts';

/** All canaries of the account in the Region. */
export async function listCanaries(ctx: AwsContext): Promise<readonly Canary[]> {
  const client = await ctx.aws.synthetics();
  const canaries = await allByNextToken(
    'DescribeCanaries',
    (token) => client.send(new DescribeCanariesCommand(token), { abortSignal: ctx.signal }),
    (page) => page.Canaries,
    ctx,
  );
  return canaries.map(toCanary);
}

/** How many names DescribeCanariesLastRun takes at once. */
const mostNames = 5;

/** The newest run of each of these canaries by its name; a canary that never ran is not in it. */
export async function readLastRuns(names: readonly string[], ctx: AwsContext): Promise<ReadonlyMap<string, CanaryRun>> {
  const client = await ctx.aws.synthetics();
  const groups = Array.from({ length: Math.ceil(names.length / mostNames) }, (_each, index) =>
    names.slice(index * mostNames, (index + 1) * mostNames),
  );
  const found = await Promise.all(
    groups.map((Names) =>
      allByNextToken(
        'DescribeCanariesLastRun',
        (token) => client.send(new DescribeCanariesLastRunCommand({ Names, ...token }), { abortSignal: ctx.signal }),
        (page) => page.CanariesLastRun,
        ctx,
      ),
    ),
  );
  return new Map(
    found
      .flat()
      .flatMap(({ CanaryName, LastRun }) =>
        LastRun === undefined
          ? []
          : [[told(CanaryName, 'DescribeCanariesLastRun', 'CanaryName'), toRun(LastRun, 'DescribeCanariesLastRun')] as const],
      ),
  );
}

const runsOnPage = 100;

/** The last hundred runs of a canary, the newest first; none where the canary is gone. */
export async function readRuns(name: string, ctx: AwsContext): Promise<readonly CanaryRun[]> {
  const client = await ctx.aws.synthetics();
  try {
    const { CanaryRuns = [] } = await client.send(new GetCanaryRunsCommand({ Name: name, MaxResults: runsOnPage }), {
      abortSignal: ctx.signal,
    });
    return CanaryRuns.map((run) => toRun(run, 'GetCanaryRuns')).sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return [];
    throw error;
  }
}

function toCanary({ Name, ExecutionRoleArn, EngineArn, VpcConfig, Schedule, Status }: SyntheticsCanary): Canary {
  return {
    name: told(Name, 'DescribeCanaries', 'Name'),
    roleArn: told(ExecutionRoleArn, 'DescribeCanaries', 'ExecutionRoleArn'),
    vpcId: VpcConfig?.VpcId === undefined || VpcConfig.VpcId === '' ? null : VpcConfig.VpcId,
    functionArn: EngineArn ?? null,
    schedule: Schedule?.Expression ?? null,
    state: Status?.State ?? 'unknown',
  };
}

function toRun({ Status, Timeline }: SyntheticsRun, operation: string): CanaryRun {
  return {
    state: stateOf(told(Status?.State, operation, 'Status.State'), Status?.TestResult),
    startedAt: told(Timeline?.Started, operation, 'Timeline.Started').toISOString(),
    why: Status?.StateReason === undefined || Status.StateReason === '' ? null : Status.StateReason,
  };
}

// TestResult is the script's own result; a run that passed without one is one from before there was such a field (H2).
function stateOf(state: string, testResult: string | undefined): CanaryRun['state'] {
  if (state === 'RUNNING') return 'under-way';
  if (state === 'FAILED' || testResult === 'FAILED') return 'failed';
  return state === 'PASSED' && (testResult === undefined || testResult === 'PASSED') ? 'passed' : 'unknown';
}
