// The file's schema: strict, one description per key. From it come the checks, the comments of the file that `init`
// writes, and the JSON Schema that editors use.
import * as z from 'zod';
import { shown } from '../errors.ts';
import * as values from './values.ts';

export const configVersion = 1;

const text = (check: values.Check, description: string) =>
  z
    .string()
    .superRefine((value, context) => {
      const problem = check(value);
      if (problem !== null) context.addIssue({ code: 'custom', message: `"${value === '' ? '' : shown(value)}": ${problem}` });
    })
    .meta({ description });

const list = (check: values.Check, item: string, description: string) => z.array(text(check, item)).meta({ description });

const buckets = z
  .array(text(values.bucketPattern, 'A bucket name; * and ? stand for characters'))
  .min(1, 'an empty list puts no bucket behind the perimeter; name one such as quilt*')
  .meta({ description: 'Names of the buckets behind the perimeter' });

const aws = z
  .strictObject({
    profile: text(values.profileName, 'Profile of the AWS configuration for the Quilt account').optional(),
    region: text(values.region, 'Region of the stack').optional(),
    roleArn: text(values.roleArn, 'Role to assume in the Quilt account').optional(),
  })
  .meta({ description: 'Credentials for the Quilt account' });

const organization = z
  .strictObject({
    profile: text(values.profileName, 'Profile for the management account or a delegated administrator').optional(),
    roleArn: text(values.roleArn, "Role to assume for the organization's side").optional(),
    targets: list(
      values.targetId,
      'An account, an organizational unit or a root',
      'What the SCP is attached to, in the order of graduation; default the account that holds the stack',
    ).optional(),
  })
  .meta({ description: "The organization's side" });

const perimeter = z
  .strictObject({
    buckets: buckets.optional(),
    trustedVpcs: list(values.vpcId, 'A VPC id', "VPCs trusted besides the stack's own").optional(),
    trustedCidrs: list(values.trustedCidr, 'A public network', 'Public addresses as S3 sees them, trusted by the policies').optional(),
    clientCidrs: list(
      values.clientCidr,
      'A network',
      'Private networks whose clients use the API endpoint: its security group only; default the CIDRs of the trusted VPCs',
    ).optional(),
    exemptTag: text(values.tagKey, 'Principals that carry this tag pass, whatever its value').optional(),
    policyName: text(values.policyName, 'Name of the service control policy').optional(),
    vpcKey: z.enum(['id', 'arn']).optional().meta({ description: 'Condition key for VPCs: aws:SourceVpc (id) or aws:SourceVpcArn (arn)' }),
    resourceAccounts: list(values.accountId, 'An account id', 'Only buckets of these accounts are behind the perimeter').optional(),
    accessPoints: z.boolean().optional().meta({ description: "Also name S3 access points' ARNs" }),
    protectExemptTag: z.boolean().optional().meta({ description: 'Forbid setting the exempt tag' }),
    tagAdministrator: text(values.roleArn, "Role that may still set the exempt tag; default the operator's").optional(),
  })
  .meta({ description: 'The perimeter statement' });

export const configSchema = z
  .strictObject({
    version: z.literal(configVersion).meta({ description: 'Version of this file' }),
    aws: aws.optional(),
    organization: organization.optional(),
    stack: z
      .strictObject({
        name: text(values.stackName, 'Name of the CloudFormation stack').optional(),
        parameter: text(values.parameterName, 'Its parameter for the endpoint id').optional(),
      })
      .optional()
      .meta({ description: 'The Quilt stack' }),
    network: z
      .strictObject({
        vpc: text(values.vpcId, "The stack's VPC").optional(),
        subnets: list(values.subnetId, 'A subnet id', "The stack's private subnets").optional(),
      })
      .optional()
      .meta({ description: 'Where the stack runs' }),
    endpoints: z
      .strictObject({
        apiGateway: z
          .strictObject({ privateDns: z.boolean().optional().meta({ description: 'Private DNS for execute-api' }) })
          .optional()
          .meta({ description: 'The interface endpoint for API Gateway' }),
      })
      .optional()
      .meta({ description: 'VPC endpoints' }),
    nat: z
      .strictObject({
        mode: z
          .enum(['auto', 'single', 'per-zone', 'none'])
          .optional()
          .meta({ description: 'auto: none where egress works, else one; single, per-zone: say which is built; none: never' }),
      })
      .optional()
      .meta({ description: 'NAT gateways' }),
    perimeter: perimeter.optional(),
    test: z
      .strictObject({ bucket: text(values.bucketName, 'A clean bucket on which the bucket policy is tried').optional() })
      .optional()
      .meta({ description: 'The test bucket' }),
    operator: z
      .strictObject({ ip: text(values.ipAddress, 'Your public address as S3 sees it').optional() })
      .optional()
      .meta({ description: 'Who runs this program' }),
    accept: list(values.findingCode, 'A finding code', 'Error findings that may pass on purpose').optional(),
  })
  .meta({ title: 'quilt-perimeter.yaml', description: 'Choices of quilt-perimeter' });

export type ConfigFile = z.infer<typeof configSchema>;

/** The JSON Schema that editors use for `quilt-perimeter.yaml`. */
export const configJsonSchema = (): object => z.toJSONSchema(configSchema, { target: 'draft-07', io: 'input' });
