// AWS Organizations: the tree, its policies and who may touch them, as facts D1–D20 have it. Policies are stored and
// answered here; what they deny is decided where S3 is asked (effective.ts).
import type { ServiceModel } from '../types.ts';
import type { World } from '../world.ts';
import { policies } from './policies.ts';
import { reads } from './reads.ts';
import { tagging } from './tags.ts';
import { writes } from './writes.ts';

export const organizationsModel: ServiceModel<World> = {
  service: 'organizations',
  operations: { ...reads, ...policies, ...writes, ...tagging },
};
