// How long AWS takes, in simulated milliseconds. Times vary by a fifth around what is given here.
import type { Call } from '../types.ts';

export const interfaceEndpointCreation = 90_000;
export const gatewayEndpointCreation = 3_000;
export const interfaceEndpointDeletion = 60_000;
export const gatewayEndpointDeletion = 4_000;
/** How long an endpoint's interfaces stay after it is gone; they hold its security groups. */
export const interfacesLinger = 30_000;
export const natGatewayCreation = 120_000;
export const natGatewayFailure = 30_000;
export const natGatewayDeletion = 60_000;

/** The moment about so long from now: between four and six fifths of the duration. */
export function about(call: Call, duration: number): number {
  return call.now + Math.round(duration * (0.8 + call.random() * 0.4));
}
