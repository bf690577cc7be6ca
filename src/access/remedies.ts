// What lets a newly denied path pass: move it in, cover it, exempt it. Each is tried on the evaluator before it is offered, and
// shown with a request that nobody means and that would pass as well.
import { cidrMatcher } from '../policy/address.ts';
import type { PerimeterRequest } from '../policy/judge.ts';
import { type Derived, factsOf, tagKey } from './derive.ts';
import { type Documents, documentsOf, verdictOf } from './verdict.ts';
import type { AssessWorld } from './world.ts';

export interface Remedy {
  readonly kind: 'move-in' | 'cover' | 'exempt';
  /** What to do, as a sentence without its full stop. */
  readonly what: string;
  /** A command or a flag; null where there is none. */
  readonly command: string | null;
  /** The hole: a request that is denied now and passes then; null where none opens. */
  readonly opens: Hole | null;
}

export interface Hole {
  /** Whose requests, in words. */
  readonly who: string;
  /** As `explain --requests` reads it. */
  readonly request: Pick<PerimeterRequest, 'principal' | 'action' | 'resource' | 'resourceAccount' | 'context'>;
}

/** The remedies of a newly denied call, the one to try first in front. */
export function remediesOf(derived: Derived, world: AssessWorld, documents: Documents): readonly Remedy[] {
  const candidates = [moveIn(derived, world), cover(derived, world), exempt(derived, world)].filter((each) => each !== null);
  const [first, second, ...others] = candidates
    .filter(({ now, changed }) => verdictOf(now, changed, documentsFor(changed, world, documents)).verdict === 'passes')
    .map((candidate) => ({ ...candidate.remedy, opens: holeOf(candidate, world, documents) }));
  if (first === undefined) return [];
  // A NAT gateway's address is all that another Region's bucket will ever see, and a VPC of one's own is soon trusted.
  const coverFirst = second?.kind === 'cover' && (derived.from.network.kind === 'vpc' || isElsewhere(derived, world));
  return second === undefined ? [first] : coverFirst ? [second, first, ...others] : [first, second, ...others];
}

interface Candidate {
  readonly remedy: Omit<Remedy, 'opens'>;
  /** The path as it will be. */
  readonly now: Derived;
  /** The perimeter as it will be. */
  readonly changed: AssessWorld;
  /** The request that may become a hole: without the remedy, and with it. */
  readonly hole: { readonly who: string; readonly before: Derived; readonly after: Derived } | null;
}

const documentsFor = (changed: AssessWorld, world: AssessWorld, documents: Documents): Documents =>
  changed === world ? documents : documentsOf(changed.spec, changed.testBucket);

function holeOf({ hole, changed }: Candidate, world: AssessWorld, documents: Documents): Hole | null {
  if (hole === null || verdictOf(hole.before, world, documents).verdict !== 'newly-denied') return null;
  if (verdictOf(hole.after, changed, documentsFor(changed, world, documents)).verdict !== 'passes') return null;
  const { principal, action, resource, resourceAccount, context } = hole.after.request;
  return {
    who: hole.who,
    request: { principal, action, resource, ...(resourceAccount === undefined ? {} : { resourceAccount }), context },
  };
}

const networkKeys = ['aws:SourceVpc', 'aws:SourceVpcArn', 'aws:SourceVpce', 'aws:SourceIp'];

const withContext = (derived: Derived, leaveOut: readonly string[], add: PerimeterRequest['context']): Derived => ({
  ...derived,
  request: {
    ...derived.request,
    context: { ...Object.fromEntries(Object.entries(derived.request.context).filter(([key]) => !leaveOut.includes(key))), ...add },
    unknown: (derived.request.unknown ?? []).filter((key) => !leaveOut.includes(key) && !Object.hasOwn(add, key)),
  },
});

function moveIn(derived: Derived, world: AssessWorld): Candidate | null {
  const [vpc] = world.spec.trustedVpcs;
  if (vpc === undefined) return null;
  const now = withContext(derived, networkKeys, { 'aws:SourceVpc': vpc.id, 'aws:SourceVpcArn': vpc.arn });
  return { remedy: { kind: 'move-in', what: howToMoveIn(derived, vpc.id, world), command: null }, now, changed: world, hole: null };
}

function howToMoveIn(derived: Derived, vpcId: string, world: AssessWorld): string {
  const { who, from, by, bucket } = derived;
  const { network } = from;
  const region = derived.request.context['aws:RequestedRegion'];
  if (isElsewhere(derived, world)) {
    return `move ${bucket} to ${world.region ?? ''}: it is in ${String(region)}, and S3 endpoints take traffic of their own Region only`;
  }
  if (by.how === 'role')
    return `let ${by.service ?? 'the service'} do this inside ${vpcId}, where it can (its own network or VPC settings)`;
  if (factsOf(who, world)?.trustedServices?.includes('lambda.amazonaws.com') === true) {
    return `put the function into private subnets of ${vpcId} (its VpcConfig)`;
  }
  if (network.kind === 'vpc') return `run it in ${vpcId}, or send its traffic to S3 through an endpoint there`;
  if (isOwn(network.value, world)) {
    return `it leaves by ${network.value}, an address of yours: give its subnets a route to S3 through an endpoint of ${vpcId}`;
  }
  return `run it inside ${vpcId}, or send its traffic to S3 through an endpoint there (a VPN needs an S3 interface endpoint)`;
}

