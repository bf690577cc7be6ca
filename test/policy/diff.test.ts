// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written so.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffPolicies } from '../../src/policy/diff.ts';
import type { PolicyDocument } from '../../src/policy/document.ts';
import { evaluate } from '../../src/policy/evaluate.ts';
import { bucketStatements, scpDocument } from '../../src/policy/perimeter.ts';
import type { PolicySet } from '../../src/policy/policy-sets.ts';
import { completeContext, policy } from './possible-requests.ts';
import { account, document, role, session, spec } from './support.ts';

const of = (...documents: readonly PolicyDocument[]): PolicySet => ({ type: 'documents', documents });

/** What a document by itself says, by way of the whole decision. */
const verdictOf = (one: PolicyDocument, request: Parameters<typeof evaluate>[0]): string => {
  const { decision } = evaluate({ ...request, policies: { identity: [one] } });
  return decision === 'explicitDeny' ? 'denied' : decision === 'implicitDeny' ? 'none' : decision;
};

describe('the difference of two policies', () => {
  it('is nothing between a policy and the same, written otherwise', () => {
    const scp = scpDocument(spec);
    const [statement] = scp.Statement;
    const other = document({
      ...statement,
      Effect: 'Deny',
      Sid: 'Other',
      Action: ['s3:*', 's3:Get*'],
      Resource: ['arn:aws:s3:::quilt*', 'arn:aws:s3:::quilt*/*'],
    });
    const diff = diffPolicies(of(scp), of(other));
    expect(diff.changes).toEqual([]);
    expect(diff.complete).toBe(true);
    expect(diff.classes).toBeGreaterThan(10);
  });

  it('shows a trusted range that was taken away as a request from it, and nothing else', () => {
    const diff = diffPolicies(of(scpDocument(spec)), of(scpDocument({ ...spec, trustedCidrs: ['192.0.2.0/24'] })));
    expect(diff.complete).toBe(true);
    expect(diff.changes).toHaveLength(1);
    const [change] = diff.changes;
    expect(change?.old.verdict).toBe('none');
    expect(change?.new).toMatchObject({ verdict: 'denied', by: [{ document: 0, index: 0, sid: 'QuiltPerimeterNetwork' }] });
    expect(String(change?.request.context['aws:SourceIp'])).toMatch(/^203\.0\.113\./);
    expect(change?.request.action).toBe('s3:GetObject');
  });

  it('shows a VPC that is no longer trusted, without a source IP beside it', () => {
    const [first] = spec.trustedVpcs;
    const diff = diffPolicies(of(scpDocument(spec)), of(scpDocument({ ...spec, trustedVpcs: first === undefined ? [] : [first] })));
    expect(diff.changes).toHaveLength(1);
    expect(diff.changes[0]?.request.context).toMatchObject({ 'aws:SourceVpc': 'vpc-VPN' });
    expect(diff.changes[0]?.request.context).not.toHaveProperty('aws:SourceIp');
  });

  it('tells callers apart by Principal, NotPrincipal and the conditions on their ARN', () => {
    const bucket = document(...bucketStatements(spec, 'quilt-a'));
    const [allow, one] = [
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::quilt-a/*' },
      { Effect: 'Allow', Principal: { AWS: role }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::quilt-a/*' },
    ] as const;
    const diff = diffPolicies(of(document(...bucket.Statement, allow)), of(document(...bucket.Statement, one)));
    expect(diff.complete).toBe(true);
    const seen = diff.changes.map(({ old, new: now, request }) => [
      request.principal,
      `${old.verdict} ${old.naming}`,
      `${now.verdict} ${now.naming}`,
    ]);
    expect(seen).toContainEqual([expect.stringContaining('assumed-role/Reader'), 'allowed account', 'allowed role']);
    expect(seen).toContainEqual([expect.stringContaining('assumed-role/example'), 'allowed account', 'none null']);
  });

  it('says that it is not complete where resources have variables', () => {
    const own = document({ Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::quilt-a/${aws:username}/*' });
    expect(diffPolicies(of(own), of(document(...own.Statement, ...own.Statement))).complete).toBe(false);
    expect(diffPolicies(of(own), of(own))).toEqual({ changes: [], classes: 0, complete: true });
  });

  it('decides sets as AWS does', () => {
    const set = (scp: PolicyDocument): PolicySet => ({
      type: 'policies',
      policies: { scp: [[document({ Effect: 'Allow', Action: '*', Resource: '*' })], [scp]] },
    });
    const all = document({ Effect: 'Allow', Action: '*', Resource: '*' });
    const some = document({ Effect: 'Allow', NotAction: 's3:Put*', Resource: '*' });
    const { changes, complete } = diffPolicies(set(all), set(some));
    expect(complete).toBe(true);
    expect(changes.map(({ old, new: now }) => [old.verdict, now.verdict])).toEqual([['allowed', 'denied']]);
    expect(changes[0]?.request.action).toMatch(/^s3:Put/);
    expect(changes[0]?.new.by).toEqual([{ policyType: 'scp', level: null, document: null, index: null, sid: null }]);
  });

  it('finds every change that a request shows, and shows only requests that change', () => {
    const requests = fc.tuple(
      completeContext,
      fc.constantFrom('s3:GetObject', 's3:PutObject'),
      fc.constantFrom('arn:aws:s3:::quilt-a/home-red-x', 'arn:aws:s3:::other/k'),
    );
    fc.assert(
      fc.property(policy, policy, fc.array(requests, { minLength: 20, maxLength: 20 }), (old, now, asked) => {
        const diff = diffPolicies(of(old), of(now));
        const base = { principal: session, role, resourceAccount: account, policies: {} };
        for (const { request, ...change } of diff.changes) {
          expect(verdictOf(old, { ...base, ...request })).toBe(change.old.verdict);
          expect(verdictOf(now, { ...base, ...request })).toBe(change.new.verdict);
          expect(change.old.verdict).not.toBe(change.new.verdict);
        }
        if (!diff.complete || diff.changes.length > 0) return;
        for (const [context, action, resource] of asked) {
          const request = { ...base, context, action, resource };
          expect(verdictOf(now, request)).toBe(verdictOf(old, request));
        }
      }),
      { numRuns: 25 },
    );
  });
});
