import { describe, expect, test } from 'vitest';
import { type DeniedMessage, readDeniedMessage } from '../../src/aws/denied-message.ts';

const ana = 'arn:aws:sts::111122223333:assumed-role/Analyst/ana';
const object = 'arn:aws:s3:::quilt-a/k.csv';
const scp = 'arn:aws:organizations::999988887777:policy/o-abc123def4/service_control_policy/p-abcd1234';
const told = { principal: ana, action: 's3:GetObject', resource: object };
const start = `User: ${ana} is not authorized to perform: s3:GetObject on resource: "${object}"`;

describe('what AWS writes is read', () => {
  test.each<readonly [string, string, DeniedMessage]>([
    [
      'an SCP with its ARN',
      `${start} with an explicit deny in a service control policy: ${scp}`,
      { ...told, kind: 'scp', explicit: true, policyArn: scp },
    ],
    [
      'the same at the end of a sentence',
      `${start} with an explicit deny in a service control policy: ${scp}.`,
      { ...told, kind: 'scp', explicit: true, policyArn: scp },
    ],
    [
      'an SCP without an ARN',
      `${start} with an explicit deny in a service control policy`,
      { ...told, kind: 'scp', explicit: true, policyArn: null },
    ],
    [
      'a bucket policy',
      `${start} with an explicit deny in a resource-based policy`,
      { ...told, kind: 'resource', explicit: true, policyArn: null },
    ],
    [
      'an identity policy with its ARN',
      `${start} with an explicit deny in an identity-based policy: arn:aws:iam::111122223333:policy/team/No`,
      { ...told, kind: 'identity', explicit: true, policyArn: 'arn:aws:iam::111122223333:policy/team/No' },
    ],
    ['an RCP', `${start} with an explicit deny in a resource control policy`, { ...told, kind: 'rcp', explicit: true, policyArn: null }],
    [
      'an endpoint policy',
      `${start} with an explicit deny in a VPC endpoint policy`,
      { ...told, kind: 'endpoint', explicit: true, policyArn: null },
    ],
    [
      'a boundary',
      `${start} because no permissions boundary allows the s3:GetObject action`,
      { ...told, kind: 'boundary', explicit: false, policyArn: null },
    ],
    [
      'a session policy',
      `${start} because no session policy allows the s3:GetObject action`,
      { ...told, kind: 'session', explicit: false, policyArn: null },
    ],
    [
      'no Allow',
      `${start} because no identity-based policy allows the s3:GetObject action`,
      { ...told, kind: 'identity', explicit: false, policyArn: null },
    ],
    [
      'an SCP without an Allow',
      `${start} because no service control policy allows the s3:GetObject action`,
      { ...told, kind: 'scp', explicit: false, policyArn: null },
    ],
    [
      'the oldest form',
      `User: ${ana} is not authorized to perform: s3:GetObject on resource: ${object} with an explicit deny`,
      { ...told, kind: null, explicit: true, policyArn: null },
    ],
    [
      'no resource',
      `User: ${ana} is not authorized to perform: s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action`,
      { principal: ana, action: 's3:ListAllMyBuckets', resource: null, kind: 'identity', explicit: false, policyArn: null },
    ],
    [
      'a key with spaces and quotes',
      `User: ${ana} is not authorized to perform: s3:GetObject on resource: "${object} "x" y" with an explicit deny in a service control policy`,
      { ...told, resource: `${object} "x" y`, kind: 'scp', explicit: true, policyArn: null },
    ],
    [
      'the line of the AWS CLI',
      `An error occurred (AccessDenied) when calling the GetObject operation: ${start} with an explicit deny in a service control policy: ${scp}`,
      { ...told, kind: 'scp', explicit: true, policyArn: scp },
    ],
    [
      'the line broken by a terminal',
      `fatal error: An error occurred (AccessDenied) when calling the GetObject operation:\n  User: ${ana} is not\nauthorized to perform: s3:GetObject on resource: "${object}" with an explicit deny in a service\ncontrol policy`,
      { ...told, kind: 'scp', explicit: true, policyArn: null },
    ],
    [
      "S3's XML",
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>User: ${ana} is not authorized to perform: s3:GetObject on resource: &quot;${object}&quot; with an explicit deny in a resource-based policy</Message><RequestId>1</RequestId></Error>`,
      { ...told, kind: 'resource', explicit: true, policyArn: null },
    ],
    [
      'JSON of an SDK',
      `{"name":"AccessDenied","message":"User: ${ana} is not authorized to perform: s3:GetObject on resource: \\"${object}\\" with an explicit deny in a service control policy"}`,
      { ...told, kind: 'scp', explicit: true, policyArn: null },
    ],
    [
      'what strangers get',
      'An error occurred (AccessDenied) when calling the ListObjectsV2 operation: Access Denied',
      { principal: null, action: 's3:ListBucket', resource: null, kind: null, explicit: null, policyArn: null },
    ],
    [
      'a HEAD',
      'An error occurred (403) when calling the HeadObject operation: Forbidden',
      { principal: null, action: 's3:GetObject', resource: null, kind: null, explicit: null, policyArn: null },
    ],
  ])('%s', (_, text, expected) => {
    expect(readDeniedMessage(text)).toEqual(expected);
  });

  test('an operation gives the action that CloudTrail’s event of that name has', () => {
    const message = readDeniedMessage('An error occurred (AccessDenied) when calling the UploadPartCopy operation: Access Denied');
    expect(message?.action).toBe('s3:PutObject');
  });

  test.each(['', 'hello', 'An error occurred (NoSuchKey) when calling the GetObject operation: The specified key does not exist.'])(
    '%j is no refusal',
    (text) => {
      expect(readDeniedMessage(text)).toBeNull();
    },
  );
});
