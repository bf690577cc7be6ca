// The sandbox over HTTP on the loopback address: AWS's protocols, and the control calls under /_sandbox/.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { badInput } from '../errors.ts';
import { answerControl, controlPrefix } from './control.ts';
import type { Sandbox } from './sandbox.ts';

export interface RunningServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves on 127.0.0.1; port 0 is any free one. Throws bad input `SANDBOX_PORT` where the port cannot be had. */
export async function serve(sandbox: Sandbox, port: number): Promise<RunningServer> {
  const server = createServer((request, response) => {
    answer(sandbox, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendError(response, error);
    });
  });
  server.keepAliveTimeout = 60_000;
  await listen(server, port);
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${actual}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(badInput('SANDBOX_PORT', `serving sandbox (port ${port}): ${error.message}`, 'give another port with --port', error)),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
}

async function answer(sandbox: Sandbox, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.method ?? 'GET';
  const url = request.url ?? '/';
  const body = await bodyOf(request);
  if (url.startsWith(controlPrefix)) {
    const { status, value } = await answerControl(sandbox, method, url, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(value)}\n`);
    return;
  }
  const outcome = await sandbox.handle({ method, url, headers: headersOf(request), body });
  if (outcome.type === 'disconnect') {
    request.socket.resetAndDestroy();
    return;
  }
  const { status, headers, body: content } = outcome.response;
  response.writeHead(status, { date: sandbox.clock.now().toUTCString(), ...headers }).end(content);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

const headersOf = (request: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );

function sendError(response: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? error.message : 'unknown error';
  response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ __type: 'InternalFailure', message }));
}
