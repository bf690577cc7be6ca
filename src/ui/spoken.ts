// Signs as words, for whom the screen is read to (`--plain`): a screen reader passes over ✓, or says something else.

/** What is said in place of the sign that an indented line begins with. */
const words: { readonly [sign: string]: string } = {
  '✓': 'ok: ',
  '✗': 'not ok: ',
  '?': 'unknown: ',
  '!': 'warning: ',
  i: 'note: ',
  '…': 'under way: ',
  '↶': '',
  '·': '',
  '→': 'what to do: ',
  '+': 'new: ',
  '~': 'changed: ',
  '-': 'gone: ',
};

/**
 * The same lines with words for signs: `  ✓ made` is `  ok: made`. Lines drawn under headings are left out; arrows and dots within
 * a line are words and commas. Signs before whole sentences (`✗ Failed: …`, `! QP102 (warning): …`) say what the sentence says.
 */
export const spoken = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/^\s*─+$/.test(line))
    .map((line) =>
      line
        .replace(/^([✓✗!?·–]) +(?=\S)/, (_, sign: string) => (sign === '?' ? 'question: ' : ''))
        .replace(/^( +)[✗?!i] +(?=QP\d{3} \()/, '$1')
        .replace(/^( +)([✓✗?!i…↶·→+~-]) (?=\S)/, (_, indent: string, sign: string) => `${indent}${words[sign] ?? ''}`)
        .replaceAll(' · ', ', ')
        .replaceAll(' → ', ' to ')
        .replaceAll('  ← decides', ' (this decides)'),
    )
    .join('\n');
