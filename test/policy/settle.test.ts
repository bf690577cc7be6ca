import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ContextValues, lookup, type RequestContext } from '../../src/policy/context.ts';
import type { ConditionBlock } from '../../src/policy/document.ts';
import { type AccessRequest, evaluate, openQuestion } from '../../src/policy/evaluate.ts';
import { settle } from '../../src/policy/settle.ts';
import { allKeys, completeContext, policy } from './possible-requests.ts';
import { account, allowAll, document, role, session } from './support.ts';

const request = (of: Partial<AccessRequest>): AccessRequest => ({
  principal: session,
  role,
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::quilt-a/home-red-x',
  resourceAccount: account,
  context: {},
  policies: {},
  ...of,
});

/** The context of a completion: what the enumerator left open makes no difference to it and is left out. */
const completed = (context: RequestContext, known: ContextValues): ContextValues => ({
  ...known,
  ...Object.fromEntries(
    allKeys.flatMap((key) => {
      const found = lookup(context, key.toLowerCase());
      return typeof found === 'string' || found.length === 0 ? [] : [[key, found]];
    }),
  ),
});

describe('the enumeration of what is unknown', () => {
  it('answers the same as any request that AWS can send, whatever of it is hidden', () => {
    let known = 0;
    fc.assert(
      fc.property(policy, completeContext, fc.subarray([...allKeys], { minLength: 1 }), (one, context, hidden) => {
        const truth = evaluate(request({ context, policies: { identity: [one] } }));
        const seen = Object.fromEntries(Object.entries(context).filter(([key]) => !hidden.includes(key)));
        const answer = evaluate(request({ context: seen, unknown: hidden, policies: { identity: [one] } }));
        if (answer.decision !== 'unknown') {
          known++;
          expect(answer.decision).toBe(truth.decision);
        }
        if (answer.refused) expect(truth.decision).not.toBe('allowed');
      }),
      { numRuns: 300 },
    );
    expect(known).toBeGreaterThan(30);
  });

  it('has two completions that differ where it answers unknown, and depends on keys that differ between them', () => {
    let open = 0;
    let witnessed = 0;
    fc.assert(
      fc.property(policy, completeContext, fc.subarray([...allKeys], { minLength: 1 }), (one, context, hidden) => {
        const seen = Object.fromEntries(Object.entries(context).filter(([key]) => !hidden.includes(key)));
        const asked = request({ context: seen, unknown: hidden, policies: { identity: [one] } });
        const answer = evaluate(asked);
        if (answer.decision !== 'unknown') return;
        open++;
        const { completions } = settle(openQuestion(asked));
        const decided = completions.flatMap(({ outcome, context: of }) => {
          if (outcome === null) return [];
          const again = evaluate(request({ context: completed(of, seen), policies: asked.policies }));
          expect(again.decision).toBe(outcome);
          return [again.decision];
        });
        if (completions.every(({ outcome }) => outcome !== null)) expect(new Set(decided).size).toBeGreaterThan(1);
        if (new Set(decided).size > 1) witnessed++;
        expect(answer.dependsOn.length).toBeGreaterThan(0);
        for (const key of answer.dependsOn) expect(hidden).toContain(key);
      }),
      { numRuns: 200 },
    );
    expect(witnessed / open).toBeGreaterThan(0.8);
  });
});

