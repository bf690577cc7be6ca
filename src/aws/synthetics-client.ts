// CloudWatch Synthetics without its client, whose newest version brings a second generation of the SDK: Lambda's client speaks the
// same protocol, REST-JSON signed by SigV4, and is given another host, another signing name and this schema.
import {
  $Command as Command,
  LambdaClient,
  type LambdaClientConfig,
  type LambdaClientResolvedConfig,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-lambda';
import { getEndpointPlugin } from '@smithy/core/endpoints';
import type { $SchemaRef, MetadataBearer, StaticListSchema, StaticOperationSchema, StaticStructureSchema } from '@smithy/types';
import { dnsSuffixOf } from './dns-suffix.ts';

export type SyntheticsClient = LambdaClient;

export interface DescribeCanariesInput {
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/** Of a canary what is asked here. https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_Canary.html */
export interface SyntheticsCanary {
  readonly Name?: string;
  readonly ExecutionRoleArn?: string;
  readonly EngineArn?: string;
  readonly Schedule?: { readonly Expression?: string };
  readonly Status?: { readonly State?: string };
  readonly VpcConfig?: { readonly VpcId?: string; readonly SubnetIds?: readonly string[] };
}

export interface DescribeCanariesOutput extends MetadataBearer {
  readonly Canaries?: readonly SyntheticsCanary[];
  readonly NextToken?: string;
}

/** https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryRun.html */
export interface SyntheticsRun {
  readonly Status?: { readonly State?: string; readonly StateReason?: string; readonly TestResult?: string };
  readonly Timeline?: { readonly Started?: Date; readonly Completed?: Date };
}

export interface DescribeCanariesLastRunInput {
  /** 1 to 5. */
  readonly Names: string[];
  readonly NextToken?: string;
}

export interface DescribeCanariesLastRunOutput extends MetadataBearer {
  readonly CanariesLastRun?: readonly { readonly CanaryName?: string; readonly LastRun?: SyntheticsRun }[];
  readonly NextToken?: string;
}

export interface GetCanaryRunsInput {
  readonly Name: string;
  readonly MaxResults: number;
}

export interface GetCanaryRunsOutput extends MetadataBearer {
  readonly CanaryRuns?: readonly SyntheticsRun[];
}

/**
 * A client of Synthetics.
 * @param config as for any client; where it names an endpoint, that is asked
 */
export function createSyntheticsClient({ endpoint, ...config }: SyntheticsConfig): SyntheticsClient {
  const { region } = config;
  const url = new URL(endpoint ?? `https://synthetics.${region}.${dnsSuffixOf(region)}`);
  const authSchemes = [{ name: 'sigv4' as const, signingName: 'synthetics', signingRegion: region, properties: {} }];
  return new LambdaClient({
    ...config,
    serviceId: 'synthetics',
    endpointProvider: () => ({ url, headers: {}, properties: { authSchemes } }),
  });
}

type SyntheticsConfig = Omit<LambdaClientConfig, 'endpoint' | 'region'> & { readonly region: string; readonly endpoint?: string };

const text = 0;
const integer = 1;
const timestamp = 4;
const namespace = 'com.amazonaws.synthetics';

const structure = (name: string, members: { readonly [member: string]: $SchemaRef }): StaticStructureSchema => [
  3,
  namespace,
  name,
  0,
  Object.keys(members),
  Object.values(members),
];
const listOf = (name: string, item: $SchemaRef): StaticListSchema => [1, namespace, name, 0, item];

const vpcConfig = structure('VpcConfigOutput', { VpcId: text, SubnetIds: listOf('SubnetIds', text) });
const schedule = structure('CanaryScheduleOutput', { Expression: text });
const status = structure('CanaryStatus', { State: text });
const canary = structure('Canary', {
  Name: text,
  ExecutionRoleArn: text,
  EngineArn: text,
  Schedule: () => schedule,
  Status: () => status,
  VpcConfig: () => vpcConfig,
});
const runStatus = structure('CanaryRunStatus', { State: text, StateReason: text, TestResult: text });
const timeline = structure('CanaryRunTimeline', { Started: timestamp, Completed: timestamp });
const run = structure('CanaryRun', { Status: () => runStatus, Timeline: () => timeline });
const lastRun = structure('CanaryLastRun', { CanaryName: text, LastRun: () => run });

const operation = (
  name: string,
  path: string,
  input: { readonly [member: string]: $SchemaRef },
  output: { readonly [member: string]: $SchemaRef },
): StaticOperationSchema => [
  9,
  namespace,
  name,
  { http: ['POST', path, 200] },
  () => structure(`${name}Request`, input),
  () => structure(`${name}Response`, { ...output, NextToken: text }),
];

const describeCanaries = operation(
  'DescribeCanaries',
  '/canaries',
  { NextToken: text, MaxResults: integer },
  { Canaries: listOf('Canaries', () => canary) },
);

const describeCanariesLastRun = operation(
  'DescribeCanariesLastRun',
  '/canaries/last-run',
  { NextToken: text, Names: listOf('DescribeCanariesLastRunNameFilter', text) },
  { CanariesLastRun: listOf('CanariesLastRun', () => lastRun) },
);

// A label of the path is the trait 1 of its member.
const getCanaryRuns = operation(
  'GetCanaryRuns',
  '/canary/{Name}/runs',
  { Name: [text, 1], MaxResults: integer },
  { CanaryRuns: listOf('CanaryRuns', () => run) },
);

const command = <Input extends object, Output extends MetadataBearer>(name: string, schema: StaticOperationSchema) =>
  Command.classBuilder<Input, Output, LambdaClientResolvedConfig, ServiceInputTypes, ServiceOutputTypes>()
    .ep({})
    .m((_command, _stack, config) => [getEndpointPlugin(config, {})])
    .s('Synthetics', name, {})
    .n('LambdaClient', `${name}Command`)
    .sc(schema)
    .build();

export class DescribeCanariesCommand extends command<DescribeCanariesInput, DescribeCanariesOutput>('DescribeCanaries', describeCanaries) {}

export class DescribeCanariesLastRunCommand extends command<DescribeCanariesLastRunInput, DescribeCanariesLastRunOutput>(
  'DescribeCanariesLastRun',
  describeCanariesLastRun,
) {}

export class GetCanaryRunsCommand extends command<GetCanaryRunsInput, GetCanaryRunsOutput>('GetCanaryRuns', getCanaryRuns) {}
