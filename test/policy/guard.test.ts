// A perimeter under a date: found again, made permanent, and put once more.
import { expect, test } from 'vitest';
import { guardedControl, guardIn, withGuard, withoutGuard } from '../../src/policy/guard.ts';
import { bucketStatements, type PerimeterSpec, scpDocument } from '../../src/policy/perimeter.ts';
import { controlStatement } from '../../src/policy/probe.ts';

const until = '2026-06-01T12:15:00Z';
const spec: PerimeterSpec = {
  partition: 'aws',
  buckets: ['quilt*'],
  trustedVpcs: [{ id: 'vpc-1', arn: 'arn:aws:ec2:us-east-1:111122223333:vpc/vpc-1' }],
  vpcKey: 'id',
  trustedCidrs: ['198.51.100.0/24'],
  exemptTag: 'NetworkRestrictedExempt',
  resourceAccounts: [],
  accessPoints: false,
  protectExemptTag: { administrator: 'arn:aws:iam::111122223333:role/Admin' },
  organizationId: 'o-1',
  expires: null,
};
const theirs = {
  Sid: 'Theirs',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: '*',
  Condition: { DateLessThan: { 'aws:CurrentTime': until } },
};
const text = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const controlOf = (kind: 'bucket' | 'scp', name: string, expires: string) =>
  controlStatement({ partition: 'aws', kind, bucket: 'quilt-test', controlKey: `quilt-perimeter-probe/run1/${kind}/${name}`, expires });
const dated = { ...spec, expires: until };
const bucket = text(theirs, ...bucketStatements(dated, 'quilt-test'), controlOf('bucket', guardedControl, until));
const scp = text(...scpDocument(dated).Statement, controlOf('scp', guardedControl, until));

test('the guard of either policy is found, with its date and its control', () => {
  expect(guardIn(bucket)).toEqual({ until, controlKey: 'quilt-perimeter-probe/run1/bucket/control-guarded' });
  expect(guardIn(scp)).toEqual({ until, controlKey: 'quilt-perimeter-probe/run1/scp/control-guarded' });
});

test('without its guard a policy is the perimeter to the letter, and what others wrote keeps its own date', () => {
  expect(withoutGuard(bucket)).toBe(text(theirs, ...bucketStatements(spec, 'quilt-test')));
  expect(withoutGuard(scp)).toBe(JSON.stringify(scpDocument(spec)));
});

test('put once more it has the new date on every statement of ours, and another control', () => {
  const renewed = withGuard(bucket, { until: '{{run.confirmBy}}', controlKey: 'quilt-perimeter-probe/{{run.id}}/bucket/control-guarded' });
  expect(guardIn(renewed)).toEqual({ until: '{{run.confirmBy}}', controlKey: 'quilt-perimeter-probe/{{run.id}}/bucket/control-guarded' });
  expect(withoutGuard(renewed)).toBe(withoutGuard(bucket));
  expect(JSON.parse(renewed).Statement[0]).toEqual(theirs);
});

test.each([
  ['a trial, whose control is another', text(...bucketStatements(dated, 'quilt-test'), controlOf('bucket', 'control-trial', until))],
  ['the perimeter itself', text(...bucketStatements(spec, 'quilt-test'))],
  ['a control alone', text(controlOf('bucket', guardedControl, until))],
  ['a statement of ours without the date', text(...bucketStatements(spec, 'quilt-test'), controlOf('bucket', guardedControl, until))],
  [
    'another date on the control',
    text(...bucketStatements(dated, 'quilt-test'), controlOf('bucket', guardedControl, '2026-06-01T13:00:00Z')),
  ],
  ['what is no policy', '{'],
])('%s is no guard', (_, policy) => {
  expect(guardIn(policy)).toBeNull();
});
