// REST bindings: which operation a method, path, query and headers mean, and where its members travel. Bodies are XML or
// JSON, by the service.

import { XmlShapeDeserializer } from '@aws-sdk/core/protocols';
import { FromStringShapeDeserializer, ToStringShapeSerializer } from '@smithy/core/protocols';
import type { StaticStructureSchema } from '@smithy/types';
import { AwsError } from '../types.ts';
import { readJson, writeJson } from './json.ts';
import { type Member, membersOf, type Operation, type Operations, withMembers } from './schema.ts';
import { restSettings, writeXml } from './xml.ts';

export interface RestFormat {
  readonly kind: 'xml' | 'json';
  readonly namespace: string;
}

export interface Route {
  readonly operation: Operation;
  readonly method: string;
  readonly path: RegExp;
  readonly labels: readonly string[];
  /** S3's bucket, which the URI patterns leave out. */
  readonly needsBucket: boolean;
  /** Static keys of the URI pattern without `x-id`, and the required query members; '' is any value. */
  readonly query: readonly (readonly [key: string, value: string])[];
  readonly headers: readonly string[];
  readonly xId: string | null;
}

export interface RestRequest {
  readonly method: string;
  /** Percent-encoded; for S3 without the bucket: `/` or `/key`. */
  readonly path: string;
  readonly bucket: string | null;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface RestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** The routes of a service's operations. */
export function routesOf(operations: Operations): readonly Route[] {
  return [...operations.values()].flatMap((operation) => (operation.http ? [routeOf(operation, operation.http)] : []));
}

/** The most specific route that a request fits and its path labels, or null. */
export function findRoute(routes: readonly Route[], request: RestRequest): { route: Route; labels: Record<string, string> } | null {
  const xId = request.query.get('x-id');
  let best: { route: Route; found: RegExpExecArray; rank: number } | null = null;
  for (const route of routes) {
    const found = fits(route, request);
    if (!found) continue;
    const rank = rankOf(route, xId);
    if (!best || rank > best.rank) best = { route, found, rank };
  }
  if (!best) return null;
  const { route, found } = best;
  const labels: Record<string, string> = request.bucket === null ? {} : { Bucket: request.bucket };
  route.labels.forEach((label, index) => {
    labels[label] = decoded(found[index + 1] ?? '');
  });
  return { route, labels };
}

/** The operation's input out of path labels, query, headers and body. Throws AwsError where the body cannot be read. */
export async function decodeRest(
  operation: Operation,
  request: RestRequest,
  labels: Readonly<Record<string, string>>,
  format: RestFormat,
): Promise<Record<string, unknown>> {
  const input: Record<string, unknown> = {};
  const inBody: string[] = [];
  for (const member of operation.input ? membersOf(operation.input) : []) {
    const { name, traits } = member;
    if (traits.httpLabel) put(input, name, labels[name] === undefined ? undefined : fromText(member, labels[name]));
    else if (traits.httpQuery) put(input, name, queryValue(member, request.query.getAll(traits.httpQuery)));
    else if (traits.httpHeader) put(input, name, headerValue(member, request.headers[traits.httpHeader.toLowerCase()]));
    else if (traits.httpPrefixHeaders) put(input, name, prefixed(request.headers, traits.httpPrefixHeaders));
    else if (traits.httpPayload) put(input, name, await payload(member, request.body, format));
    else inBody.push(name);
  }
  if (operation.input && inBody.length > 0 && request.body.length > 0) {
    Object.assign(input, await readBody(withMembers(operation.input, inBody), request.body, format));
  }
  return input;
}

/** The answer's status, headers and body. */
export function encodeRest(operation: Operation, output: Readonly<Record<string, unknown>>, format: RestFormat): RestAnswer {
  let status = operation.http?.[2] ?? 200;
  const headers: Record<string, string> = {};
  const inBody: string[] = [];
  let body: Uint8Array | string | null = null;
  for (const member of operation.output ? membersOf(operation.output) : []) {
    const { name, traits } = member;
    const value = output[name];
    if (traits.httpPayload) {
      body = value === undefined || value === null ? '' : writePayload(member, value, headers, format);
    } else if (traits.httpHeader) {
      if (value !== undefined && value !== null) headers[traits.httpHeader.toLowerCase()] = toText(member, value);
    } else if (traits.httpPrefixHeaders) {
      for (const [key, text] of Object.entries(value ?? {})) headers[traits.httpPrefixHeaders + key] = String(text);
    } else if (traits.httpResponseCode) {
      if (typeof value === 'number') status = value;
    } else inBody.push(name);
  }
  if (body === null && operation.output && inBody.length > 0) {
    const schema = withMembers(operation.output, inBody);
    body = format.kind === 'xml' ? writeXml(schema, output, restSettings, format.namespace) : writeJson(schema, output, true);
    headers['content-type'] = contentType(format);
  }
  return { status, headers, body: body ?? '' };
}

const fromStrings = new FromStringShapeDeserializer(restSettings);
const toStrings = new ToStringShapeSerializer(restSettings);

const contentType = (format: RestFormat): string => (format.kind === 'xml' ? 'application/xml' : 'application/json');

function routeOf(operation: Operation, [method, uri]: readonly [string, string, number]): Route {
  const [path = '/', staticQuery = ''] = uri.split('?');
  const labels: string[] = [];
  const pattern = path.replace(/[.*()|[\]\\^$]/g, '\\$&').replace(/\{(\w+)(\+?)\}/g, (_all, label: string, greedy: string) => {
    labels.push(label);
    return greedy ? '(.+)' : '([^/]+)';
  });
  const members = operation.input ? membersOf(operation.input) : [];
  const required = new Set((operation.input?.[4] ?? []).slice(0, operation.input?.[6] ?? 0));
  const keys = [...new URLSearchParams(staticQuery)];
  const requiredMembers = members.filter((member) => required.has(member.name));
  return {
    operation,
    method,
    path: new RegExp(`^${pattern}$`, 's'),
    labels,
    needsBucket: members.some((member) => member.name === 'Bucket' && member.traits.httpLabel && !labels.includes('Bucket')),
    query: [
      ...keys.filter(([key]) => key !== 'x-id'),
      ...requiredMembers.flatMap(({ traits }): [string, string][] => (traits.httpQuery ? [[traits.httpQuery, '']] : [])),
    ],
    headers: requiredMembers.flatMap(({ traits }) => (traits.httpHeader ? [traits.httpHeader.toLowerCase()] : [])),
    xId: keys.find(([key]) => key === 'x-id')?.[1] ?? null,
  };
}

function fits(route: Route, request: RestRequest): RegExpExecArray | null {
  if (route.method !== request.method || route.needsBucket !== (request.bucket !== null)) return null;
  if (!route.query.every(([key, value]) => request.query.has(key) && (value === '' || request.query.get(key) === value))) return null;
  if (!route.headers.every((header) => request.headers[header] !== undefined)) return null;
  return route.path.exec(request.path);
}

/** Operations that a request without `x-id` means where others have the same method and path. */
const plain: ReadonlySet<string> = new Set(['GetObject', 'PutObject', 'ListBuckets', 'ListObjects']);

function rankOf(route: Route, xId: string | null): number {
  const named = xId !== null && route.xId === xId ? 1_000 : 0;
  return named + 10 * (route.query.length + route.headers.length) - 2 * route.labels.length + (plain.has(route.operation.name) ? 1 : 0);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
    throw error;
  }
}

