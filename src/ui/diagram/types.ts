// A picture of the network as data: what stands where, and which way requests to the buckets take. It is worked out by the commands
// and drawn by draw.ts, which knows no AWS.

/** What the perimeter says to a request: it does not deny it, it denies it, or that cannot be told. */
export type FlowVerdict = 'passes' | 'denied' | 'unknown';

export type NodeKind =
  | 'subnets'
  | 's3-endpoint'
  | 'api-endpoint'
  | 'nat-gateway'
  | 'internet-gateway'
  | 'egress-only-gateway'
  /** A VPC whose subnets do not show from here. */
  | 'unread-vpc'
  | 'client'
  | 'buckets'
  | 'api';

/** One box. */
export interface PictureNode {
  /** Unique in the picture. */
  readonly id: string;
  readonly kind: NodeKind;
  /** The name by which people know it; of a gateway its kind. */
  readonly title: string;
  /** Lines below it: ids, ranges, names; of a gateway its id first. */
  readonly details: readonly string[];
  /** Made by the plan, so that it is there after only. */
  readonly isNew: boolean;
}

export interface PictureZone {
  /** Such as `us-east-1a`, or several where alike subnets of them are one box. */
  readonly name: string;
  readonly subnets: readonly PictureNode[];
}

export interface PictureVpc {
  readonly id: string;
  readonly title: string;
  readonly details: readonly string[];
  readonly zones: readonly PictureZone[];
  /** Endpoints, NAT and Internet gateways; a VPC whose subnets do not show is one box here. */
  readonly gateways: readonly PictureNode[];
}

export interface PictureAccount {
  readonly id: string;
  readonly title: string;
  readonly vpcs: readonly PictureVpc[];
}

/** One way that requests take: the ids of its boxes from where it begins to where it ends. */
export interface PictureFlow {
  readonly path: readonly [from: string, ...through: string[]];
  readonly verdict: FlowVerdict;
  /** What the far end sees of it, in few words: `vpc-0a1b`, `192.0.2.10`. */
  readonly label: string;
}

export interface NetworkPicture {
  /** A line: `The network now`. */
  readonly title: string;
  readonly clients: readonly PictureNode[];
  readonly accounts: readonly PictureAccount[];
  /** What is asked for: buckets, the API. */
  readonly services: readonly PictureNode[];
  readonly flows: readonly PictureFlow[];
  /** Sentences about what is drawn as one box or is left out. */
  readonly notes: readonly string[];
}
