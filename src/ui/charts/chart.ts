// A chart as SVG that stands on a page by itself: laid out by vega, coloured by the page, told in words too.
import type { TopLevelSpec } from 'vega-lite';
import { colour, escaped, fontFamily, themeOf } from '../pictures/theme.ts';

export interface Chart {
  readonly svg: string;
  /** What the chart shows, in sentences; the SVG has it inside. */
  readonly alt: string;
}

export interface ChartOptions {
  /** The chart's id, unique on the page: a letter, then letters, digits and hyphens. */
  readonly idPrefix: string;
}

/** How a verdict's bars are filled: evenly, hatched, dotted, so that they differ without colour. */
export const fillOf = (verdict: 'passes' | 'denied' | 'unknown', id: string): string =>
  verdict === 'passes' ? colour.passes : `url(#${id}-${verdict})`;

/**
 * Draws a specification. Its colours are CSS custom properties, which vega passes on as they are.
 * @param title one line, also its accessible name
 */
export async function chartOf(spec: TopLevelSpec, title: string, alt: string, { idPrefix: id }: ChartOptions): Promise<Chart> {
  const [{ compile }, { Error: errorsOnly, parse, View }] = await Promise.all([import('vega-lite'), import('vega')]);
  const compiled = compile(spec, { config });
  const drawn = await new View(parse(compiled.spec), { renderer: 'none', logLevel: errorsOnly }).toSVG();
  const [, size = '', inside = ''] = /^<svg[^>]*?( width="[^"]*" height="[^"]*" viewBox="[^"]*")[^>]*>(.*)<\/svg>$/s.exec(drawn) ?? [];
  return {
    alt,
    svg: [
      `<svg xmlns="http://www.w3.org/2000/svg" id="${id}" role="img" aria-labelledby="${id}-title ${id}-desc"${size} font-family="${fontFamily}">`,
      `<title id="${id}-title">${escaped(title)}</title><desc id="${id}-desc">${escaped(alt)}</desc>`,
      `<style>${themeOf(id)}</style><defs>${hatched(id)}${dotted(id)}</defs>${inside.replaceAll(perMark, '')}</svg>`,
    ].join(''),
  };
}

/** What vega says of each part: the whole is one image, in one font. */
const perMark = / (?:role|aria-roledescription|aria-hidden|pointer-events|class|font-family)="[^"]*"/g;

const hatched = (id: string): string =>
  `<pattern id="${id}-denied" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="${colour.paper}"/><rect width="4" height="6" fill="${colour.denied}"/></pattern>`;

const dotted = (id: string): string =>
  `<pattern id="${id}-unknown" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="${colour.paper}"/><circle cx="3" cy="3" r="2" fill="${colour.unknown}"/></pattern>`;

const config = {
  aria: false,
  background: colour.paper,
  font: fontFamily,
  // The last day's label may stand over the end of its axis.
  padding: { left: 12, top: 12, right: 44, bottom: 12 },
  title: { color: colour.ink, fontSize: 12, fontWeight: 600, anchor: 'start', offset: 8 },
  axis: {
    labelColor: colour.ink,
    labelFontSize: 11,
    titleColor: colour.soft,
    titleFontSize: 11,
    titleFontWeight: 'normal',
    domainColor: colour.line,
    tickColor: colour.line,
    gridColor: colour.line,
    gridOpacity: 0.35,
  },
  view: { stroke: null },
  text: { color: colour.ink, fontSize: 11 },
} as const;