describe('what AWS can send', () => {
  const deny = (Condition: ConditionBlock) => ({
    identity: [allowAll, document({ Effect: 'Deny', Action: '*', Resource: '*', Condition })],
  });
  const decided = (of: Partial<AccessRequest>) => {
    const { decision, dependsOn } = evaluate(request(of));
    return decision === 'unknown' ? dependsOn : decision;
  };

  it('has no source VPC where it has a source IP, and the keys of an endpoint come together', () => {
    const policies = deny({ StringEquals: { 'aws:SourceVpc': 'vpc-1' } });
    expect(decided({ policies, unknown: ['aws:SourceVpc'] })).toEqual(['aws:SourceVpc']);
    expect(decided({ policies, unknown: ['aws:SourceVpc'], context: { 'aws:SourceIp': '198.51.100.7' } })).toBe('allowed');
    const unless = deny({ Null: { 'aws:SourceVpc': 'true' } });
    expect(decided({ policies: unless, unknown: ['aws:SourceVpc'], context: { 'aws:SourceVpce': 'vpce-1' } })).toBe('allowed');
  });

  it('has a VPC and its ARN of one VPC', () => {
    const policies = deny({
      StringEquals: { 'aws:SourceVpc': 'vpc-1' },
      ArnEquals: { 'aws:SourceVpcArn': 'arn:aws:ec2:us-east-1:111122223333:vpc/vpc-2' },
    });
    expect(decided({ policies, unknown: ['aws:SourceVpc', 'aws:SourceVpcArn'] })).toBe('allowed');
  });

  it('has no tags of a service principal, which says that it is one', () => {
    const Principal = '*';
    const bucket = (Condition: ConditionBlock) =>
      document(
        { Effect: 'Allow', Principal, Action: '*', Resource: '*' },
        { Effect: 'Deny', Principal, Action: '*', Resource: '*', Condition },
      );
    const unknown = ['aws:PrincipalTag/*', 'aws:PrincipalIsAWSService'];
    const tagged = bucket({ Null: { 'aws:PrincipalTag/x': 'false' } });
    expect(decided({ principal: 'service:s3.amazonaws.com', policies: { resource: tagged }, unknown })).toBe('allowed');
    expect(decided({ principal: session, policies: { resource: tagged }, unknown })).toEqual(['aws:principaltag/x']);
    const services = bucket({ Bool: { 'aws:PrincipalIsAWSService': 'true' } });
    expect(decided({ principal: 'service:s3.amazonaws.com', policies: { resource: services }, unknown })).toBe('explicitDeny');
  });

  it('is one time, written in two ways', () => {
    const policies = deny({
      DateLessThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' },
      NumericGreaterThan: { 'aws:EpochTime': '1893456000' },
    });
    expect(decided({ policies, unknown: ['aws:CurrentTime', 'aws:EpochTime'] })).toBe('allowed');
  });

  it('names every statement that denies in one completion or another where all are denied', () => {
    const policies = {
      identity: [
        allowAll,
        document(
          { Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } } },
          { Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } } },
        ),
      ],
    };
    const answer = evaluate(request({ policies, unknown: ['aws:SourceVpc'] }));
    expect(answer.decision).toBe('explicitDeny');
    expect(answer.deniedBy.map(({ index }) => index).sort()).toEqual([0, 1]);
  });

  it('leaves out of the answer a key that makes no difference', () => {
    const policies = deny({
      StringEquals: { 'aws:SourceVpc': 'vpc-1' },
      StringLike: { 'aws:PrincipalTag/x': ['a*', '*'] },
      Null: { 'aws:PrincipalTag/x': 'false' },
    });
    expect(decided({ policies, unknown: ['aws:SourceVpc', 'aws:PrincipalTag/x'], context: { 'aws:PrincipalTag/x': 'b' } })).toEqual([
      'aws:SourceVpc',
    ]);
    const either = {
      identity: [
        allowAll,
        document(
          { Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringEquals: { 'corp:a': 'x', 'corp:b': 'x' } } },
          {
            Effect: 'Deny',
            Action: '*',
            Resource: '*',
            Condition: { StringEquals: { 'corp:a': 'x' }, StringNotEquals: { 'corp:b': 'x' } },
          },
        ),
      ],
    };
    expect(decided({ policies: either, unknown: ['corp:a', 'corp:b'] })).toEqual(['corp:a']);
  });

  it('may have more than two values of a key that is compared by Bool and not documented', () => {
    expect(decided({ policies: deny({ Bool: { 'corp:a': 'red' } }), unknown: ['corp:a'] })).toEqual(['corp:a']);
    expect(decided({ policies: deny({ Bool: { 'aws:SecureTransport': 'red' } }), unknown: ['aws:SecureTransport'] })).toBe('allowed');
  });

  it('stays open where an operator is not known to this tool', () => {
    expect(decided({ policies: deny({ StringSounds: { 'aws:SourceVpc': 'x' } }), unknown: ['aws:SourceVpc'] })).toEqual(['aws:SourceVpc']);
  });
});
