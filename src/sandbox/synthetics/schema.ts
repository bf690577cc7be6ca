// The schema of Synthetics' one operation that the sandbox has, in the form in which SDK clients export theirs: none of the SDK's
// generation that is used here has a client for it.
// https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_DescribeCanaries.html
import type { $SchemaRef, StaticOperationSchema, StaticStructureSchema } from '@smithy/types';

const service = 'com.amazonaws.synthetics';
const string = 0;
const number = 1;
const strings: $SchemaRef = [1, service, 'Strings', 0, string];

const VpcConfigOutput: StaticStructureSchema = [
  3,
  service,
  'VpcConfigOutput',
  0,
  ['VpcId', 'SubnetIds', 'SecurityGroupIds'],
  [string, strings, strings],
];

const Canary: StaticStructureSchema = [
  3,
  service,
  'Canary',
  0,
  ['Id', 'Name', 'ArtifactS3Location', 'EngineArn', 'ExecutionRoleArn', 'RuntimeVersion', 'VpcConfig'],
  [string, string, string, string, string, string, () => VpcConfigOutput],
];

const request: StaticStructureSchema = [
  3,
  service,
  'DescribeCanariesRequest',
  0,
  ['NextToken', 'MaxResults', 'Names'],
  [string, number, strings],
];
const response: StaticStructureSchema = [
  3,
  service,
  'DescribeCanariesResponse',
  0,
  ['Canaries', 'NextToken'],
  [[1, service, 'Canaries', 0, () => Canary], string],
];

export const DescribeCanaries$: StaticOperationSchema = [
  9,
  service,
  'DescribeCanaries',
  { http: ['POST', '/canaries', 200] },
  () => request,
  () => response,
];
