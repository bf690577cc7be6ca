// The perimeter that the choices describe, for policies, probes and findings alike.
import { placeMark } from '../aws/tags.ts';
import type { PerimeterSpec } from '../policy/perimeter.ts';
import type { PerimeterInput } from './landscape.ts';

/**
 * The spec of choices and landscape. The stack's own VPC is always trusted. A VPC that cannot be read here may lie in another
 * account or Region: its ARN leaves both open, and its id decides (Arn operators take wildcards).
 */
export function perimeterSpec({ choices, landscape }: PerimeterInput): PerimeterSpec {
  const { quilt, organization, vpcs } = landscape.survey;
  const trusted = [...new Set([choices.vpc, ...choices.trustedVpcs])];
  return {
    partition: quilt.partition,
    buckets: choices.buckets,
    trustedVpcs: trusted.map((id) => {
      const vpc = vpcs.find((each) => each.id === id);
      const where = vpc === undefined ? '*:*' : `${quilt.region}:${vpc.ownerId}`;
      return { id, arn: `arn:${quilt.partition}:ec2:${where}:vpc/${id}` };
    }),
    vpcKey: choices.vpcKey,
    trustedCidrs: choices.trustedCidrs,
    exemptTag: choices.exemptTag,
    resourceAccounts: choices.resourceAccounts,
    accessPoints: choices.accessPoints,
    protectExemptTag: choices.protectExemptTag ? { administrator: choices.tagAdministrator ?? quilt.roleArn ?? quilt.arn } : null,
    organizationId: organization.known ? organization.value.id : null,
    expires: null,
  };
}

/** The SCP's description, which is also the mark by which it is found again: it names the place. At most 512 characters (D9). */
export const policyDescription = ({ choices, landscape }: PerimeterInput): string =>
  `S3 data perimeter made by quilt-perimeter for ${placeMark({ ...landscape.survey.quilt, stack: choices.stack, vpc: choices.vpc })}`;

/** What an operator does who is refused under the perimeter, with the commands that can be given beforehand. */
export function operatorRemedy({ choices, landscape }: PerimeterInput): string {
  const address = `--trusted-cidr ${choices.operatorIp === null ? 'ADDRESS/32 with the public address that S3 sees you come from' : `${choices.operatorIp}/${choices.operatorIp.includes(':') ? 128 : 32}`}`;
  const tag = tagCommand(landscape.survey.quilt.arn, choices.exemptTag);
  return [
    `trust your address (${address})`,
    ...(tag === null
      ? []
      : [`or tag yourself (${tag}) and sign in again, where a second way back is left that does not pass by that tag (QP310)`]),
    'or run from inside a trusted VPC',
  ].join(', ');
}

function tagCommand(arn: string, tag: string): string | null {
  const role = roleNameOf(arn);
  if (role !== null && !isIdentityCenterRole(role)) return `aws iam tag-role --role-name ${role} --tags Key=${tag},Value=true`;
  const user = /:user\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
  return user === undefined ? null : `aws iam tag-user --user-name ${user} --tags Key=${tag},Value=true`;
}

/** The role's name in the ARN of a session, null where it is none. */
export const roleNameOf = (arn: string): string | null => /:assumed-role\/([^/]+)\//.exec(arn)?.[1] ?? null;

/** Roles of Identity Center cannot be tagged as roles (K7). */
export const isIdentityCenterRole = (role: string): boolean => role.startsWith('AWSReservedSSO_');

/** The glob of a bucket pattern (`*` and `?`), matched against the whole name. */
export function matchesPattern(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const escaped = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.');
    return new RegExp(`^${escaped}$`).test(name);
  });
}
