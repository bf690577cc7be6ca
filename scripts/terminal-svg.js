// A terminal's rows as an SVG that follows the reader's light or dark scheme and can be selected as text. The classes are the
// tones of src/ui/paint.ts.
const size = 14;
const advance = size * 0.6;
const leading = 19;
const margin = 20;

/** Rows as runs of like characters, to lines with their text; empty ones at the end are left out. */
export const linesOf = (rows) =>
  rows.map((runs) => ({
    runs,
    text: runs
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  }));

/** What a picture says, without what differs from run to run: times, other digits, and where lines break. */
export const wordsOf = (svg) =>
  [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/gs)]
    .map(([, body]) => body.replaceAll(/<[^>]+>/g, ''))
    .join(' ')
    .replaceAll(/\((?:\d+\s(?:h|min|s)\s?)+\)/g, '')
    .replaceAll(/\d+/g, '0')
    .replaceAll(/\s+/g, ' ')
    .trim();

/**
 * The lines as a picture.
 * @param title what was typed, above the lines
 */
export function renderTerminal(lines, { columns, title }) {
  const width = Math.ceil(columns * advance + 2 * margin);
  const height = (lines.length + 2) * leading + 2 * margin;
  const row = (runs, index) => {
    const spans = runs.map(({ look, text, column }) => {
      const body = escaped(text.trimEnd() === '' ? '' : text);
      return body === '' ? '' : `<tspan x="${place(column)}"${look === '' ? '' : ` class="${look}"`}>${body}</tspan>`;
    });
    return spans.join('') === '' ? '' : `<text y="${margin + (index + 1) * leading}" xml:space="preserve">${spans.join('')}</text>`;
  };
  const heading = row([{ look: 'bold', text: title, column: 0 }], 0);
  const body = lines.map(({ runs }, index) => row(runs, index + 2)).filter((line) => line !== '');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">
<title id="title">A terminal: ${escaped(title)}</title>
<style>
svg { --paper: #fff; --ink: #1f2328; --dim: #59636e; --bad: #b3174a; --good: #0f6b24; --warn: #8f4700; --accent: #0b6b78; }
@media (prefers-color-scheme: dark) { svg { --paper: #0d1117; --ink: #e6edf3; --dim: #9198a1; --bad: #ff7b9c; --good: #56d364; --warn: #e3a341; --accent: #56d4dd; } }
rect { fill: var(--paper); stroke: var(--dim); stroke-opacity: .35; }
text { font: ${size}px ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; fill: var(--ink); white-space: pre; }
.bold { font-weight: 600; }
.c30 { fill: var(--accent); } .c243 { fill: var(--dim); } .c28 { fill: var(--good); } .c130 { fill: var(--warn); } .c161 { fill: var(--bad); }
</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>
${[heading, ...body].join('\n')}
</svg>
`;
}

const place = (column) => (margin + column * advance).toFixed(1);

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