const isElsewhere = ({ from, request }: Derived, world: AssessWorld): boolean => {
  const region = request.context['aws:RequestedRegion'];
  return isOwn(from.network.value, world) && world.region !== null && region !== undefined && region !== world.region;
};

const isOwn = (address: string, { ownAddresses }: AssessWorld): boolean => ownAddresses.some((cidr) => cidrMatcher(cidr)(address));

/**
 * Never for an address that is neither the customer's own nor typed by somebody: functions outside a VPC, CloudShell and CI runners
 * come from addresses that every customer of that cloud shares.
 */
function cover(derived: Derived, world: AssessWorld): Candidate | null {
  const { network } = derived.from;
  const { spec } = world;
  if (network.kind === 'ip' && isOwn(network.value, world)) {
    const cidr = `${network.value}/${network.value.includes(':') ? 128 : 32}`;
    const changed = { ...world, spec: { ...spec, trustedCidrs: [...spec.trustedCidrs, cidr] } };
    const remedy = { kind: 'cover', what: `trust ${cidr}, an address of yours`, command: `--trusted-cidr ${cidr}` } as const;
    return { remedy, now: derived, changed, hole: fromTheSame(derived, `from ${network.value}`, spec.partition) };
  }
  if (network.kind !== 'vpc') return null;
  const arn = String(derived.request.context['aws:SourceVpcArn'] ?? `arn:${spec.partition}:ec2:*:*:vpc/${network.value}`);
  const changed = { ...world, spec: { ...spec, trustedVpcs: [...spec.trustedVpcs, { id: network.value, arn }] } };
  const remedy = { kind: 'cover', what: `trust ${network.value}`, command: `--trusted-vpc ${network.value}` } as const;
  return { remedy, now: derived, changed, hole: fromTheSame(derived, `through the endpoints of ${network.value}`, spec.partition) };
}

// Somebody else of the same account, with nothing but the network in common.
function fromTheSame(derived: Derived, where: string, partition: string): Candidate['hole'] {
  const { who } = derived;
  if (who.accountId === null) return null;
  const tags = Object.keys(derived.request.context).filter((key) => key.startsWith('aws:PrincipalTag/'));
  const bare = withContext(derived, [...tags, 'aws:PrincipalArn'], {});
  const principal = `arn:${partition}:iam::${who.accountId}:role/any-other-role`;
  const other: Derived = { ...bare, who: { ...who, principal, serviceLinked: 'no' }, request: { ...bare.request, principal } };
  return { who: `every other principal of account ${who.accountId} ${where}`, before: other, after: other };
}

function exempt(derived: Derived, world: AssessWorld): Candidate | null {
  const { who } = derived;
  const { exemptTag } = world.spec;
  if ((who.kind !== 'role' && who.kind !== 'user') || who.serviceLinked !== 'no' || isIdentityCenter(who.name)) return null;
  const name = /:assumed-role\/([^/]+)/.exec(who.name)?.[1] ?? who.name.split('/').at(-1) ?? '';
  const anyAddress = strangers.find((address) => !world.spec.trustedCidrs.some((cidr) => cidrMatcher(cidr)(address))) ?? strangers[0];
  const where = world.accountId === null || who.accountId === world.accountId ? '' : ` of account ${who.accountId ?? ''}`;
  const tag = { [tagKey(exemptTag)]: 'true' };
  const elsewhere = withContext(derived, networkKeys, { 'aws:SourceIp': anyAddress });
  return {
    remedy: {
      kind: 'exempt',
      what: `tag ${who.kind} ${name}${where} with ${exemptTag}`,
      command: `aws iam tag-${who.kind} --${who.kind}-name ${name} --tags Key=${exemptTag},Value=true`,
    },
    now: withContext(derived, [], tag),
    changed: world,
    hole: {
      who: `whoever has credentials of ${who.kind} ${name}, from any network`,
      before: elsewhere,
      after: withContext(elsewhere, [], tag),
    },
  };
}

// Nobody's, for examples: RFC 5737.
const strangers = ['198.51.100.1', '203.0.113.1', '192.0.2.1'] as const;

// Roles of Identity Center cannot be tagged as roles (K7).
const isIdentityCenter = (arn: string): boolean => /[/:]AWSReservedSSO_/.test(arn);
