// One request against what is attached now. What cannot be read is told by name, and the verdict is unknown where it matters.
import type { PolicyDocument } from '../policy/document.ts';
import { type Decision, evaluate, type Policies, type PolicyType } from '../policy/evaluate.ts';
import type { PerimeterRequest } from '../policy/judge.ts';
import { keysUsed } from '../policy/keys-used.ts';
import { impliedBy } from '../policy/principal.ts';
import { isPublic } from '../policy/shapes.ts';
import type { Known } from '../ports.ts';
import { type Against, whyUnbound } from './against-folder.ts';
import type { Asked } from './asked-request.ts';
import type { PolicySeen, Said } from './explanation.ts';
import { documentIn, type LivePolicies, livePolicies } from './live-policies.ts';
import type { Online } from './perimeter-say.ts';
import { statementsSeen } from './policies-seen.ts';

const everything: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/** Bucket policy, Block Public Access, SCPs of every level, and the policy of the endpoint that the request goes through. */
export async function againstLive(online: Online, asked: Asked): Promise<Against> {
  const live = await livePolicies(asked, online);
  return {
    say: async (request) => sayOf(request, live, endpointPolicy(request, online), asked),
    policies: seen(asked, live, endpointPolicy(asked.request, online)),
    notes: ['Identity policies, permissions boundaries and RCPs are not asked: they are taken to allow it.'],
  };
}

/** The policy of the endpoint on the request's way; null where it goes through none. */
type EndpointPolicy = { readonly name: string; readonly document: Known<PolicyDocument | null> } | null;

function endpointPolicy({ context, unknown = [] }: PerimeterRequest, { survey }: Online): EndpointPolicy {
  const id = context['aws:SourceVpce'];
  if (context['aws:SourceVpc'] === undefined && !unknown.includes('aws:SourceVpc')) return null;
  const endpoint = survey.endpoints.find((each) => each.id === id);
  if (endpoint !== undefined)
    return { name: `the policy of endpoint ${endpoint.id}`, document: documentIn(endpoint.policy, 'ec2:DescribeVpcEndpoints') };
  const why = 'which endpoint the request goes through is not known';
  return { name: 'the policy of the endpoint', document: { known: false, action: 'ec2:DescribeVpcEndpoints', why } };
}

function policiesOf({ bucket, scp }: LivePolicies, endpoint: EndpointPolicy): Policies {
  const resource = bucket.known ? bucket.value : null;
  const ofEndpoint = endpoint?.document.known === true ? endpoint.document.value : null;
  return {
    identity: [everything],
    ...(resource === null ? {} : { resource }),
    ...(ofEndpoint === null ? {} : { endpoint: ofEndpoint }),
    ...(scp.known && scp.value.length > 0 ? { scp: scp.value.map((level) => level.map(({ document }) => document)) } : {}),
  };
}

function decisionOf(request: PerimeterRequest, policies: Policies, asked: Asked): Decision {
  return evaluate({ ...withOpenKeys(request, policies, asked), policies });
}

function sayOf(request: PerimeterRequest, live: LivePolicies, endpoint: EndpointPolicy, asked: Asked): Said {
  const decision = decisionOf(request, policiesOf(live, endpoint), asked);
  const { deniedBy, dependsOn } = decision;
  const unread: readonly PolicyType[] = [
    ...(live.bucket.known ? [] : (['resource'] as const)),
    ...(live.scp.known ? [] : (['scp'] as const)),
    ...(endpoint === null || endpoint.document.known ? [] : (['endpoint'] as const)),
  ];
  switch (decision.decision) {
    case 'explicitDeny':
      return { verdict: 'denied', deniedBy, dependsOn };
    case 'implicitDeny': {
      const isOpen = deniedBy.every(({ policyType }) => unread.includes(policyType));
      return isOpen ? { verdict: 'unknown', deniedBy: [], dependsOn } : { verdict: 'denied', deniedBy, dependsOn };
    }
    case 'unknown':
      return { verdict: 'unknown', deniedBy: [], dependsOn };
    case 'allowed': {
      const restricted = restrictedTo(live, asked);
      if (restricted === true) return { verdict: 'denied', deniedBy: [], dependsOn };
      return { verdict: unread.length > 0 || restricted === null ? 'unknown' : 'passes', deniedBy: [], dependsOn };
    }
    default:
      return decision.decision satisfies never;
  }
}

