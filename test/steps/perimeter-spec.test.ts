// How VPCs are named in the perimeter: by what was read of them, and by nothing that was not.
import { expect, test } from 'vitest';
import { evaluate } from '../../src/policy/evaluate.ts';
import { bucketStatements } from '../../src/policy/perimeter.ts';
import { perimeterSpec } from '../../src/steps/perimeter-spec.ts';
import { accountId, aLandscape, anInput, region, someChoices, vpcId } from '../support/landscape.ts';

const hub = 'vpc-0fedcba9876543210';
const spec = perimeterSpec(anInput(aLandscape(), someChoices({ vpcKey: 'arn', trustedVpcs: [hub] })));

test("the stack's VPC is named by its account and Region, one that cannot be read by its id alone", () => {
  expect(spec.trustedVpcs.map(({ arn }) => arn)).toEqual([`arn:aws:ec2:${region}:${accountId}:vpc/${vpcId}`, `arn:aws:ec2:*:*:vpc/${hub}`]);
});

test.each([
  ['of the network account, in another Region', `arn:aws:ec2:eu-west-1:222222222222:vpc/${hub}`, 'allowed'],
  ['of a stranger', `arn:aws:ec2:${region}:222222222222:vpc/vpc-0bad`, 'explicitDeny'],
])('who comes through the trusted VPC %s: %s is %s', (_, arn, expected) => {
  const principal = `arn:aws:iam::${accountId}:role/reader`;
  const context: { readonly [key: string]: string } = { 'aws:SourceVpcArn': arn, 'aws:PrincipalOrgID': 'o-example' };
  const { decision } = evaluate({
    principal,
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::quilt-test/x',
    resourceAccount: accountId,
    context,
    unknown: [],
    policies: {
      identity: [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] }],
      resource: { Version: '2012-10-17', Statement: bucketStatements(spec, 'quilt-test') },
    },
  });
  expect(decision).toBe(expected);
});
