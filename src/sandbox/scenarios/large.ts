// A company that has grown: the same Quilt among a thousand VPCs, two thousand buckets and five hundred accounts.
import { addBucket } from './buckets.ts';
import type { Company } from './company.ts';
import type { Draft } from './draft.ts';
import { addSubnet, addVpc } from './network.ts';
import { addAccount, addUnit } from './organization.ts';

export interface Size {
  readonly vpcs: number;
  readonly subnets: number;
  readonly buckets: number;
  readonly accounts: number;
}

/** Fills the world up to exactly these numbers of things, those of the company included. About one new bucket in twenty is in scope. */
export function fillUp(draft: Draft, company: Company, size: Size): void {
  fillNetwork(draft, company.quiltAccountId, size);
  const { buckets } = draft.world.s3;
  for (let index = Object.keys(buckets).length; index < size.buckets; index += 1) {
    const name = index % 20 === 0 ? `quilt-project-${index}` : `team-${index % 40}-data-${index}`;
    addBucket(draft, { name, accountId: company.quiltAccountId, objects: { 'readme.md': `# ${name}` } });
  }
  const { organization } = company;
  for (let index = Object.keys(organization.accounts).length; index < size.accounts; index += 1) {
    const division = unitNamed(draft, company, company.units.workloads, `Division ${index % 8}`);
    const team = unitNamed(draft, company, division, `Team ${index % 40}`);
    addAccount(draft, organization, team, String(700_000_000_000 + index), `Team ${index % 40} account ${index}`);
  }
}

function fillNetwork(draft: Draft, ownerId: string, size: Size): void {
  const { ec2 } = draft.world;
  const missing = size.vpcs - Object.keys(ec2.vpcs).length;
  let subnets = size.subnets - Object.keys(ec2.subnets).length;
  for (let index = 0; index < missing; index += 1) {
    const second = 64 + (index % 128);
    const vpc = addVpc(draft, { name: `team-${index}`, ownerId, cidr: `10.${second}.0.0/16` });
    // As even as it goes: what is left is shared out among the VPCs that are left.
    const here = Math.ceil(subnets / (missing - index));
    for (let third = 0; third < here; third += 1) {
      const zone = `${draft.region}${'abc'[third % 3]}`;
      addSubnet(draft, vpc, { name: `team-${index}-${third}`, cidr: `10.${second}.${third}.0/24`, zone });
    }
    subnets -= here;
  }
  draft.world.quotas.applied[`${ownerId}/${draft.region}/vpc/L-F678F1CE`] = size.vpcs + 100;
}

function unitNamed(draft: Draft, { organization }: Company, parentId: string, name: string): string {
  const known = Object.values(organization.units).find((unit) => unit.parentId === parentId && unit.name === name);
  return (known ?? addUnit(draft, organization, parentId, name)).id;
}
