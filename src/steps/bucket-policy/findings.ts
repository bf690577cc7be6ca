// What speaks against the perimeter on this bucket, told from the landscape alone.
import { type Finding, type FindingCode, finding, unknownFinding } from '../../findings.ts';
import { bucketPolicyLimit, bytesOf, type PolicyDocument, parsePolicy, type Statement, withoutOurs } from '../../policy/document.ts';
import { usesBoolOnIsAwsService } from '../../policy/shapes.ts';
import { unlistedBuckets } from '../bucket-listing.ts';
import type { PerimeterInput } from '../landscape.ts';
import { matchesPattern } from '../perimeter-spec.ts';
import { operatorFindings, wouldBeDenied } from './operator-findings.ts';
import { isForeign } from './others.ts';

/** What the plan is about to do, as far as findings depend on it. */
export interface Intent {
  /** The present policy, statements that a killed run left of its trial aside; null where there is none. */
  readonly present: PolicyDocument | null;
  /** What will stand for good. */
  readonly wanted: readonly Statement[];
  /** The largest policy that will be put; null where nothing is to be changed. */
  readonly largest: string | null;
}

/** All findings of the step. Those that only matter before the bucket is changed are left out once its perimeter stands. */
export function bucketPolicyFindings(input: PerimeterInput, intent: Intent): readonly Finding[] {
  const before =
    intent.largest === null
      ? []
      : [
          ...wouldBeDenied(input, intent.wanted),
          ...notClean(input, intent.present),
          ...publicPolicy(input),
          ...tooLarge(input, intent.largest),
          ...serviceLinkedRoles(input),
          ...foreignSids(input, intent.present),
        ];
  return [...before, ...operatorFindings(input), ...boolOnServices(input)];
}

/** All findings where the present policy could not be read or understood: what depends on it is unknown. */
export function unreadFindings(input: PerimeterInput, wanted: readonly Statement[], why: string): readonly Finding[] {
  const told = notClean(input, null);
  const untold = (code: FindingCode) => unknownFinding(code, 's3:GetBucketPolicy', why, [input.choices.testBucket]);
  return [
    ...wouldBeDenied(input, wanted),
    ...told,
    ...(told.some(({ severity }) => severity === 'error') ? [] : [unreadable(input, why)]),
    untold('QP304'),
    untold('QP305'),
    ...serviceLinkedRoles(input),
    untold('QP312'),
    ...operatorFindings(input),
    ...boolOnServices(input),
  ];
}

/** QP303: the test bucket is not clean. */
export function notClean(input: PerimeterInput, present: PolicyDocument | null): readonly Finding[] {
  const { choices, landscape } = input;
  const { buckets, survey } = landscape;
  const { test } = buckets;
  const others = withoutOurs(present);
  const reasons = [
    ...(buckets.testIsOurs ? [] : [`it does not belong to account ${survey.quilt.accountId}, or cannot be read at all`]),
    ...(test.region.known && test.region.value !== survey.quilt.region
      ? [`it is in ${test.region.value}, not in ${survey.quilt.region}`]
      : []),
    ...(matchesPattern(test.name, choices.buckets)
      ? []
      : [`its name is outside ${choices.buckets.join(', ')}: the SCP could not be seen on it`]),
    ...(choices.resourceAccounts.length === 0 || choices.resourceAccounts.includes(survey.quilt.accountId)
      ? []
      : [`its account is not among perimeter.resourceAccounts (${choices.resourceAccounts.join(', ')}): the SCP could not be seen on it`]),
    ...(buckets.testIsEmpty.known && !buckets.testIsEmpty.value ? ['it has objects or versions'] : []),
    ...(others.length === 0 ? [] : [`its policy has ${others.length} statement(s) that this tool did not write`]),
  ];
  const { testIsEmpty } = buckets;
  return [
    ...(reasons.length === 0
      ? []
      : [
          finding('QP303', {
            detail: `bucket ${test.name}: ${reasons.join('; ')}`,
            subjects: [test.name],
            remedy: `name a new, empty bucket of ${survey.quilt.region} whose name matches ${choices.buckets.join(' or ')}: --test-bucket NAME; with --accept QP303 the statements are merged`,
          }),
        ]),
    ...(testIsEmpty.known || !buckets.testIsOurs
      ? []
      : [unknownFinding('QP303', testIsEmpty.action, `whether it is empty: ${testIsEmpty.why}`, [test.name])]),
  ];
}

