import { readFileSync } from 'node:fs';
import type { PolicyDocument, Statement } from '../../src/policy/document.ts';
import { type AccessRequest, type Decision, evaluate } from '../../src/policy/evaluate.ts';
import type { PerimeterSpec } from '../../src/policy/perimeter.ts';

export const spec: PerimeterSpec = {
  partition: 'aws',
  buckets: ['quilt*'],
  trustedVpcs: [
    { id: 'vpc-LOCAL', arn: 'arn:aws:ec2:us-east-1:111122223333:vpc/vpc-LOCAL' },
    { id: 'vpc-VPN', arn: 'arn:aws:ec2:us-east-1:111122223333:vpc/vpc-VPN' },
  ],
  vpcKey: 'id',
  trustedCidrs: ['192.0.2.0/24', '203.0.113.0/24'],
  exemptTag: 'NetworkRestrictedExempt',
  resourceAccounts: [],
  accessPoints: false,
  protectExemptTag: null,
  organizationId: null,
  expires: null,
};

/** The policy as the source page gives it. */
export const example: PolicyDocument = JSON.parse(readFileSync(new URL('./example-scp.json', import.meta.url), 'utf8')) as PolicyDocument;

export const account = '111122223333';
export const role = `arn:aws:iam::${account}:role/quilt/Reader`;
export const session = `arn:aws:sts::${account}:assumed-role/Reader/someone`;

export const document = (...Statement: readonly Statement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });
export const allowAll = document({ Effect: 'Allow', Action: '*', Resource: '*' });
export const publicRead = document({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' });

/** A session of an administrator that gets an object of a bucket in its own account, unless told otherwise. */
export const ask = (of: Partial<AccessRequest>): Decision =>
  evaluate({
    principal: session,
    role,
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::quilt-a/key',
    resourceAccount: account,
    context: {},
    policies: { identity: [allowAll] },
    ...of,
  });
