// The company that most scenarios are about: its organization, Quilt in a member account with stack, network and buckets,
// and the people who come to it from different places.
import type { StackRecord } from '../cloudformation/state.ts';
import type { TrailState } from '../cloudtrail/state.ts';
import type { Organization } from '../organizations/state.ts';
import type { AccessKey } from '../world.ts';
import { addBucket, tlsOnly } from './buckets.ts';
import { type Draft, idOf } from './draft.ts';
import { accountIn, addRole, addUser, handOut } from './identities.ts';
import { addInterface, addSecurityGroup } from './network.ts';
import { addAccount, addOrganization, addUnit } from './organization.ts';
import { addQuiltNetwork, addVpnNetwork, type QuiltNetwork, type QuiltNetworkParts, type ServiceNetwork } from './quilt-network.ts';
import { addStack, physicalIdIn } from './stack.ts';
import { quiltTemplate } from './template.ts';
import { addTrail } from './trails.ts';

export const accounts = {
  management: '111122223333',
  quilt: '444455556666',
  network: '333344445555',
  logs: '222233334444',
  analytics: '555566667777',
  playground: '666677778888',
  /** In no organization. */
  outsider: '999988887777',
} as const;

/** Addresses as S3 sees them. The office is the trusted range of the story. */
export const addresses = {
  office: '198.51.100.10',
  officeRange: '198.51.100.0/24',
  elsewhere: '203.0.113.50',
  breakGlass: '192.0.2.50',
  outsider: '192.0.2.77',
} as const;

export interface CompanyParts {
  readonly quiltAccountId?: string;
  readonly network?: Omit<QuiltNetworkParts, 'ownerId'>;
  /** Name of the template's parameter for the endpoint; null: none. */
  readonly endpointParameter?: string | null;
  readonly stackTags?: { [key: string]: string };
  /** How often the canaries run; default `rate(1 hour)`. */
  readonly canarySchedule?: string;
  /** Where the operator's requests come from: an address, or through the VPN. */
  readonly operator?: AccessKey['network'] | 'vpn';
}

export interface Company {
  readonly organization: Organization;
  readonly units: { readonly infrastructure: string; readonly workloads: string; readonly sandbox: string };
  readonly quiltAccountId: string;
  readonly network: QuiltNetwork;
  readonly vpn: ServiceNetwork;
  readonly stack: StackRecord;
  /** Logs management events; data events where a scenario adds them. */
  readonly trail: TrailState;
}

/** Builds the company into an empty draft, with its identities and hints. */
export function addCompany(draft: Draft, parts: CompanyParts = {}): Company {
  const quiltAccountId = parts.quiltAccountId ?? accounts.quilt;
  const { organization, units } = addTree(draft, quiltAccountId);
  const network = addQuiltNetwork(draft, { ...parts.network, ownerId: quiltAccountId });
  const vpn = addVpnNetwork(draft, quiltAccountId);
  const stack = addQuiltStack(draft, network, {
    accountId: quiltAccountId,
    endpointParameter: parts.endpointParameter === undefined ? 'ApiGatewayVPCEndpointId' : parts.endpointParameter,
    tags: parts.stackTags ?? {},
    canarySchedule: parts.canarySchedule,
  });
  draft.world.ec2.serviceZones[`com.amazonaws.${draft.region}.execute-api`] = ['a', 'b', 'c', 'd', 'f'].map(
    (zone) => `${draft.region}${zone}`,
  );
  const testBucket = addQuiltBuckets(draft, quiltAccountId, stack);
  const trail = addTrail(draft, { name: 'corp-trail', accountId: quiltAccountId, bucket: `corp-cloudtrail-${quiltAccountId}` });
  const company: Company = { organization, units, quiltAccountId, network, vpn, stack, trail };
  addPeople(draft, company, parts.operator ?? { publicIp: addresses.office });
  draft.world.hints = {
    testBucket,
    stack: stack.name,
    vpc: network.vpc.id,
    trustedVpcs: [vpn.vpc.id],
    trustedCidrs: [addresses.officeRange],
    target: quiltAccountId,
    region: draft.region,
  };
  return company;
}

