// What was laid out, as SVG. What passes is a whole line that ends in an arrow, what is denied a dashed one that ends in a cross,
// and what cannot be told a dotted one that ends in a ring: the colours only repeat it.
import { colour, escaped, fontFamily, textWidth, themeOf } from '../pictures/theme.ts';
import { boxOf, fontSize, lineHeight, newMark, padding } from './box.ts';
import { type Area, type Frame, frameFont, type Placed, type PlacedLeg, type Point } from './layout.ts';
import type { FlowVerdict, PictureNode } from './types.ts';

/** The words of the legend, for the alternative text too. */
export const verdictWords: { readonly [verdict in FlowVerdict]: string } = {
  passes: 'passes',
  denied: 'denied by the perimeter',
  unknown: 'cannot be told',
};

/** @param id unique on the page */
export function svgOf({ width, height, frames, boxes, legs }: Placed, id: string, title: string, description: string): string {
  const legend = legendOf(
    id,
    boxes.some(({ node }) => node.isNew),
    [...new Set(legs.map(({ leg }) => leg.verdict))],
  );
  const size = { width: Math.ceil(Math.max(width, legend.width)), height: Math.ceil(height + legend.height) };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" id="${id}" role="img" aria-labelledby="${id}-title ${id}-desc"`,
    ` viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" font-family="${fontFamily}">`,
    `<title id="${id}-title">${escaped(title)}</title><desc id="${id}-desc">${escaped(description)}</desc>`,
    `<style>${themeOf(id)}${styleOf(id)}</style>`,
    `<defs>${(['passes', 'denied', 'unknown'] as const).map((verdict) => markerOf(verdict, id)).join('')}</defs>`,
    `<rect class="paper" width="${size.width}" height="${size.height}"/>`,
    ...frames.map(frameSvg),
    // What passes is drawn last, so that it is never hidden.
    ...(['denied', 'unknown', 'passes'] as const).flatMap((verdict) =>
      legs.filter(({ leg }) => leg.verdict === verdict).map((leg) => lineSvg(leg, id)),
    ),
    ...boxes.map(({ node, ...area }) => boxSvg(node, area)),
    ...legs.map(labelSvg),
    `<g transform="translate(0 ${Math.ceil(height)})">${legend.svg}</g>`,
    '</svg>',
  ].join('');
}

const styleOf = (id: string): string =>
  [
    `text{fill:${colour.ink};font-size:${fontSize.detail}px}`,
    `.paper{fill:${colour.paper}}`,
    `.legend{fill:${colour.soft}}`,
    `.title{font-size:${fontSize.title}px;font-weight:600}`,
    `.box{fill:${colour.box};stroke:${colour.line}}`,
    `.new{stroke:${colour.accent};stroke-width:1.75}`,
    `.mark{fill:${colour.accent}}`,
    `.mark-text{fill:${colour.paper};font-size:${fontSize.small}px;font-weight:600}`,
    `.frame{fill:none;stroke:${colour.line}}`,
    `.zone{stroke-dasharray:2 3}`,
    `.account{stroke-width:1.5}`,
    `.frame-text{fill:${colour.soft};font-size:${frameFont.size}px}`,
    `.frame-title{fill:${colour.ink};font-size:${frameFont.size}px;font-weight:600}`,
    `.leg{fill:none;stroke-width:1.75;stroke-linejoin:round}`,
    `.leg.passes{stroke:${colour.passes}}`,
    `.leg.denied{stroke:${colour.denied};stroke-dasharray:7 4}`,
    `.leg.unknown{stroke:${colour.unknown};stroke-dasharray:2 4}`,
    `.label{fill:${colour.paper}}`,
    `text.passes{fill:${colour.passes}}text.denied{fill:${colour.denied}}text.unknown{fill:${colour.unknown}}`,
  ]
    .map((rule) => rule.replaceAll(/(^|\})(?=[a-z.])/g, `$1#${id} `))
    .join('');

