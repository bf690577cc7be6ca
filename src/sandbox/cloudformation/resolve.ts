// What a template's properties and outputs come to for given parameters, as far as the parameters decide it.
import { isObject, type Node, type NodeObject, type Template } from './template.ts';

export interface Scope {
  readonly template: Template;
  readonly parameters: { readonly [name: string]: string };
  readonly region: string;
  readonly accountId: string;
  readonly stackName: string;
  readonly stackId: string;
  /** Physical ids by logical id; a resource without one stays a reference. */
  readonly physicalIds: { readonly [logicalId: string]: string };
}

/** The value with parameters, conditions and the pure functions worked out; attributes of resources stay as they are. */
export function resolve(value: Node, scope: Scope): Node | undefined {
  if (Array.isArray(value)) {
    const items: Node[] = [];
    for (const item of value as readonly Node[]) {
      const resolved = resolve(item, scope);
      if (resolved !== undefined) items.push(resolved);
    }
    return items;
  }
  if (!isObject(value)) return value;
  const keys = Object.keys(value);
  const [key] = keys;
  if (keys.length === 1 && key !== undefined) {
    const inner = value[key] ?? null;
    if (key === 'Ref' && typeof inner === 'string') return reference(inner, scope);
    if (key === 'Fn::If' && Array.isArray(inner)) return resolve((holds(String(inner[0]), scope) ? inner[1] : inner[2]) ?? null, scope);
    if (key === 'Fn::Sub') return substitute(inner, scope);
    if (key === 'Fn::Join' && Array.isArray(inner)) return join(inner, scope);
    if (key === 'Fn::Select' && Array.isArray(inner)) return select(inner, scope);
    if (key === 'Fn::Split' && Array.isArray(inner)) return split(inner, scope);
  }
  const out: { [key: string]: Node } = {};
  for (const [name, inner] of Object.entries(value)) {
    const resolved = resolve(inner, scope);
    if (resolved !== undefined) out[name] = resolved;
  }
  return out;
}

/** Does a condition of the template hold for these parameters. */
export function holds(name: string, scope: Scope): boolean {
  return truth(scope.template.conditions[name] ?? false, scope);
}

/** The resources that stand under these parameters: those without a condition, or whose condition holds. */
export const standing = (scope: Scope): readonly string[] =>
  Object.entries(scope.template.resources)
    .filter(([, resource]) => resource.condition === null || holds(resource.condition, scope))
    .map(([logicalId]) => logicalId);

/** The properties of one resource, worked out. */
export const propertiesOf = (logicalId: string, scope: Scope): NodeObject => {
  const resolved = resolve(scope.template.resources[logicalId]?.properties ?? {}, scope);
  return isObject(resolved) ? resolved : {};
};

/** The outputs that stand, worked out to text. */
export function outputsOf(scope: Scope): { readonly [name: string]: { readonly value: string; readonly description: string | null } } {
  const out: { [name: string]: { value: string; description: string | null } } = {};
  for (const [name, output] of Object.entries(scope.template.outputs)) {
    if (typeof output.Condition === 'string' && !holds(output.Condition, scope)) continue;
    const value = resolve(output.Value ?? '', scope);
    out[name] = {
      value: typeof value === 'string' ? value : attributeText(value, scope),
      description: typeof output.Description === 'string' ? output.Description : null,
    };
  }
  return out;
}

function truth(condition: Node, scope: Scope): boolean {
  if (!isObject(condition)) return condition === true || condition === 'true';
  const [entry] = Object.entries(condition);
  if (!entry) return false;
  const [operator, operand] = entry;
  const list: readonly Node[] = Array.isArray(operand) ? operand : [operand];
  if (operator === 'Condition') return holds(String(operand), scope);
  if (operator === 'Fn::Not') return !truth(list[0] ?? false, scope);
  if (operator === 'Fn::And') return list.every((item) => truth(item, scope));
  if (operator === 'Fn::Or') return list.some((item) => truth(item, scope));
  if (operator === 'Fn::Equals') return JSON.stringify(resolve(list[0] ?? null, scope)) === JSON.stringify(resolve(list[1] ?? null, scope));
  return false;
}

