// Who will still be let in: the operator as far as that can be told beforehand, and the fail-safe entry.
import { type Finding, finding, unknownFinding } from '../../findings.ts';
import type { Statement } from '../../policy/document.ts';
import { evaluate } from '../../policy/evaluate.ts';
import type { PerimeterInput } from '../landscape.ts';
import { isIdentityCenterRole, operatorRemedy, roleNameOf } from '../perimeter-spec.ts';

/**
 * QP301: every completion of what is unknown of the operator is denied s3:DeleteBucketPolicy by these statements. Unknown where
 * the address is told and only tags that IAM did not show could let it pass.
 */
export function wouldBeDenied(input: PerimeterInput, statements: readonly Statement[]): readonly Finding[] {
  const { choices, landscape } = input;
  const { quilt, organization } = landscape.survey;
  const { tags } = landscape.operator;
  const role = roleNameOf(quilt.arn);
  // An attribute of Identity Center arrives as a session tag, which IAM does not tell (K7).
  const tagsAreTold = tags.known && (role === null || !isIdentityCenterRole(role));
  const decision = evaluate({
    principal: quilt.arn,
    ...(quilt.roleArn === null ? {} : { role: quilt.roleArn }),
    action: 's3:DeleteBucketPolicy',
    resource: `arn:${quilt.partition}:s3:::${choices.testBucket}`,
    resourceAccount: quilt.accountId,
    context: {
      ...(choices.operatorIp === null ? {} : { 'aws:SourceIp': choices.operatorIp }),
      ...(organization.known ? { 'aws:PrincipalOrgID': organization.value.id } : {}),
      ...(tags.known ? Object.fromEntries(Object.entries(tags.value).map(([key, value]) => [`aws:PrincipalTag/${key}`, value])) : {}),
    },
    unknown: [
      // An address that S3 sees means that no endpoint is on the way (E7).
      ...(choices.operatorIp === null ? ['aws:SourceIp', 'aws:SourceVpc', 'aws:SourceVpcArn', 'aws:SourceVpce'] : []),
      ...(organization.known ? [] : ['aws:PrincipalOrgID']),
      ...(tagsAreTold ? [] : ['aws:PrincipalTag/*']),
    ],
    policies: {
      identity: [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] }],
      resource: { Version: '2012-10-17', Statement: statements },
    },
  });
  if (decision.decision === 'unknown' && choices.operatorIp !== null && !tags.known) {
    return [unknownFinding('QP301', tags.action, tags.why, [quilt.arn, choices.testBucket])];
  }
  if (decision.decision !== 'explicitDeny') return [];
  const from = choices.operatorIp === null ? 'from wherever it comes' : `from ${choices.operatorIp}`;
  return [
    finding('QP301', {
      detail: `${quilt.arn} ${from} would be denied s3:DeleteBucketPolicy on ${choices.testBucket} by ${decision.deniedBy.map(({ sid }) => sid).join(', ')}`,
      subjects: [quilt.arn, choices.testBucket],
      remedy: operatorRemedy(input),
    }),
  ];
}

/** The line that stands where the operator's address is not known beforehand. */
export const addressNote = ({ choices }: PerimeterInput): readonly string[] =>
  choices.operatorIp === null && !choices.skipProbes
    ? ['Which address S3 sees you come from cannot be told beforehand (--operator-ip says it): the probe will tell.']
    : [];

/** QP306, QP307 and QP308: the exempt tag as a fail-safe entry. */
export const operatorFindings = (input: PerimeterInput): readonly Finding[] => [
  ...nobodyTagged(input),
  ...anybodyMayTag(input),
  ...identityCenter(input),
];

function nobodyTagged({ choices, landscape }: PerimeterInput): readonly Finding[] {
  const { roles, tags } = landscape.operator;
  const isTag = (key: string) => key.toLowerCase() === choices.exemptTag.toLowerCase();
  if (tags.known && Object.keys(tags.value).some(isTag)) return [];
  if (!roles.known) return [unknownFinding('QP306', roles.action, roles.why, [choices.exemptTag])];
  const carries = roles.value.some((role) => role.tags.known && Object.keys(role.tags.value).some(isTag));
  if (carries) return [];
  const hidden = roles.value.find((role) => !role.tags.known);
  if (hidden !== undefined && !hidden.tags.known) return [unknownFinding('QP306', hidden.tags.action, hidden.tags.why, [hidden.name])];
  return [
    finding('QP306', {
      detail: `no role of account ${landscape.survey.quilt.accountId} carries the tag ${choices.exemptTag}`,
      subjects: [choices.exemptTag],
      remedy: `tag one break-glass role: aws iam tag-role --role-name ROLE --tags Key=${choices.exemptTag},Value=true`,
    }),
  ];
}

function anybodyMayTag({ choices }: PerimeterInput): readonly Finding[] {
  if (choices.protectExemptTag) return [];
  return [
    finding('QP307', {
      detail: `whoever may tag a role, a user or a session can exempt it with ${choices.exemptTag}, whatever the value`,
      subjects: [choices.exemptTag],
      remedy: 'set perimeter.protectExemptTag: true, which adds a statement to the SCP',
    }),
  ];
}

function identityCenter({ choices, landscape }: PerimeterInput): readonly Finding[] {
  const { arn } = landscape.survey.quilt;
  const role = roleNameOf(arn);
  if (role === null || !isIdentityCenterRole(role)) return [];
  return [
    finding('QP308', {
      detail: `${role} is a role of Identity Center: IAM refuses to tag it with ${choices.exemptTag}`,
      subjects: [arn],
      remedy: 'trust your address instead: --trusted-cidr ADDRESS/32',
    }),
  ];
}
