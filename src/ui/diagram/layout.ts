// Where everything stands: the picture as a graph, and the graph laid out.
import type { ELK, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import { folded, textWidth } from '../pictures/theme.ts';
import { boxOf, fontSize, lineHeight } from './box.ts';
import { type Leg, legsOf } from './legs.ts';
import type { NetworkPicture, PictureAccount, PictureNode, PictureVpc } from './types.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Area extends Point {
  readonly width: number;
  readonly height: number;
}

export interface Frame extends Area {
  readonly kind: 'account' | 'vpc' | 'zone';
  readonly lines: readonly string[];
}

export interface PlacedLeg {
  readonly leg: Leg;
  readonly points: readonly Point[];
  /** Where its label stands; null where it has none. */
  readonly label: (Area & { readonly lines: readonly string[] }) | null;
}

export interface Placed {
  readonly width: number;
  readonly height: number;
  readonly frames: readonly Frame[];
  readonly boxes: readonly (Area & { readonly node: PictureNode })[];
  readonly legs: readonly PlacedLeg[];
}

/** Pixels between a frame and what is in it. */
const inset = 12;

/** Frames' titles: 11 pixels, the first line bold. */
export const frameFont = { size: 11, line: 15 } as const;

/** Lays the picture out; the same picture always gives the same. */
export async function placed(picture: NetworkPicture): Promise<Placed> {
  const elk = await layouter();
  const legs = legsOf(picture.flows);
  const laidOut = await elk.layout(graphOf(picture, legs));
  const frames: Frame[] = [];
  const boxes: (Area & { readonly node: PictureNode })[] = [];
  const framesOf = framesById(picture);
  const nodes = new Map(allNodes(picture).map((node) => [node.id, node]));
  const visit = (elkNode: ElkNode, origin: Point): void => {
    const area = { x: origin.x + (elkNode.x ?? 0), y: origin.y + (elkNode.y ?? 0), width: elkNode.width ?? 0, height: elkNode.height ?? 0 };
    const frame = framesOf.get(elkNode.id);
    const node = nodes.get(elkNode.id);
    if (frame !== undefined) frames.push({ ...area, ...frame });
    else if (node !== undefined) boxes.push({ ...area, node });
    for (const child of elkNode.children ?? []) visit(child, area);
  };
  visit(laidOut, { x: 0, y: 0 });
  return {
    width: laidOut.width ?? 0,
    height: laidOut.height ?? 0,
    frames,
    boxes,
    legs: (laidOut.edges ?? []).flatMap((edge, index) => {
      const leg = legs[index];
      return leg === undefined ? [] : [placedLeg(edge, leg)];
    }),
  };
}

// The bundled file lays out in this thread, and is a CommonJS module with one class.
async function layouter(): Promise<ELK> {
  const { default: loaded } = await import('elkjs/lib/elk.bundled.js');
  return new loaded.default();
}

function placedLeg(edge: ElkExtendedEdge, leg: Leg): PlacedLeg {
  const [section] = edge.sections ?? [];
  const [label] = edge.labels ?? [];
  return {
    leg,
    points: section === undefined ? [] : [section.startPoint, ...(section.bendPoints ?? []), section.endPoint],
    label:
      label === undefined
        ? null
        : {
            x: label.x ?? 0,
            y: label.y ?? 0,
            width: label.width ?? 0,
            height: label.height ?? 0,
            lines: labelLines(leg),
          },
  };
}

/** What an account, a VPC and a zone say of themselves, by the ids that the graph has for them. */
function framesById({ accounts }: NetworkPicture): ReadonlyMap<string, Pick<Frame, 'kind' | 'lines'>> {
  const said = new Map<string, Pick<Frame, 'kind' | 'lines'>>();
  for (const account of accounts) {
    said.set(`account ${account.id}`, { kind: 'account', lines: [account.title] });
    for (const vpc of account.vpcs) {
      said.set(`vpc ${vpc.id}`, { kind: 'vpc', lines: [vpc.title, ...vpc.details] });
      for (const { name } of vpc.zones) said.set(`zone ${vpc.id} ${name}`, { kind: 'zone', lines: [name] });
    }
  }
  return said;
}