function addTree(draft: Draft, quiltAccountId: string): Pick<Company, 'organization' | 'units'> {
  const organization = addOrganization(draft, accounts.management);
  const [infrastructure, workloads, sandbox] = ['Infrastructure', 'Workloads', 'Sandbox'].map(
    (name) => addUnit(draft, organization, organization.root.id, name).id,
  ) as [string, string, string];
  addAccount(draft, organization, infrastructure, accounts.logs, 'Log Archive');
  addAccount(draft, organization, infrastructure, accounts.network, 'Network');
  addAccount(draft, organization, workloads, accounts.analytics, 'Analytics');
  addAccount(draft, organization, sandbox, accounts.playground, 'Playground');
  if (quiltAccountId !== accounts.management) addAccount(draft, organization, workloads, quiltAccountId, 'Quilt Production');
  return { organization, units: { infrastructure, workloads, sandbox } };
}

function addQuiltStack(
  draft: Draft,
  network: QuiltNetwork,
  parts: {
    readonly accountId: string;
    readonly endpointParameter: string | null;
    readonly tags: { [key: string]: string };
    readonly canarySchedule: string | undefined;
  },
): StackRecord {
  const { accountId } = parts;
  const ids = (subnets: readonly { readonly id: string }[]) => subnets.map(({ id }) => id).join(',');
  const stack = addStack(draft, {
    name: 'quilt-prod',
    accountId,
    template: quiltTemplate(parts.endpointParameter, parts.canarySchedule),
    parameters: {
      VPC: network.vpc.id,
      Subnets: ids(network.privateSubnets),
      UserSubnets: ids(network.userSubnets),
      UserSecurityGroup: network.userGroup.id,
      DBUrl: 'postgresql://quilt:sandbox-database-password@quilt-prod.internal:5432/quilt',
      DBAccessorSecurityGroup: network.databaseGroup.id,
      SearchDomainEndpoint: `vpc-quilt-prod.${draft.region}.es.amazonaws.com`,
      SearchDomainArn: `arn:aws:es:${draft.region}:${accountId}:domain/quilt-prod`,
      SearchClusterAccessorSecurityGroup: network.searchGroup.id,
      CertificateArnELB: `arn:aws:acm:${draft.region}:${accountId}:certificate/2f9d7a10-5c3e-4b1f-9d52-8f6d1c0a7b34`,
      QuiltWebHost: 'catalog.example.com',
      AdminEmail: 'data-platform@example.com',
      AdminPassword: 'sandbox-admin-password',
      PasswordAuth: 'Disabled',
      CanaryNotificationsEmail: 'data-platform@example.com',
      RegistrySize: '3',
    },
    tags: parts.tags,
  });
  const serviceGroup = addSecurityGroup(draft, network.vpc, {
    name: 'quilt-prod-services',
    description: 'Services of Quilt',
    id: physicalIdIn(stack, 'ServiceSecurityGroup'),
  });
  for (const [index, subnet] of network.privateSubnets.entries())
    addInterface(draft, subnet, {
      name: 'quilt-prod-packager',
      privateIp: `10.0.${index * 16}.20`,
      interfaceType: 'lambda',
      description: `AWS Lambda VPC ENI-quilt-prod-packager-${idOf(draft, 'fn', 'packager').slice(3)}`,
      attachedTo: physicalIdIn(stack, 'PackagerFunction'),
      requesterId: 'AROASANDBOXLAMBDA:quilt-prod-packager',
      groups: [serviceGroup.id],
    });
  return stack;
}

