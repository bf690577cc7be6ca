import { describe, expect, it } from 'vitest';
import type { PolicyDocument, Statement } from '../../src/policy/document.ts';
import { bucketStatements, scpDocument } from '../../src/policy/perimeter.ts';
import { mergedText, proveSame, writtenText } from '../../src/policy/prove.ts';
import { document, spec } from './support.ts';

const allow: Statement = { Sid: 'Read', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::quilt-a/*' };
const tls: Statement = {
  Sid: 'Tls',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: ['arn:aws:s3:::quilt-a', 'arn:aws:s3:::quilt-a/*'],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};
const ours = bucketStatements(spec, 'quilt-a');

describe('what is written in place of a policy', () => {
  it("is the others' part as it was with ours behind it, whatever of ours stood there", () => {
    for (const existing of [null, document(allow, tls), { Id: 'x', ...document(tls, ...ours, allow) }]) {
      const text = mergedText(existing, ours, 'bucket quilt-a');
      expect((JSON.parse(text) as PolicyDocument).Statement.slice(-ours.length)).toEqual(ours);
      expect(text).toContain(existing === null ? '2012-10-17' : '"Sid":"Tls"');
    }
    expect(JSON.parse(writtenText(scpDocument(spec), 'SCP'))).toEqual(scpDocument(spec));
  });

  it('is proven by the requests where it is not the same word for word', () => {
    const otherwise = document(
      { ...tls, Condition: { Bool: { 'aws:SecureTransport': ['False'] } } },
      { ...allow, Action: ['s3:GetObject', 's3:getobject'] },
    );
    expect(() => proveSame(document(allow, tls), otherwise, 'bucket quilt-a')).not.toThrow();
  });

  it('stops with a request whose verdict would change', () => {
    const stopsWith = (after: PolicyDocument, message: RegExp) =>
      expect(() => proveSame(document(allow, tls), after, 'bucket quilt-a')).toThrow(message);
    stopsWith(document(allow), /s3:\w+ on arn:aws:s3:::quilt-a\S* by .* with .*SecureTransport.*false.* from denied to (allowed|none)/);
    stopsWith(document(tls), /s3:GetObject on arn:aws:s3:::quilt-a\/key by .* from allowed to none/);
    stopsWith(document({ ...allow, Resource: '*' }, tls), /from none to allowed/);
  });

  it('stops where there is too much to compare', () => {
    const own = (user: string): PolicyDocument => document({ ...allow, Resource: ['arn:aws:s3:::quilt-a/$', '{', user, '}/*'].join('') });
    expect(() => proveSame(own('aws:username'), document(...own('aws:username').Statement, tls, tls), 'bucket quilt-a')).toThrow(/quilt-a/);
    const [statement] = own('aws:username').Statement;
    expect(() => proveSame(own('aws:username'), document({ ...allow, ...statement, Sid: 'Other' }), 'x')).toThrow(/too much to compare/);
  });
});
