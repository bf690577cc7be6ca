// Laws that hold of every type of policy, whatever it says.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContextValues } from '../../src/policy/context.ts';
import type { ConditionBlock, PolicyDocument, Principal, Statement } from '../../src/policy/document.ts';
import { type AccessRequest, evaluate } from '../../src/policy/evaluate.ts';
import { judge } from '../../src/policy/judge.ts';
import { account, allowAll, document, publicRead, role, session } from './support.ts';

const runs = { numRuns: 300 };

const types = ['identity', 'boundary', 'session', 'resource', 'scp', 'rcp', 'endpoint'] as const;
type Type = (typeof types)[number];

const statement: fc.Arbitrary<Statement> = fc.record({
  Effect: fc.constantFrom('Allow', 'Deny'),
  Principal: fc.constantFrom<Principal>('*', { AWS: account }, { AWS: role }, { AWS: session }, { AWS: '444455556666' }),
  Action: fc.constantFrom('s3:*', 's3:GetObject', 'sqs:*'),
  Resource: fc.constantFrom('*', 'arn:aws:s3:::quilt-a/*', 'arn:aws:s3:::other/*'),
  Condition: fc.constantFrom<ConditionBlock>(
    {},
    { StringEquals: { 'aws:a': 'x' } },
    { StringNotEqualsIfExists: { 'aws:a': ['x', 'y'] } },
    { Null: { 'aws:b': 'true' }, StringLike: { 'aws:a': '*' } },
  ),
});

const policy = fc.array(statement, { maxLength: 3 }).map((statements) => document(...statements));
const some = fc.record(
  Object.fromEntries(types.map((type) => [type, fc.option(policy, { nil: null })])) as Record<Type, fc.Arbitrary<PolicyDocument | null>>,
);

/** Each type with its document, and one more for a type; what has no list of documents gets their statements. */
function policiesOf(
  given: Record<Type, PolicyDocument | null>,
  more: { readonly type: Type; readonly document: PolicyDocument } | null,
): AccessRequest['policies'] {
  const of = (type: Type): PolicyDocument | undefined => {
    const own = given[type];
    if (more?.type !== type) return own ?? undefined;
    return own === null ? undefined : document(...own.Statement, ...more.document.Statement);
  };
  const policies: { -readonly [type in Type]?: AccessRequest['policies'][type] } = {};
  for (const type of ['session', 'resource', 'endpoint'] as const) {
    const one = of(type);
    if (one !== undefined) policies[type] = one;
  }
  for (const type of ['identity', 'boundary'] as const) {
    const one = of(type);
    if (one !== undefined) policies[type] = [one];
  }
  for (const type of ['scp', 'rcp'] as const) {
    const one = of(type);
    if (one !== undefined) policies[type] = [[allowAll], [one]];
  }
  return policies;
}

const asked = fc.record({
  principal: fc.constantFrom(session, `arn:aws:iam::${account}:user/u`, 'arn:aws:iam::444455556666:user/u', 'anonymous', `root:${account}`),
  context: fc.constantFrom<ContextValues>({}, { 'aws:a': 'x' }, { 'aws:a': 'z', 'aws:b': '1' }),
  unknown: fc.constantFrom<readonly string[]>([], ['aws:a'], ['aws:a', 'aws:b']),
});

const request = ({ principal, context, unknown }: { principal: string; context: ContextValues; unknown: readonly string[] }) => ({
  principal,
  ...(principal === session ? { role } : {}),
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::quilt-a/key',
  resourceAccount: account,
  context,
  unknown: unknown.filter((key) => !(key in context)),
});

describe('every type of policy', () => {
  it('that binds wins by its Deny, whatever the others say', () => {
    const deny = document({ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' });
    fc.assert(
      fc.property(some, fc.constantFrom(...types), (given, type) => {
        const base = request({ principal: session, context: {}, unknown: [] });
        const policies = policiesOf({ ...given, [type]: given[type] ?? document() }, { type, document: deny });
        const { decision, deniedBy } = evaluate({ ...base, policies });
        expect(decision).toBe('explicitDeny');
        expect(deniedBy.map((by) => by.policyType)).toContain(type);
      }),
      runs,
    );
  });

  it('that is there does not deny more for another Allow in it', () => {
    fc.assert(
      fc.property(some, asked, fc.constantFrom(...types), statement, (given, of, type, added) => {
        const more = { type, document: document({ ...added, Effect: 'Allow' }) };
        const before = evaluate({ ...request(of), policies: policiesOf(given, null) }).decision;
        const after = evaluate({ ...request(of), policies: policiesOf(given, more) }).decision;
        if (before === 'allowed') expect(after).toBe('allowed');
        if (before !== 'explicitDeny') expect(after).not.toBe('explicitDeny');
      }),
      runs,
    );
  });

  it('answers nothing else for being told more, unless it did not know', () => {
    fc.assert(
      fc.property(some, asked, fc.constantFrom<string | null>(null, 'x', 'y', 'z'), (given, of, value) => {
        const policies = policiesOf(given, null);
        const before = evaluate({ ...request(of), policies });
        // The first of the keys not known: its value, or that it is absent.
        const [key, ...unknown] = of.unknown;
        const told = { ...of, unknown, context: key === undefined || value === null ? of.context : { [key]: value, ...of.context } };
        const after = evaluate({ ...request(told), policies });
        if (before.decision !== 'unknown') expect(after.decision).toBe(before.decision);
        if (before.refused) expect(after.decision).not.toBe('allowed');
      }),
      runs,
    );
  });
});

describe('the say of the perimeter', () => {
  it('is what would be denied if everything else allowed it', () => {
    const words = { allowed: 'passes', explicitDeny: 'denied', implicitDeny: 'denied', unknown: 'unknown' } as const;
    fc.assert(
      fc.property(policy, policy, asked, (scp, bucket, of) => {
        const asScp = document(...scp.Statement.map(({ Principal: _named, ...rest }) => rest));
        const { decision, dependsOn } = evaluate({
          ...request(of),
          policies: { identity: [allowAll], scp: [[allowAll, asScp]], resource: document(...publicRead.Statement, ...bucket.Statement) },
        });
        const judgement = judge(request(of), { scp: asScp, bucket });
        expect(judgement.verdict).toBe(words[decision]);
        expect(judgement.dependsOn).toEqual(dependsOn);
      }),
      runs,
    );
  });
});