function addQuiltBuckets(draft: Draft, accountId: string, stack: StackRecord): string {
  const ofStack = (logicalId: string) => ({
    'aws:cloudformation:stack-name': stack.name,
    'aws:cloudformation:stack-id': stack.id,
    'aws:cloudformation:logical-id': logicalId,
  });
  const packages = { '.quilt/named_packages/team/results/latest': '7d3a', 'results/plate-1.csv': 'well,value\nA1,0.42\n' };
  for (const logicalId of ['AnalyticsBucket', 'ServiceBucket'])
    addBucket(draft, {
      name: physicalIdIn(stack, logicalId),
      accountId,
      objects: { 'index.json': '{"version":1}' },
      tags: ofStack(logicalId),
      ...(logicalId === 'ServiceBucket' ? { versioning: 'Enabled' } : {}),
    });
  for (const name of ['quilt-raw-data', 'quilt-curated-data', 'quilt-genomics']) {
    const bucket = `${name}-${accountId}`;
    const parts = name === 'quilt-genomics' ? { policy: tlsOnly(bucket) } : { tags: { 'quilt-stack': stack.name } };
    addBucket(draft, { name: bucket, accountId, objects: packages, ...parts });
  }
  addBucket(draft, { name: `corp-cloudtrail-${accountId}`, accountId, objects: { 'AWSLogs/readme.txt': 'trail logs' } });
  addBucket(draft, {
    name: `corp-terraform-state-${accountId}`,
    accountId,
    objects: { 'network.tfstate': '{"version":4}' },
    versioning: 'Enabled',
  });
  return addBucket(draft, { name: `quilt-perimeter-test-${accountId}`, accountId }).name;
}

function addPeople(draft: Draft, company: Company, operator: AccessKey['network'] | 'vpn'): void {
  const { quiltAccountId, network, vpn } = company;
  accountIn(draft, accounts.management).aliases = ['example-management'];
  if (quiltAccountId !== accounts.management) accountIn(draft, quiltAccountId).aliases = ['example-quilt'];
  // Clients of a VPN stand in no subnet.
  const throughVpn = { vpcId: vpn.vpc.id, subnetId: null };
  const platformAdmin = addRole(draft, quiltAccountId, { name: 'PlatformAdmin', description: 'Runs the platform', administrator: true });
  const organizationAdmin = addRole(draft, accounts.management, {
    name: 'OrganizationAdmin',
    description: 'Runs the organization',
    administrator: true,
    trustedBy: { AWS: [`arn:aws:iam::${accounts.management}:root`, platformAdmin.arn] },
  });
  const breakGlass = addRole(draft, quiltAccountId, {
    name: 'BreakGlass',
    description: 'Fail-safe entry: exempt from the network perimeter',
    administrator: true,
    trustedBy: { AWS: [`arn:aws:iam::${quiltAccountId}:root`, organizationAdmin.arn] },
    tags: { NetworkRestrictedExempt: 'true' },
  });
  const scientist = addRole(draft, quiltAccountId, {
    name: 'DataScientist',
    inline: {
      ReadQuilt: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
            Resource: ['arn:aws:s3:::quilt-*', 'arn:aws:s3:::quilt-*/*'],
          },
          { Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' },
        ],
      },
    },
  });
  handOut(draft, 'operator', platformAdmin, operator === 'vpn' ? throughVpn : operator);
  handOut(draft, 'management', organizationAdmin, { publicIp: addresses.office });
  handOut(draft, 'breakGlass', breakGlass, { publicIp: addresses.breakGlass });
  handOut(draft, 'vpnUser', scientist, throughVpn);
  const packager = accountIn(draft, quiltAccountId).roles[physicalIdIn(company.stack, 'PackagerRole')];
  if (packager) handOut(draft, 'quiltLambda', packager, { vpcId: network.vpc.id, subnetId: network.privateSubnets[0]?.id ?? null });
  handOut(draft, 'outsider', addUser(draft, accounts.outsider, 'stranger'), { publicIp: addresses.outsider });
}
