// Who comes from outside the VPCs of the picture, and what the perimeter says to each.
import { contains } from '../steps/cidr.ts';
import type { PerimeterInput } from '../steps/landscape.ts';
import { operator, type Say, somebody } from '../steps/network-grid/verdict.ts';
import type { Way } from '../steps/network-grid/way.ts';
import { runsOutside } from '../steps/outside/reaching.ts';
import { roleNameOf } from '../steps/perimeter-spec.ts';
import type { PictureFlow, PictureNode } from '../ui/diagram/types.ts';
import { labelOf } from './picture-flows.ts';
import { abridged } from './picture-subnets.ts';

/** Buckets as a box, with one that stands for all of them. */
export interface BucketBox {
  readonly node: PictureNode;
  readonly like: { readonly name: string; readonly region: PerimeterInput['landscape']['buckets']['test']['region'] };
}

export interface Clients {
  readonly nodes: readonly PictureNode[];
  readonly flows: readonly PictureFlow[];
}

/** The operator, trusted addresses, exempt principals, what runs outside any VPC, and anybody else. */
export function clientsOf(input: PerimeterInput, buckets: readonly BucketBox[], say: Say): Clients {
  const { choices } = input;
  const anybody = somebody(input);
  const exempt = { ...anybody, context: { [`aws:PrincipalTag/${choices.exemptTag}`]: 'true' } };
  const elsewhere = untrustedAddress(choices.trustedCidrs);
  const runs = runsOutside(input);
  const others = otherVpcs(input);
  const all: readonly (Client | null)[] = [
    {
      node: client('operator', 'Operator', [whoOperates(input), choices.operatorIp ?? 'public address not given']),
      asker: operator(input),
      ways: [choices.operatorIp === null ? unknownAddress : from(choices.operatorIp)],
    },
    choices.trustedCidrs.length === 0
      ? null
      : {
          node: client('trusted', 'Trusted addresses', abridged(choices.trustedCidrs, 4)),
          asker: anybody,
          ways: choices.trustedCidrs.slice(0, 4).map((cidr) => from(cidr.split('/')[0] ?? cidr)),
          label: 'from a trusted address',
        },
    {
      node: client('exempt', 'Exempt principals', [`tagged ${choices.exemptTag}`, 'from anywhere']),
      asker: exempt,
      ways: [from(elsewhere ?? '192.0.2.1')],
      label: 'by its tag',
    },
    runs.length === 0
      ? null
      : {
          node: client('outside', 'Outside any VPC', [...abridged(runs.map(({ name }) => name).sort(), 3), 'without the exempt tag']),
          asker: anybody,
          ways: [{ via: 'aws-network', planned: false }],
        },
    elsewhere === null
      ? null
      : {
          node: client('others', 'Any other network', [
            'the Internet',
            ...(others === 0 ? [] : [`${others} other ${others === 1 ? 'VPC' : 'VPCs'} of this account`]),
          ]),
          asker: anybody,
          ways: [from(elsewhere)],
          label: 'from elsewhere',
        },
  ];
  const clients = all.filter((each) => each !== null);
  return {
    nodes: clients.map(({ node }) => node),
    flows: clients.flatMap(({ node, asker, ways, label }) =>
      buckets.flatMap(({ node: to, like }) =>
        ways.flatMap((way): PictureFlow[] => {
          const { verdict } = say(way, asker, like);
          return verdict === 'no-way' ? [] : [{ path: [node.id, to.id], verdict, label: label ?? labelOf(way) }];
        }),
      ),
    ),
  };
}

interface Client {
  readonly node: PictureNode;
  readonly asker: ReturnType<typeof somebody>;
  readonly ways: readonly Way[];
  readonly label?: string;
}

const client = (id: string, title: string, details: readonly string[]): PictureNode => ({
  id: `client ${id}`,
  kind: 'client',
  title,
  details,
  isNew: false,
});

const from = (address: string): Way => ({ via: 'address', address, planned: false });
const unknownAddress: Way = { via: 'unknown', why: 'from an address not given', planned: false };

// The role, not the person behind it.
function whoOperates({ landscape }: PerimeterInput): string {
  const { arn } = landscape.survey.quilt;
  const role = roleNameOf(arn);
  return role === null ? (arn.endsWith(':root') ? 'the root user' : 'an IAM user') : `role ${role}`;
}

/** An address that nobody trusts, of those kept for examples; null where all of them are trusted. */
const untrustedAddress = (trusted: readonly string[]): string | null =>
  ['192.0.2.1', '198.51.100.1', '203.0.113.1', '233.252.0.1', '198.18.0.1'].find(
    (address) => !trusted.some((cidr) => contains(cidr, `${address}/32`)),
  ) ?? null;

function otherVpcs({ choices, landscape }: PerimeterInput): number {
  const trusted = new Set([choices.vpc, ...choices.trustedVpcs]);
  return landscape.survey.vpcs.filter(({ id }) => !trusted.has(id)).length;
}
