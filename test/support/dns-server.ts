// A small DNS server on the loopback address that answers A and AAAA questions as a test says.
import { createSocket, type RemoteInfo } from 'node:dgram';

/** Addresses of both families; the others are errors, and `silence` is no answer at all. */
export type Told = readonly string[] | 'no-such-name' | 'server-failure' | 'silence';

export interface DnsServer {
  /** `127.0.0.1:PORT`. */
  readonly server: string;
  /** The names that were asked, in order, each once. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

const [typeA, typeAaaa] = [1, 28];

/** Starts one. `answer` is asked with the name in lower case, without the last dot. */
export async function serveDns(answer: (name: string) => Told): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (question: Buffer, from: RemoteInfo) => {
    const { name, type, end } = questionOf(question);
    if (!asked.includes(name)) asked.push(name);
    const told = answer(name);
    if (told !== 'silence') socket.send(replyTo(question.subarray(0, end), type, told), from.port, from.address);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', resolve);
  });
  return {
    server: `127.0.0.1:${socket.address().port}`,
    asked,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** The name and type of a message's one question, which begins after the header's 12 bytes. */
function questionOf(message: Buffer): { readonly name: string; readonly type: number; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 };
}

function replyTo(question: Buffer, type: number, told: Exclude<Told, 'silence'>): Buffer {
  const addresses = typeof told === 'string' ? [] : told.filter((address) => (address.includes(':') ? typeAaaa : typeA) === type);
  const header = Buffer.from(question);
  const code = told === 'no-such-name' ? 3 : told === 'server-failure' ? 2 : 0;
  header.writeUInt16BE(0x8180 | code, 2);
  header.writeUInt16BE(addresses.length, 6);
  header.writeUInt16BE(0, 8);
  header.writeUInt16BE(0, 10);
  return Buffer.concat([header, ...addresses.map((address) => record(type, bytesOf(address)))]);
}

/** Name by reference to the question, type, class IN, time to live in seconds, and the address. */
function record(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(0, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function bytesOf(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number));
  const [before = '', after] = address.split('::');
  const [head, tail] = [before, after ?? ''].map((half) => (half === '' ? [] : half.split(':')));
  const zeros = after === undefined ? 0 : 8 - (head?.length ?? 0) - (tail?.length ?? 0);
  const groups = [...(head ?? []), ...Array.from({ length: zeros }, () => '0'), ...(tail ?? [])];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
