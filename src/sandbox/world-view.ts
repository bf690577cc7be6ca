// The world as tests compare it: sorted, and without what differs between two worlds that are the same.
import { settledS3 } from './s3/state.ts';
import type { World } from './world.ts';

export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/**
 * What stands in the world, as plain data with sorted keys: without clock, sequence, faults, session keys, and what the
 * services keep only for a while (late answers, client tokens, past versions).
 */
export function canonicalWorld(world: World): Plain {
  const { organization } = world.organizations;
  const view = {
    scenario: world.scenario,
    identities: world.identities,
    accessKeys: Object.fromEntries(Object.entries(world.accessKeys).filter(([, key]) => key.expiresAt === null)),
    ec2: { ...world.ec2, clientTokens: {}, lags: {} },
    s3: settledS3(world.s3),
    organizations: {
      organization: organization && {
        ...organization,
        endedAttachments: [],
        policies: Object.fromEntries(Object.entries(organization.policies).map(([id, policy]) => [id, { ...policy, history: [] }])),
      },
    },
    cloudformation: world.cloudformation,
    iam: world.iam,
    route53: world.route53,
    quotas: world.quotas,
  };
  return sorted(JSON.parse(JSON.stringify(view)));
}

function sorted(value: Plain): Plain {
  if (isList(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

const isList = (value: Plain): value is readonly Plain[] => Array.isArray(value);
