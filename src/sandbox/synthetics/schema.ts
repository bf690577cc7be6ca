// The schemas of Synthetics' operations that the sandbox has, in the form in which SDK clients export theirs: none of the SDK's
// generation that is used here has a client for it.
// https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_Operations.html
import type { $SchemaRef, StaticListSchema, StaticOperationSchema, StaticStructureSchema } from '@smithy/types';

const service = 'com.amazonaws.synthetics';
const string = 0;
const number = 1;
const timestamp = 4;
const listOf = (name: string, item: $SchemaRef): StaticListSchema => [1, service, name, 0, item];
const strings = listOf('Strings', string);

const structure = (name: string, members: { readonly [member: string]: $SchemaRef }): StaticStructureSchema => [
  3,
  service,
  name,
  0,
  Object.keys(members),
  Object.values(members),
];

const vpcConfig = structure('VpcConfigOutput', { VpcId: string, SubnetIds: strings, SecurityGroupIds: strings });
const schedule = structure('CanaryScheduleOutput', { Expression: string, DurationInSeconds: number });
const status = structure('CanaryStatus', { State: string, StateReason: string, StateReasonCode: string });

const canary = structure('Canary', {
  Id: string,
  Name: string,
  ArtifactS3Location: string,
  EngineArn: string,
  ExecutionRoleArn: string,
  RuntimeVersion: string,
  Schedule: () => schedule,
  Status: () => status,
  VpcConfig: () => vpcConfig,
});

const runStatus = structure('CanaryRunStatus', { State: string, StateReason: string, StateReasonCode: string, TestResult: string });
const timeline = structure('CanaryRunTimeline', { Started: timestamp, Completed: timestamp });
const run = structure('CanaryRun', { Id: string, Name: string, Status: () => runStatus, Timeline: () => timeline });
const lastRun = structure('CanaryLastRun', { CanaryName: string, LastRun: () => run });

const page = { NextToken: string, MaxResults: number } as const;

function operation(
  name: string,
  path: string,
  input: { readonly [member: string]: $SchemaRef },
  output: { readonly [member: string]: $SchemaRef },
): StaticOperationSchema {
  const [request, response] = [structure(`${name}Request`, input), structure(`${name}Response`, { ...output, NextToken: string })];
  return [9, service, name, { http: ['POST', path, 200] }, () => request, () => response];
}

export const DescribeCanaries$ = operation(
  'DescribeCanaries',
  '/canaries',
  { ...page, Names: strings },
  { Canaries: listOf('Canaries', () => canary) },
);

export const DescribeCanariesLastRun$ = operation(
  'DescribeCanariesLastRun',
  '/canaries/last-run',
  { ...page, Names: strings },
  { CanariesLastRun: listOf('CanariesLastRun', () => lastRun) },
);

/** A label of the path is the trait 1 of its member. */
export const GetCanaryRuns$ = operation(
  'GetCanaryRuns',
  '/canary/{Name}/runs',
  { Name: [string, 1], ...page },
  { CanaryRuns: listOf('CanaryRuns', () => run) },
);