/** QP303 where the present policy cannot be read or understood: nothing can be merged into it. */
export const unreadable = (input: PerimeterInput, why: string): Finding =>
  finding('QP303', {
    detail: `bucket ${input.choices.testBucket}: its policy cannot be read: ${why}`,
    subjects: [input.choices.testBucket],
    remedy: 'name a new, empty bucket of this account with --test-bucket, or allow s3:GetBucketPolicy on this one',
  });

/** QP304: Block Public Access will refuse any policy that keeps the present public one (C8). */
export function publicPolicy({ landscape }: PerimeterInput): readonly Finding[] {
  const { test, accountBlockPublicPolicy } = landscape.buckets;
  if (test.policy.known && test.policy.value === null) return [];
  const isPublic = test.policyIsPublic;
  if (!isPublic.known) return [unknownFinding('QP304', isPublic.action, isPublic.why, [test.name])];
  if (!isPublic.value) return [];
  const blocks = [test.blockPublicPolicy, accountBlockPublicPolicy];
  if (blocks.some((block) => block.known && block.value)) {
    return [
      finding('QP304', {
        detail: `the policy of bucket ${test.name} is public, and Block Public Access of the bucket or the account refuses public policies`,
        subjects: [test.name],
        remedy: `take the public statement out of the policy of ${test.name}, or name another bucket with --test-bucket`,
      }),
    ];
  }
  const hidden = blocks.find((block) => !block.known);
  return hidden === undefined || hidden.known ? [] : [unknownFinding('QP304', hidden.action, hidden.why, [test.name])];
}

/** QP305: S3 takes 20 KB (C6). */
export function tooLarge({ choices }: PerimeterInput, largest: string): readonly Finding[] {
  const size = bytesOf(largest);
  if (size <= bucketPolicyLimit) return [];
  return [
    finding('QP305', {
      detail: `the policy of bucket ${choices.testBucket} would have ${size} bytes, ${size - bucketPolicyLimit} too many`,
      subjects: [choices.testBucket],
      remedy: 'name a bucket without a policy with --test-bucket, or join ranges of --trusted-cidr',
    }),
  ];
}

/** QP311: the bucket policy binds whom the SCP does not. */
export const serviceLinkedRoles = ({ choices }: PerimeterInput): readonly Finding[] => [
  finding('QP311', {
    detail: `on bucket ${choices.testBucket} service-linked roles are denied from outside; under the SCP they will not be`,
    subjects: [choices.testBucket],
  }),
];

/** QP312: a statement that bears one of our Sids and is not of our making would be replaced. */
export function foreignSids({ choices }: PerimeterInput, present: PolicyDocument | null): readonly Finding[] {
  const foreign = (present?.Statement ?? []).filter((statement) => isForeign(statement, choices.testBucket));
  if (foreign.length === 0) return [];
  const sids = foreign.map(({ Sid }) => Sid ?? '');
  return [
    finding('QP312', {
      detail: `the policy of bucket ${choices.testBucket} has statement ${sids.join(', ')} with content that this tool does not write`,
      subjects: [choices.testBucket, ...sids],
      remedy: `rename ${sids.join(', ')} in the policy of ${choices.testBucket}, to anything that does not begin with QuiltPerimeter`,
    }),
  ];
}

/** QP309: perimeter-like Denies that let anonymous requests pass (E2). */
export function boolOnServices({ choices, landscape }: PerimeterInput): readonly Finding[] {
  const { inScope } = landscape.buckets;
  const found = inScope.filter(({ policy }) => {
    const parsed = policy.known && policy.value !== null ? parsePolicy(policy.value) : null;
    return parsed?.ok === true && usesBoolOnIsAwsService(parsed.document);
  });
  const hidden = inScope.filter(({ policy }) => !policy.known);
  const [first] = hidden;
  return [
    ...unlistedBuckets('QP309', landscape, choices),
    ...(found.length === 0
      ? []
      : [
          finding('QP309', {
            detail: `a Deny with plain Bool on aws:PrincipalIsAWSService stands on ${found.map(({ name }) => name).join(', ')}`,
            subjects: found.map(({ name }) => name),
            remedy: 'write BoolIfExists in place of Bool there, as this tool does',
          }),
        ]),
    ...(first === undefined || first.policy.known
      ? []
      : [
          unknownFinding(
            'QP309',
            first.policy.action,
            first.policy.why,
            hidden.map(({ name }) => name),
          ),
        ]),
  ];
}
