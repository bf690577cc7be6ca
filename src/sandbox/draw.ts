// Ids and random numbers that follow from the world's seed, so that a run can be repeated exactly.
import { createHash } from 'node:crypto';
import type { Call } from './types.ts';
import type { World } from './world.ts';

/**
 * What an operation draws. A write draws from the world's sequence; a read from a sequence of its own (`count` is the
 * number of calls before it), so that reads leave the world as it is.
 */
export function drawsFor(world: Pick<World, 'seed' | 'sequence'>, kind: 'read' | 'write', count: number): Pick<Call, 'id' | 'random'> {
  let drawn = 0;
  const next = (purpose: string): Buffer => {
    if (kind === 'write') world.sequence += 1;
    else drawn += 1;
    const place = kind === 'write' ? `w${world.sequence}` : `r${count}.${drawn}`;
    return createHash('sha256').update(`${world.seed}/${place}/${purpose}`).digest();
  };
  return {
    id: (prefix) => `${prefix}-0${next(prefix).toString('hex').slice(0, 16)}`,
    random: () => next('random').readUIntBE(0, 6) / 2 ** 48,
  };
}

/** A request's id: a UUID that follows from the seed and the number of calls before it. */
export function requestIdOf(seed: number, count: number): string {
  const hex = createHash('sha256').update(`${seed}/request/${count}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
