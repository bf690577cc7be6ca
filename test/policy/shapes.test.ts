// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written so.
import { describe, expect, it } from 'vitest';
import { bytesOf, minify, parsePolicy, type Statement, sizeOf } from '../../src/policy/document.ts';
import { bucketStatements } from '../../src/policy/perimeter.ts';
import { grantsToOtherAccounts, isPublic, sourceIpUses, usesBoolOnIsAwsService } from '../../src/policy/shapes.ts';
import { document, example, spec } from './support.ts';

const allow = (of: Partial<Statement>): Statement => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::b/*',
  ...of,
});

describe('parsePolicy', () => {
  it('reads a single statement as a list of one', () => {
    const parsed = parsePolicy('{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}');
    expect(parsed.ok && parsed.document.Statement).toEqual([{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]);
  });

  it.each([
    ['{', 'it is not JSON'],
    ['[]', 'it is not a JSON object'],
    ['{"Version":"2012-10-17"}', 'it has no Statement'],
    ['{"Statement":[{"Effect":"Permit","Action":"*"}]}', 'statement 1 has an Effect that is neither Allow nor Deny'],
    ['{"Statement":[{"Effect":"Deny"}]}', 'statement 1 needs either Action or NotAction'],
    ['{"Statement":[{"Effect":"Deny","Action":"*","Ressource":"*"}]}', 'statement 1 has an unknown element Ressource'],
    ['{"Statement":[{"Effect":"Deny","Action":"*","Condition":{"Bool":"x"}}]}', 'statement 1 has a Condition of another shape'],
  ])('says what is wrong with %s', (text, reason) => {
    const parsed = parsePolicy(text);
    expect(parsed.ok ? '' : parsed.reason).toContain(reason);
  });
});

describe('sizes', () => {
  it('are characters for SCPs and bytes for bucket policies', () => {
    expect(sizeOf('é😀')).toBe(2);
    expect(bytesOf('é😀')).toBe(6);
  });

  it('are those of the text as it is sent, its keys in order', () => {
    expect(minify({ Statement: [], Id: 'i', Version: '2012-10-17' })).toBe('{"Version":"2012-10-17","Id":"i","Statement":[]}');
  });
});

describe('sourceIpUses', () => {
  it('finds an Allow by IpAddress and a Deny by NotIpAddress, with or without IfExists', () => {
    const policy = document(
      allow({ Sid: 'A', Condition: { IpAddress: { 'aws:sourceip': '192.0.2.0/24' } } }),
      allow({ Sid: 'D', Effect: 'Deny', Condition: { NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24'] } } }),
      allow({
        Sid: 'E',
        Effect: 'Deny',
        Condition: { NotIpAddressIfExists: { 'aws:SourceIp': '192.0.2.0/24' }, StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } },
      }),
      allow({ Sid: 'Harmless', Effect: 'Deny', Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } }),
      allow({ Sid: 'Absent', Condition: { IpAddressIfExists: { 'aws:SourceIp': '192.0.2.0/24' } } }),
      allow({ Sid: 'Plain' }),
    );
    expect(sourceIpUses(policy)).toEqual([
      { sid: 'A', effect: 'Allow', operator: 'IpAddress', values: ['192.0.2.0/24'], spares: [] },
      { sid: 'D', effect: 'Deny', operator: 'NotIpAddress', values: ['192.0.2.0/24'], spares: [] },
      { sid: 'E', effect: 'Deny', operator: 'NotIpAddressIfExists', values: ['192.0.2.0/24'], spares: ['vpc-1'] },
    ]);
  });
});

describe('usesBoolOnIsAwsService', () => {
  it('tells the example policy from what is generated for buckets', () => {
    expect(usesBoolOnIsAwsService(example)).toBe(true);
    expect(usesBoolOnIsAwsService(document(...bucketStatements(spec, 'quilt-a')))).toBe(false);
  });
});

describe('grantsToOtherAccounts', () => {
  it('names the accounts that Allows name, in every form, and not those given', () => {
    const policy = document(
      allow({ Principal: { AWS: ['111122223333', 'arn:aws:iam::444455556666:role/x', 'arn:aws:sts::555566667777:assumed-role/x/y'] } }),
      allow({ Principal: { Service: 'logging.s3.amazonaws.com' } }),
      allow({ Effect: 'Deny', Principal: { AWS: '999999999999' } }),
    );
    expect(grantsToOtherAccounts(policy, ['111122223333'])).toEqual(['444455556666', '555566667777']);
  });

  it('names everybody, unless a condition holds the grant to accounts', () => {
    expect(grantsToOtherAccounts(document(allow({})), [])).toEqual(['*']);
    const held = allow({ Condition: { StringEquals: { 'aws:PrincipalAccount': ['111122223333', '444455556666'] } } });
    expect(grantsToOtherAccounts(document(held), ['111122223333'])).toEqual(['444455556666']);
  });
});

describe('isPublic', () => {
  it.each<[string, Statement, boolean]>([
    ['an Allow to everybody', allow({}), true],
    ['an Allow to everybody but one', { ...allow({}), NotPrincipal: { AWS: '111122223333' } }, true],
    ['a Deny', allow({ Effect: 'Deny' }), false],
    ['an Allow to an account', allow({ Principal: { AWS: '111122223333' } }), false],
    ['a fixed VPC', allow({ Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } } }), false],
    ['a VPC with a wildcard', allow({ Condition: { StringLike: { 'aws:SourceVpc': 'vpc-*' } } }), true],
    ['a fixed VPC only if there is one', allow({ Condition: { StringEqualsIfExists: { 'aws:SourceVpc': 'vpc-1' } } }), true],
    ['a narrow range', allow({ Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } }), false],
    ['a range broader than /8', allow({ Condition: { IpAddress: { 'aws:SourceIp': '0.0.0.0/1' } } }), true],
    ['an organization', allow({ Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }), false],
    ['a variable', allow({ Condition: { StringEquals: { 'aws:SourceVpc': '${aws:PrincipalTag/vpc}' } } }), true],
    [
      'access points of one account',
      allow({ Condition: { StringLike: { 's3:DataAccessPointArn': 'arn:aws:s3:*:111122223333:accesspoint/*' } } }),
      false,
    ],
    ['a secure transport', allow({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }), true],
  ])('%s', (_name, statement, expected) => {
    expect(isPublic(document(statement))).toBe(expected);
  });
});