function put(input: Record<string, unknown>, name: string, value: unknown): void {
  if (value !== undefined) input[name] = value;
}

function fromText({ schema, name }: Member, text: string): unknown {
  if (schema.isNumericSchema() && (text.trim() === '' || !Number.isFinite(Number(text)))) {
    throw new AwsError('InvalidArgument', `Provided ${name} not an integer or within integer range`, 400, {
      ArgumentName: name,
      ArgumentValue: text,
    });
  }
  return fromStrings.read(schema, text);
}

function queryValue(member: Member, values: readonly string[]): unknown {
  const [first] = values;
  if (first === undefined) return undefined;
  if (!member.schema.isListSchema()) return fromText(member, first);
  return values.map((text) => fromStrings.read(member.schema.getValueSchema(), text));
}

const headerValue = (member: Member, text: string | undefined): unknown => (text === undefined ? undefined : fromText(member, text));

function prefixed(headers: Readonly<Record<string, string>>, prefix: string): Record<string, string> | undefined {
  const start = prefix.toLowerCase();
  const found = Object.entries(headers).filter(([name]) => name.startsWith(start));
  return found.length > 0 ? Object.fromEntries(found.map(([name, value]) => [name.slice(start.length), value])) : undefined;
}

async function payload({ schema }: Member, body: Uint8Array, format: RestFormat): Promise<unknown> {
  if (schema.isStructSchema()) {
    const target: unknown = schema.getSchema();
    return body.length > 0 && isStructure(target) ? await readBody(target, body, format) : undefined;
  }
  return schema.isBlobSchema() ? body : Buffer.from(body).toString('utf8');
}

const isStructure = (schema: unknown): schema is StaticStructureSchema => Array.isArray(schema) && schema[0] === 3;

async function readBody(schema: StaticStructureSchema, body: Uint8Array, format: RestFormat): Promise<unknown> {
  if (format.kind === 'json') return readJson(schema, body, true);
  try {
    const reader = new XmlShapeDeserializer({ ...restSettings, xmlNamespace: format.namespace, serviceNamespace: '' });
    return reader.read(schema, Buffer.from(body).toString('utf8'));
  } catch {
    // The parser throws errors of several kinds, all of which mean that this is not the XML it should be.
    throw new AwsError('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
  }
}

function writePayload(member: Member, value: unknown, headers: Record<string, string>, format: RestFormat): Uint8Array | string {
  if (member.schema.isStructSchema()) {
    const target: unknown = member.schema.getSchema();
    headers['content-type'] = contentType(format);
    if (format.kind === 'json' && isStructure(target)) return writeJson(target, value, true);
    return writeXml(member.schema, value, restSettings, format.namespace);
  }
  return typeof value === 'string' || value instanceof Uint8Array ? value : String(value);
}

function toText({ schema }: Member, value: unknown): string {
  toStrings.write(schema, value);
  return toStrings.flush();
}
