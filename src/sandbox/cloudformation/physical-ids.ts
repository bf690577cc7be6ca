// What CloudFormation calls a new resource: the name that the template gives it, else one of the service's own form.
import type { NodeObject } from './template.ts';

interface Place {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
}

/** The physical id of a resource of `stack`: fixed for stack, logical id and properties. */
export function physicalIdOf(stack: Place, logicalId: string, type: string, properties: NodeObject): string {
  const given = properties[naming[type] ?? ''];
  if (typeof given === 'string') return given;
  const mark = markOf(`${stack.id}/${logicalId}`);
  const name = `${stack.name}-${logicalId}-${mark.slice(0, 12).toUpperCase()}`;
  if (type === 'AWS::ApiGateway::RestApi' || type === 'AWS::ApiGateway::Deployment') return mark.slice(0, 10);
  if (type === 'AWS::EC2::SecurityGroup') return `sg-0${hex(mark)}`;
  if (type === 'AWS::SNS::Topic') return `arn:aws:sns:${stack.region}:${stack.accountId}:${name}`;
  if (type === 'AWS::SQS::Queue') return `https://sqs.${stack.region}.amazonaws.com/${stack.accountId}/${name}`;
  return type === 'AWS::S3::Bucket' ? name.toLowerCase() : name;
}

/** The property that names a resource of the type. */
const naming: { readonly [type: string]: string } = {
  'AWS::ApiGateway::Stage': 'StageName',
  'AWS::ECS::Cluster': 'ClusterName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::Synthetics::Canary': 'Name',
};

/** Sixteen characters of 0–9 and a–z. */
function markOf(text: string): string {
  let mark = '';
  for (let part = 0; mark.length < 16; part += 1) {
    let hash = 0x811c9dc5;
    for (const character of `${part}/${text}`) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
    mark += hash.toString(36).padStart(7, '0').slice(-6);
  }
  return mark.slice(0, 16);
}

const hex = (mark: string): string => [...mark].map((character) => (Number.parseInt(character, 36) % 16).toString(16)).join('');
