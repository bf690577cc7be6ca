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
  readonly VpcConfig?: { readonly VpcId?: string; readonly SubnetIds?: readonly string[] };
}

export interface DescribeCanariesOutput extends MetadataBearer {
  readonly Canaries?: readonly SyntheticsCanary[];
  readonly NextToken?: string;
}

/**
 * A client of Synthetics.
 * @param config as for any client; where it names an endpoint, that is asked
 */
export function createSyntheticsClient({ endpoint, ...config }: SyntheticsConfig): SyntheticsClient {
  const { region } = config;
  const url = new URL(endpoint ?? `https://synthetics.${region}.${suffixOf(region)}`);
  const authSchemes = [{ name: 'sigv4' as const, signingName: 'synthetics', signingRegion: region, properties: {} }];
  return new LambdaClient({
    ...config,
    serviceId: 'synthetics',
    endpointProvider: () => ({ url, headers: {}, properties: { authSchemes } }),
  });
}

type SyntheticsConfig = Omit<LambdaClientConfig, 'endpoint' | 'region'> & { readonly region: string; readonly endpoint?: string };

// Partitions by the beginnings of their Regions (K14).
const suffixes: readonly (readonly [beginning: string, suffix: string])[] = [
  ['cn-', 'amazonaws.com.cn'],
  ['eusc-', 'amazonaws.eu'],
  ['us-iso-', 'c2s.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['eu-isoe-', 'cloud.adc-e.uk'],
  ['us-isof-', 'csp.hci.ic.gov'],
  ['eu-isof-', 'csp.hci.ic.gov'],
];

const suffixOf = (region: string): string => suffixes.find(([beginning]) => region.startsWith(beginning))?.[1] ?? 'amazonaws.com';

const text = 0;
const integer = 1;
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
const canary = structure('Canary', { Name: text, ExecutionRoleArn: text, EngineArn: text, VpcConfig: () => vpcConfig });

const describeCanaries: StaticOperationSchema = [
  9,
  namespace,
  'DescribeCanaries',
  { http: ['POST', '/canaries', 200] },
  () => structure('DescribeCanariesRequest', { NextToken: text, MaxResults: integer }),
  () => structure('DescribeCanariesResponse', { Canaries: listOf('Canaries', () => canary), NextToken: text }),
];

export class DescribeCanariesCommand extends Command.classBuilder<
  DescribeCanariesInput,
  DescribeCanariesOutput,
  LambdaClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes
>()
  .ep({})
  .m((_command, _stack, config) => [getEndpointPlugin(config, {})])
  .s('Synthetics', 'DescribeCanaries', {})
  .n('LambdaClient', 'DescribeCanariesCommand')
  .sc(describeCanaries)
  .build() {}