/** Whether Block Public Access keeps this principal out of a bucket whose policy is public; null where it is not known. */
function restrictedTo({ bucket, restrictsPublic }: LivePolicies, { asker, bucket: { owner } }: Asked): boolean | null {
  const isStranger = asker.kind !== 'service' && asker.accountId !== owner;
  if (!isStranger || !bucket.known || bucket.value === null || !isPublic(bucket.value)) return false;
  return restrictsPublic.known ? restrictsPublic.value : null;
}

/** Keys that some document asks about, and that follow neither from the flags nor from the principal, are not known. */
function withOpenKeys(request: PerimeterRequest, policies: Policies, { asker }: Asked): PerimeterRequest {
  const { resource, endpoint, scp = [] } = policies;
  const documents = [...scp.flat(), ...[resource, endpoint].filter((document) => document !== undefined)];
  const told = new Set(Object.keys(request.context).map((key) => key.toLowerCase()));
  const isSettled = (key: string): boolean =>
    told.has(key) || impliedBy(asker, key) !== undefined || settled.some((pattern) => pattern.test(key));
  const open = [...new Set(documents.flatMap((document) => [...keysUsed(document)]))].filter((key) => !isSettled(key));
  return { ...request, unknown: [...(request.unknown ?? []), ...open] };
}

/** Keys of which the flags say all there is to say: without a value there they are absent. */
const settled = [
  /^aws:source(ip|vpc|vpcarn|vpce)$/,
  /^aws:principaltag\//,
  /^aws:principalorg(id|paths)$/,
  /^aws:(viaawsservice|calledvia|calledviafirst|calledvialast)$/,
  /^aws:principal(isawsservice|servicename|servicenameslist)$/,
  /^aws:(principalarn|principalaccount|username|requestedregion|resourceaccount)$/,
];

function seen(asked: Asked, live: LivePolicies, endpoint: EndpointPolicy): readonly PolicySeen[] {
  const { request, bucket } = asked;
  const policies = policiesOf(live, endpoint);
  const open = withOpenKeys(request, policies, asked);
  const decision = decisionOf(request, policies, asked);
  const lacks = (policyType: PolicyType): boolean =>
    decision.decision === 'implicitDeny' && decision.deniedBy.some((by) => by.policyType === policyType);
  const of = (policyType: PolicyType, name: string, document: PolicyDocument | null): PolicySeen => ({
    policyType,
    name,
    aside: null,
    statements: document === null ? [] : statementsSeen(open, document),
    lacksAllow: lacks(policyType),
  });
  const unread = (
    policyType: PolicyType,
    name: string,
    { action, why }: { readonly action: string; readonly why: string },
  ): PolicySeen => ({
    policyType,
    name,
    aside: `not known (${action}: ${why})`,
    statements: [],
    lacksAllow: false,
  });
  const unbound = whyUnbound(request);
  const bucketName = `the policy of bucket ${bucket.name}`;
  const scps: readonly PolicySeen[] = !live.scp.known
    ? [unread('scp', 'the SCPs of the account', live.scp)]
    : unbound !== null
      ? [{ policyType: 'scp', name: 'SCPs', aside: unbound, statements: [], lacksAllow: false }]
      : live.scp.value.flatMap((level) =>
          level.map(({ policy, target, document }) => of('scp', `SCP ${policy.name} on ${target}`, document)),
        );
  const restricted = restrictedTo(live, asked);
  return [
    ...scps,
    live.bucket.known ? of('resource', bucketName, live.bucket.value) : unread('resource', bucketName, live.bucket),
    ...(endpoint === null
      ? []
      : [
          endpoint.document.known
            ? of('endpoint', endpoint.name, endpoint.document.value)
            : unread('endpoint', endpoint.name, endpoint.document),
        ]),
    ...(restricted === true
      ? [
          {
            policyType: 'resource',
            name: 'Block Public Access (RestrictPublicBuckets)',
            aside: null,
            statements: [],
            lacksAllow: true,
          } as const,
        ]
      : restricted === null && !live.restrictsPublic.known
        ? [unread('resource', 'Block Public Access', live.restrictsPublic)]
        : []),
  ];
}
