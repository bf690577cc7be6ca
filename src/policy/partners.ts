// Keys that say the same thing twice: the VPC by id and by ARN (E9), the time as text and in seconds, the resource's account in
// the request and in its key. What one of them has settles or narrows the other.
import { type Piece, piecesOf } from './match.ts';
import { timeOf } from './operators.ts';
import type { Said } from './possible.ts';
import type { Pattern } from './texts.ts';

const vpc = 'aws:sourcevpc';
const vpcArn = 'aws:sourcevpcarn';
const time = 'aws:currenttime';
const epoch = 'aws:epochtime';

/** The value of `key`, in lower case, that follows from what is known; null where nothing follows. */
export function valueThatFollows(key: string, said: Said, resourceAccount: string | null): string | null {
  const value = (of: string): string | null => said(of)?.[0] ?? null;
  switch (key) {
    case vpc:
      return /:vpc\/(.+)$/.exec(value(vpcArn) ?? '')?.[1] ?? null;
    case time: {
      const ms = timeOf(value(epoch) ?? '');
      return ms === null ? null : new Date(ms).toISOString();
    }
    case epoch: {
      const ms = timeOf(value(time) ?? '');
      return ms === null ? null : String(ms / 1000);
    }
    case 'aws:resourceaccount':
      return resourceAccount;
    default:
      return null;
  }
}

/** What the texts of `key` look like, given what is known; null where nothing more is known than of any request. */
export function formThatFollows(key: string, said: Said): readonly Piece[] | null {
  const id = key === vpcArn ? said(vpc)?.[0] : undefined;
  return id === undefined ? null : [...piecesOf('arn:aws*:ec2:?*:????????????:vpc/'), { literal: id }];
}

/** The key whose comparisons tell the values of `key` apart too, as long as it is open; null: there is none. */
export const partnerOf = (key: string): string | null => (key === vpc ? vpcArn : key === time ? epoch : null);

/** What a pattern of the partner says of `key`: a pattern, nothing that tells apart (`any`), or something that cannot be carried over (null). */
export function patternFromPartner(key: string, pattern: Pattern): Pattern | 'any' | null {
  if (key === time) return pattern;
  const plain = pattern.pieces.every((piece) => typeof piece !== 'object' || !/[*?]/.test(piece.literal));
  if (!plain || (pattern.compare !== 'arn' && pattern.pieces.some((piece) => typeof piece !== 'object'))) return null;
  const text = pattern.pieces.map((piece) => (typeof piece === 'object' ? piece.literal : piece)).join('');
  const [, id] = /^(?:[^:]*:){5}vpc\/(.*)$/s.exec(text) ?? [];
  if (id !== undefined) return { pieces: piecesOf(id), compare: pattern.compare === 'folded' ? 'folded' : 'text' };
  const isOpenEnded = /^(?:[^:]*:){0,5}\*$/.test(text);
  return isOpenEnded || pattern.pieces.every((piece) => typeof piece === 'object') ? 'any' : null;
}
