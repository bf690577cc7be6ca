// What an update would do to the stack's resources: properties that come out differently, and what follows from them.
import { isDeepStrictEqual } from 'node:util';
import { holds, propertiesOf, type Scope, standing } from './resolve.ts';
import type { ChangeRecord, StackResourceRecord } from './state.ts';
import { mentions, type Node } from './template.ts';

type Detail = ChangeRecord['details'][number];
type Recreation = Detail['requiresRecreation'];

// Properties whose change replaces the resource, as the resource reference has them; all others are changed in place.
const replacing: { readonly [type: string]: readonly string[] } = {
  'AWS::ApiGateway::Deployment': ['RestApiId'],
  'AWS::ApiGateway::Resource': ['ParentId', 'PathPart', 'RestApiId'],
  'AWS::EC2::SecurityGroup': ['GroupDescription', 'GroupName', 'VpcId'],
  'AWS::EC2::VPCEndpoint': ['ServiceName', 'VpcEndpointType', 'VpcId'],
  'AWS::ECS::Service': ['Cluster', 'LaunchType', 'ServiceName'],
  'AWS::ECS::TaskDefinition': ['ContainerDefinitions', 'Cpu', 'ExecutionRoleArn', 'Family', 'Memory', 'NetworkMode', 'TaskRoleArn'],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['Name', 'Scheme', 'Type'],
  'AWS::IAM::Role': ['Path', 'RoleName'],
  'AWS::Lambda::Function': ['FunctionName', 'PackageType'],
  'AWS::RDS::DBInstance': ['DBInstanceIdentifier', 'DBName', 'Engine', 'MasterUsername'],
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::SNS::Topic': ['TopicName'],
  'AWS::SQS::Queue': ['QueueName'],
  'AWS::Synthetics::Canary': ['Name'],
};

/** The changes from one scope to the other, in the template's order; `resources` are the stack's present ones. */
export function changesBetween(before: Scope, after: Scope, resources: readonly StackResourceRecord[]): ChangeRecord[] {
  const stoodBefore = new Set(resources.map((resource) => resource.logicalId));
  const standsAfter = new Set(standing(after));
  const changes: ChangeRecord[] = [];
  for (const logicalId of standsAfter) {
    const type = after.template.resources[logicalId]?.type ?? '';
    if (!stoodBefore.has(logicalId)) {
      changes.push({ action: 'Add', logicalId, physicalId: null, type, replacement: null, scope: [], details: [] });
      continue;
    }
    const details = changed(logicalId, before, after);
    if (details.length > 0) changes.push(modify(logicalId, type, physical(resources, logicalId), details));
  }
  for (const { logicalId, physicalId, type } of resources)
    if (!standsAfter.has(logicalId))
      changes.push({ action: 'Remove', logicalId, physicalId, type, replacement: null, scope: [], details: [] });
  return withDependents(changes, after, resources);
}

const physical = (resources: readonly StackResourceRecord[], logicalId: string): string | null =>
  resources.find((resource) => resource.logicalId === logicalId)?.physicalId ?? null;

function modify(logicalId: string, type: string, physicalId: string | null, details: Detail[]): ChangeRecord {
  const has = (recreation: Recreation) => details.some((detail) => detail.requiresRecreation === recreation);
  const certain = details.some((detail) => detail.requiresRecreation === 'Always' && detail.changeSource !== 'ResourceAttribute');
  const replacement = certain ? 'True' : has('Always') || has('Conditionally') ? 'Conditional' : 'False';
  return {
    action: 'Modify',
    logicalId,
    physicalId,
    type,
    replacement,
    scope: [...new Set(details.map((detail) => detail.attribute))],
    details,
  };
}

function changed(logicalId: string, before: Scope, after: Scope): Detail[] {
  const type = after.template.resources[logicalId]?.type ?? '';
  const was = propertiesOf(logicalId, before);
  const is = propertiesOf(logicalId, after);
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((name) => {
    if (isDeepStrictEqual(was[name], is[name])) return [];
    const value = after.template.resources[logicalId]?.properties[name] ?? null;
    const target = {
      attribute: name === 'Tags' ? 'Tags' : 'Properties',
      name: name === 'Tags' ? null : name,
      requiresRecreation: recreation(type, name),
    };
    const causes = parametersBehind(value, after).filter((parameter) => before.parameters[parameter] !== after.parameters[parameter]);
    // A reference to a parameter shows twice: by the parameter, and as a value known only at execution.
    return [
      { ...target, evaluation: causes.length > 0 ? 'Dynamic' : 'Static', changeSource: 'DirectModification', causingEntity: null } as const,
      ...causes.map((cause) => ({ ...target, evaluation: 'Static', changeSource: 'ParameterReference', causingEntity: cause }) as const),
    ];
  });
}

/** Parameters that a value depends on, those of its conditions included. */
function parametersBehind(value: Node, scope: Scope): readonly string[] {
  const found = new Set<string>();
  const visited = new Set<string>();
  const visit = (node: Node) => {
    for (const { name, by } of mentions(node)) {
      if (by === 'ref' && name in scope.parameters) found.add(name);
      if (by !== 'condition' || visited.has(name)) continue;
      visited.add(name);
      visit(scope.template.conditions[name] ?? null);
    }
  };
  visit(value);
  return [...found];
}

const recreation = (type: string, property: string): Recreation => (replacing[type]?.includes(property) ? 'Always' : 'Never');

/** Adds what hangs on changed resources: on an attribute of a modified one, on the id of a replaced one. */
function withDependents(changes: ChangeRecord[], after: Scope, resources: readonly StackResourceRecord[]): ChangeRecord[] {
  const all = new Map(changes.map((change) => [change.logicalId, change]));
  for (const change of all.values()) {
    if (change.action !== 'Modify') continue;
    for (const [logicalId, resource] of Object.entries(after.template.resources)) {
      if (logicalId === change.logicalId || (resource.condition !== null && !holds(resource.condition, after))) continue;
      const details = Object.entries(resource.properties).flatMap(([name, value]) => following(change, resource.type, name, value));
      if (details.length === 0) continue;
      const present = all.get(logicalId);
      if (present?.action === 'Add') continue;
      const known = present?.details ?? [];
      const fresh = details.filter((detail) => !known.some((other) => isDeepStrictEqual(other, detail)));
      if (fresh.length > 0) all.set(logicalId, modify(logicalId, resource.type, physical(resources, logicalId), [...known, ...fresh]));
    }
  }
  return [...all.values()];
}

function following(change: ChangeRecord, type: string, name: string, value: Node): Detail[] {
  const target = {
    attribute: name === 'Tags' ? 'Tags' : 'Properties',
    name: name === 'Tags' ? null : name,
    requiresRecreation: recreation(type, name),
    evaluation: 'Dynamic' as const,
  };
  return mentions(value).flatMap(({ name: mentioned, attribute, by }): Detail[] => {
    if (mentioned !== change.logicalId) return [];
    if (by === 'attribute') return [{ ...target, changeSource: 'ResourceAttribute', causingEntity: `${mentioned}.${attribute ?? ''}` }];
    if (by === 'ref' && change.replacement !== 'False') return [{ ...target, changeSource: 'ResourceReference', causingEntity: mentioned }];
    return [];
  });
}
