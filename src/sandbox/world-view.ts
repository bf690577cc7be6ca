// The world as tests compare it: sorted, and without what differs between two worlds that are the same.
import { settleCloudFormation } from './cloudformation/settle.ts';
import { isTrailFile } from './cloudtrail/deliver.ts';
import { settledEc2 } from './ec2/store.ts';
import { settleOrganizations } from './organizations/settle.ts';
import type { Attachment, OrganizationsState } from './organizations/state.ts';
import { type S3State, settledS3 } from './s3/state.ts';
import type { World } from './world.ts';

export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/**
 * What stands in the world at `now` (simulated milliseconds), as plain data with sorted keys: without clock, sequence,
 * faults, session keys, trails' files, and what the services keep only for a while (things being deleted, late
 * answers, client tokens, past versions). Attachments stand by policy and target.
 */
export function canonicalWorld(world: World, now: number): Plain {
  const { scenario, identities, iam, route53, quotas, cloudTrail, lambda } = world;
  const cloudformation = structuredClone(world.cloudformation);
  settleCloudFormation(cloudformation, now);
  const view = {
    scenario,
    identities,
    accessKeys: Object.fromEntries(Object.entries(world.accessKeys).filter(([, key]) => key.expiresAt === null)),
    ec2: settledEc2(world.ec2),
    s3: world.cloudTrail === undefined ? settledS3(world.s3) : withoutTrailFiles(settledS3(world.s3)),
    organizations: settledOrganizations(world.organizations, now),
    cloudformation,
    iam,
    route53,
    quotas,
    ...(lambda === undefined ? {} : { lambda }),
    ...(cloudTrail === undefined ? {} : { cloudTrail: { trails: cloudTrail.trails } }),
  };
  return sorted(JSON.parse(JSON.stringify(view)));
}

const withoutTrailFiles = (state: S3State): S3State => ({
  ...state,
  buckets: Object.fromEntries(
    Object.entries(state.buckets).map(([name, bucket]) => [
      name,
      { ...bucket, objects: Object.fromEntries(Object.entries(bucket.objects).filter(([key]) => !isTrailFile(key))) },
    ]),
  ),
});

function settledOrganizations(state: OrganizationsState, now: number): unknown {
  const copy = structuredClone(state);
  settleOrganizations(copy, now);
  if (!copy.organization) return { organization: null };
  const { endedAttachments: _past, attachments, policies, ...standing } = copy.organization;
  const current = Object.entries(policies).map(([id, { history: _versions, ...policy }]) => [id, policy]);
  return { organization: { ...standing, policies: Object.fromEntries(current), attachments: byPolicy(attachments) } };
}

function byPolicy(attachments: readonly Attachment[]): Record<string, Record<string, number>> {
  const found: Record<string, Record<string, number>> = {};
  for (const { policyId, targetId, attachedAt } of attachments) {
    found[policyId] = { ...found[policyId], [targetId]: attachedAt };
  }
  return found;
}

function sorted(value: Plain): Plain {
  if (isList(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

const isList = (value: Plain): value is readonly Plain[] => Array.isArray(value);
