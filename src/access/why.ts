// The reasons of a verdict, as sentences.
import { clausesSeen } from '../policy/judge.ts';
import { carries, type Derived, factsOf, tagKey } from './derive.ts';
import type { Verdict } from './verdict.ts';
import type { AssessWorld } from './world.ts';

/** Why the call passes, will be denied, or cannot be judged; at least one sentence. */
export function whyOf(derived: Derived, verdict: Verdict, world: AssessWorld): readonly string[] {
  switch (verdict.verdict) {
    case 'passes':
      return whyPassing(derived, verdict, world);
    case 'newly-denied':
      return whyDenied(derived, verdict, world);
    case 'unknown':
      return whyUnknown(derived, verdict, world);
    default:
      return verdict.verdict satisfies never;
  }
}

function whyPassing(derived: Derived, { takingPart }: Verdict, world: AssessWorld): readonly string[] {
  const { from, by } = derived;
  const reasons: { readonly [key: string]: string } = {
    'aws:sourcevpc': `it comes from trusted VPC ${from.network.value}`,
    'aws:sourcevpcarn': `it comes from trusted VPC ${from.network.value}`,
    'aws:sourceip': `it comes from ${from.network.value}, which is trusted`,
    [tagKey(world.spec.exemptTag).toLowerCase()]: `it carries the tag ${world.spec.exemptTag}${asOfWhen(derived, world)}`,
    'aws:principalisawsservice': 'an AWS service calls in its own name',
    'aws:viaawsservice': by.because ?? 'an AWS service calls with forwarded access',
    'aws:resourceaccount': 'the SCP is about buckets of other accounts',
  };
  const failing = [takingPart.scp, takingPart.bucket]
    .flatMap((document) => (document === null ? [] : clausesSeen(derived.request, document)))
    .filter(({ truth }) => truth === 'fails')
    .flatMap(({ key }) => reasons[key.toLowerCase()] ?? []);
  return failing.length > 0 && binds(derived, takingPart.bucket !== null, world) ? [...new Set(failing)] : [whyUnbound(derived, world)];
}

// Whom SCPs do not bind: K11.
const binds = ({ who }: Derived, hasBucketPolicy: boolean, world: AssessWorld): boolean =>
  hasBucketPolicy || !(who.kind === 'anonymous' || who.serviceLinked === 'yes' || who.accountId === world.managementAccountId);

function whyUnbound({ who, bucket }: Derived, world: AssessWorld): string {
  if (who.kind === 'anonymous') return 'SCPs do not bind anonymous callers';
  if (who.kind === 'service') return 'SCPs do not bind AWS services';
  if (who.serviceLinked === 'yes') return 'SCPs do not bind service-linked roles';
  if (who.accountId !== null && who.accountId === world.managementAccountId) return 'SCPs do not bind the management account';
  if (who.accountId !== null && !world.bound.ids.has(who.accountId)) return `account ${who.accountId} is under no target of the SCP`;
  return `no Deny is about this call on ${bucket}`;
}

function whyDenied(derived: Derived, { denials }: Verdict, world: AssessWorld): readonly string[] {
  const { who, tags } = derived;
  const { exemptTag } = world.spec;
  const policies = [
    ...(denials.some((denial) => denial.startsWith('scp')) ? ['the SCP'] : []),
    ...(denials.some((denial) => denial.startsWith('resource')) ? [`the policy of ${derived.bucket}`] : []),
  ];
  const untagged =
    who.kind === 'anonymous' || who.kind === 'root'
      ? `${who.kind === 'root' ? 'root users' : 'anonymous callers'} carry no tags`
      : tags !== null && carries(tags, exemptTag)
        ? `its tag ${exemptTag} does not exempt principals of other organizations`
        : `it carries no tag ${exemptTag}${asOfWhen(derived, world)}`;
  const presigned = derived.presigned ? ['a presigned URL is judged by the network of whoever opens it'] : [];
  return [whyNetworkDenied(derived), ...presigned, untagged, `denied by ${policies.join(' and ')}`];
}

function whyNetworkDenied({ from: { network }, by }: Derived): string {
  if (network.kind === 'vpc') return `it comes through an endpoint of ${network.value}, which is not trusted`;
  if (network.kind === 'ip') return `it comes from ${network.value}, which is in no trusted range`;
  return by.because ?? `it comes from ${network.value}, which is no trusted network`;
}

function whyUnknown(derived: Derived, { dependsOn, doubts }: Verdict, world: AssessWorld): readonly string[] {
  const { who, from, by } = derived;
  const reasons: { readonly [key: string]: string } = {
    [tagKey(world.spec.exemptTag)]: `whether it carries the tag ${world.spec.exemptTag} is not known`,
    'aws:ViaAWSService': by.because ?? 'whether an AWS service forwarded this access is not known',
    'aws:PrincipalOrgID': `whether account ${who.accountId ?? 'unknown'} belongs to the organization is not known`,
    'aws:ResourceAccount': "the record does not tell the bucket's account",
  };
  const network = dependsOn.some((key) => from.unknown.includes(key)) ? [whyNetworkUnknown(derived)] : [];
  return [
    ...new Set([
      ...network,
      ...dependsOn.flatMap((key) => reasons[key] ?? []),
      ...(doubts.includes('caller') ? ['the record does not tell who called'] : []),
      ...(doubts.includes('target') ? [`whether account ${who.accountId ?? 'unknown'} is under a target of the SCP is not known`] : []),
      ...(doubts.includes('service-linked') ? ['the record does not name the role, and SCPs do not bind service-linked roles'] : []),
    ]),
  ];
}

function whyNetworkUnknown({ from: { network, strangeEndpoint }, by }: Derived): string {
  if (strangeEndpoint !== null) return `endpoint ${strangeEndpoint} is in no inventory, so its VPC is not known`;
  if (by.because !== null) return by.because;
  if (network.kind === 'vpc') return `the account and Region of ${network.value} are not known`;
  return network.value === 'unknown'
    ? 'the record does not tell where it comes from'
    : `${network.value} is no public address and came through no VPC endpoint that the record names`;
}

// What IAM tells is true today, which need not be what was true when the call was made.
function asOfWhen({ who }: Derived, world: AssessWorld): string {
  if (world.namedTags.has(who.identity ?? who.name)) return ' (by --principal-tags)';
  if (factsOf(who, world)?.tags != null) return ' (as IAM tells its tags today)';
  return world.otherTags === null ? '' : ' (by --principal-tags)';
}
