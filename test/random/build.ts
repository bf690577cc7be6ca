// Makes a sandbox's world of a landscape: the company of the scenarios, with what the landscape says in place of its network,
// stack, buckets and organization. Any landscape makes a world: what does not fit wraps around or falls back.
import { buildScenario } from '../../src/sandbox/scenarios/index.ts';
import type { World } from '../../src/sandbox/world.ts';
import { quiltWorld } from '../support/quilt-world.ts';
import { buildAccount, buildBuckets, buildStack } from './build-accounts.ts';
import { buildEndpoints } from './build-endpoints.ts';
import { buildNetwork, share } from './build-network.ts';
import { buildOrganization } from './build-organization.ts';
import type { Landscape } from './parts.ts';

/** @param now simulated milliseconds since the epoch at which the world begins */
export function worldOf(landscape: Landscape, now: number): World {
  const scenario = landscape.organization.quiltIsManagement ? 'single-account' : 'greenfield';
  const world = buildScenario(scenario, { now, speed: 60, seed: landscape.seed });
  const named = quiltWorld(world);
  const network = buildNetwork(named, landscape);
  buildEndpoints(named, landscape, network);
  buildStack(named, landscape.stack, network);
  buildBuckets(named, landscape.buckets);
  buildOrganization(named, landscape);
  buildAccount(named, landscape, network);
  if (landscape.vpc.isShared) share(named);
  return world;
}
