// Templates: JSON bodies read once, and what their properties come to for given parameters. YAML is not modelled.
import { AwsError } from '../types.ts';

export type Node = null | boolean | number | string | readonly Node[] | { readonly [key: string]: Node };
export interface NodeObject {
  readonly [key: string]: Node;
}

export interface TemplateParameter {
  readonly type: string;
  readonly default: string | null;
  readonly noEcho: boolean;
  readonly description: string | null;
  readonly allowedValues: readonly string[] | null;
  readonly allowedPattern: string | null;
}

export interface TemplateResource {
  readonly type: string;
  readonly condition: string | null;
  readonly properties: NodeObject;
  readonly body: NodeObject;
}

export interface Template {
  readonly description: string | null;
  readonly version: string | null;
  readonly metadata: Node | undefined;
  readonly parameters: { readonly [name: string]: TemplateParameter };
  readonly conditions: NodeObject;
  readonly resources: { readonly [logicalId: string]: TemplateResource };
  readonly outputs: { readonly [name: string]: NodeObject };
  readonly transforms: readonly string[];
}

/** ValidationError: what CloudFormation answers to nearly everything (G6). */
export const invalid = (message: string): AwsError => new AwsError('ValidationError', message);

const cache = new Map<string, Template>();

/** Reads a template's body. Throws ValidationError for what is no template; a body in YAML is refused as unsupported. */
export function parseTemplate(body: string): Template {
  const known = cache.get(body);
  if (known) return known;
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid('Template format error: JSON not well-formed.');
    throw error;
  }
  if (!isObject(parsed)) throw invalid('Template format error: unsupported structure.');
  const resources = object(parsed.Resources);
  if (Object.keys(resources).length === 0) throw invalid('Template format error: At least one Resources member must be defined.');
  const template: Template = {
    description: text(parsed.Description),
    version: text(parsed.AWSTemplateFormatVersion),
    metadata: parsed.Metadata,
    parameters: mapped(object(parsed.Parameters), readParameter),
    conditions: object(parsed.Conditions),
    resources: mapped(resources, readResource),
    outputs: mapped(object(parsed.Outputs), object),
    transforms:
      parsed.Transform === undefined
        ? []
        : (Array.isArray(parsed.Transform) ? parsed.Transform : [parsed.Transform]).flatMap((t) => text(t) ?? []),
  };
  checkReferences(template);
  if (cache.size > 50) cache.clear();
  cache.set(body, template);
  return template;
}

/** Every name that a value mentions by Ref, Fn::Sub, Fn::GetAtt, Fn::If or Condition, with the attribute for GetAtt. */
export function mentions(
  value: Node,
): { readonly name: string; readonly attribute: string | null; readonly by: 'ref' | 'attribute' | 'condition' }[] {
  if (Array.isArray(value)) return value.flatMap((item: Node) => mentions(item));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'Ref' && typeof inner === 'string') return [{ name: inner, attribute: null, by: 'ref' as const }];
    if (key === 'Condition' && typeof inner === 'string') return [{ name: inner, attribute: null, by: 'condition' as const }];
    if (key === 'Fn::GetAtt') {
      const [name = '', attribute = ''] =
        typeof inner === 'string' ? inner.split(/\.(.*)/s) : Array.isArray(inner) ? inner.map(String) : [];
      return [{ name, attribute, by: 'attribute' as const }];
    }
    if (key === 'Fn::If' && Array.isArray(inner))
      return [{ name: String(inner[0]), attribute: null, by: 'condition' as const }, ...mentions(inner.slice(1))];
    if (key === 'Fn::Sub') {
      const [pattern, own] = Array.isArray(inner) ? inner : [inner];
      const locals = Object.keys(object(own));
      const names = [...String(pattern).matchAll(/\$\{([^!}][^}]*)\}/g)]
        .map((match) => match[1] ?? '')
        .filter((name) => !locals.includes(name));
      return [
        ...mentions(own ?? null),
        ...names.map((name) => {
          const [base = '', attribute] = name.split(/\.(.*)/s);
          return attribute === undefined
            ? { name: base, attribute: null, by: 'ref' as const }
            : { name: base, attribute, by: 'attribute' as const };
        }),
      ];
    }
    return mentions(inner);
  });
}

export const isObject = (value: unknown): value is NodeObject => typeof value === 'object' && value !== null && !Array.isArray(value);

const object = (value: unknown): NodeObject => (isObject(value) ? value : {});
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const mapped = <T>(table: NodeObject, read: (value: Node) => T): { readonly [name: string]: T } =>
  Object.fromEntries(Object.entries(table).map(([name, value]) => [name, read(value)]));

function readParameter(value: Node): TemplateParameter {
  const body = object(value);
  const given = body.Default;
  return {
    type: text(body.Type) ?? 'String',
    default: given === undefined || given === null ? null : Array.isArray(given) ? given.join(',') : String(given),
    noEcho: body.NoEcho === true || body.NoEcho === 'true',
    description: text(body.Description),
    allowedValues: Array.isArray(body.AllowedValues) ? body.AllowedValues.map(String) : null,
    allowedPattern: text(body.AllowedPattern),
  };
}

function readResource(value: Node): TemplateResource {
  const body = object(value);
  const type = text(body.Type);
  if (type === null) throw invalid('Template format error: Every Resources object must contain a Type member.');
  return { type, condition: text(body.Condition), properties: object(body.Properties), body };
}

function checkReferences(template: Template): void {
  const known = (name: string) => name in template.parameters || name in template.resources || name.startsWith('AWS::');
  for (const [logicalId, resource] of Object.entries(template.resources))
    for (const { name, by } of mentions(resource.properties)) {
      if (by === 'condition' ? name in template.conditions || known(name) : known(name)) continue;
      if (by === 'condition') continue;
      throw invalid(
        `Template format error: Unresolved resource dependencies [${name}] in the Resources block of the template (${logicalId})`,
      );
    }
}
