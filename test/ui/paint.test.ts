import { expect, test } from 'vitest';
import { colourPaint, coloursOf, tones } from '../../src/ui/paint.ts';

// xterm's colours from 16 on: a cube of six steps, then 24 greys.
function rgbOf(colour: number): readonly number[] {
  if (colour >= 232) return Array.from({ length: 3 }, () => 8 + (colour - 232) * 10);
  const steps = [0, 95, 135, 175, 215, 255];
  const index = colour - 16;
  return [Math.floor(index / 36), Math.floor(index / 6) % 6, index % 6].map((step) => steps[step] ?? 0);
}

/** https://www.w3.org/TR/WCAG21/#dfn-relative-luminance */
function luminance(rgb: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = rgb.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

test.each(Object.entries(tones))('%s is read on a white and on a black background: a contrast of 4 to 1 and more', (_, colour) => {
  const own = luminance(rgbOf(colour));
  expect(1.05 / (own + 0.05)).toBeGreaterThanOrEqual(4);
  expect((own + 0.05) / 0.05).toBeGreaterThanOrEqual(4);
});

test('a terminal of 16 colours gets those that its owner chose', () => {
  expect(colourPaint(16).bad('x')).toBe('\u001b[31mx\u001b[39m');
  expect(colourPaint(256).bad('x')).toBe(`\u001b[38;5;${tones.bad}mx\u001b[39m`);
});

test.each([
  ['xterm', undefined, 16],
  ['linux', undefined, 16],
  ['screen', undefined, 16],
  ['tmux-256color', undefined, 256],
  ['xterm', 'truecolor', 256],
  [undefined, undefined, 16],
] as const)('TERM=%s and COLORTERM=%s: %s colours', (TERM, COLORTERM, colours) => {
  expect(coloursOf({ TERM, COLORTERM })).toBe(colours);
});
