// HTML by a template that escapes whatever is put into it: nothing that AWS or a log says becomes markup.

/** Markup that is safe to put into a page. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Part = Html | string | number | null | readonly Part[];

/** Markup with values in it: texts are escaped, lists put one after the other, null left out. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(strings.map((text, index) => text + markup(parts[index] ?? null)).join(''));

function markup(part: Part): string {
  if (part === null) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  return part.map(markup).join('');
}

const entities: { readonly [letter: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

// Control characters have no place in HTML; a log may hold some.
const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => entities[letter] ?? letter).replace(/[^\P{Cc}\n\t]/gu, '�');
