import { describe, expect, it } from 'vitest';
import { isOurs, minify, sizeOf } from '../../src/policy/document.ts';
import { bucketStatements, explainPerimeter, type PerimeterSpec, scpDocument } from '../../src/policy/perimeter.ts';
import { controlStatement, liftedDocument, type ProbeKeys, probeStatements } from '../../src/policy/probe.ts';
import { allowAll, ask, document, example, spec } from './support.ts';

const probe: ProbeKeys = {
  kind: 'scp',
  bucket: 'quilt-a',
  controlKey: 'run1/control',
  sentinelKey: 'run1/sentinel',
  expires: '2026-01-02T04:00:00Z',
  control: true,
};

describe('scpDocument', () => {
  it('has the form of the example policy', () => {
    const named = { ...example, Statement: example.Statement.map((one) => ({ ...one, Sid: 'QuiltPerimeterNetwork' })) };
    expect(scpDocument(spec)).toEqual(named);
    expect(Object.keys(scpDocument(spec).Statement[0]?.Condition ?? {})).toEqual(Object.keys(example.Statement[0]?.Condition ?? {}));
  });

  it('leaves out what is empty', () => {
    const bare = scpDocument({ ...spec, trustedCidrs: [], trustedVpcs: [] });
    expect(Object.keys(bare.Statement[0]?.Condition ?? {})).toEqual(['Null', 'Bool']);
  });

  it('takes the partition of every ARN from the spec', () => {
    const china: PerimeterSpec = { ...spec, partition: 'aws-cn', accessPoints: true };
    expect(scpDocument(china).Statement[0]?.Resource).toEqual([
      'arn:aws-cn:s3:::quilt*',
      'arn:aws-cn:s3:::quilt*/*',
      'arn:aws-cn:s3:*:*:accesspoint/*',
    ]);
  });

  it('limits buckets and access points to the accounts given', () => {
    const [statement] = scpDocument({ ...spec, accessPoints: true, resourceAccounts: ['111122223333', '444455556666'] }).Statement;
    expect(statement?.Condition?.StringEquals).toEqual({ 'aws:ResourceAccount': ['111122223333', '444455556666'] });
    expect(statement?.Resource).toContain('arn:aws:s3:*:444455556666:accesspoint/*');
    expect(statement?.Resource).not.toContain('arn:aws:s3:*:*:accesspoint/*');
  });

  it('keeps everybody but the administrator from setting the exempt tag, in any case of its letters', () => {
    const administrator = 'arn:aws:iam::111122223333:role/TagAdmin';
    const scp = scpDocument({ ...spec, protectExemptTag: { administrator } });
    const tag = (role: string, key: string, action = 'iam:TagRole'): string =>
      ask({
        role,
        action,
        resource: role,
        context: { 'aws:TagKeys': ['team', key] },
        policies: { identity: [allowAll], scp: [[allowAll, scp]] },
      }).decision;
    const other = 'arn:aws:iam::111122223333:role/Other';
    expect(tag(other, 'NetworkRestrictedExempt')).toBe('explicitDeny');
    expect(tag(other, 'networkrestrictedexempt')).toBe('explicitDeny');
    expect(tag(other, 'NetworkRestrictedExempt', 'sts:TagSession')).toBe('explicitDeny');
    expect(tag(other, 'cost-center')).toBe('allowed');
    expect(tag(administrator, 'NetworkRestrictedExempt')).toBe('allowed');
  });

  it('stops denying by itself at its expiry', () => {
    const scp = scpDocument({ ...spec, expires: '2026-01-02T04:00:00Z' });
    const at = (time: string): string =>
      ask({ context: { 'aws:CurrentTime': time }, policies: { identity: [allowAll], scp: [[allowAll, scp]] } }).decision;
    expect(at('2026-01-02T03:59:59Z')).toBe('explicitDeny');
    expect(at('2026-01-02T04:00:00Z')).toBe('allowed');
  });

  it('stays below the warning size with many ranges, minified', () => {
    expect(sizeOf(minify(scpDocument(spec)))).toBeLessThan(600);
  });
});

