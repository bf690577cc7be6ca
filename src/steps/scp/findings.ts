// What speaks against the SCP, told from the landscape alone.

import type { OrganizationTarget } from '../../aws/types.ts';
import { type Finding, type FindingCode, finding, unknownFinding } from '../../findings.ts';
import { parsePolicy, sizeOf } from '../../policy/document.ts';
import { grantsToOtherAccounts } from '../../policy/shapes.ts';
import type { Known } from '../../ports.ts';
import { unlistedBuckets } from '../bucket-listing.ts';
import type { OrganizationSeen, PerimeterInput } from '../landscape.ts';
import { outsideFindings } from '../outside/findings.ts';
import { notLogged } from './data-events.ts';
import { scopeFindings } from './scope-findings.ts';
import { unseenByQuilt } from './seen-by-quilt.ts';

/** What the plan is about to do, as far as findings depend on it. */
export interface Intent {
  readonly seen: OrganizationSeen;
  /** The longest version that will be put, minified. */
  readonly largest: string;
  readonly pending: boolean;
  /** Targets that it is to be attached to. */
  readonly missing: readonly OrganizationTarget[];
  /** Why it would come into force for this account without a probe; null where it will not. */
  readonly unprobed: string | null;
}

/** All findings of the step where the organization was read. */
export function scpFindings(input: PerimeterInput, intent: Intent): readonly Finding[] {
  return [
    ...consolidatedBilling(input),
    ...tooLarge(input, intent.largest),
    ...noRoom(intent),
    ...managementAccount(input),
    ...scopeFindings(input),
    ...outsideFindings(input),
    ...otherPrincipals(input),
    ...managers(intent.seen),
    ...notLogged(input),
    ...(intent.pending ? [...unproven(intent), ...unseenByQuilt(input)] : []),
  ];
}

type Unread = Known<unknown> & { readonly known: false };

/** All findings of the step where the organization could not be read: what depends on it is unknown. */
export function unreadFindings(input: PerimeterInput, wide: string, unread: Unread): readonly Finding[] {
  const { choices, landscape } = input;
  const { organizationSide, quilt } = landscape.survey;
  const untold = (code: FindingCode, subjects: readonly string[]) => unknownFinding(code, unread.action, unread.why, subjects);
  return [
    ...consolidatedBilling(input),
    organizationUnread(input, unread),
    ...tooLarge(input, wide),
    untold('QP404', choices.targets),
    ...managementAccount(input),
    ...scopeFindings(input),
    ...outsideFindings(input),
    untold('QP410', [choices.policyName]),
    untold('QP411', [organizationSide.known ? organizationSide.value.accountId : quilt.accountId]),
    ...otherPrincipals(input),
    ...notLogged(input),
    untold('QP413', [choices.testBucket]),
  ];
}

/** QP402: the organization's side may not read or write policies (D2, D3). */
export function organizationUnread(input: PerimeterInput, why: Unread): Finding {
  const { organization, organizationSide } = input.landscape.survey;
  const who = organizationSide.known
    ? `${organizationSide.value.arn} of account ${organizationSide.value.accountId}`
    : "the organization's side";
  const management = organization.known ? organization.value.managementAccountId : null;
  const accounts = [...(organizationSide.known ? [organizationSide.value.accountId] : []), ...(management === null ? [] : [management])];
  const isManagement = organizationSide.known && organizationSide.value.accountId === management;
  const credentials = isManagement
    ? `allow ${why.action} to ${organizationSide.value.arn}`
    : `give credentials of ${management === null ? 'the management account' : `account ${management}`} or of a delegated administrator with --org-profile or --org-role-arn`;
  return finding('QP402', {
    detail: `${who} cannot read the organization${management === null ? '' : `, whose management account is ${management}`}: ${why.action}: ${why.why}`,
    subjects: [...new Set(accounts)],
    remedy: `${credentials}, or leave the step out with --skip scp`,
  });
}

/** QP401: SCPs need all features (D6). */
export function consolidatedBilling({ landscape }: PerimeterInput): readonly Finding[] {
  const { organization, quilt } = landscape.survey;
  if (!organization.known) return [unknownFinding('QP401', organization.action, organization.why, [quilt.accountId])];
  const { id, featureSet } = organization.value;
  if (featureSet === 'ALL') return [];
  return [
    finding('QP401', {
      detail: `organization ${id} has feature set ${featureSet}`,
      subjects: [id],
      remedy: 'enable all features: aws organizations enable-all-features, from the management account',
    }),
  ];
}

const characterLimit = 10_240;
const formerCharacterLimit = 5_120;

