// What pictures on a page share: their colours as CSS custom properties, light, dark and printed, and how much room text takes.
// A picture says the same without any colour: by shapes, dashes and words.

/** The names under which a picture's parts find their colours. */
export const colour = {
  paper: 'var(--picture-paper)',
  box: 'var(--picture-box)',
  line: 'var(--picture-line)',
  ink: 'var(--picture-ink)',
  soft: 'var(--picture-soft)',
  accent: 'var(--picture-accent)',
  passes: 'var(--picture-passes)',
  denied: 'var(--picture-denied)',
  unknown: 'var(--picture-unknown)',
} as const;

type Palette = { readonly [name in keyof typeof colour]: string };

// Text has a contrast of at least 4.5 to 1 on paper and box, lines that mean something 3 to 1.
const light: Palette = {
  paper: '#ffffff',
  box: '#f5f7fa',
  line: '#838e9c',
  ink: '#1b2430',
  soft: '#525d6b',
  accent: '#1d5cb8',
  passes: '#14724a',
  denied: '#b8232f',
  unknown: '#805200',
};

const dark: Palette = {
  paper: '#11161d',
  box: '#1a212b',
  line: '#75818f',
  ink: '#e6ebf2',
  soft: '#a9b4c2',
  accent: '#84b6ff',
  passes: '#4fc48d',
  denied: '#ff8080',
  unknown: '#e3b34f',
};

/** The style of the picture of this id: a reader who prefers dark sees it dark, and paper is white whatever the screen was. */
export function themeOf(id: string): string {
  const properties = (palette: Palette): string =>
    Object.entries(palette)
      .map(([name, value]) => `--picture-${name}:${value}`)
      .join(';');
  return [
    `#${id}{${properties(light)};color-scheme:light dark}`,
    `@media screen and (prefers-color-scheme:dark){#${id}{${properties(dark)}}}`,
  ].join('');
}

export const fontFamily = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

/** Text as it stands in XML. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

// In thousandths of the font's size, none less than in DejaVu Sans and Verdana, the widest of the usual faces.
const widths: readonly (readonly [characters: RegExp, width: number])[] = [
  [/[ijlI|!'’‘.,:;·]/, 370],
  [/[ frt()[\]{}/\\-]/, 460],
  [/[mw%@MW—→…]/, 1010],
  [/[A-Z&+=<>~]/, 840],
  [/[\x20-\x7e×–]/, 660],
];

/**
 * Pixels that a line of text takes at most.
 * @param size of the font, in pixels
 */
export function textWidth(text: string, size: number, isBold = false): number {
  const thousandths = [...text].reduce((sum, character) => sum + (widths.find(([of]) => of.test(character))?.[1] ?? 1050), 0);
  return (thousandths * size * (isBold ? 1.1 : 1)) / 1000;
}

/**
 * The text in lines of at most `width` pixels, broken behind spaces and the marks that names are made of, or anywhere where a word
 * is longer than a line.
 */
export function folded(text: string, width: number, size: number, isBold = false): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of text.match(/[^\s\-/:.]*[\s\-/:.]*/g) ?? []) {
    if (textWidth((line + part).trimEnd(), size, isBold) <= width) {
      line += part;
      continue;
    }
    if (line !== '') lines.push(line.trimEnd());
    line = '';
    for (const character of part) {
      if (textWidth(line + character, size, isBold) > width) {
        lines.push(line.trimEnd());
        line = '';
      }
      line += character;
    }
  }
  return line.trim() === '' ? lines : [...lines, line.trimEnd()];
}