describe('probeStatements', () => {
  const decide = (key: string, context: { readonly [key: string]: string }, control = true): string =>
    ask({
      resource: `arn:aws:s3:::quilt-a/${key}`,
      context: { 'aws:CurrentTime': '2026-01-02T03:30:00Z', ...context },
      policies: { identity: [allowAll], scp: [[allowAll, document(...probeStatements(spec, { ...probe, control }))]] },
    }).decision;

  it('deny the control to everybody and the sentinel only outside the perimeter', () => {
    expect(decide('run1/control', { 'aws:SourceVpc': 'vpc-LOCAL' })).toBe('explicitDeny');
    expect(decide('run1/sentinel', { 'aws:SourceVpc': 'vpc-LOCAL' })).toBe('allowed');
    expect(decide('run1/sentinel', { 'aws:SourceIp': '198.51.100.7' })).toBe('explicitDeny');
    expect(decide('other', { 'aws:SourceIp': '198.51.100.7' })).toBe('allowed');
  });

  it('leave the control readable in the version without its deny', () => {
    expect(decide('run1/control', {}, false)).toBe('allowed');
  });

  it('stop denying by themselves', () => {
    const later = { 'aws:CurrentTime': '2026-01-02T04:00:01Z', 'aws:SourceIp': '198.51.100.7' };
    expect(decide('run1/control', later)).toBe('allowed');
    expect(decide('run1/sentinel', later)).toBe('allowed');
  });

  it('carry in a bucket policy the very conditions of the bucket policy, both of them', () => {
    const inOrganization = { ...spec, organizationId: 'o-ours' };
    const [first, second] = bucketStatements(inOrganization, 'quilt-a');
    const [, sentinel, outside] = probeStatements(inOrganization, { ...probe, kind: 'bucket' });
    const expiring = { DateLessThan: { 'aws:CurrentTime': probe.expires } };
    expect(sentinel?.Condition).toEqual({ ...first?.Condition, ...expiring });
    expect(outside?.Condition).toEqual({ ...second?.Condition, ...expiring });
    expect(sentinel?.Principal).toBe('*');
  });

  it('are all recognised as ours', () => {
    const all = [
      ...probeStatements({ ...spec, organizationId: 'o-ours' }, { ...probe, kind: 'bucket' }),
      ...bucketStatements({ ...spec, organizationId: 'o-ours' }, 'quilt-a'),
      ...scpDocument({ ...spec, protectExemptTag: { administrator: 'arn:aws:iam::111122223333:role/A' } }).Statement,
      ...liftedDocument({ partition: 'aws', bucket: 'quilt-a', controlKey: 'c' }).Statement,
      controlStatement({ partition: 'aws', kind: 'bucket', bucket: 'quilt-a', controlKey: 'c', expires: null }),
    ];
    expect(all.filter((statement) => !isOurs(statement))).toEqual([]);
    expect(all.filter((statement) => !/^[A-Za-z0-9]+$/.test(statement.Sid ?? ''))).toEqual([]);
  });
});

describe('liftedDocument', () => {
  it('denies nothing but the absent control key', () => {
    const lifted = liftedDocument({ partition: 'aws', bucket: 'quilt-a', controlKey: 'run1/control' });
    const decide = (key: string): string =>
      ask({ resource: `arn:aws:s3:::quilt-a/${key}`, policies: { identity: [allowAll], scp: [[allowAll, lifted]] } }).decision;
    expect(decide('run1/control')).toBe('explicitDeny');
    expect(decide('data')).toBe('allowed');
  });
});

describe('explainPerimeter', () => {
  it('says that any one way to pass is enough, and what bounds the Deny', () => {
    const text = explainPerimeter({ ...spec, resourceAccounts: ['111122223333'], expires: '2026-01-02T04:00:00Z' }, 'quilt*');
    expect(text.split('\n')).toEqual([
      'Deny s3:* on quilt*, in buckets of account 111122223333 only, until 2026-01-02T04:00:00Z, unless any of these holds:',
      '  · the request comes from VPC vpc-LOCAL or vpc-VPN',
      '  · the request comes from 192.0.2.0/24 or 203.0.113.0/24',
      '  · the principal carries the tag NetworkRestrictedExempt, whatever its value',
      '  · the principal is an AWS service, or an AWS service makes the call on its behalf',
    ]);
  });
});
