// Builders for trails.
import { newTrail, type TrailState } from '../cloudtrail/state.ts';
import type { Draft } from './draft.ts';

/** A multi-Region trail of management events; what more it logs is added to its selectors. It stands, and is not written. */
export function addTrail(draft: Draft, parts: Pick<TrailState, 'name' | 'accountId' | 'bucket'>): TrailState {
  const trail = newTrail({ homeRegion: draft.region, ...parts });
  draft.world.cloudTrail ??= { trails: [] };
  draft.world.cloudTrail.trails.push(trail);
  return trail;
}