/** QP403: an SCP takes 10,240 characters, 5,120 where the raise has not arrived (D12). */
export function tooLarge({ choices }: PerimeterInput, largest: string): readonly Finding[] {
  const size = sizeOf(largest);
  if (size <= formerCharacterLimit) return [];
  const isError = size > characterLimit;
  return [
    finding('QP403', {
      severity: isError ? 'error' : 'warning',
      detail: `SCP ${choices.policyName} has ${size} characters at its longest, minified, ${isError ? `more than ${characterLimit}` : `more than the ${formerCharacterLimit} that some partitions still hold to`}`,
      subjects: [choices.policyName],
      remedy: `join ranges of --trusted-cidr (${choices.trustedCidrs.length}) and patterns of --bucket (${choices.buckets.length})`,
    }),
  ];
}

const attachmentLimit = 10;
const formerAttachmentLimit = 5;

/** QP404: a target takes 10 SCPs, 5 where the raise has not arrived (D12). */
export function noRoom({ seen, missing }: Intent): readonly Finding[] {
  return seen.targets
    .filter(({ target, policies }) => missing.some(({ id }) => id === target.id) && policies.length >= formerAttachmentLimit)
    .map(({ target, policies }) =>
      finding('QP404', {
        severity: policies.length >= attachmentLimit ? 'error' : 'warning',
        detail: `${target.name} (${target.id}) has ${policies.length} SCPs: ${policies.map(({ name }) => name).join(', ')}`,
        subjects: [target.id, ...policies.map(({ id }) => id)],
        remedy: `join or detach SCPs of ${target.id}, or choose another target with --target`,
      }),
    );
}

/** QP405: SCPs never bind the management account (D4). */
export function managementAccount({ choices, landscape }: PerimeterInput): readonly Finding[] {
  const { organization, quilt } = landscape.survey;
  if (!organization.known) return [unknownFinding('QP405', organization.action, organization.why, [quilt.accountId])];
  const { managementAccountId } = organization.value;
  const isOurs = quilt.accountId === managementAccountId;
  // The root holds every account, the management account too.
  const others =
    choices.targets.some((id) => id.startsWith('r-')) || [...choices.resourceAccounts, ...choices.targets].includes(managementAccountId);
  if (!isOurs && !others) return [];
  return [
    finding('QP405', {
      severity: isOurs ? 'error' : 'warning',
      detail: isOurs
        ? `the stack's account ${quilt.accountId} is the management account: no SCP binds its principals`
        : `account ${managementAccountId}, which is in scope, is the management account: no SCP binds its principals`,
      subjects: [managementAccountId],
      remedy: isOurs
        ? 'leave the SCP out (--skip scp) and put the bucket policy on each bucket of this account, or move stack and buckets to a member account'
        : `put the bucket policy on the buckets of ${managementAccountId}, or move them to a member account`,
    }),
  ];
}

/** QP411: whoever else manages SCPs (K5). */
export function managers(seen: OrganizationSeen): readonly Finding[] {
  if (seen.managers.length === 0) return [];
  return [
    finding('QP411', {
      detail: `the names of other SCPs show ${seen.managers.join(' and ')} at work in organization ${seen.info.id}`,
      subjects: seen.managers,
    }),
  ];
}

/** QP412: principals of other accounts are not bound by the SCP (D4). */
export function otherPrincipals({ choices, landscape }: PerimeterInput): readonly Finding[] {
  const { inScope } = landscape.buckets;
  const bound = [landscape.survey.quilt.accountId, ...choices.targets];
  const granting = inScope.flatMap(({ name, policy }) => {
    const parsed = policy.known && policy.value !== null ? parsePolicy(policy.value) : null;
    const accounts = parsed?.ok === true ? grantsToOtherAccounts(parsed.document, bound) : [];
    return accounts.length === 0 ? [] : [{ name, accounts }];
  });
  const hidden = inScope.filter(({ policy }) => !policy.known);
  const first = hidden[0]?.policy;
  return [
    ...unlistedBuckets('QP412', landscape, choices),
    ...(granting.length === 0
      ? []
      : [
          finding('QP412', {
            detail: granting
              .map(
                ({ name, accounts }) =>
                  `${name} grants to ${accounts.map((account) => (account === '*' ? 'everybody' : account)).join(', ')}`,
              )
              .join('; '),
            subjects: granting.map(({ name }) => name),
            remedy: 'keep a bucket policy on these buckets, or use a resource control policy',
          }),
        ]),
    ...(first === undefined || first.known
      ? []
      : [
          unknownFinding(
            'QP412',
            first.action,
            first.why,
            hidden.map(({ name }) => name),
          ),
        ]),
  ];
}

/** QP302 as far as it shows beforehand: the SCP cannot be probed from this account. */
const unproven = ({ unprobed, seen }: Intent): readonly Finding[] =>
  unprobed === null
    ? []
    : [
        finding('QP302', {
          detail: unprobed,
          subjects: seen.targets.map(({ target }) => target.id),
          remedy: `give a target first that binds this account, such as --target ${seen.ancestors.at(-1)?.target.id ?? 'ACCOUNT'}, or go on unproven with --accept QP302`,
        }),
      ];
