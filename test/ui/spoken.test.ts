import { expect, test } from 'vitest';
import { spoken } from '../../src/ui/spoken.ts';

test.each([
  ['  ✓ made (35 s)', '  ok: made (35 s)'],
  ['    ✗ aws:SourceVpc is not vpc-1', '    not ok: aws:SourceVpc is not vpc-1'],
  ['  … make a NAT gateway', '  under way: make a NAT gateway'],
  ['  + security group x', '  new: security group x'],
  ['  ! QP102 (warning): private DNS', '  QP102 (warning): private DNS'],
  ['      → do it in a quiet hour', '      what to do: do it in a quiet hour'],
  ['✗ Failed: waiting for NAT gateway', 'Failed: waiting for NAT gateway'],
  ['✓ 3/6  nat done', '3/6  nat done'],
  ['? Make a change set? yes (--yes)', 'question: Make a change set? yes (--yes)'],
  ['      additive · about 3 min', '      additive, about 3 min'],
  ['1  allowed → denied', '1  allowed to denied'],
  ['    ↶ undone: route', '    undone: route'],
  ['      · the principal is a service', '      the principal is a service'],
])('%s', (line, words) => {
  expect(spoken(line)).toBe(words);
});

test('lines drawn under headings are left out, and words stay', () => {
  expect(spoken('Done\n────\n\nit is i who - and ? say so')).toBe('Done\n\nit is i who - and ? say so');
});
