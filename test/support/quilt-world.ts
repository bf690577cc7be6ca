// The company's world by name, as a scenario made it: what a test changes before the sandbox begins.
import type { StackRecord } from '../../src/sandbox/cloudformation/state.ts';
import type { RouteTable, SecurityGroup, Subnet, Vpc } from '../../src/sandbox/ec2/state.ts';
import type { IamAccount } from '../../src/sandbox/iam/state.ts';
import type { Organization } from '../../src/sandbox/organizations/state.ts';
import type { BucketState } from '../../src/sandbox/s3/state.ts';
import { accounts } from '../../src/sandbox/scenarios/company.ts';
import type { Draft } from '../../src/sandbox/scenarios/draft.ts';
import type { World } from '../../src/sandbox/world.ts';

export interface QuiltWorld {
  readonly world: World;
  /** For the scenarios' own builders. */
  readonly draft: Draft;
  readonly accountId: string;
  readonly region: string;
  readonly vpc: Vpc;
  /** The VPC that the VPN ends in, trusted too. */
  readonly vpn: Vpc;
  readonly stack: StackRecord;
  readonly organization: Organization;
  readonly iam: IamAccount;
  readonly testBucket: BucketState;
  /** The VPC's subnets of a kind: `private`, `public`, `intra`, `user`. */
  subnets(kind: string): readonly Subnet[];
  /** The VPC's tables by kind: `private` has three, the others one, `main` is not associated. */
  tables(kind: string): readonly RouteTable[];
  group(name: string): SecurityGroup;
  /** A bucket by the beginning of its name: `quilt-raw-data`. */
  bucket(name: string): BucketState;
  /** Changes the stack's template as data. */
  template(change: (template: Body) => void): void;
}

/** A template's parts as far as tests change them. */
export interface Body {
  [name: string]: Body;
}

/** The names in a world of any scenario that is about the company. */
export function quiltWorld(world: World): QuiltWorld {
  const { hints, ec2 } = world;
  const stack = there(
    Object.values(world.cloudformation.stacks).find(({ name }) => name === hints.stack),
    'stack',
  );
  const { accountId } = stack;
  const vpc = there(ec2.vpcs[hints.vpc], 'VPC');
  const named = <T extends { readonly tags: { readonly [key: string]: string } }>(things: { [id: string]: T }, name: RegExp) =>
    Object.values(things).filter(({ tags }) => name.test(tags.Name ?? ''));
  return {
    world,
    draft: { world, region: hints.region, now: world.clock.base, seed: world.seed },
    accountId,
    region: hints.region,
    vpc,
    vpn: there(ec2.vpcs[hints.trustedVpcs[0] ?? ''], 'VPN'),
    stack,
    organization: there(world.organizations.organization, 'organization'),
    iam: there(world.iam.accounts[accountId], 'account'),
    testBucket: there(world.s3.buckets[hints.testBucket], 'test bucket'),
    subnets: (kind) => named(ec2.subnets, new RegExp(`^quilt-${kind}-`)),
    tables: (kind) => named(ec2.routeTables, new RegExp(`^quilt-${kind}(-|$)`)),
    group: (name) =>
      there(
        Object.values(ec2.securityGroups).find((group) => group.vpcId === vpc.id && group.name === name),
        `group ${name}`,
      ),
    bucket: (name) => there(world.s3.buckets[`${name}-${accountId}`], `bucket ${name}`),
    template(change) {
      const body: Body = JSON.parse(stack.content.template);
      change(body);
      stack.content.template = JSON.stringify(body);
    },
  };
}

/** An account of the organization that is not Quilt's. */
export const elsewhere = accounts.network;

function there<T>(thing: T | null | undefined, what: string): T {
  if (thing === null || thing === undefined) throw new Error(`the scenario has no ${what}`);
  return thing;
}
