// SDK clients of this process talk to the sandbox without a socket.
import { Readable } from 'node:stream';
import { type HttpRequest, HttpResponse } from '@smithy/core/protocols';
import type { Outcome } from './sandbox.ts';
import type { SandboxTime } from './time.ts';
import type { WireRequest } from './wire/message.ts';

/** What SDK clients take as `requestHandler`. */
export interface SandboxRequestHandler {
  readonly metadata: { readonly handlerProtocol: string };
  handle(request: HttpRequest, options?: { readonly abortSignal?: unknown }): Promise<{ response: HttpResponse }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
  destroy(): void;
}

/** A request handler over a sandbox. A broken connection is an error with code `ECONNRESET`, as Node's sockets have it. */
export function requestHandlerOf(sandbox: {
  handle(request: WireRequest): Promise<Outcome>;
  readonly time: Pick<SandboxTime, 'hold'>;
}): SandboxRequestHandler {
  return {
    metadata: { handlerProtocol: 'sandbox' },
    async handle(request, options) {
      throwIfAborted(options?.abortSignal);
      const release = sandbox.time.hold();
      const body = await bytesOf(request.body).finally(release);
      // `handle` takes a hold of its own, which it lets go of while it stalls.
      return {
        response: responseOf(await sandbox.handle({ method: request.method, url: urlOf(request), headers: headersOf(request), body })),
      };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    destroy: () => undefined,
  };
}

function responseOf(outcome: Outcome): HttpResponse {
  if (outcome.type === 'disconnect') {
    throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', errno: -104, syscall: 'read' });
  }
  const { status, headers, body } = outcome.response;
  return new HttpResponse({ statusCode: status, headers: { ...headers }, body: Readable.from(body.length > 0 ? [Buffer.from(body)] : []) });
}

function throwIfAborted(signal: unknown): void {
  if (typeof signal !== 'object' || signal === null || !('aborted' in signal) || signal.aborted !== true) return;
  throw Object.assign(new Error('Request aborted'), { name: 'AbortError' });
}

async function bytesOf(body: unknown): Promise<Uint8Array> {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return body;
  if (!(body instanceof Readable)) throw new TypeError('the sandbox takes bodies as text, bytes or Node streams');
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function urlOf({ path, query }: HttpRequest): string {
  const pairs = Object.entries(query ?? {}).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).map((item) =>
      item === null || item === '' ? encodeURIComponent(key) : `${encodeURIComponent(key)}=${encodeURIComponent(item)}`,
    ),
  );
  return pairs.length > 0 ? `${path}?${pairs.join('&')}` : path;
}

function headersOf({ headers, hostname, port }: HttpRequest): Record<string, string> {
  const host = port === undefined ? hostname : `${hostname}:${port}`;
  return { host, ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])) };
}
