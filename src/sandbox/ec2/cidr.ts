// Address ranges, IPv4 and IPv6, as EC2 reads them: canonical, contained, overlapping.
import ipaddr from 'ipaddr.js';

export interface Cidr {
  readonly family: 'ipv4' | 'ipv6';
  readonly bytes: readonly number[];
  readonly length: number;
  /** Canonical: host bits cleared. */
  readonly text: string;
}

/** The range, its host bits cleared; null where the text is none. */
export function parseCidr(text: string): Cidr | null {
  if (!ipaddr.isValidCIDR(text)) return null;
  const [address, length] = ipaddr.parseCIDR(text);
  const family = address.kind();
  const network = address.toByteArray().map((byte, index) => {
    const kept = Math.min(8, Math.max(0, length - index * 8));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
  return { family, bytes: network, length, text: `${ipaddr.fromByteArray(network).toString()}/${length}` };
}

/** Does the first range hold all of the second. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  if (outer.family !== inner.family || outer.length > inner.length) return false;
  return outer.bytes.every((byte, index) => {
    const kept = Math.min(8, Math.max(0, outer.length - index * 8));
    const mask = (0xff << (8 - kept)) & 0xff;
    return (byte & mask) === ((inner.bytes[index] ?? 0) & mask);
  });
}

/** Do the ranges share an address. */
export function overlap(a: Cidr, b: Cidr): boolean {
  return contains(a, b) || contains(b, a);
}

/** How many addresses an IPv4 range has. */
export function sizeOf(cidr: Cidr): number {
  return 2 ** (32 - cidr.length);
}

/** The address of an IPv4 range with this offset: `10.0.1.0/24` and 5 → `10.0.1.5`. */
export function addressIn(cidr: Cidr, offset: number): string {
  const base = cidr.bytes.reduce((sum, byte) => sum * 256 + byte, 0) + offset;
  return [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join('.');
}
