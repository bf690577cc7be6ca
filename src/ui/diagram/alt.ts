// A picture of the network in words, for who does not see it.
import { allNodes } from './layout.ts';
import { verdictWords } from './svg.ts';
import type { FlowVerdict, NetworkPicture, PictureNode } from './types.ts';

/** Its title, what it shows, and of each verdict who comes which way to what. */
export function altOf(picture: NetworkPicture): string {
  const names = new Map(allNodes(picture).map((node) => [node.id, nameOf(node)]));
  const name = (id: string): string => names.get(id) ?? id;
  const told = (['passes', 'denied', 'unknown'] as const).flatMap((verdict) => {
    const ways = waysOf(picture, verdict, name);
    return ways.length === 0 ? [] : [`${capital(verdictWords[verdict])}: ${ways.join('; ')}.`];
  });
  return [`${picture.title}.`, ...told, ...(told.length === 0 ? ['Nothing reaches the buckets.'] : []), ...picture.notes].join(' ');
}

/** A gateway's kind is not enough to know it by. */
const nameOf = ({ kind, title, details }: PictureNode): string =>
  ['subnets', 'client', 'buckets', 'api'].includes(kind) || details[0] === undefined ? title : `${title} ${details[0]}`;

/** Who goes the same way to the same end, together. */
function waysOf({ flows }: NetworkPicture, verdict: FlowVerdict, name: (id: string) => string): readonly string[] {
  const byWay = new Map<string, Set<string>>();
  for (const { path, verdict: its } of flows) {
    if (its !== verdict) continue;
    const [from, ...rest] = path;
    const to = rest.at(-1) ?? from;
    const through = rest.slice(0, -1);
    const way = `${through.length === 0 ? '' : ` through ${through.map(name).join(' and ')}`} to ${name(to)}`;
    byWay.set(way, (byWay.get(way) ?? new Set()).add(name(from)));
  }
  return [...byWay].map(([way, who]) => `${abridged([...who])}${way}`);
}

const mostNames = 6;

const abridged = (names: readonly string[]): string =>
  names.length > mostNames + 1 ? `${names.slice(0, mostNames).join(', ')} and ${names.length - mostNames} more` : names.join(', ');

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
