// What S3 will see of a request that comes a certain way, and what the perimeter says to it.
import type { Bucket } from '../../aws/types.ts';
import type { ContextValues } from '../../policy/context.ts';
import type { PolicyDocument } from '../../policy/document.ts';
import { judge, type PerimeterDocuments, type PerimeterRequest } from '../../policy/judge.ts';
import { bucketStatements, scpDocument } from '../../policy/perimeter.ts';
import { contains } from '../cidr.ts';
import type { PerimeterInput } from '../landscape.ts';
import { isIdentityCenterRole, perimeterSpec, roleNameOf } from '../perimeter-spec.ts';
import type { Way } from './way.ts';

/** Condition keys of the network as S3 will see them: in neither list they are absent. */
export interface NetworkKeys {
  readonly context: ContextValues;
  readonly unknown: readonly string[];
}

/** `no-way`: S3 is not reached, so nothing is denied. */
export type Verdict = 'passes' | 'denied' | 'unknown' | 'no-way';

/** Who asks: with what tags and under which SCP. */
export interface Asker {
  readonly principal: string;
  readonly role: string | null;
  readonly context: ContextValues;
  readonly unknown: readonly string[];
}

const networkKeys = ['aws:SourceIp', 'aws:SourceVpc', 'aws:SourceVpcArn', 'aws:SourceVpce'];

/**
 * The keys that a way sets (E6, E7). An address that is only known to lie in a range is told by the range's first address where
 * all of the range is trusted, or nothing of it.
 */
export function keysOf(way: Way, trustedCidrs: readonly string[]): NetworkKeys {
  switch (way.via) {
    case 'endpoint':
      return {
        context: {
          'aws:SourceVpc': way.vpcId,
          'aws:SourceVpcArn': way.vpcArn,
          ...(way.id === null ? {} : { 'aws:SourceVpce': way.id }),
        },
        unknown: way.id === null ? ['aws:SourceVpce'] : [],
      };
    case 'address':
      return { context: { 'aws:SourceIp': way.address }, unknown: [] };
    case 'nat-gateway':
      return way.address === null ? ownAddress : { context: { 'aws:SourceIp': way.address }, unknown: [] };
    case 'own-address':
      return ownAddress;
    case 'ipv6': {
      const apart = !trustedCidrs.some((cidr) => contains(way.range, cidr) && !contains(cidr, way.range));
      return apart ? { context: { 'aws:SourceIp': way.range.split('/')[0] ?? way.range }, unknown: [] } : ownAddress;
    }
    case 'unknown':
      return { context: {}, unknown: networkKeys };
    case 'aws-network':
    case 'none':
      return { context: {}, unknown: [] };
    default:
      return way satisfies never;
  }
}

const ownAddress: NetworkKeys = { context: {}, unknown: ['aws:SourceIp'] };

/** The perimeter's say about a request of `asker` that comes `way` to a bucket, all else taken as allowed. */
export type Say = (
  way: Way,
  asker: Asker,
  bucket: Pick<Bucket, 'name' | 'region'>,
) => { readonly keys: NetworkKeys; readonly verdict: Verdict };

/**
 * The say of the perimeter that the choices describe, as it will be when it stands: the SCP on every bucket in scope, and the bucket
 * policy on the test bucket.
 */
export function perimeterSay(input: PerimeterInput): Say {
  const spec = perimeterSpec(input);
  const onTest: PolicyDocument = { Version: '2012-10-17', Statement: bucketStatements(spec, input.choices.testBucket) };
  return sayOf(input, { scp: bindsQuilt(input) ? scpDocument(spec) : null, bucket: onTest });
}

/** The say of an SCP that binds the account and of a policy on the test bucket; null: there is none. */
export function sayOf(input: PerimeterInput, { scp, bucket: onTest }: PerimeterDocuments): Say {
  const { choices, landscape } = input;
  const { quilt, organization } = landscape.survey;
  const fixed = {
    action: 's3:GetObject',
    resourceAccount: quilt.accountId,
    ...(organization.known ? { managementAccount: organization.value.managementAccountId } : {}),
  };
  const ofOrganization = organization.known ? { 'aws:PrincipalOrgID': organization.value.id } : {};
  return (way, asker, { name, region }) => {
    const keys = keysOf(way, choices.trustedCidrs);
    if (way.via === 'none') return { keys, verdict: 'no-way' };
    const request: PerimeterRequest = {
      ...fixed,
      principal: asker.principal,
      ...(asker.role === null ? {} : { role: asker.role }),
      resource: `arn:${quilt.partition}:s3:::${name}/key`,
      context: {
        ...asker.context,
        ...ofOrganization,
        ...(region.known ? { 'aws:RequestedRegion': region.value } : {}),
        'aws:ResourceAccount': quilt.accountId,
        ...keys.context,
      },
      unknown: [...asker.unknown, ...(organization.known ? [] : ['aws:PrincipalOrgID']), ...keys.unknown],
    };
    return { keys, verdict: judge(request, { scp, bucket: name === choices.testBucket ? onTest : null }).verdict };
  };
}

/** Whether one of the targets holds the Quilt account; where the organization cannot be read, it is taken to. */
export function bindsQuilt({ choices, landscape }: PerimeterInput): boolean {
  const { organization } = landscape;
  if (!organization.known) return true;
  const above = organization.value.ancestors.map(({ target }) => target.id);
  return choices.targets.some((id) => above.includes(id));
}

/** An ordinary principal of the Quilt account: not exempt by its tags, no role of a service. */
export const somebody = ({ landscape }: PerimeterInput): Asker => {
  const { partition, accountId } = landscape.survey.quilt;
  const role = `arn:${partition}:iam::${accountId}:role/somebody`;
  return { principal: role, role, context: {}, unknown: [] };
};

/** Whoever runs this, with the tags that IAM tells. */
export function operator({ landscape }: PerimeterInput): Asker {
  const { arn, roleArn } = landscape.survey.quilt;
  const { tags } = landscape.operator;
  const name = roleNameOf(arn);
  // An attribute of Identity Center arrives as a session tag, which IAM does not tell (K7).
  const allTold = tags.known && (name === null || !isIdentityCenterRole(name));
  return {
    principal: arn,
    role: roleArn,
    context: tags.known ? Object.fromEntries(Object.entries(tags.value).map(([key, value]) => [`aws:PrincipalTag/${key}`, value])) : {},
    unknown: allTold ? [] : ['aws:PrincipalTag/*'],
  };
}
