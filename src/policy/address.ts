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
  const { bytes, bits } = block;
  const whole = bits >> 3;
  const mask = 0xff & (0xff << (8 - (bits & 7)));
  return (text) => {
    const address = bytesOfAddress(text);
    if (address === null || address.length !== bytes.length) return false;
    for (let i = 0; i < whole; i++) if (address[i] !== bytes[i]) return false;
    return mask === 0 || ((address[whole] ?? 0) & mask) === ((bytes[whole] ?? 0) & mask);
  };
}

/** The block's IP version and prefix length; null where it is no block. */
export function cidrShape(cidr: string): { readonly version: 4 | 6; readonly bits: number } | null {
  const block = blockOf(cidr);
  return block === null ? null : { version: block.bytes.length === 4 ? 4 : 6, bits: block.bits };
}

function blockOf(cidr: string): { readonly bytes: readonly number[]; readonly bits: number } | null {
  const [text = '', length, ...rest] = cidr.split('/');
  const bytes = bytesOfAddress(text);
  if (bytes === null || rest.length > 0) return null;
  const most = bytes.length * 8;
  const bits = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  return bits < 0 || bits > most ? null : { bytes, bits };
}

// A few callers ask about the same addresses again and again; parsing is most of the cost of comparing.
const remembered = new Map<string, readonly number[] | null>();
const mostRemembered = 4096;

function bytesOfAddress(text: string): readonly number[] | null {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const bytes = ipaddr.IPv4.isValidFourPartDecimal(text)
    ? ipaddr.IPv4.parse(text).toByteArray()
    : ipaddr.IPv6.isValid(text) && !text.includes('%')
      ? ipaddr.IPv6.parse(text).toByteArray()
      : null;
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(text, bytes);
  return bytes;
}
