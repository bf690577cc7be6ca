import type { World } from '../world.ts';
import { natGatewayHolding } from './nat-gateway-states.ts';
import type { Address } from './state.ts';

export interface AddressHolder {
  readonly associationId: string;
  readonly networkInterfaceId: string | null;
  readonly privateIp: string | null;
}

/** The id of an association between an Elastic IP and what holds it: it follows from the holder's id. */
export function associationId(holderId: string, index: number): string {
  const digits = holderId.slice(holderId.indexOf('-') + 1);
  return `eipassoc-${digits.slice(0, -1)}${((Number.parseInt(digits.slice(-1), 16) + index) % 16).toString(16)}`;
}

/** What an Elastic IP is associated with now, or null where it is free. */
export function addressHolder(world: World, address: Address, now: number): AddressHolder | null {
  const nat = natGatewayHolding(world, address.id, now);
  if (nat) {
    const index = nat.addresses.findIndex((a) => a.allocationId === address.id);
    const held = nat.addresses[index];
    return {
      associationId: associationId(nat.id, index),
      networkInterfaceId: held?.networkInterfaceId ?? null,
      privateIp: held?.privateIp ?? null,
    };
  }
  const eni = address.networkInterfaceId === null ? undefined : world.ec2.networkInterfaces[address.networkInterfaceId];
  if (!eni || (eni.goneAt !== null && eni.goneAt <= now)) return null;
  return { associationId: associationId(eni.id, 0), networkInterfaceId: eni.id, privateIp: eni.privateIp };
}
