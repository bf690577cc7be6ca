// A verification as JUnit XML, which CI systems show: a ✗ is a failure, a ? an error, since neither may pass unseen.
import type { StepId } from '../engine/types.ts';
import type { Check, Verification } from '../verify/check.ts';

/** One test suite for each step that has propositions, one test case for each of them. */
export function junitXml({ place, checks, at }: Verification): string {
  const steps = [...new Set(checks.map(({ step }) => step))];
  const name = `quilt-perimeter verify, account ${place.accountId}, ${place.region}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escaped(name)}" ${counts(checks)}>`,
    ...steps.flatMap((step) =>
      suite(
        step,
        checks.filter((check) => check.step === step),
        at,
      ),
    ),
    '</testsuites>',
    '',
  ].join('\n');
}

const suite = (step: StepId, checks: readonly Check[], at: string): readonly string[] => [
  `  <testsuite name="${step}" ${counts(checks)} timestamp="${escaped(at)}">`,
  ...checks.flatMap(testCase),
  '  </testsuite>',
];

function testCase({ id, step, summary, state, evidence }: Check): readonly string[] {
  const open = `    <testcase classname="quilt-perimeter.${step}" name="${escaped(`${summary} (${id})`)}" time="0">`;
  const inside = {
    ok: `      <system-out>${escaped(evidence)}</system-out>`,
    failed: `      <failure type="failed" message="${escaped(evidence)}"/>`,
    unknown: `      <error type="unknown" message="${escaped(evidence)}"/>`,
  } as const;
  return [open, inside[state], '    </testcase>'];
}

const counts = (checks: readonly Check[]): string => {
  const of = (state: Check['state']): number => checks.filter((check) => check.state === state).length;
  return `tests="${checks.length}" failures="${of('failed')}" errors="${of('unknown')}" skipped="0"`;
};

const entities: { readonly [sign: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

// XML 1.0 has no other control characters than these three, in no form, and no half of a surrogate pair.
// https://www.w3.org/TR/xml/#charsets
const escaped = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)
    .replace(/[\t\n\r]/g, (sign) => `&#${sign.charCodeAt(0)};`);
