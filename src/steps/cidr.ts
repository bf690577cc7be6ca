// Which ranges lie in which.
import { cidrMatcher, cidrShape } from '../policy/address.ts';

/** Whether `inner` lies wholly in `outer` (equal ranges do). Texts that are no ranges lie in none. */
export function contains(outer: string, inner: string): boolean {
  const [wide, narrow] = [cidrShape(outer), cidrShape(inner)];
  if (wide === null || narrow === null || wide.version !== narrow.version || wide.bits > narrow.bits) return false;
  return cidrMatcher(outer)(inner.split('/')[0] ?? '');
}

/** Whether every address of `cidr` lies in one of `ranges`; several IPv4 ranges may share it. */
export function covers(ranges: readonly string[], cidr: string): boolean {
  if (ranges.some((range) => contains(range, cidr))) return true;
  const inside = ranges.filter((range) => contains(cidr, range));
  const halves = inside.length > 0 ? halvesOf(cidr) : null;
  return halves?.every((half) => covers(inside, half)) ?? false;
}

function halvesOf(cidr: string): readonly string[] | null {
  const shape = cidrShape(cidr);
  if (shape === null || shape.version !== 4 || shape.bits >= 32) return null;
  const bits = shape.bits + 1;
  const bytes = (cidr.split('/')[0] ?? '').split('.').map(Number);
  const upper = bytes.map((byte, index) => (index === shape.bits >> 3 ? byte | (0x80 >> (shape.bits & 7)) : byte));
  return [bytes, upper].map((half) => `${half.join('.')}/${bits}`);
}
