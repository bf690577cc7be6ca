import type { VpcEndpoint } from './state.ts';

/** The state of an endpoint at this moment, in the lower case that the API answers (A6). */
export function endpointState(endpoint: VpcEndpoint, now: number): 'pending' | 'failed' | 'available' | 'deleting' | 'deleted' {
  if (endpoint.deleteRequestedAt !== null) return endpoint.deletedAt !== null && endpoint.deletedAt <= now ? 'deleted' : 'deleting';
  if (now < endpoint.settlesAt) return 'pending';
  return endpoint.failure ? 'failed' : 'available';
}
