import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html } from '../../../src/ui/report/html.ts';

test('whatever is put into markup stays text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { text: markup } = html`<p title="${text}">${text}</p>`;
      expect(markup.match(/</g)).toHaveLength(2);
      expect(markup.match(/>/g)).toHaveLength(2);
      expect(markup.match(/"/g)).toHaveLength(2);
    }),
    { numRuns: 200 },
  );
});

test('markup within markup is not escaped again, lists are put together, and null is nothing', () => {
  expect(html`<ul>${['a&b', null, html`<li>${3}</li>`]}</ul>`.text).toBe('<ul>a&amp;b<li>3</li></ul>');
});

test('control characters do not get into a page', () => {
  expect(html`${'a\u0000b\u001bc\nd'}`.text).toBe('a�b�c\nd');
});
