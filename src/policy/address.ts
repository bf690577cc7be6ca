// The one place that knows how addresses are written; everything else asks `cidrMatcher`.
import ipaddr from 'ipaddr.js';
import type { Matcher } from './match.ts';

/**
 * Tells whether an address lies in a CIDR block or equals a single address, IPv4 or IPv6. Texts that are no addresses
 * match nothing, and an address of one version never lies in a block of the other.
 */
export function cidrMatcher(cidr: string): Matcher {
  const block = blockOf(cidr);
  if (block === null) return () => false;
  const { address: first, bits } = block;
  if (typeof first !== 'number') return (text) => isInBlock(addressOf(text), first, bits);
  const mask = bits === 0 ? 0 : -1 << (32 - bits);
  return (text) => {
    const address = addressOf(text);
    return typeof address === 'number' && (address & mask) === (first & mask);
  };
}

/** The block's IP version and prefix length; null where it is no block. */
export function cidrShape(cidr: string): { readonly version: 4 | 6; readonly bits: number } | null {
  const block = blockOf(cidr);
  return block === null ? null : { version: typeof block.address === 'number' ? 4 : 6, bits: block.bits };
}

/**
 * One address for each combination of the blocks that some address lies in, of both versions. One of `preferred` where it is
 * such.
 */
export function addressClasses(cidrs: readonly string[], preferred: readonly string[] = []): readonly string[] {
  const blocks = cidrs.flatMap((cidr) => blockOf(cidr) ?? []);
  return [4, 16].flatMap((length) => {
    const end = 1n << BigInt(length * 8);
    const starts = new Set([0n]);
    for (const { address, bits } of blocks) {
      if (lengthOf(address) !== length) continue;
      const size = 1n << BigInt(length * 8 - bits);
      const start = (numberOf(address) / size) * size;
      starts.add(start);
      if (start + size < end) starts.add(start + size);
    }
    const sorted = [...starts].sort((a, b) => (a < b ? -1 : 1));
    return sorted.map((start, index) => {
      const next = sorted[index + 1] ?? end;
      const liked = preferred.find((text) => {
        const address = addressOf(text);
        return address !== null && lengthOf(address) === length && numberOf(address) >= start && numberOf(address) < next;
      });
      return liked ?? ipaddr.fromByteArray(bytesOf(start + (next - start > 1n ? 1n : 0n), length)).toString();
    });
  });
}

/** In bytes. */
const lengthOf = (address: number | readonly number[]): number => (typeof address === 'number' ? 4 : address.length);

const numberOf = (address: number | readonly number[]): bigint =>
  typeof address === 'number' ? BigInt(address >>> 0) : address.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);

const bytesOf = (value: bigint, length: number): number[] =>
  Array.from({ length }, (_, index) => Number((value >> BigInt((length - 1 - index) * 8)) & 255n));
/** Whether an address is one that the Internet routes; null where the text is no address. */
export function isPublicAddress(text: string): boolean | null {
  if (addressOf(text) === null) return null;
  return !notRouted.some((matches) => matches(text));
}

/** Of version 4 as one number, of version 6 as sixteen bytes; null is no address. */
type Address = number | readonly number[] | null;

function blockOf(cidr: string): { readonly address: number | readonly number[]; readonly bits: number } | null {
  const [text = '', length, ...rest] = cidr.split('/');
  const address = addressOf(text);
  if (address === null || rest.length > 0) return null;
  const most = typeof address === 'number' ? 32 : 128;
  const bits = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  return bits < 0 || bits > most ? null : { address, bits };
}

function isInBlock(address: Address, first: readonly number[], bits: number): boolean {
  if (address === null || typeof address === 'number') return false;
  const whole = bits >> 3;
  const mask = 0xff & (0xff << (8 - (bits & 7)));
  for (let i = 0; i < whole; i++) if (address[i] !== first[i]) return false;
  return mask === 0 || ((address[whole] ?? 0) & mask) === ((first[whole] ?? 0) & mask);
}

// Comparing with a list of blocks asks about one address again and again; parsing is most of the cost.
let lastText = '';
let lastAddress: Address = null;

function addressOf(text: string): Address {
  if (text !== lastText) {
    lastAddress = addressOfVersion4(text) ?? addressOfVersion6(text);
    lastText = text;
  }
  return lastAddress;
}

const addressOfVersion6 = (text: string): Address =>
  text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text).toByteArray() : null;

/** Four decimal numbers with dots between; ipaddr.js takes ten times as long. */
function addressOfVersion4(text: string): Address {
  let address = 0;
  let part = -1;
  let parts = 0;
  for (let i = 0; i <= text.length; i++) {
    const digit = text.charCodeAt(i) - zero;
    if (digit >= 0 && digit <= 9) {
      // After a leading zero some read on in octal.
      if (part === 0) return null;
      part = Math.max(part, 0) * 10 + digit;
    } else {
      if (part < 0 || part > 255 || (i < text.length && text.charCodeAt(i) !== dot)) return null;
      address = (address << 8) | part;
      part = -1;
      parts++;
    }
  }
  return parts === 4 ? address : null;
}

const zero = 48;
const dot = 46;

// Private, shared, loopback, link-local and unspecified addresses. Ranges for documentation count as public: sandboxes and tests
// live in them.
const notRouted = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
  ...['::/127', '::ffff:0:0/96', 'fc00::/7', 'fe80::/10'],
].map((cidr) => cidrMatcher(cidr));
