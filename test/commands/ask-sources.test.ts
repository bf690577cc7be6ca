import { expect, test } from 'vitest';
import { askForSources } from '../../src/commands/ask-sources.ts';
import { plainPaint } from '../../src/ui/paint.ts';
import type { Answer, Question } from '../../src/ui/questions.ts';
import { renderReplay } from '../../src/ui/render-replay.ts';
import { anInput } from '../support/landscape.ts';

function answering(answers: { readonly [id: string]: Answer }) {
  const asked: Question[] = [];
  const ask = async (question: Question): Promise<Answer> => {
    asked.push(question);
    return answers[question.id] ?? [];
  };
  return { asked, ui: { ask } };
}

test('the offer is skipped unless somebody chooses otherwise', async () => {
  const { ui, asked } = answering({ assess: ['skip'] });
  expect(await askForSources(ui, 'bucket-policy', anInput())).toEqual([]);
  expect(asked).toMatchObject([{ kind: 'select', initial: 'skip', flag: '--assess', text: expect.stringContaining('step bucket-policy') }]);
});

test('s3:// offers the bucket of a trail, and takes nothing else', async () => {
  const { ui, asked } = answering({ assess: ['s3'], 'assess-source': ['s3://corp-cloudtrail'] });
  expect(await askForSources(ui, 'scp', anInput())).toEqual(['s3://corp-cloudtrail']);
  const [, source] = asked;
  if (source?.kind !== 'input') throw new Error('no source was asked for');
  expect(source.initial).toBe('s3://corp-cloudtrail');
  expect(source.check([])).toBe('name at least one');
  expect(source.check(['s3://corp-cloudtrail', 'logs'])).toContain('logs does not begin with s3://');
  expect(source.check(['s3://corp-cloudtrail'])).toBeNull();
});

test('a folder is no s3:// address', async () => {
  const { ui, asked } = answering({ assess: ['folder'], 'assess-source': ['logs'] });
  expect(await askForSources(ui, 'scp', anInput())).toEqual(['logs']);
  const [, source] = asked;
  expect(source?.kind === 'input' && source.check(['s3://bucket'])).toContain('s3://bucket is no folder');
});

test('a replay is told with its counts, and with those that would be denied', () => {
  const denied = {
    principal: 'arn:aws:iam::111122223333:role/Job',
    network: '203.0.113.5',
    bucket: 'quilt-data',
    events: 1,
    lastSeen: '2026-05-31T10:00:00Z',
  };
  const summary = {
    source: { kind: 'files', hash: 'h' },
    events: 1200,
    from: '2026-05-01T00:00:00Z',
    to: '2026-05-31T10:00:00Z',
    paths: { passes: 10, newlyDenied: 3, unknown: 1 },
    maxDenied: 0,
    denied: [denied],
  };
  const text = renderReplay(summary, { paint: plainPaint, width: 80, verbose: false, plain: false });
  expect(text.split('\n')).toEqual([
    'Assessed 1200 recorded events, from 2026-05-01 to 2026-05-31: 14 paths to the',
    'buckets; 10 pass, 3 newly denied, 1 unknown.',
    '  ✗ arn:aws:iam::111122223333:role/Job from 203.0.113.5 to quilt-data: 1 event,',
    '    last 2026-05-31',
    '    and 2 more: quilt-perimeter assess lists all of them',
  ]);
});
