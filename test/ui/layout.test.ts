import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnsOf, cut, heading, pad, padStart, widest, wrap } from '../../src/ui/layout.ts';
import { colourPaint } from '../../src/ui/paint.ts';

test('a width is counted in columns: two for a Chinese character or an emoji, none for a combining mark or a colour', () => {
  const widths = ['bucket', '数据', '🧬', '👩‍🔬', 'e\u0301', 'ｱ', '', colourPaint(16).good('ok')].map(columnsOf);
  expect(widths).toEqual([6, 4, 2, 2, 1, 1, 0, 2]);
  expect(widest(['abc', '数据'])).toBe(4);
});

test('wide names stand in the same columns as narrow ones', () => {
  expect([pad('数据', 8), pad('genomics', 8), padStart('🧬', 4), heading('数据 lake')]).toEqual([
    '数据    ',
    'genomics',
    '  🧬',
    '数据 lake\n─────────',
  ]);
});

test('no line is wider than it may be, nor is any character or colour lost, whatever the names are', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'Z', '-', '数', '🧬', 'e\u0301', '👩‍🔬'), minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), fc.integer({ min: 30, max: 80 }), (words, width) => {
      const lines = wrap(words.join(' '), width, '  ✗ ', '    ').split('\n');
      expect(lines.every((line) => columnsOf(line) <= width)).toBe(true);
      expect(lines.map((line) => line.trim()).join(' ')).toBe(`✗ ${words.join(' ')}`);
    }),
    { numRuns: 200 },
  );
});

test('what is cut fits, ends in …, and is never cut within a character', () => {
  expect(cut('short', 5)).toBe('short');
  expect(cut('数据湖', 5)).toBe('数据…');
  expect(cut('数据湖', 4)).toBe('数…');
  expect(cut('ab👩‍🔬cd', 4)).toBe('ab…');
});

test('what follows a bullet stands under the text of the bullet', () => {
  expect(wrap('Deny, unless:\n  · the principal carries the tag, whatever its value\n  → go on', 30, '    ')).toBe(
    ['    Deny, unless:', '      · the principal carries', '        the tag, whatever its', '        value', '      → go on'].join('\n'),
  );
});

test('a command that takes several lines can be pasted into a shell: a backslash ends each but the last, never within quotes', () => {
  const command = `aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-0b47bd02a54c96e8c --cli-input-json '{"a b": "c: d"}'`;
  const text = wrap(command, 60, '  → ', '    ');
  expect(text).toBe(
    [
      '  → aws ec2 modify-vpc-endpoint --vpc-endpoint-id \\',
      '      vpce-0b47bd02a54c96e8c --cli-input-json \\',
      `      '{"a b": "c: d"}'`,
    ].join('\n'),
  );
  expect(text.replaceAll(/ \\\n +/g, ' ')).toBe(`  → ${command}`);
});

test('a sentence that begins with a command is no command', () => {
  const sentence = 'quilt-perimeter rollback --sandbox=greenfield: put everything back as it was before';
  expect(wrap(sentence, 60)).not.toContain('\\');
  expect(wrap('aws route53 disassociate-vpc-from-hosted-zone --hosted-zone-id Z1, or reuse the endpoint', 60)).not.toContain('\\');
  expect(wrap('aws s3api put-bucket-policy --bucket quilt-a (it replaces the policy that is there)', 60)).not.toContain('\\');
});
