// What AWS tells beside a trail: tags and trust policies of the principals in it, accounts, own addresses, what is logged at all.
import type { AwsContext } from '../aws/context.ts';
import { type OrganizationTree, readTree } from '../aws/organization-tree.ts';
import { readOrUnknown } from '../aws/refused.ts';
import type { Address, NatGateway, Vpc, VpcEndpoint } from '../aws/types.ts';
import type { Finding } from '../findings.ts';
import type { PerimeterSpec } from '../policy/perimeter.ts';
import type { Known } from '../ports.ts';
import { readPrincipals } from './read-principals.ts';
import { scopeOf } from './scope.ts';
import type { TrailReading, TrailWindow } from './types.ts';
import { whoOf } from './who.ts';
import type { AccountSet, AssessWorld, EndpointSeen, PrincipalTags } from './world.ts';

/** What somebody said: the perimeter, and what the flags give. */
export interface Said {
  readonly spec: PerimeterSpec;
  readonly testBucket: string | null;
  readonly window: TrailWindow;
  /** `--vpce-map`: VPC ids by endpoint id. */
  readonly vpcOf: ReadonlyMap<string, string>;
  readonly namedTags: ReadonlyMap<string, PrincipalTags>;
  readonly otherTags: PrincipalTags | null;
  /** Ranges that somebody typed: client CIDRs, the operator's address. */
  readonly typedRanges: readonly string[];
}

/** What the survey found. */
export interface Surveyed {
  readonly accountId: string;
  readonly region: string;
  readonly managementAccountId: string | null;
  readonly targets: readonly string[];
  readonly vpcs: readonly Vpc[];
  readonly endpoints: readonly VpcEndpoint[];
  readonly natGateways: readonly NatGateway[];
  readonly addresses: readonly Address[];
  /** QP601, and whatever else could not be told. */
  readonly findings: readonly Finding[];
}

const nobody: AccountSet = { ids: new Set(), complete: false };

/** The world without asking AWS: every account in the log is taken to be under a target, and in the organization. */
export function worldOffline(said: Said, reading: TrailReading): AssessWorld {
  const accounts: AccountSet = { ids: accountsIn(reading, said), complete: true };
  return {
    ...shared(said),
    endpoints: mapped(said.vpcOf),
    bound: accounts,
    members: accounts,
    managementAccountId: null,
    principals: new Map(),
    ownAddresses: said.typedRanges,
    accountId: null,
    region: null,
    findings: [],
  };
}

/** The world as AWS tells it; what may not be read stays unknown. Of principals only those in the trail are asked for. */
export async function readWorld(
  said: Said,
  surveyed: Surveyed,
  reading: Pick<TrailReading, 'counts'>,
  ctx: AwsContext,
): Promise<AssessWorld> {
  const { accountId, region, managementAccountId, targets } = surveyed;
  const accounts = accountsIn(reading, said);
  const others = [...accounts].filter((id) => id !== accountId && id !== managementAccountId);
  const byAccount = targets.every(isAccount);
  // Without an organization, or the right to see it, there is no tree to read.
  const asked = managementAccountId !== null && (others.length > 0 || !byAccount);
  const tree = asked ? await readOrUnknown('organizations:ListAccountsForParent', () => readTree(ctx)) : null;
  const own = new Set([accountId, ...(managementAccountId === null ? [] : [managementAccountId])]);
  const members: AccountSet =
    tree?.known === true ? { ids: new Set(accountsUnder(tree.value)), complete: true } : { ids: own, complete: false };
  const principals = await readPrincipals(said, accountId, reading, ctx);
  return {
    ...shared(said),
    endpoints: new Map([...mapped(said.vpcOf), ...inventory(said.spec.partition, surveyed)]),
    bound: byAccount ? { ids: new Set(targets), complete: true } : boundBy(targets, tree),
    members,
    managementAccountId,
    principals: principals.facts,
    ownAddresses: [
      ...surveyed.addresses.map(({ publicIp }) => publicIp),
      ...surveyed.natGateways.flatMap(({ addresses }) => addresses.flatMap(({ publicIp }) => publicIp ?? [])),
      ...said.typedRanges,
    ],
    accountId,
    region,
    findings: [...surveyed.findings, ...principals.findings],
  };
}

const shared = ({ spec, testBucket, window, namedTags, otherTags }: Said) => ({ spec, testBucket, window, namedTags, otherTags });

const isAccount = (id: string): boolean => /^\d{12}$/.test(id);

const mapped = (vpcOf: ReadonlyMap<string, string>): ReadonlyMap<string, EndpointSeen> =>
  new Map([...vpcOf].map(([id, vpcId]) => [id, { vpcId, vpcArn: null }]));

const inventory = (partition: string, { endpoints, vpcs, region }: Surveyed): ReadonlyMap<string, EndpointSeen> =>
  new Map(
    endpoints.map(({ id, vpcId, ownerId }) => {
      const owner = vpcs.find((vpc) => vpc.id === vpcId)?.ownerId ?? ownerId;
      return [id, { vpcId, vpcArn: `arn:${partition}:ec2:${region}:${owner}:vpc/${vpcId}` }];
    }),
  );

function accountsIn(reading: Pick<TrailReading, 'counts'>, { spec, testBucket }: Said): ReadonlySet<string> {
  const isInScope = scopeOf(spec, testBucket);
  return new Set(
    reading.counts.flatMap(({ path }) =>
      path.bucket !== null && isInScope(path.bucket) ? (whoOf(path, spec.partition).accountId ?? []) : [],
    ),
  );
}

const accountsUnder = ({ target, children }: OrganizationTree): readonly string[] => [
  ...(target.type === 'ACCOUNT' ? [target.id] : []),
  ...children.flatMap(accountsUnder),
];

function boundBy(targets: readonly string[], tree: Known<OrganizationTree> | null): AccountSet {
  const named = targets.filter(isAccount);
  if (tree?.known !== true) return { ...nobody, ids: new Set(named) };
  const under = (node: OrganizationTree): readonly string[] =>
    targets.includes(node.target.id) ? accountsUnder(node) : node.children.flatMap(under);
  return { ids: new Set([...named, ...under(tree.value)]), complete: true };
}
