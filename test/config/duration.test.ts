import { expect, test } from 'vitest';
import { confirmWithin, secondsOf } from '../../src/config/duration.ts';

test.each([
  ['15m', 900],
  ['2h', 7200],
  ['1h30m', 5400],
  ['0m', 0],
])('%s is %d seconds', (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds);
});

test.each(['', '15', 'm', 'h', '15s', '-5m', '1.5h', '30m1h', '15 m', '15M', '99999m'])('"%s" is no duration', (text) => {
  expect(secondsOf(text)).toBeNull();
});

test('a guard lasts five minutes at least and twelve hours at most', () => {
  for (const text of ['5m', '12h', '720m', '11h60m']) expect(confirmWithin(text), text).toBeNull();
  for (const text of ['4m', '0h', '12h1m', '721m']) expect(confirmWithin(text), text).toBe('expected 5m to 12h');
  expect(confirmWithin('later')).toContain('such as 15m');
});
