// EC2's query protocol and the AWS query protocol: a form comes in, XML goes out.
import { FromStringShapeDeserializer } from '@smithy/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import type { $SchemaRef, StaticStructureSchema } from '@smithy/types';
import { AwsError } from '../types.ts';
import type { Operation, Operations } from './schema.ts';
import { rpcSettings, writeXml } from './xml.ts';

export type QueryDialect = 'ec2' | 'aws';

interface Node {
  readonly [key: string]: Node | string;
}

/**
 * The operation and input of a form. Throws AwsError `InvalidAction` for an operation that the service has not,
 * `UnknownParameter` for a key that the operation has not, `InvalidParameterValue` for a scalar of the wrong type.
 */
export function decodeQuery(
  operations: Operations,
  form: URLSearchParams,
  dialect: QueryDialect,
): { operation: Operation; input: unknown } {
  const action = form.get('Action');
  const operation = operations.get(action ?? '');
  if (!operation) throw new AwsError('InvalidAction', `The action ${action} is not valid for this web service.`);
  const tree = treeOf([...form].filter(([key]) => key !== 'Action' && key !== 'Version'));
  if (!operation.input) {
    const [first] = Object.keys(tree);
    if (first !== undefined) throw unknownParameter(first);
    return { operation, input: {} };
  }
  return { operation, input: read(NormalizedSchema.of(operation.input), tree, dialect, '') };
}

/** The answer's XML: EC2's flat `…Response`, or `…Response/…Result` with ResponseMetadata. */
export function encodeQuery(operation: Operation, output: unknown, requestId: string, dialect: QueryDialect, namespace: string): string {
  const value =
    dialect === 'ec2'
      ? { requestId, ...(output ?? {}) }
      : { [`${operation.name}Result`]: output ?? {}, ResponseMetadata: { RequestId: requestId } };
  return writeXml(envelopeOf(operation, dialect), value, rpcSettings, namespace);
}

const scalars = new FromStringShapeDeserializer(rpcSettings);

const unknownParameter = (key: string): AwsError => new AwsError('UnknownParameter', `The parameter ${key} is not recognized`);

function treeOf(parameters: readonly (readonly [string, string])[]): Node {
  const root: Record<string, Node | string> = Object.create(null);
  for (const [key, value] of parameters) {
    let node = root;
    const parts = key.split('.');
    const last = parts.pop() ?? '';
    for (const part of parts) {
      const next = node[part];
      const child: Record<string, Node | string> = typeof next === 'object' ? next : Object.create(null);
      node[part] = child;
      node = child;
    }
    if (typeof node[last] !== 'object') node[last] = value;
  }
  return root;
}

const capitalized = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

function read(schema: NormalizedSchema, node: Node | string, dialect: QueryDialect, path: string): unknown {
  if (schema.isStructSchema()) return readStructure(schema, node, dialect, path);
  if (schema.isListSchema()) return readList(schema, node, dialect, path);
  if (schema.isMapSchema()) return readMap(schema, node, dialect, path);
  if (typeof node === 'object') throw unknownParameter(`${path}.${Object.keys(node)[0] ?? ''}`);
  return readScalar(schema, node, path);
}

function readStructure(schema: NormalizedSchema, node: Node | string, dialect: QueryDialect, path: string): unknown {
  if (typeof node === 'string') return {};
  const result: Record<string, unknown> = {};
  const keys = new Set<string>();
  for (const [name, member] of schema.structIterator()) {
    const key = wireName(name, member, dialect);
    keys.add(key);
    const value = node[key];
    if (value !== undefined) result[name] = read(member, value, dialect, path === '' ? key : `${path}.${key}`);
  }
  for (const key of Object.keys(node)) if (!keys.has(key)) throw unknownParameter(path === '' ? key : `${path}.${key}`);
  return result;
}

function wireName(name: string, member: NormalizedSchema, dialect: QueryDialect): string {
  const traits = member.getMergedTraits();
  if (dialect === 'aws') return traits.xmlName ?? name;
  const ec2Name = traits.ec2QueryName;
  return typeof ec2Name === 'string' ? ec2Name : capitalized(traits.xmlName ?? name);
}

function readList(schema: NormalizedSchema, node: Node | string, dialect: QueryDialect, path: string): unknown {
  if (typeof node === 'string') return [];
  const member = schema.getValueSchema();
  const flat = dialect === 'ec2' || schema.getMergedTraits().xmlFlattened;
  const list = flat ? node : node[member.getMergedTraits().xmlName ?? 'member'];
  if (list === undefined || typeof list === 'string') return [];
  return itemsOf(list).map(([index, item]) => read(member, item, dialect, `${path}.${index}`));
}

function readMap(schema: NormalizedSchema, node: Node | string, dialect: QueryDialect, path: string): unknown {
  const entries = typeof node === 'string' || schema.getMergedTraits().xmlFlattened ? node : node.entry;
  if (entries === undefined || typeof entries === 'string') return {};
  const keyName = schema.getKeySchema().getMergedTraits().xmlName ?? 'key';
  const valueName = schema.getValueSchema().getMergedTraits().xmlName ?? 'value';
  const result: Record<string, unknown> = {};
  for (const [index, entry] of itemsOf(entries)) {
    if (typeof entry === 'string') continue;
    const key = entry[keyName];
    const value = entry[valueName];
    if (typeof key === 'string' && value !== undefined) result[key] = read(schema.getValueSchema(), value, dialect, `${path}.${index}`);
  }
  return result;
}

const itemsOf = (node: Node): [string, Node | string][] =>
  Object.entries(node)
    .filter(([key]) => /^\d+$/.test(key))
    .sort(([a], [b]) => Number(a) - Number(b));

function readScalar(schema: NormalizedSchema, text: string, path: string): unknown {
  const invalid = () => new AwsError('InvalidParameterValue', `Value (${text}) for parameter ${path} is invalid.`);
  if (schema.isBooleanSchema() && !/^(true|false)$/i.test(text)) throw invalid();
  if (schema.isNumericSchema() && (text.trim() === '' || !Number.isFinite(Number(text)))) throw invalid();
  if (schema.isTimestampSchema() && Number.isNaN(Date.parse(text)) && Number.isNaN(Number(text))) throw invalid();
  return scalars.read(schema, schema.isBooleanSchema() ? text.toLowerCase() : text);
}

const envelopes = new WeakMap<Operation, StaticStructureSchema>();

function envelopeOf(operation: Operation, dialect: QueryDialect): StaticStructureSchema {
  const known = envelopes.get(operation);
  if (known) return known;
  const { name, output } = operation;
  const nothing: StaticStructureSchema = [3, 'sandbox', 'Nothing', 0, [], []];
  const metadata: StaticStructureSchema = [3, 'sandbox', 'ResponseMetadata', 0, ['RequestId'], [0]];
  const result: $SchemaRef = output ?? nothing;
  const envelope: StaticStructureSchema =
    dialect === 'ec2'
      ? [3, 'sandbox', `${name}Response`, 0, ['requestId', ...(output?.[4] ?? [])], [0, ...(output?.[5] ?? [])]]
      : [3, 'sandbox', `${name}Response`, 0, [`${name}Result`, 'ResponseMetadata'], [result, metadata]];
  envelopes.set(operation, envelope);
  return envelope;
}
