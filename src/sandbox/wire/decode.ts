// From a request to the operation that it means, and from what the operation gives to the answer.
import { AwsError } from '../types.ts';
import { checkDigests, crc32Of } from './checksum.ts';
import { isChunked, unchunk, unchunkedHeaders } from './chunked.ts';
import { type Credential, credentialOf } from './credential.ts';
import { encodeError } from './failure.ts';
import { decodeJson, encodeJson } from './json.ts';
import type { WireRequest, WireResponse } from './message.ts';
import { decodeQuery, encodeQuery } from './query.ts';
import { decodeRest, encodeRest, findRoute, type RestFormat, type RestRequest } from './rest.ts';
import { addressOf } from './s3-address.ts';
import type { Operation } from './schema.ts';
import { errorFormatOf, globalServices, loadService, type Service, type ServiceName, serviceOf } from './services.ts';

/** What can be told of a request before its body is read. */
export interface Envelope {
  readonly service: ServiceName;
  /** Null: unsigned. */
  readonly credential: Credential | null;
  /** As signed for or as the host says; null where neither tells it. Of global services always `us-east-1`. */
  readonly region: string | null;
}

export interface Decoded {
  readonly service: Service;
  readonly operation: Operation;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Service, credential and Region. Throws AwsError `UnknownService` where the sandbox does not have the service. */
export function openEnvelope(request: WireRequest): Envelope {
  const { path, query } = partsOf(request.url);
  const credential = credentialOf(request.headers, query);
  const host = request.headers.host ?? '';
  const service = serviceOf({
    signingName: credential?.scope?.service ?? null,
    host,
    path,
    target: request.headers['x-amz-target'] ?? '',
    version: isForm(request) ? formOf(request, query).get('Version') : null,
  });
  if (!service) throw new AwsError('UnknownService', `The sandbox does not answer for ${credential?.scope?.service}.`, 404);
  const region = globalServices.has(service) ? 'us-east-1' : (credential?.scope?.region ?? addressOf(host, path).region);
  return { service, credential, region };
}

/** The operation and its input. Throws AwsError where the service knows no such operation or cannot read the input. */
export async function decodeRequest(request: WireRequest, name: ServiceName): Promise<Decoded> {
  const service = await loadService(name);
  const { path, query } = partsOf(request.url);
  switch (service.protocol) {
    case 'ec2':
    case 'query': {
      const dialect = service.protocol === 'ec2' ? 'ec2' : 'aws';
      return withService(service, decodeQuery(service.operations, formOf(request, query), dialect));
    }
    case 'json':
      return withService(service, await decodeJson(service.operations, request.headers['x-amz-target'] ?? '', request.body));
    case 'rest-xml':
    case 'rest-json':
      return decodeRestRequest(service, request, path, query);
    default:
      return service.protocol satisfies never;
  }
}

/** The answer to a request that was carried out; `output` is in the SDK's shapes. */
export function encodeAnswer({ service, operation, input }: Decoded, output: unknown, requestId: string, method: string): WireResponse {
  switch (service.protocol) {
    case 'ec2':
    case 'query': {
      const dialect = service.protocol === 'ec2' ? 'ec2' : 'aws';
      const text = encodeQuery(operation, output, requestId, dialect, service.namespace);
      return answer(200, { 'x-amzn-requestid': requestId, 'content-type': 'text/xml;charset=UTF-8' }, text, method);
    }
    case 'json':
      return answer(
        200,
        { 'x-amzn-requestid': requestId, 'content-type': 'application/x-amz-json-1.1' },
        encodeJson(operation, output),
        method,
      );
    case 'rest-xml':
    case 'rest-json': {
      const members = isRecord(output) ? output : {};
      const { status, headers, body } = encodeRest(operation, members, formatOf(service));
      if (service.name !== 's3') return answer(status, { 'x-amzn-requestid': requestId, ...headers }, body, method);
      const ranged = headers['content-range'] === undefined ? status : 206;
      const text = operation.name === 'GetBucketLocation' ? bucketLocation(members, service.namespace) : body;
      const full = Buffer.from(text);
      const checksum = ranged === 200 ? checksumHeaders(operation, input, headers, full) : {};
      return answer(ranged, { 'x-amz-request-id': requestId, ...headers, ...checksum }, full, method);
    }
    default:
      return service.protocol satisfies never;
  }
}

/** The answer to a request that was refused; one without a body for HEAD. */
export function encodeRefusal(error: AwsError, requestId: string, service: ServiceName | null, method: string): WireResponse {
  const encoded = encodeError(error, requestId, service === null ? 'query' : errorFormatOf(service));
  const name = service === 's3' ? 'x-amz-request-id' : 'x-amzn-requestid';
  return answer(encoded.status, { [name]: requestId, ...encoded.headers }, encoded.body, method);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function withService(service: Service, decoded: { operation: Operation; input: unknown }): Decoded {
  return { service, operation: decoded.operation, input: isRecord(decoded.input) ? decoded.input : {} };
}

function partsOf(url: string): { path: string; query: URLSearchParams } {
  const mark = url.indexOf('?');
  return { path: mark < 0 ? url : url.slice(0, mark), query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)) };
}

