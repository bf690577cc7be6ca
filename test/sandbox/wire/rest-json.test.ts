import { expect, test } from 'vitest';
import { AwsError } from '../../../src/sandbox/types.ts';
import { encodeError } from '../../../src/sandbox/wire/failure.ts';
import { decodeRest, encodeRest, findRoute, type RestRequest, routesOf } from '../../../src/sandbox/wire/rest.ts';
import { operationsOf } from '../../../src/sandbox/wire/schema.ts';

// Schemas as an SDK client exports them: path label, header, query list, renamed body member and a time.
const module = {
  PutThing$: [
    9,
    'x',
    'PutThing',
    { http: ['PUT', '/things/{Name}', 201] },
    () => [
      3,
      'x',
      'PutThingRequest',
      0,
      ['Name', 'Kinds', 'Owner', 'Note', 'At'],
      [[0, 1], [64, { httpQuery: 'kind' }], [0, { httpHeader: 'x-owner' }], [0, { jsonName: 'note' }], 4],
      1,
    ],
    () => [
      3,
      'x',
      'PutThingResponse',
      0,
      ['Version', 'Note'],
      [
        [1, { httpHeader: 'x-version' }],
        [0, { jsonName: 'note' }],
      ],
    ],
  ],
  ListThings$: [9, 'x', 'ListThings', { http: ['GET', '/things', 200] }, () => 'unit', () => 'unit'],
};
const operations = operationsOf(module);
const routes = routesOf(operations);
const format = { kind: 'json', namespace: '' } as const;
const request = (over: Partial<RestRequest>): RestRequest => ({
  method: 'GET',
  path: '/things',
  bucket: null,
  query: new URLSearchParams(),
  headers: {},
  body: new Uint8Array(),
  ...over,
});

test('REST-JSON members travel in path, query, header and body', async () => {
  const body = Buffer.from(JSON.stringify({ note: 'é', At: 1_767_323_045 }));
  const put = request({
    method: 'PUT',
    path: '/things/a%20b',
    query: new URLSearchParams('kind=x&kind=y'),
    headers: { 'x-owner': 'me' },
    body,
  });
  const found = findRoute(routes, put);
  expect(found?.route.operation.name).toBe('PutThing');
  if (!found) return;
  const input = await decodeRest(found.route.operation, put, found.labels, format);
  expect(input).toEqual({ Name: 'a b', Kinds: ['x', 'y'], Owner: 'me', Note: 'é', At: new Date(1_767_323_045_000) });
  const answer = encodeRest(found.route.operation, { Version: 3, Note: 'é' }, format);
  expect(answer).toEqual({ status: 201, headers: { 'x-version': '3', 'content-type': 'application/json' }, body: '{"note":"é"}' });
  await expect(decodeRest(found.route.operation, { ...put, body: Buffer.from('{') }, found.labels, format)).rejects.toMatchObject({
    code: 'SerializationException',
  });
});

test('the method and path decide, and what fits no route is none', () => {
  expect(findRoute(routes, request({}))?.route.operation.name).toBe('ListThings');
  expect(findRoute(routes, request({ method: 'DELETE' }))).toBeNull();
  expect(findRoute(routes, request({ path: '/things/a/b', method: 'PUT' }))).toBeNull();
});

test('a REST-JSON error has its code in a header and its fields in the body', () => {
  const error = new AwsError('NoSuchThing', 'It is not there', 404, { Thing: 'a', 'x-hint': 'b' });
  const { status, headers, body } = encodeError(error, 'id', 'rest-json');
  expect([status, headers['x-amzn-errortype'], headers['x-hint'], JSON.parse(body)]).toEqual([
    404,
    'NoSuchThing',
    'b',
    { message: 'It is not there', Message: 'It is not there', Thing: 'a' },
  ]);
});
