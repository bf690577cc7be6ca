// Turning the writing of trails on and off.
import { newBucket } from '../s3/state.ts';
import type { World } from '../world.ts';
import { newTrail, type TrailState } from './state.ts';

/**
 * Turns the writing of trails on or off. Where no trail logs data events of S3, turning it on makes one of all objects, in
 * the account of the scenario's operator.
 */
export function setRecording(world: World, on: boolean): void {
  const state = world.cloudTrail ?? { trails: [] };
  world.cloudTrail = { ...state, recording: on };
  if (!on || state.trails.some(logsDataEvents)) return;
  const accountId = world.accessKeys[world.identities.operator ?? '']?.accountId ?? '';
  const homeRegion = world.hints.region;
  const bucket = `corp-cloudtrail-${accountId}`;
  world.s3.buckets[bucket] ??= newBucket({ name: bucket, accountId, region: homeRegion, createdAt: world.clock.base });
  world.cloudTrail.trails = [...state.trails, newTrail({ name: 'data-events', accountId, homeRegion, bucket, dataEvents: true })];
}

const logsDataEvents = ({ eventSelectors, advancedEventSelectors }: TrailState): boolean =>
  eventSelectors.some(({ DataResources = [] }) => DataResources.length > 0) ||
  advancedEventSelectors.some(({ FieldSelectors }) => FieldSelectors.some(({ Equals }) => Equals?.includes('Data') === true));
