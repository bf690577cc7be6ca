import type { Place } from '../ports.ts';
import { hashOf } from './json.ts';

/**
 * The client token of one generation of a change: 64 characters of [0-9a-f], which is the most that EC2 takes (A4). The
 * same for every retry and every resume.
 */
export const tokenOf = (place: Place | null, key: string, generation: number): string =>
  hashOf(['quilt-perimeter', place === null ? null : { ...place }, key, generation]);