/** All boxes of a picture. */
export const allNodes = ({ clients, accounts, services }: NetworkPicture): readonly PictureNode[] => [
  ...clients,
  ...accounts.flatMap(({ vpcs }) => vpcs.flatMap(({ zones, gateways }) => [...zones.flatMap(({ subnets }) => subnets), ...gateways])),
  ...services,
];

function graphOf(picture: NetworkPicture, legs: readonly Leg[]): ElkNode {
  const box = (node: PictureNode, options: { readonly [option: string]: string } = {}): ElkNode => {
    const { width, height } = boxOf(node);
    return {
      id: node.id,
      width,
      height,
      ports: portsOf(node.id, legs),
      layoutOptions: { 'elk.portConstraints': 'FIXED_SIDE', ...options },
    };
  };
  const vpcNode = (vpc: PictureVpc): ElkNode =>
    frame(
      `vpc ${vpc.id}`,
      [vpc.title, ...vpc.details],
      [
        ...vpc.zones.map((zone) =>
          frame(
            `zone ${vpc.id} ${zone.name}`,
            [zone.name],
            zone.subnets.map((node) => box(node)),
          ),
        ),
        ...vpc.gateways.map((node) => box(node)),
      ],
    );
  const accountNode = (account: PictureAccount): ElkNode => frame(`account ${account.id}`, [account.title], account.vpcs.map(vpcNode));
  return {
    id: 'root',
    layoutOptions: rootOptions,
    children: [
      ...picture.clients.map((node) => box(node, { 'elk.layered.layering.layerConstraint': 'FIRST' })),
      ...picture.accounts.map(accountNode),
      ...picture.services.map((node) => box(node, { 'elk.layered.layering.layerConstraint': 'LAST' })),
    ],
    edges: legs.map((leg, index) => ({
      id: `leg ${index}`,
      sources: [portId(leg.from, 'out', leg)],
      targets: [portId(leg.to, 'in', leg)],
      ...(leg.labels.length === 0 ? {} : { labels: [labelOf(leg)] }),
    })),
  };
}

const rootOptions = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.padding': '[left=16,top=16,right=16,bottom=16]',
  'elk.spacing.nodeNode': '14',
  'elk.spacing.edgeNode': '14',
  'elk.spacing.edgeEdge': '10',
  'elk.spacing.edgeLabel': '4',
  'elk.layered.spacing.nodeNodeBetweenLayers': '34',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '10',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.json.edgeCoords': 'ROOT',
};

function frame(id: string, lines: readonly string[], children: readonly ElkNode[]): ElkNode {
  const top = inset + lines.length * frameFont.line;
  const width = Math.ceil(Math.max(...lines.map((line) => textWidth(line, frameFont.size, true))) + 2 * inset);
  return {
    id,
    children: [...children],
    layoutOptions: {
      'elk.padding': `[left=${inset},top=${top},right=${inset},bottom=${inset}]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${width},${top + inset})`,
    },
  };
}

/** Lines of one verdict leave a box together, and arrive together. */
const portId = (node: string, side: 'in' | 'out', { verdict, isLast }: Leg): string =>
  `${node} ${side} ${verdict}${side === 'in' && isLast ? ' last' : ''}`;

const portsOf = (node: string, legs: readonly Leg[]) =>
  [
    ...new Set([
      ...legs.filter(({ to }) => to === node).map((leg) => portId(node, 'in', leg)),
      ...legs.filter(({ from }) => from === node).map((leg) => portId(node, 'out', leg)),
    ]),
  ].map((id) => ({ id, width: 0, height: 0, layoutOptions: { 'elk.port.side': id.startsWith(`${node} in `) ? 'WEST' : 'EAST' } }));

const mostLabelWidth = 150;

const labelLines = ({ labels }: Leg): readonly string[] => labels.flatMap((label) => folded(label, mostLabelWidth, fontSize.detail));

function labelOf(leg: Leg) {
  const lines = labelLines(leg);
  return {
    text: leg.labels.join(', '),
    width: Math.ceil(Math.max(...lines.map((line) => textWidth(line, fontSize.detail)))) + 8,
    height: lines.length * lineHeight.detail + 4,
    layoutOptions: { 'elk.edgeLabels.inline': 'true' },
  };
}
