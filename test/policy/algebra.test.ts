// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written so.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContextValues } from '../../src/policy/context.ts';
import { type ConditionBlock, minify, type PolicyDocument, parsePolicy, type Statement } from '../../src/policy/document.ts';
import type { Decision } from '../../src/policy/evaluate.ts';
import { glob } from '../../src/policy/match.ts';
import { mergeBucketPolicy } from '../../src/policy/merge.ts';
import { ask, document } from './support.ts';

// A small world: three keys, three values, and every operator that can be asked of them.
const keys = ['aws:a', 'aws:b', 'aws:c'] as const;
const values = ['x', 'y', 'z'] as const;
const operators = [
  'StringEquals',
  'StringNotEquals',
  'StringLike',
  'StringEqualsIfExists',
  'StringNotEqualsIfExists',
  'Null',
  'ForAllValues:StringEquals',
  'ForAnyValue:StringNotEquals',
] as const;

const clause = fc.tuple(
  fc.constantFrom(...operators),
  fc.constantFrom(...keys),
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 }),
);

const condition: fc.Arbitrary<ConditionBlock> = fc.array(clause, { maxLength: 3 }).map((clauses) => {
  const block: { [operator: string]: { [key: string]: readonly string[] } } = {};
  for (const [operator, key, list] of clauses) {
    block[operator] = { ...block[operator], [key]: operator === 'Null' ? [list.includes('x') ? 'true' : 'false'] : list };
  }
  return block;
});

const statement: fc.Arbitrary<Statement> = fc.record({
  Effect: fc.constantFrom('Allow', 'Deny'),
  Action: fc.constantFrom('s3:*', 's3:GetObject', 'sqs:*'),
  Resource: fc.constantFrom('*', 'arn:aws:s3:::quilt-a/*', 'arn:aws:s3:::other/*', 'arn:aws:s3:::quilt-a/${aws:a}'),
  Condition: condition,
});

const policy = fc.array(statement, { minLength: 1, maxLength: 4 }).map((statements) => document(...statements));

/** For each key: absent, or one of the values. */
const completion: fc.Arbitrary<ContextValues> = fc
  .tuple(...keys.map(() => fc.option(fc.constantFrom(...values), { nil: null })))
  .map((chosen) => contextOf(chosen));

const contextOf = (chosen: readonly (string | null)[]): ContextValues =>
  Object.fromEntries(keys.flatMap((key, index) => (chosen[index] == null ? [] : [[key, chosen[index]]])));

const decide = (policies: readonly PolicyDocument[], context: ContextValues, unknown: readonly string[] = []): Decision =>
  ask({ resource: 'arn:aws:s3:::quilt-a/x', context, unknown, policies: { identity: policies } });

const allContexts = (fixed: ContextValues, open: readonly string[]): readonly ContextValues[] =>
  open.reduce<readonly ContextValues[]>(
    (contexts, key) => contexts.flatMap((context) => [context, ...values.map((value) => ({ ...context, [key]: value }))]),
    [fixed],
  );

describe('the algebra of policies', () => {
  it('a known answer has no completion that differs', () => {
    fc.assert(
      fc.property(policy, completion, fc.subarray([...keys], { minLength: 1 }), (one, context, open) => {
        const fixed = Object.fromEntries(Object.entries(context).filter(([key]) => !open.includes(key as never)));
        const answer = decide([one], fixed, open);
        const completions = allContexts(fixed, open).map((complete) => decide([one], complete).decision);
        if (answer.decision !== 'unknown') expect(new Set(completions)).toEqual(new Set([answer.decision]));
        else expect(answer.dependsOn.length).toBeGreaterThan(0);
        if (answer.refused) expect(completions).not.toContain('allowed');
      }),
      { numRuns: 500 },
    );
  });

  it('without unknown keys every answer is known', () => {
    fc.assert(fc.property(policy, completion, (one, context) => decide([one], context).decision !== 'unknown'));
  });

  it('a Deny that matches wins whatever else is there', () => {
    const deny = document({ Effect: 'Deny', Action: 's3:Get*', Resource: '*' });
    fc.assert(fc.property(policy, completion, (one, context) => decide([one, deny], context).decision === 'explicitDeny'));
  });

  it('adding an Allow never denies', () => {
    fc.assert(
      fc.property(policy, statement, completion, (one, added, context) => {
        if (decide([one], context).decision !== 'allowed') return true;
        return decide([one, document({ ...added, Effect: 'Allow' })], context).decision === 'allowed';
      }),
    );
  });

  it('several values under negation are NOR, and IfExists changes nothing where the key is there', () => {
    const allow = (Condition: ConditionBlock): PolicyDocument => document({ Effect: 'Allow', Action: '*', Resource: '*', Condition });
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 }), fc.constantFrom(...values), (list, value) => {
        const of = (operator: string): boolean =>
          decide([allow({ [operator]: { 'aws:a': list } })], { 'aws:a': value }).decision === 'allowed';
        return (
          of('StringEquals') === list.includes(value) &&
          of('StringNotEquals') === !list.includes(value) &&
          of('StringEqualsIfExists') === of('StringEquals') &&
          of('StringNotEqualsIfExists') === of('StringNotEquals')
        );
      }),
    );
  });

  it('wildcards match what a regular expression of the same meaning matches', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?', '.'), maxLength: 8 });
    fc.assert(
      fc.property(letters, fc.string({ unit: fc.constantFrom('a', 'b', '/', '.'), maxLength: 8 }), (pattern, text) => {
        const source = pattern.replace(/[.*?/]/g, (one) => (one === '*' ? '[^]*' : one === '?' ? '[^]' : `\\${one}`));
        return glob(pattern)(text) === new RegExp(`^${source}$`).test(text);
      }),
      { numRuns: 2000 },
    );
  });

  // Backtracking over every star would not come to an end before the world does.
  it('a pattern of many wildcards comes to an answer', () => {
    expect(glob(`${'*a'.repeat(50)}b`)('a'.repeat(5_000))).toBe(false);
  });
});

describe('merging and writing', () => {
  const ours = [
    { Sid: 'QuiltPerimeterNetwork', Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::quilt-a' },
  ] as const;

  it("keeps others' statements as they are and in their order, whatever of ours stood among them", () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 5 }), fc.nat(5), (others, at) => {
        const existing = {
          Version: '2008-10-17',
          Id: 'x',
          Statement: [...others.slice(0, at), { ...ours[0], Action: 's3:Get*' }, ...others.slice(at)],
        };
        const merged = mergeBucketPolicy(existing, ours);
        expect(merged.Statement.slice(0, -1)).toEqual(others);
        expect(merged.Statement.at(-1)).toEqual(ours[0]);
        expect(merged.Version).toBe('2008-10-17');
        expect(merged.Id).toBe('x');
      }),
    );
  });

  it('is the same when done twice', () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 3 }), (others) => {
        const once = mergeBucketPolicy({ Version: '2012-10-17', Statement: others }, ours);
        expect(mergeBucketPolicy(once, ours)).toEqual(once);
      }),
    );
  });

  it('a document that is written and read is the same document', () => {
    fc.assert(
      fc.property(policy, (one) => {
        const text = minify(one);
        expect(text.replaceAll(/"[^"]*"/g, '')).not.toMatch(/\s/);
        expect(parsePolicy(text)).toEqual({ ok: true, document: one });
      }),
    );
  });
});
