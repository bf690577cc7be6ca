// Where the texts and lines of a picture stand, read from its SVG, with the room that text takes at most.
import { textWidth } from '../../src/ui/pictures/theme.ts';

export interface TextArea {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Segment {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

/** The attributes of the first tag in `tag`. */
const attribute = (tag: string, name: string): string | null => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? null;

/** The size of each class's text and its weight, as the style says. */
function fontOf(svg: string, style: string): { readonly size: number; readonly isBold: boolean } {
  const rule = (selector: string) => new RegExp(`${selector}\\{([^}]*)\\}`).exec(svg)?.[1] ?? '';
  const size = (text: string) => /font-size:([\d.]+)px/.exec(text)?.[1];
  const own = rule(`\\.${style}`);
  return { size: Number(size(own) ?? size(rule(' text')) ?? Number.NaN), isBold: own.includes('font-weight:600') };
}

/** All texts that are drawn, with the area that each takes at most; those in a translated group where they really are. */
export function textsOf(svg: string): readonly TextArea[] {
  const moved = svg.lastIndexOf('<g transform="translate(0 ');
  const down = Number(/translate\(0 ([\d.]+)\)/.exec(svg.slice(moved))?.[1] ?? 0);
  return [...svg.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)].map(({ 0: tag, 2: inner = '', index }) => {
    const text = inner.replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"');
    const { size, isBold } = fontOf(svg, attribute(tag, 'class') ?? '');
    const [x, y] = [Number(attribute(tag, 'x')), Number(attribute(tag, 'y')) + (moved >= 0 && index > moved ? down : 0)];
    const width = textWidth(text, size, isBold);
    const left = attribute(tag, 'text-anchor') === 'middle' ? x - width / 2 : x;
    return { text, left, right: left + width, top: y - 0.8 * size, bottom: y + 0.22 * size };
  });
}

/** The parts of all lines that flows are drawn as. */
export const segmentsOf = (svg: string): readonly Segment[] =>
  [...svg.matchAll(/<path d="([^"]*)" class="leg[^>]*>/g)].flatMap(([, path = '']) => {
    const points = [...path.matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
    return points.slice(1).map((to, index) => ({ from: points[index] ?? to, to }));
  });

/** The picture's width and height. */
export function sizeOf(svg: string): readonly [width: number, height: number] {
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
  return [Number(width), Number(height)];
}

/** Pairs of texts that stand on one another. */
export function overlapsOf(texts: readonly TextArea[]): readonly string[] {
  return texts.flatMap((one, index) =>
    texts
      .slice(index + 1)
      .filter((other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom)
      .map((other) => `${one.text} / ${other.text}`),
  );
}

/** Texts that leave the picture. */
export function outsideOf(texts: readonly TextArea[], [width, height]: readonly [number, number]): readonly string[] {
  return texts.filter(({ left, right, top, bottom }) => left < 0 || top < 0 || right > width || bottom > height).map(({ text }) => text);
}

/** Texts through which a line goes; lines go across and down only. */
export function crossedOf(texts: readonly TextArea[], segments: readonly Segment[]): readonly string[] {
  return texts
    .filter(({ left, right, top, bottom }) =>
      segments.some(({ from, to }) => {
        const [x1, x2] = [Math.min(from[0], to[0]), Math.max(from[0], to[0])];
        const [y1, y2] = [Math.min(from[1], to[1]), Math.max(from[1], to[1])];
        return x1 < right && x2 > left && y1 < bottom && y2 > top;
      }),
    )
    .map(({ text }) => text);
}

/** The texts of a chart, whose groups stand in one another, each moved by its own transform; turned ones take their room upright. */
export function chartTextsOf(svg: string): readonly TextArea[] {
  const moves: (readonly [number, number])[] = [];
  const found: TextArea[] = [];
  for (const { 0: tag, 1: name, 2: inner } of svg.matchAll(/<(g|\/g|text)(?=[\s>])[^>]*>([^<]*)/g)) {
    const [, x = 0, y = 0] = /translate\(([\d.e-]+),([\d.e-]+)\)/.exec(tag)?.map(Number) ?? [];
    if (name === 'g') moves.push([x, y]);
    else if (name === '/g') moves.pop();
    else found.push(chartText(tag, inner ?? '', [...moves, [x, y]]));
  }
  return found.filter(({ text }) => text !== '');
}

function chartText(tag: string, text: string, moves: readonly (readonly [number, number])[]): TextArea {
  const size = Number(/font-size="([\d.]+)px"/.exec(tag)?.[1]);
  const [x, y] = [moves.reduce((sum, [by]) => sum + by, 0), moves.reduce((sum, [, by]) => sum + by, 0)];
  const width = textWidth(text, size, tag.includes('font-weight="600"'));
  const anchor = attribute(tag, 'text-anchor');
  const before = anchor === 'end' ? width : anchor === 'middle' ? width / 2 : 0;
  const isTurned = /rotate\(-90/.test(tag);
  return isTurned
    ? { text, left: x - 0.8 * size, right: x + 0.22 * size, top: y - width + before, bottom: y + before }
    : { text, left: x - before, right: x - before + width, top: y - 0.8 * size, bottom: y + 0.22 * size };
}
