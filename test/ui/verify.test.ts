// What `verify` prints for people and writes for CI systems.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { junitXml } from '../../src/ui/junit.ts';
import { plainPaint } from '../../src/ui/paint.ts';
import { renderVerification } from '../../src/ui/render-verify.ts';
import type { Check, Verification } from '../../src/verify/check.ts';

const check = (over: Partial<Check> = {}): Check => ({
  id: 'endpoints/api-endpoint',
  step: 'endpoints',
  summary: 'The endpoint stands',
  state: 'ok',
  evidence: 'vpce-1 is available',
  subjects: ['vpce-1'],
  ...over,
});
const of = (...checks: readonly Check[]): Verification => ({
  place: {
    partition: 'aws',
    accountId: '444455556666',
    region: 'us-east-1',
    organizationId: 'o-1',
    managementAccountId: '111122223333',
    stack: 'quilt-prod',
    vpc: 'vpc-1',
  },
  checks,
  at: '2026-06-01T12:00:00.000Z',
});
const page = { paint: plainPaint, width: 80, verbose: false, plain: false };
const rendered = (verification: Verification): string => renderVerification(verification, (command) => `quilt-perimeter ${command}`, page);

const broken = of(
  check(),
  check({
    id: 'scp/content',
    step: 'scp',
    summary: 'The SCP denies what it should',
    state: 'failed',
    evidence: 'there is none of that name',
  }),
  check({ id: 'scp/in-force', step: 'scp', summary: 'The SCP binds the account', state: 'unknown', evidence: 'it rests on scp/content' }),
);

test('each proposition has its sign and below it what was seen; then what does not hold, and what to do', () => {
  const text = rendered(broken);
  expect(text).toContain('  ✓ The endpoint stands\n      vpce-1 is available');
  expect(text).toContain(
    '  ✗ The SCP denies what it should\n      there is none of that name\n  ? The SCP binds the account\n      it rests on scp/content',
  );
  expect(text.replaceAll(/\s+/g, ' ')).toContain('1 of 3 propositions hold. 1 does not: scp/content. 1 cannot be told: scp/in-force.');
  expect(text).toContain('quilt-perimeter plan: what would make it so again');
});

test('where all holds there is nothing to do', () => {
  expect(rendered(of(check()))).not.toContain('Next');
});

test('no line is wider than the page, but for words that are', () => {
  const long = check({ summary: 'a promise '.repeat(30), evidence: 'what was seen of it '.repeat(30) });
  expect(
    rendered(of(long))
      .split('\n')
      .filter((line) => line.length > 80),
  ).toEqual([]);
});

test('JUnit: a suite for each step, a ✗ is a failure, a ? an error, and the counts are right', () => {
  expect(junitXml(broken)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="quilt-perimeter verify, account 444455556666, us-east-1" tests="3" failures="1" errors="1" skipped="0">
  <testsuite name="endpoints" tests="1" failures="0" errors="0" skipped="0" timestamp="2026-06-01T12:00:00.000Z">
    <testcase classname="quilt-perimeter.endpoints" name="The endpoint stands (endpoints/api-endpoint)" time="0">
      <system-out>vpce-1 is available</system-out>
    </testcase>
  </testsuite>
  <testsuite name="scp" tests="2" failures="1" errors="1" skipped="0" timestamp="2026-06-01T12:00:00.000Z">
    <testcase classname="quilt-perimeter.scp" name="The SCP denies what it should (scp/content)" time="0">
      <failure type="failed" message="there is none of that name"/>
    </testcase>
    <testcase classname="quilt-perimeter.scp" name="The SCP binds the account (scp/in-force)" time="0">
      <error type="unknown" message="it rests on scp/content"/>
    </testcase>
  </testsuite>
</testsuites>
`);
});

// https://www.w3.org/TR/xml/#charsets
const isXml = (code: number): boolean =>
  [0x9, 0xa, 0xd].includes(code) ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  (code >= 0x10000 && code <= 0x10ffff);

test('JUnit: whatever AWS answered, the file stays XML', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('ok' as const, 'failed' as const, 'unknown' as const), (text, state) => {
      const xml = junitXml(of(check({ summary: text, evidence: text, state })));
      expect([...xml].filter((sign) => !isXml(sign.codePointAt(0) ?? 0))).toEqual([]);
      expect(xml.replace(/&(?:amp|lt|gt|quot|apos|#\d+);/g, '')).not.toContain('&');
      const [, name, inside] = /<testcase classname="quilt-perimeter\.endpoints" name="([^"]*)" time="0">\n([^\n]*)\n/.exec(xml) ?? [];
      expect(name).not.toMatch(/[<>"]/);
      expect(inside).toMatch(
        /^ {6}<(?:system-out>[^<>]*<\/system-out|failure type="failed" message="[^"<>]*"\/|error type="unknown" message="[^"<>]*"\/)>$/,
      );
    }),
    { numRuns: 200 },
  );
});

test('JUnit: text comes back as it was', () => {
  const decoded = (xml: string): string =>
    xml.replace(/&(amp|lt|gt|quot|apos|#(\d+));/g, (_, name: string, code: string | undefined) =>
      code === undefined ? ({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }[name] ?? '') : String.fromCharCode(Number(code)),
    );
  const text = `{"aws:SourceIp":"1.2.3.4"} & <b>'ü'</b> 測試 🚀\nline`;
  expect(decoded(/<system-out>(.*)<\/system-out>/.exec(junitXml(of(check({ evidence: text }))))?.[1] ?? '')).toBe(text);
});
