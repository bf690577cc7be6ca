// What the SCP's resources and conditions cover too much or too little.
import { type Finding, finding, unknownFinding } from '../../findings.ts';
import { cidrShape } from '../../policy/address.ts';
import { unlistedBuckets } from '../bucket-listing.ts';
import type { PerimeterInput } from '../landscape.ts';
import { matchesPattern } from '../perimeter-spec.ts';

/** QP406, QP407, QP408, QP414 and QP415. */
export const scopeFindings = (input: PerimeterInput): readonly Finding[] => [
  ...vpcIds(input),
  ...accessPoints(input),
  ...pattern(input),
  ...othersBuckets(input),
  ...presigned(input),
];

/** QP406: VPC ids are unique only within a Region (E8). */
function vpcIds({ choices }: PerimeterInput): readonly Finding[] {
  if (choices.vpcKey === 'arn') return [];
  const vpcs = [choices.vpc, ...choices.trustedVpcs];
  return [finding('QP406', { detail: `aws:SourceVpc is compared with ${vpcs.join(', ')}`, subjects: vpcs, remedy: '--vpc-key arn' })];
}

/** QP407: requests through access points have the access point's ARN (C13). */
function accessPoints({ choices }: PerimeterInput): readonly Finding[] {
  if (choices.accessPoints) return [];
  return [
    finding('QP407', {
      detail: `the SCP names the ARNs of ${choices.buckets.join(', ')} only`,
      subjects: choices.buckets,
      remedy: 'set perimeter.accessPoints: true, which adds the ARNs of access points',
    }),
  ];
}

/** QP408: the pattern matches buckets that are not the stack's, or misses some that are (C15). */
export function pattern({ choices, landscape }: PerimeterInput): readonly Finding[] {
  const { resources, stack } = landscape.stack;
  if (!resources.known) return [unknownFinding('QP408', resources.action, resources.why, choices.buckets)];
  const own = resources.value.filter(({ type }) => type === 'AWS::S3::Bucket').map(({ physicalId }) => physicalId);
  const others = landscape.buckets.inScope.filter(({ name }) => name !== choices.testBucket && !own.includes(name));
  const isTagged = (tags: { readonly [key: string]: string }) =>
    Object.values(tags).some((value) => value === stack.name || value === stack.id);
  const extra = others.filter(({ tags }) => tags.known && !isTagged(tags.value)).map(({ name }) => name);
  const missed = own.filter((name) => !matchesPattern(name, choices.buckets));
  const hidden = others.filter(({ tags }) => !tags.known);
  const first = hidden[0]?.tags;
  const patterns = choices.buckets.join(', ');
  return [
    ...unlistedBuckets('QP408', landscape, choices),
    ...(extra.length === 0 && missed.length === 0
      ? []
      : [
          finding('QP408', {
            detail: [
              ...(extra.length === 0
                ? []
                : [`${patterns} also matches ${extra.join(', ')}: no resource and no mark of stack ${stack.name}`]),
              ...(missed.length === 0 ? [] : [`${patterns} misses ${missed.join(', ')} of stack ${stack.name}`]),
            ].join('; '),
            subjects: [...extra, ...missed],
            remedy: 'name the patterns or buckets that are meant: --bucket PATTERN',
          }),
        ]),
    ...(first === undefined || first.known
      ? []
      : [
          unknownFinding(
            'QP408',
            first.action,
            first.why,
            hidden.map(({ name }) => name),
          ),
        ]),
  ];
}

/** QP414: a pattern matches buckets of other accounts too (C15, K16). */
function othersBuckets({ choices, landscape }: PerimeterInput): readonly Finding[] {
  const open = choices.buckets.filter((bucket) => /[*?]/.test(bucket));
  if (open.length === 0 || choices.resourceAccounts.length > 0) return [];
  return [
    finding('QP414', {
      detail: `${open.join(', ')} matches buckets of any account, such as Quilt's own quilt-lambda-${landscape.survey.quilt.region}`,
      subjects: open,
      remedy: `set perimeter.resourceAccounts: ["${landscape.survey.quilt.accountId}"], with every other account that holds your buckets`,
    }),
  ];
}

/** QP415: a range of one address is a gateway's or an operator's, no network of users with browsers (C16). */
function presigned({ choices }: PerimeterInput): readonly Finding[] {
  const isOne = (cidr: string) => cidrShape(cidr)?.bits === (cidr.includes(':') ? 128 : 32);
  if (choices.trustedCidrs.some((cidr) => !isOne(cidr))) return [];
  return [
    finding('QP415', {
      detail:
        choices.trustedCidrs.length === 0
          ? 'no public range is trusted: a presigned URL opens only where its request comes through the S3 endpoint of a trusted VPC'
          : `trusted are only single addresses (${choices.trustedCidrs.join(', ')}): a presigned URL opens only from these, and through the S3 endpoints of trusted VPCs`,
      subjects: choices.trustedCidrs,
      remedy: "name the ranges that users' browsers come from with --trusted-cidr, unless they come through a trusted VPC",
    }),
  ];
}
