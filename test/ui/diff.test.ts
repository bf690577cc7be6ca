// Both versions of what somebody changed, as people and programs see them.
import { describe, expect, test } from 'vitest';
import type { Applied, StatusStep } from '../../src/engine/types.ts';
import { changedMeanwhile } from '../../src/errors.ts';
import { finding, versionsOf } from '../../src/findings.ts';
import { columnsOf } from '../../src/ui/layout.ts';
import { colourPaint, plainPaint } from '../../src/ui/paint.ts';
import { renderDiff } from '../../src/ui/render-diff.ts';
import { renderError } from '../../src/ui/render-error.ts';
import { renderFinding } from '../../src/ui/render-findings.ts';
import { renderStatus } from '../../src/ui/render-status.ts';
import { renderRollback } from '../../src/ui/render-summary.ts';

const policy = (range: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid: 'QuiltPerimeterNetwork', Effect: 'Deny', Condition: { NotIpAddressIfExists: { 'aws:SourceIp': [range] } } }],
  });
const versions = versionsOf({ policy: policy('198.51.100.0/25') }, { policy: policy('198.51.100.0/24') });
const drift = finding('QP703', {
  detail: 'AWS::S3::BucketPolicy b (bucket-policy/b/statement): somebody changed it',
  subjects: ['b'],
  versions,
});

describe('the diff', () => {
  test('shows the lines by which a policy differs, read as a document, with three lines around them', () => {
    expect(renderDiff(versions, plainPaint, 80, '  ').split('\n')).toEqual([
      '  - what this tool left   + what is there now',
      '            "Condition": {',
      '              "NotIpAddressIfExists": {',
      '                "aws:SourceIp": [',
      '  -               "198.51.100.0/24"',
      '  +               "198.51.100.0/25"',
      '                ]',
      '              }',
      '            },',
    ]);
  });

  test('says of what is not there that it is nothing', () => {
    expect(renderDiff(versionsOf(null, { id: 'vpce-1' }), plainPaint, 80, '')).toBe(
      ['- what this tool left   + what is there now', '- {', '-   "id": "vpce-1"', '- }', '+ nothing'].join('\n'),
    );
  });

  test('passes over the order of keys', () => {
    const text = renderDiff(versionsOf({ b: 1, a: 2 }, { a: 2, b: 1 }), plainPaint, 80, '');
    expect(text).toBe('- what this tool left   + what is there now');
  });

  test('stays within 80 columns where words allow it, and is coloured where there is colour', () => {
    const long = versionsOf({ why: 'a sentence of many words '.repeat(8) }, { why: 'short' });
    const text = renderDiff(long, colourPaint(16), 80, '      ');
    expect(text.split('\n').every((line) => columnsOf(line) <= 80)).toBe(true);
    expect(text).toContain('\u001b[31m');
    expect(text).toContain('\u001b[32m');
  });
});

describe('both versions are shown', () => {
  const page = { paint: plainPaint, width: 80, verbose: false, plain: false };
  const lines = ['-               "198.51.100.0/24"', '+               "198.51.100.0/25"'];

  test('under the finding', () => {
    const text = renderFinding(drift, plainPaint, 80);
    for (const line of lines) expect(text).toContain(line);
  });

  test('under an error', () => {
    const text = renderError(
      changedMeanwhile('putting the policy of bucket (b): somebody changed it', 'run again', versions),
      plainPaint,
      80,
    );
    for (const line of lines) expect(text).toContain(line);
    expect(text.split('\n').at(-1)).toBe('  → run again');
  });

  test('by status, under the change', () => {
    const step: StatusStep = {
      id: 'bucket-policy',
      state: 'drifted',
      changes: [{ key: 'bucket-policy/b/statement', state: 'drifted', journal: null, aws: null, finding: drift }],
    };
    const text = renderStatus([step], page);
    expect(text).toContain('drifted    bucket-policy/b/statement');
    for (const line of lines) expect(text).toContain(line);
  });

  test('in the closing summary of rollback, for what was kept and for what was merely noticed', () => {
    const applied: Applied = {
      step: 'bucket-policy',
      generation: 1,
      token: 't',
      run: 'r',
      made: null,
      change: {
        key: 'bucket-policy/b/statement',
        action: 'update',
        target: { accountId: '1', region: 'us-east-1', type: 'AWS::S3::BucketPolicy', name: 'b' },
        summary: 's',
        reason: 'r',
        before: null,
        after: null,
        risk: 'access-affecting',
        confirm: 'c',
        needs: [],
        seconds: null,
        usdPerMonth: null,
      },
    };
    const place = {
      partition: 'aws',
      accountId: '1',
      region: 'us-east-1',
      organizationId: null,
      managementAccountId: null,
      stack: null,
      vpc: null,
    };
    const facts = { place, at: 'now', runId: 'r', operator: 'o', leftOut: [], next: [] };
    const text = (kept: boolean) =>
      renderRollback(
        { outcome: 'done', undone: [], kept: kept ? [{ applied, finding: drift }] : [], noticed: kept ? [] : [drift], notRestored: [] },
        facts,
        page,
      );
    for (const line of lines) {
      expect(text(true).split('Kept:')[1]).toContain(line);
      expect(text(false).split('Changed by others:')[1]).toContain(line);
    }
  });
});