function markerOf(verdict: FlowVerdict, id: string): string {
  const shapes = {
    passes: `<path d="M1 1.5 L11 6 L1 10.5 Z" fill="${colour.passes}"/>`,
    denied: `<circle cx="6" cy="6" r="5.2" fill="${colour.paper}" stroke="${colour.denied}" stroke-width="1.5"/><path d="M3.6 3.6 L8.4 8.4 M8.4 3.6 L3.6 8.4" stroke="${colour.denied}" stroke-width="1.7"/>`,
    unknown: `<circle cx="6" cy="6" r="4.6" fill="${colour.paper}" stroke="${colour.unknown}" stroke-width="1.7"/>`,
  };
  const size = verdict === 'denied' ? 15 : 12;
  return `<marker id="${id}-${verdict}" viewBox="0 0 12 12" refX="11.5" refY="6" markerWidth="${size}" markerHeight="${size}" markerUnits="userSpaceOnUse" orient="auto">${shapes[verdict]}</marker>`;
}

const attributes = ({ x, y, width, height }: Area): string =>
  `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;

const round = (pixels: number): number => Math.round(pixels * 10) / 10;

const textSvg = (text: string, at: Point, style: string, anchor: 'start' | 'middle' = 'start'): string =>
  `<text x="${round(at.x)}" y="${round(at.y)}" class="${style}"${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}>${escaped(text)}</text>`;

function frameSvg({ kind, lines, ...area }: Frame): string {
  const rounded = { account: 10, vpc: 8, zone: 6 }[kind];
  const texts = lines.map((line, index) =>
    textSvg(
      line,
      { x: area.x + 12, y: area.y + 16 + index * frameFont.line },
      index === 0 && kind !== 'zone' ? 'frame-title' : 'frame-text',
    ),
  );
  return `<rect ${attributes(area)} rx="${rounded}" class="frame ${kind}"/>${texts.join('')}`;
}

function boxSvg(node: PictureNode, area: Area): string {
  let y = area.y + padding.y;
  const texts = boxOf(node).lines.map(({ text, style }) => {
    y += lineHeight[style];
    return textSvg(text, { x: area.x + padding.x, y: y - 4 }, style);
  });
  // Buckets and clients are not part of the network: their boxes are round.
  const rounded = node.kind === 'buckets' || node.kind === 'client' || node.kind === 'api' ? 12 : 4;
  const mark = node.isNew ? newMarkSvg({ x: area.x + area.width - newMark.width - 6, y: area.y + 6 }) : '';
  return `<rect ${attributes(area)} rx="${rounded}" class="box${node.isNew ? ' new' : ''}"/>${texts.join('')}${mark}`;
}

const newMarkSvg = (at: Point): string =>
  `<rect ${attributes({ ...at, ...newMark })} rx="7" class="mark"/>${textSvg('new', { x: at.x + newMark.width / 2, y: at.y + 10.5 }, 'mark-text', 'middle')}`;

const lineSvg = ({ leg, points }: PlacedLeg, id: string): string =>
  `<path d="${points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join(' ')}" class="leg ${leg.verdict}"${leg.isLast ? ` marker-end="url(#${id}-${leg.verdict})"` : ''}/>`;

function labelSvg({ leg, label }: PlacedLeg): string {
  if (label === null) return '';
  const texts = label.lines.map((line, index) =>
    textSvg(line, { x: label.x + label.width / 2, y: label.y + 12 + index * lineHeight.detail }, leg.verdict, 'middle'),
  );
  return `<rect ${attributes(label)} class="label"/>${texts.join('')}`;
}

/** What the lines and the mark mean, in a row. */
function legendOf(id: string, hasNew: boolean, verdicts: readonly FlowVerdict[]) {
  const sample = 46;
  const entries = [
    ...(['passes', 'denied', 'unknown'] as const)
      .filter((verdict) => verdicts.includes(verdict))
      .map((verdict) => ({
        text: verdictWords[verdict],
        draw: (at: Point) =>
          `<path d="M${at.x} ${at.y} L${at.x + sample - 8} ${at.y}" class="leg ${verdict}" marker-end="url(#${id}-${verdict})"/>`,
      })),
    ...(hasNew ? [{ text: 'made by the plan', draw: (at: Point) => newMarkSvg({ x: at.x + 4, y: at.y - 7 }) }] : []),
  ];
  let x = 16;
  const parts = entries.map(({ text, draw }) => {
    const at = { x, y: 14 };
    x += sample + textWidth(text, fontSize.detail) + 20;
    return `${draw(at)}${textSvg(text, { x: at.x + sample, y: at.y + 4 }, 'legend')}`;
  });
  return { svg: parts.join(''), width: x, height: 32 };
}