function reference(name: string, scope: Scope): Node | undefined {
  const value = scope.parameters[name];
  if (value !== undefined) {
    const type = scope.template.parameters[name]?.type ?? 'String';
    const many = type === 'CommaDelimitedList' || type.startsWith('List<');
    return many ? (value === '' ? [] : value.split(',').map((item) => item.trim())) : value;
  }
  if (name === 'AWS::NoValue') return undefined;
  if (name === 'AWS::Region') return scope.region;
  if (name === 'AWS::AccountId') return scope.accountId;
  if (name === 'AWS::StackName') return scope.stackName;
  if (name === 'AWS::StackId') return scope.stackId;
  if (name === 'AWS::Partition') return 'aws';
  if (name === 'AWS::URLSuffix') return 'amazonaws.com';
  return scope.physicalIds[name] ?? { Ref: name };
}

function substitute(inner: Node, scope: Scope): Node {
  const [pattern, own] = Array.isArray(inner) ? inner : [inner, {}];
  const locals = isObject(own) ? own : {};
  return String(pattern).replace(/\$\{([^}]+)\}/g, (whole, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    const local = locals[name];
    const value = local !== undefined ? resolve(local, scope) : name.includes('.') ? undefined : reference(name, scope);
    if (Array.isArray(value)) return value.join(',');
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : whole;
  });
}

function join(inner: readonly Node[], scope: Scope): Node {
  const items = resolve(inner[1] ?? [], scope);
  if (!Array.isArray(items)) return { 'Fn::Join': [...inner] };
  return items.map((item: Node) => (isObject(item) ? attributeText(item, scope) : String(item))).join(String(inner[0] ?? ''));
}

function select(inner: readonly Node[], scope: Scope): Node {
  const items = resolve(inner[1] ?? [], scope);
  const item: Node | undefined = Array.isArray(items) ? items[Number(inner[0])] : undefined;
  return item ?? { 'Fn::Select': [...inner] };
}

function split(inner: readonly Node[], scope: Scope): Node {
  const value = resolve(inner[1] ?? '', scope);
  return typeof value === 'string' ? value.split(String(inner[0])) : { 'Fn::Split': [...inner] };
}

function attributeText(value: Node | undefined, scope: Scope): string {
  if (Array.isArray(value)) return value.map((item: Node) => attributeText(item, scope)).join(',');
  if (!isObject(value)) return value === undefined || value === null ? '' : String(value);
  const attribute = value['Fn::GetAtt'];
  const [logicalId, name] = Array.isArray(attribute) ? attribute.map(String) : typeof attribute === 'string' ? attribute.split('.') : [];
  if (logicalId === undefined) return JSON.stringify(value);
  const type = scope.template.resources[logicalId]?.type ?? '';
  const physical = scope.physicalIds[logicalId] ?? logicalId;
  if (name === 'Arn') return arnOf(type, physical, scope);
  return `${physical}.${name ?? ''}`;
}

function arnOf(type: string, physicalId: string, scope: Scope): string {
  if (physicalId.startsWith('arn:')) return physicalId;
  const at = `${scope.region}:${scope.accountId}`;
  if (type === 'AWS::IAM::Role') return `arn:aws:iam::${scope.accountId}:role/${physicalId}`;
  if (type === 'AWS::Lambda::Function') return `arn:aws:lambda:${at}:function:${physicalId}`;
  if (type === 'AWS::S3::Bucket') return `arn:aws:s3:::${physicalId}`;
  const service = type.split('::')[1]?.toLowerCase() ?? 'unknown';
  return `arn:aws:${service}:${at}:${physicalId}`;
}
