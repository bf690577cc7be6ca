// How a request gets from a subnet to S3, and what S3 sees of it. It is worked out from routes, endpoints and NAT gateways as
// AWS lists them, so that nobody has to wait for a request to be refused.

/** One way that a request takes. `planned`: by something that the plan is still to make. */
export type Way =
  /** Through an S3 endpoint; `id` null: the plan makes it. */
  | {
      readonly via: 'endpoint';
      readonly type: 'gateway' | 'interface';
      readonly id: string | null;
      readonly vpcId: string;
      readonly vpcArn: string;
      readonly planned: boolean;
    }
  /** By a NAT gateway (`id` null: the plan makes it); `address` null: one that nobody knows yet. */
  | { readonly via: 'nat-gateway'; readonly id: string | null; readonly address: string | null; readonly planned: boolean }
  /** Through an Internet gateway by the client's own public address, which no route tells. */
  | { readonly via: 'own-address'; readonly gateway: string; readonly planned: false }
  /** By the client's own IPv6 address, out of this range. */
  | { readonly via: 'ipv6'; readonly gateway: string; readonly range: string; readonly planned: false }
  /** From this public address. */
  | { readonly via: 'address'; readonly address: string; readonly planned: false }
  /** From AWS's own network, by an address that every customer shares; of calls between services S3 sees none (E13). */
  | { readonly via: 'aws-network'; readonly planned: false }
  /** It cannot be told from here; `why` names what hides it. */
  | { readonly via: 'unknown'; readonly why: string; readonly planned: boolean }
  /** There is none. */
  | { readonly via: 'none'; readonly why: string; readonly planned: boolean };

export const unknownWay = (why: string, planned = false): Way => ({ via: 'unknown', why, planned });
export const noWay = (why: string, planned = false): Way => ({ via: 'none', why, planned });

/** The way in words. */
export function wayInWords(way: Way): string {
  const planned = way.planned ? ' (planned)' : '';
  switch (way.via) {
    case 'endpoint':
      return `S3 ${way.type} endpoint${way.id === null ? '' : ` ${way.id}`}${planned}`;
    case 'nat-gateway':
      return `NAT gateway${way.id === null ? '' : ` ${way.id}`}${planned}, ${way.address ?? 'an address not known yet'}`;
    case 'own-address':
      return `${way.gateway}, each client's own public address`;
    case 'ipv6':
      return `${way.gateway}, IPv6 of ${way.range}`;
    case 'address':
      return way.address;
    case 'aws-network':
      return "AWS's own network";
    case 'unknown':
      return `cannot be told: ${way.why}`;
    case 'none':
      return `no way: ${way.why}`;
    default:
      return way satisfies never;
  }
}
