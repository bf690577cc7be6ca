// The endpoints step's plan: pure, over what was read.
import type { Change, Confirmation, Ref, StepPlan } from '../../engine/types.ts';
import type { Choices } from '../choices.ts';
import type { Landscape } from '../landscape.ts';
import {
  type ApiEndpoint,
  apiEndpoint,
  createApiEndpoint,
  needsDnsAttributes,
  turnOnPrivateDns,
  turnsOnPrivateDns,
} from './api-endpoint.ts';
import { endpointsFindings } from './findings/all.ts';
import { endpointKeys } from './keys.ts';
import { type S3Endpoint, s3Changes, s3Endpoint } from './s3-endpoint.ts';
import { groupChanges, ourGroup } from './security-group-plan.ts';

/** The plan, and the endpoint that the stack's parameter is to hold: its id, or a ref to the change that makes it. */
export function planEndpoints(landscape: Landscape, choices: Choices): { readonly plan: StepPlan; readonly endpoint: string | Ref | null } {
  const keys = endpointKeys(choices.vpc);
  const api = apiEndpoint(landscape, choices);
  const s3 = s3Endpoint(landscape, choices);
  const changes = [...dnsChanges(landscape, choices), ...apiChanges(api, landscape, choices), ...s3Changes(s3, landscape, choices)];
  return {
    plan: {
      changes,
      confirmations: confirmations(changes, choices),
      findings: endpointsFindings(landscape, choices),
      notes: notes(api, s3, landscape, choices),
    },
    endpoint: api.type === 'stands' ? api.endpoint.id : api.type === 'make' ? { ref: keys.api, field: 'id' } : null,
  };
}

function apiChanges(api: ApiEndpoint, landscape: Landscape, choices: Choices): readonly Change[] {
  const groupId = ourGroup(landscape, choices)?.id ?? null;
  switch (api.type) {
    case 'impossible':
      return [];
    case 'stands':
      return [
        ...(api.ours ? groupChanges(landscape, choices) : []),
        ...(turnsOnPrivateDns(landscape, choices) ? [turnOnPrivateDns(api.endpoint, landscape, choices)] : []),
      ];
    case 'make':
      return [...groupChanges(landscape, choices), createApiEndpoint(api.subnets, groupId, landscape, choices)];
    default:
      return api satisfies never;
  }
}

/** Private DNS needs both attributes (A11), and host names need DNS support. */
function dnsChanges(landscape: Landscape, choices: Choices): readonly Change[] {
  const { network, survey } = landscape;
  const keys = endpointKeys(choices.vpc);
  if (!needsDnsAttributes(landscape, choices) || network.vpc.ownerId !== survey.quilt.accountId) return [];
  // They stood without it, and do not keep it from being turned off again.
  const privateDnsOf = network.endpoints.filter(({ privateDns }) => privateDns).map(({ id }) => id);
  const change = (key: string, attribute: string, needs: readonly string[]): Change => ({
    key,
    action: 'update',
    target: { accountId: survey.quilt.accountId, region: survey.quilt.region, type: 'AWS::EC2::VPC', name: choices.vpc },
    summary: `${attribute} on ${choices.vpc}`,
    reason: 'private DNS needs it',
    before: { value: false, privateDnsOf, zones: network.hostedZones.known ? network.hostedZones.value.map(({ id }) => id) : null },
    after: { kind: 'dns-attribute', vpcId: choices.vpc, attribute, value: true },
    risk: 'additive',
    confirm: 'endpoints/additive',
    needs,
    seconds: null,
    usdPerMonth: 0,
  });
  const support = network.dnsSupport ? [] : [change(keys.dnsSupport, 'enableDnsSupport', [])];
  const hostnames = network.dnsHostnames
    ? []
    : [
        change(
          keys.dnsHostnames,
          'enableDnsHostnames',
          support.map(({ key }) => key),
        ),
      ];
  return [...support, ...hostnames];
}

function confirmations(changes: readonly Change[], choices: Choices): readonly Confirmation[] {
  const additive = changes.filter(({ confirm }) => confirm === 'endpoints/additive');
  const access = changes.filter(({ confirm }) => confirm === 'endpoints/access');
  const s3 = access.some(({ key }) => key.startsWith(endpointKeys(choices.vpc).s3));
  const { api, privateDns } = endpointKeys(choices.vpc);
  const makes = access.some(({ key }) => key === api);
  const dns = access.some(({ key }) => key === privateDns);
  const effects = [
    ...(s3 ? ["route the private subnets' S3 traffic through the gateway endpoint (open S3 connections drop)"] : []),
    ...(makes ? ['make the API Gateway endpoint with private DNS for execute-api'] : []),
    ...(dns ? ['turn on private DNS for execute-api'] : []),
  ];
  return [
    ...(additive.length > 0 ? [{ id: 'endpoints/additive', text: additiveText(additive, choices), typed: [] }] : []),
    ...(access.length > 0 ? [{ id: 'endpoints/access', text: `In ${choices.vpc}: ${effects.join(', and ')}?`, typed: [] }] : []),
  ];
}

function notes(api: ApiEndpoint, s3: S3Endpoint, { survey }: Landscape, choices: Choices): readonly string[] {
  const unread = choices.trustedVpcs.filter((id) => !survey.vpcs.some((vpc) => vpc.id === id));
  return [
    ...(api.type === 'stands' ? [`API Gateway endpoint ${api.endpoint.id} stands and is used`] : []),
    ...(api.type === 'stands' && !api.ours && choices.privateDns && !api.endpoint.privateDns
      ? [
          `its private DNS is off and left so, since this tool did not make it; to turn it on: aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${api.endpoint.id} --private-dns-enabled`,
        ]
      : []),
    ...(s3.type === 'nothing' && s3.endpointIds.length > 0
      ? [`the private subnets' S3 traffic goes through ${s3.endpointIds.join(', ')} already`]
      : []),
    ...(s3.type === 'nothing'
      ? []
      : ["policies of other accounts' buckets cannot be read: whether they rely on aws:SourceIp is for their owners to tell (QP111)"]),
    ...(choices.clientCidrs.length === 0 && unread.length > 0
      ? [`CIDRs of ${unread.join(', ')} cannot be read here, so the endpoint does not admit them: name them with --client-cidr`]
      : []),
  ];
}

const additiveText = (changes: readonly Change[], choices: Choices): string =>
  changes.some(({ key }) => key === endpointKeys(choices.vpc).api)
    ? `Make the API Gateway endpoint and what it needs in ${choices.vpc}?`
    : `Make what the API Gateway endpoint needs in ${choices.vpc}?`;
