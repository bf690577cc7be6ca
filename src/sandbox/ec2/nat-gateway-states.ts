import type { World } from '../world.ts';
import type { NatGateway } from './state.ts';

/** The state of a NAT gateway at this moment (B9). */
export function natGatewayState(nat: NatGateway, now: number): 'pending' | 'failed' | 'available' | 'deleting' | 'deleted' {
  if (nat.deleteRequestedAt !== null) return nat.deletedAt !== null && nat.deletedAt <= now ? 'deleted' : 'deleting';
  if (now < nat.settlesAt) return 'pending';
  return nat.failure ? 'failed' : 'available';
}

/** The NAT gateway that holds an Elastic IP: until it is deleted, or has failed (B13). */
export function natGatewayHolding(world: World, allocationId: string, now: number): NatGateway | undefined {
  return Object.values(world.ec2.natGateways).find(
    (nat) =>
      nat.addresses.some((a) => a.allocationId === allocationId) &&
      nat.failure?.code !== 'Resource.AlreadyAssociated' &&
      ['pending', 'available', 'deleting'].includes(natGatewayState(nat, now)),
  );
}
