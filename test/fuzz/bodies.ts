// Answers as they come over the wire, spoiled: cut, replaced by a proxy's page, or not what their type says.
import { Readable } from 'node:stream';
import { HttpResponse } from '@smithy/core/protocols';
import type { TestSandbox } from '../support/sandbox.ts';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

export type Spoil = (answer: Answer) => Answer;

const page = (text: string): string => `<html><head><title>${text}</title></head><body><h1>${text}</h1>Corporate proxy</body></html>`;

const html =
  (status: number, text: string): Spoil =>
  () => ({ status, type: 'text/html', body: Buffer.from(page(text)) });

const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">${'bcdefgh'
  .split('')
  .map((name, index) => `<!ENTITY ${name} "${`&${'abcdefg'[index]};`.repeat(10)}">`)
  .join('')}]><x>&h;&h;&h;</x>`;

const cut =
  (share: number): Spoil =>
  (answer) => ({ ...answer, body: answer.body.subarray(0, Math.floor(answer.body.length * share)) });

/** By name. */
export const spoils: { readonly [name: string]: Spoil } = {
  'cut in half': cut(0.5),
  'cut before the end': cut(0.97),
  empty: cut(0),
  'a login page with 200': html(200, 'Sign in'),
  'a page with 403': html(403, 'Forbidden'),
  'a page with 502': html(502, 'Bad Gateway'),
  'another content type': (answer) => ({ ...answer, type: 'application/octet-stream' }),
  'an entity bomb': (answer) => ({ ...answer, type: 'text/xml', body: Buffer.from(bomb) }),
  'no UTF-8': (answer) => ({ ...answer, body: Buffer.concat([Buffer.from([0xff, 0xfe, 0xc3, 0x28]), answer.body]) }),
  'numbers as text': (answer) => ({
    ...answer,
    body: Buffer.from(
      answer.body
        .toString('utf8')
        .replace(/>\d+</g, '>many<')
        .replace(/:\d+([,}])/g, ':"many"$1'),
    ),
  }),
  'JSON of another shape': (answer) => ({ ...answer, body: Buffer.from('[1,2,3]') }),
};

/** Spoils every answer to one operation from the `from`th on. Returns how many were spoiled. */
export function spoil({ requestHandler, sandbox }: TestSandbox, operation: string, how: Spoil): () => number {
  const handle = requestHandler.handle;
  let spoiled = 0;
  requestHandler.handle = async (request, options) => {
    const before = sandbox.calls().length;
    const { response } = await handle.call(requestHandler, request, options);
    const made = sandbox.calls().slice(before);
    if (!made.some((call) => `${call.service}:${call.operation}` === operation)) return { response };
    spoiled += 1;
    const body = await bytesOf(response.body);
    const answer = how({ status: response.statusCode, type: response.headers['content-type'] ?? '', body });
    const headers = { ...response.headers, 'content-type': answer.type, 'content-length': String(answer.body.length) };
    return {
      response: new HttpResponse({ statusCode: answer.status, headers, body: Readable.from(answer.body.length > 0 ? [answer.body] : []) }),
    };
  };
  return () => spoiled;
}

async function bytesOf(body: unknown): Promise<Buffer> {
  const chunks: Buffer[] = [];
  if (body instanceof Readable) for await (const chunk of body) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
