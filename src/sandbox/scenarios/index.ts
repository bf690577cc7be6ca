// The worlds that the sandbox can begin with. Each is the same company, but for what its line says.

import { managementEvents, objectEventsOf } from '../cloudtrail/state.ts';
import type { World } from '../world.ts';
import { addBucket, officeOnly } from './buckets.ts';
import { accounts, addCompany, addresses, type Company } from './company.ts';
import { type Draft, newDraft } from './draft.ts';
import { addGatewayEndpoint, addTransitGateway } from './endpoints.ts';
import { addFunctionOutside } from './functions.ts';
import { addRole } from './identities.ts';
import { fillUp } from './large.ts';
import { addEgressOnlyGateway, addNatGateway, addRoute, toAll } from './network.ts';
import { addServiceControlPolicy, enablePolicyType } from './organization.ts';
import { addHubNetwork } from './quilt-network.ts';

interface Scenario {
  /** One line for people. */
  readonly summary: string;
  build(draft: Draft): void;
}

const scenarios: { readonly [name: string]: Scenario } = {
  greenfield: {
    summary: 'no endpoints, no NAT gateway, no SCPs: the whole job',
    build: (draft) => void addCompany(draft),
  },
  canaries: {
    summary: "Quilt's canaries run every five minutes",
    build: (draft) => void addCompany(draft, { canarySchedule: 'rate(5 minutes)' }),
  },
  brownfield: {
    summary: 'NAT gateway, S3 endpoint and SCPs stand already; IPv6, another Region, an IP allow-list',
    build: brownfield,
  },
  vpn: { summary: "the operator comes through the VPN's VPC", build: (draft) => void addCompany(draft, { operator: 'vpn' }) },
  'single-account': {
    summary: 'Quilt in the management account, which SCPs never bind',
    build: (draft) => void addCompany(draft, { quiltAccountId: accounts.management }),
  },
  transit: { summary: 'the way out leads through a transit gateway; endpoints are central', build: transit },
  'locked-out': {
    summary: 'the operator comes from outside every trusted range',
    build: (draft) => void addCompany(draft, { operator: { publicIp: addresses.elsewhere } }),
  },
  flapping: {
    summary: "the operator's address alternates between a trusted one and another",
    build: (draft) => void addCompany(draft, { operator: { publicIp: addresses.office, flap: [addresses.elsewhere] } }),
  },
  'terraform-owned': { summary: 'Terraform owns tables, endpoint and stack', build: terraformOwned },
  large: {
    summary: '1,000 VPCs, 4,000 subnets, 2,000 buckets, 500 accounts',
    build: (draft) => fillUp(draft, addCompany(draft), { vpcs: 1000, subnets: 4000, buckets: 2000, accounts: 500 }),
  },
};

/** The names of all scenarios; the first is the default. */
export const scenarioNames: readonly string[] = Object.keys(scenarios);

/** What a scenario is about, in one line; undefined for a name that is none. */
export const scenarioSummary = (name: string): string | undefined => scenarios[name]?.summary;

/**
 * A new world. `now` is the simulated moment at which it begins (ms since the epoch), `speed` simulated seconds per second.
 * Same name and seed make the same world. Throws RangeError for a name that is none.
 */
export function buildScenario(name: string, options: { readonly now: number; readonly speed: number; readonly seed: number }): World {
  const scenario = scenarios[name];
  if (!scenario) throw new RangeError(`no scenario ${name}: ${scenarioNames.join(', ')}`);
  const draft = newDraft({ scenario: name, ...options });
  scenario.build(draft);
  return draft.world;
}

function brownfield(draft: Draft): void {
  const company = addCompany(draft, { network: { ipv6: true, enableDnsHostnames: true } });
  const { network, quiltAccountId, organization, units, trail } = company;
  trail.eventSelectors = [];
  trail.advancedEventSelectors = [managementEvents, objectEventsOf('arn:aws:s3:::quilt-')];
  const [first] = network.publicSubnets;
  if (first) {
    const nat = addNatGateway(draft, first, { name: 'quilt-nat', publicIp: '192.0.2.10', privateIp: '10.0.48.10' });
    for (const table of network.privateTables) addRoute(table, toAll('NatGatewayId', nat.id));
  }
  const egress = addEgressOnlyGateway(draft, network.vpc);
  for (const table of network.privateTables)
    addRoute(table, { destination: '::/0', target: { kind: 'EgressOnlyInternetGatewayId', id: egress.id } });
  addGatewayEndpoint(draft, network.vpc, { name: 'quilt-s3', service: 's3', tables: network.privateTables.slice(0, 2) });
  enablePolicyType(draft, organization);
  addServiceControlPolicy(
    draft,
    organization,
    'DenyLeavingTheOrganization',
    { Version: '2012-10-17', Statement: [{ Sid: 'Stay', Effect: 'Deny', Action: 'organizations:LeaveOrganization', Resource: '*' }] },
    [units.workloads, quiltAccountId],
  );
  addBucket(draft, {
    name: `quilt-archive-${quiltAccountId}`,
    accountId: quiltAccountId,
    region: 'eu-west-1',
    objects: { 'archive/2019.tar': 'old' },
  });
  const allows = (actions: readonly string[], resources: readonly string[]) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: resources }],
  });
  addFunctionOutside(draft, quiltAccountId, {
    name: 'nightly-report',
    policy: allows(['s3:GetObject', 's3:ListBucket'], ['arn:aws:s3:::quilt-*', 'arn:aws:s3:::quilt-*/*']),
  });
  addFunctionOutside(draft, quiltAccountId, { name: 'chat-notifier', policy: allows(['sns:Publish'], ['*']) });
  addRole(draft, quiltAccountId, {
    name: 'RawDataDelivery',
    description: 'Firehose delivers with it',
    trustedBy: { Service: 'firehose.amazonaws.com' },
    inline: { Deliver: allows(['s3:PutObject'], [`arn:aws:s3:::quilt-raw-data-${quiltAccountId}/*`]) },
  });
  const curated = draft.world.s3.buckets[`quilt-curated-data-${quiltAccountId}`];
  if (curated) curated.policy = JSON.stringify(officeOnly(curated.name, accounts.analytics, [addresses.officeRange]), null, 2);
}

function transit(draft: Draft): void {
  const { network, vpn } = addCompany(draft);
  const hub = addHubNetwork(draft, accounts.network);
  const gateway = addTransitGateway(draft, 'corporate', accounts.network, [network.vpc, vpn.vpc, hub.vpc]);
  for (const table of network.privateTables) addRoute(table, toAll('TransitGatewayId', gateway.id));
}

function terraformOwned(draft: Draft): void {
  const tags = { Terraform: 'true', ManagedBy: 'terraform', Module: 'quiltdata/iac//modules/vpc' };
  const { network }: Company = addCompany(draft, {
    network: { tags, enableDnsHostnames: true },
    endpointParameter: 'ApiGatewayVPCEndpoint',
    stackTags: tags,
  });
  for (const [index, subnet] of network.publicSubnets.entries()) {
    const nat = addNatGateway(draft, subnet, {
      name: `quilt-nat-${index}`,
      publicIp: `192.0.2.${10 + index}`,
      privateIp: `10.0.${48 + index}.10`,
      tags,
    });
    const table = network.privateTables[index];
    if (table) addRoute(table, toAll('NatGatewayId', nat.id));
  }
  addGatewayEndpoint(draft, network.vpc, {
    name: 'quilt-s3',
    service: 's3',
    tables: [network.publicTable, ...network.privateTables.slice(0, 2)],
    tags,
  });
}
