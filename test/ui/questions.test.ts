import { describe, expect, test } from 'vitest';
import { ask, openChoiceError, type Question } from '../../src/ui/questions.ts';

const confirm: Question = { kind: 'confirm', id: 'endpoints', text: 'Make the endpoints?' };
const select: Question = { kind: 'select', id: 'stack', text: 'Which stack?', options: [], initial: null, flag: '--stack' };
const nobody = (yes: boolean) => {
  const printed: string[] = [];
  return { printed, asking: { prompt: null, yes, print: (line: string) => printed.push(line) } };
};

describe('without a terminal', () => {
  test('a confirmation stops the run and names --yes', async () => {
    await expect(ask(confirm, nobody(false).asking)).rejects.toMatchObject({
      exitCode: 3,
      code: 'NO_TERMINAL',
      remedy: expect.stringContaining('--yes'),
    });
  });

  test('--yes answers confirmations, typed ones too, and says so', async () => {
    const { asking, printed } = nobody(true);
    expect(await ask(confirm, asking)).toEqual(['yes']);
    expect(await ask({ kind: 'typed', id: 'scp', text: 'Attach?', typed: ['r-ab12'] }, asking)).toEqual(['yes']);
    expect(printed).toEqual(['? Make the endpoints? yes (--yes)', '? Attach? yes (--yes)']);
  });

  test('a choice without a default names its flag', async () => {
    await expect(ask(select, nobody(true).asking)).rejects.toMatchObject({ exitCode: 3, remedy: 'give it with --stack' });
  });

  test('a choice with a default takes it under --yes only', async () => {
    const { asking, printed } = nobody(true);
    expect(await ask({ ...select, initial: 'a' }, asking)).toEqual(['a']);
    expect(printed).toEqual(['? Which stack? a']);
    await expect(ask({ ...select, initial: 'a' }, nobody(false).asking)).rejects.toMatchObject({ exitCode: 3 });
    const input: Question = { kind: 'input', id: 'i', text: 'Ranges?', initial: 'a, b', check: () => null, flag: '--x' };
    expect(await ask(input, asking)).toEqual(['a', 'b']);
    await expect(ask({ ...input, check: () => 'wrong' }, asking)).rejects.toMatchObject({ exitCode: 3 });
  });

  test('an MFA code has no default', async () => {
    await expect(ask({ kind: 'code', id: 'mfa', text: 'Code?' }, nobody(true).asking)).rejects.toMatchObject({ exitCode: 3 });
  });
});

test('every other question goes to the prompt', async () => {
  const seen: string[] = [];
  const prompt = async (question: Question) => {
    seen.push(question.id);
    return [];
  };
  expect(await ask(confirm, { prompt, yes: false, print: () => undefined })).toEqual([]);
  await ask({ ...select, initial: 'a' }, { prompt, yes: true, print: () => undefined });
  expect(seen).toEqual(['endpoints', 'stack']);
});

test('an open choice names the flag and the candidates (exit 2)', () => {
  const candidates = Array.from({ length: 14 }, (_, n) => ({ value: `vpc-${n}`, label: '', detail: n === 0 ? '10.0.0.0/16' : '' }));
  const error = openChoiceError({ question: 'Which VPC?', reason: '14 candidates', key: 'network.vpc', flag: '--vpc', candidates });
  expect(error.exitCode).toBe(2);
  expect(error.summary).toBe('choosing network.vpc: Which VPC? 14 candidates');
  expect(error.remedy).toMatch(/^--vpc VALUE: vpc-0 \(10\.0\.0\.0\/16\); vpc-1; .*; and 2 more$/);
});
