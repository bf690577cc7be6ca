// A server that answers what a test says, in order, and remembers what it was asked.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ClientOptions, createClients } from '../../src/aws/clients.ts';
import type { Clock } from '../../src/ports.ts';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly host: string;
  readonly body: string;
  readonly userAgent: string;
}

export type Reply = { readonly status: number; readonly body: string } | 'drop';

export interface LocalAws {
  readonly url: string;
  readonly port: number;
  readonly asked: Asked[];
  close(): Promise<void>;
}

/** `reply` is called for each request with those before it and itself. */
export async function localAws(reply: (asked: readonly Asked[]) => Reply): Promise<LocalAws> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, asked, reply);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, asked, close: () => closed(server) };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  asked: Asked[],
  reply: (asked: readonly Asked[]) => Reply,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  asked.push({
    method: request.method ?? '',
    url: request.url ?? '',
    host: request.headers.host ?? '',
    body: Buffer.concat(chunks).toString(),
    userAgent: request.headers['user-agent'] ?? '',
  });
  const given = reply(asked);
  if (given === 'drop') request.socket.destroy();
  else response.writeHead(given.status, { 'content-type': 'text/xml' }).end(given.body);
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** A clock that never waits and remembers how long it should have. */
export function countingClock(): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  let now = Date.parse('2026-01-01T00:00:00Z');
  return {
    slept,
    now: () => new Date(now),
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
}

/** Options for clients on loopback with keys of nobody. */
export const optionsFor = (endpoint: string, clock: Clock, given: Partial<ClientOptions> = {}): ClientOptions => ({
  region: 'us-east-1',
  quilt: { profile: null, roleArn: null },
  organization: { profile: null, roleArn: null },
  env: { AWS_ENDPOINT_URL: endpoint },
  clock,
  random: () => 0.5,
  mfaPrompt: async () => '000000',
  sandbox: null,
  ...given,
});

export const clientsFor = (endpoint: string, clock: Clock, given: Partial<ClientOptions> = {}) =>
  createClients(optionsFor(endpoint, clock, given));

export const ec2Error = (code: string, message = 'no'): string =>
  `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>r</RequestID></Response>`;
export const vpcs =
  '<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><vpcSet/></DescribeVpcsResponse>';
export const caller = (arn: string): string =>
  `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>U</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
