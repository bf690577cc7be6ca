// A box's text and size.
import { folded, textWidth } from '../pictures/theme.ts';
import type { PictureNode } from './types.ts';

export interface BoxLine {
  readonly text: string;
  readonly style: 'title' | 'detail';
}

export interface Box {
  readonly lines: readonly BoxLine[];
  readonly width: number;
  readonly height: number;
}

/** Pixels. */
export const fontSize = { small: 10, title: 12, detail: 10.5 } as const;
export const lineHeight = { title: 16, detail: 14 } as const;
export const padding = { x: 10, y: 8 } as const;

/** Pixels that the mark of what is new takes, with its distance. */
export const newMark = { width: 34, height: 14, gap: 8 } as const;

const mostWidth = 212;

/** The box's lines, none wider than a box may be, and how large it is with them. */
export function boxOf({ title, details, isNew }: PictureNode): Box {
  const lines: readonly BoxLine[] = [
    ...folded(title, mostWidth - (isNew ? newMark.gap + newMark.width : 0), fontSize.title, true).map((text) => ({
      text,
      style: 'title' as const,
    })),
    ...details.flatMap((detail) => folded(detail, mostWidth, fontSize.detail).map((text) => ({ text, style: 'detail' as const }))),
  ];
  const widths = lines.map(
    ({ text, style }, index) =>
      textWidth(text, fontSize[style], style === 'title') + (index === 0 && isNew ? newMark.gap + newMark.width : 0),
  );
  return {
    lines,
    width: Math.ceil(Math.max(90, ...widths) + 2 * padding.x),
    height: lines.reduce((sum, { style }) => sum + lineHeight[style], 0) + 2 * padding.y,
  };
}
