// The accounts of a picture: which VPCs are drawn by themselves, what stands in each, and those that cannot be read from here.
import type { PerimeterInput } from '../steps/landscape.ts';
import type { NetworkGrid } from '../steps/network-grid/grid.ts';
import { trustedVpcs, type VpcSeen } from '../steps/network-grid/vpc-seen.ts';
import type { PictureAccount, PictureNode } from '../ui/diagram/types.ts';
import type { Gateway } from './picture-flows.ts';
import { abridged, moreVpcs, type SubnetBox } from './picture-subnets.ts';

/** The VPCs that are drawn by themselves: Quilt's, then those from which S3 is reached; further ones are drawn as one. */
export function vpcsApart({ choices }: PerimeterInput, seen: readonly VpcSeen[], grids: readonly NetworkGrid[]): ReadonlySet<string> {
  const reaching = new Set(
    grids
      .flatMap(({ rows }) => rows)
      .filter(({ cells }) => cells.some(({ ways }) => ways.some(({ verdict }) => verdict !== 'no-way')))
      .flatMap(({ places }) => places.map((place) => (place.type === 'subnet' ? place.vpcId : place.id))),
  );
  const ids = seen.map(({ vpc }) => vpc.id);
  const others = ids.filter((id) => id !== choices.vpc);
  return new Set(
    [choices.vpc, ...others.filter((id) => reaching.has(id)), ...others.filter((id) => !reaching.has(id))].slice(0, mostApart),
  );
}

const mostApart = 4;

/** VPCs that cannot be read from here, by whose they are: each a box where they are few, else one for all of an owner. */
export function unreadBoxes(
  input: PerimeterInput,
): readonly { readonly owner: string; readonly vpcId: string; readonly node: PictureNode }[] {
  const { vpcs } = input.landscape.survey;
  const ofOwners = new Map<string, { readonly vpcId: string; readonly why: string }[]>();
  for (const each of trustedVpcs(input).unread) {
    const owner = vpcs.find(({ id }) => id === each.vpcId)?.ownerId ?? 'another account or Region';
    ofOwners.set(owner, [...(ofOwners.get(owner) ?? []), each]);
  }
  const box = (vpcId: string, title: string, details: readonly string[]): PictureNode => ({
    id: `unread ${vpcId}`,
    kind: 'unread-vpc',
    title,
    details,
    isNew: false,
  });
  return [...ofOwners].flatMap(([owner, unread]) => {
    const [first] = unread;
    if (first === undefined) return [];
    return unread.length < mostApart
      ? unread.map(({ vpcId, why }) => ({ owner, vpcId, node: box(vpcId, vpcId, [why]) }))
      : [
          {
            owner,
            vpcId: first.vpcId,
            node: box(
              first.vpcId,
              `${unread.length} VPCs`,
              abridged(
                unread.map(({ vpcId }) => vpcId),
                3,
              ),
            ),
          },
        ];
  });
}

/**
 * The accounts with what stands in them.
 * @param apart ids of the VPCs that are drawn by themselves
 * @param flowing ids of the boxes from which S3 is reached
 */
export function accountsOf(
  input: PerimeterInput,
  apart: ReadonlySet<string>,
  boxes: readonly SubnetBox[],
  gateways: readonly Gateway[],
  flowing: ReadonlySet<string>,
): readonly PictureAccount[] {
  const { survey, network } = input.landscape;
  const { seen } = trustedVpcs(input);
  const quilt = survey.quilt.accountId;
  const elsewhere = new Map<string, PictureNode[]>();
  for (const { owner, node } of unreadBoxes(input)) elsewhere.set(owner, [...(elsewhere.get(owner) ?? []), node]);
  const parts = (id: string) => ({
    zones: zonesOf(
      boxes.filter(({ vpcId }) => vpcId === id),
      flowing,
    ),
    gateways: gateways.filter(({ vpcId }) => vpcId === id).map(({ node }) => node),
  });
  const more = seen.filter(({ vpc }) => !apart.has(vpc.id)).map(({ vpc }) => vpc.name ?? vpc.id);
  return [
    {
      id: quilt,
      title: `Account ${quilt}, ${survey.quilt.region}`,
      vpcs: [
        ...seen
          .filter(({ vpc }) => apart.has(vpc.id))
          .map(({ vpc }) => ({
            id: vpc.id,
            title: vpc.name === null ? vpc.id : `${vpc.name} (${vpc.id})`,
            details: [`${vpc.id === network.vpc.id ? "Quilt's VPC" : 'trusted VPC'}, ${abridged(vpc.cidrs, 3).join(', ')}`],
            ...parts(vpc.id),
          })),
        ...(more.length === 0
          ? []
          : [
              {
                id: moreVpcs,
                title: `${more.length.toLocaleString('en-US')} more trusted VPCs`,
                details: [abridged(more, 3).join(', ')],
                ...parts(moreVpcs),
              },
            ]),
      ],
    },
    ...[...elsewhere].map(([owner, nodes]) => ({
      id: owner,
      title: /^\d+$/.test(owner) ? `Account ${owner}` : 'Another account or Region',
      vpcs: [{ id: `of ${owner}`, title: 'Trusted VPCs', details: [], zones: [], gateways: nodes }],
    })),
  ];
}

/** By zone, in the zones' order; boxes of several zones stand by themselves under all their names. */
function zonesOf(boxes: readonly SubnetBox[], flowing: ReadonlySet<string>) {
  const names = [...new Set(boxes.map(({ zones }) => zones.join(', ')))].sort();
  return names.map((name) => ({
    name,
    subnets: boxes
      .filter(({ zones }) => zones.join(', ') === name)
      .map(({ node }) => (flowing.has(node.id) ? node : { ...node, details: [...node.details, 'no way to S3'] })),
  }));
}
