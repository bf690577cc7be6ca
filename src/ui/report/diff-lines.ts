// Two texts as the lines by which they differ.
import { structuredPatch } from 'diff';

export interface DiffLine {
  readonly kind: 'add' | 'del' | 'same' | 'gap';
  readonly text: string;
}

const around = 4;

/** The lines of both, of what they have in common only those around a difference; all of `after` where they are the same. */
export function diffLines(before: string | null, after: string): readonly DiffLine[] {
  if (before === after) return after.split('\n').map((text) => ({ kind: 'same', text }));
  const { hunks } = structuredPatch('', '', before === null ? '' : `${before}\n`, `${after}\n`, '', '', { context: around });
  return hunks.flatMap((hunk, index) => [
    ...(index === 0 ? [] : [{ kind: 'gap', text: '…' } as const]),
    ...hunk.lines.filter((line) => !line.startsWith('\\')).map(lineOf),
  ]);
}

const kinds: { readonly [sign: string]: DiffLine['kind'] } = { '+': 'add', '-': 'del' };

const lineOf = (line: string): DiffLine => ({ kind: kinds[line.slice(0, 1)] ?? 'same', text: line.slice(1) });

/** The sign that a line begins with. */
export const signOf = ({ kind }: DiffLine): string => ({ add: '+', del: '-', same: ' ', gap: ' ' })[kind];