const isForm = (request: WireRequest): boolean =>
  (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded') || request.url.includes('Action=');

/** Query services take their parameters from the body, or from the URL of a GET. */
function formOf(request: WireRequest, query: URLSearchParams): URLSearchParams {
  if (request.body.length > 0) return new URLSearchParams(Buffer.from(request.body).toString('utf8'));
  return new URLSearchParams([...query].filter(([key]) => !/^X-Amz-/i.test(key)));
}

async function decodeRestRequest(service: Service, request: WireRequest, path: string, query: URLSearchParams): Promise<Decoded> {
  const rest = service.name === 's3' ? s3Request(request, path, query) : { ...request, path, query, bucket: null };
  const found = findRoute(service.routes, rest);
  if (!found) {
    throw service.name === 's3'
      ? new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405)
      : new AwsError('UnknownOperationException', `No operation at ${request.method} ${path}.`, 404);
  }
  const { operation } = found.route;
  const input = await decodeRest(operation, rest, found.labels, formatOf(service));
  return { service, operation, input };
}

const formatOf = ({ protocol, namespace }: Service): RestFormat => ({ kind: protocol === 'rest-json' ? 'json' : 'xml', namespace });

function s3Request(request: WireRequest, path: string, query: URLSearchParams): RestRequest {
  const address = addressOf(request.headers.host ?? '', path);
  const chunked = isChunked(request.headers) ? unchunk(request.body) : null;
  const headers = chunked ? unchunkedHeaders(request.headers, chunked.trailers) : request.headers;
  const body = chunked?.body ?? request.body;
  checkDigests(headers, body);
  return { method: request.method, path: address.path, bucket: address.bucket, query, headers, body };
}

// The one answer of S3 whose root is the value itself; the AWS CLI takes no other form.
function bucketLocation(output: Readonly<Record<string, unknown>>, namespace: string): string {
  const { LocationConstraint: location } = output;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="${namespace}">${typeof location === 'string' ? location : ''}</LocationConstraint>`;
}

function checksumHeaders(
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): Record<string, string> {
  const asked = operation.name === 'GetObject' && input.ChecksumMode === 'ENABLED';
  const given = Object.keys(headers).some((name) => /^x-amz-checksum-(crc|sha)/.test(name));
  return asked && !given ? { 'x-amz-checksum-crc32': crc32Of(body), 'x-amz-checksum-type': 'FULL_OBJECT' } : {};
}

function answer(status: number, headers: Readonly<Record<string, string>>, body: Uint8Array | string, method: string): WireResponse {
  if (method === 'HEAD') return { status, headers, body: new Uint8Array() };
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  // 204 has no body, and no length either.
  if (status === 204) return { status, headers, body: new Uint8Array() };
  return { status, headers: { ...headers, 'content-length': String(bytes.length) }, body: bytes };
}
