// The grid as it is told: each row by itself, in words and as data, the gravest first.
import type { ContextValues } from '../../policy/context.ts';
import type { PerimeterInput } from '../landscape.ts';
import { type Cell, type Column, networkGrid, type Place, type Row } from './grid.ts';
import { remedyFor } from './remedy.ts';
import { bindsQuilt, type Verdict } from './verdict.ts';
import { wayInWords } from './way.ts';

export interface ReportedCell {
  /** Null where S3 does not tell it. */
  readonly region: string | null;
  readonly buckets: readonly string[];
  readonly verdict: Verdict;
  /** `context` and `unknown` are the network's condition keys as S3 will see them; others are absent. */
  readonly ways: readonly {
    readonly verdict: Verdict;
    readonly way: string;
    readonly planned: boolean;
    readonly context: ContextValues;
    readonly unknown: readonly string[];
  }[];
  /** Of what is denied. */
  readonly remedies: readonly string[];
}

export interface ReportedRow {
  readonly from: {
    readonly kind: Place['type'];
    readonly ids: readonly string[];
    /** The subnets' Name tags, or their ids. */
    readonly names: readonly string[];
    readonly vpcs: readonly string[];
  };
  /** `ipv6`: of the same subnets, only clients that ask for S3's dual-stack names. */
  readonly family: 'ipv4' | 'ipv6';
  readonly to: readonly ReportedCell[];
}

export interface NetworkReport {
  readonly rows: readonly ReportedRow[];
  /** Subnets, VPCs that cannot be read, and the operator. */
  readonly places: number;
  /** Of these, those from which some bucket is denied. */
  readonly denied: number;
  /** Of the others, those of which it cannot be told for some bucket. */
  readonly untold: number;
  readonly buckets: number;
  /** Whether the SCP binds principals of the Quilt account at all. */
  readonly binds: boolean;
}

/** The grid of the network as it will be after the input's planned changes. */
export function networkReport(input: PerimeterInput): NetworkReport {
  const { columns, rows } = networkGrid(input);
  const ordered = [...rows].sort((a, b) => rankOf(a) - rankOf(b));
  const having = (verdict: Verdict) =>
    new Set(rows.filter(({ cells }) => cells.some((cell) => cell.verdict === verdict)).flatMap(({ places }) => places.map(({ id }) => id)));
  const denied = having('denied');
  return {
    rows: ordered.map((row) => reported(row, columns, input)),
    places: new Set(rows.flatMap(({ places }) => places.map(({ id }) => id))).size,
    denied: denied.size,
    untold: [...having('unknown')].filter((id) => !denied.has(id)).length,
    buckets: columns.reduce((sum, { buckets }) => sum + buckets.length, 0),
    binds: bindsQuilt(input),
  };
}

const nameOf = (place: Place): string => (place.type === 'subnet' ? (place.name ?? place.id) : place.id);

const order: readonly Verdict[] = ['denied', 'unknown', 'passes', 'no-way'];

const rankOf = ({ cells }: Row): number => Math.min(...cells.map(({ verdict }) => order.indexOf(verdict)));

function reported({ places: unsorted, family, cells }: Row, columns: readonly Column[], input: PerimeterInput): ReportedRow {
  const places = [...unsorted].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return {
    from: {
      kind: places[0]?.type ?? 'subnet',
      ids: places.map(({ id }) => id),
      names: places.map(nameOf),
      vpcs: [...new Set(places.flatMap((place) => (place.type === 'subnet' ? [place.vpcId] : [])))],
    },
    family,
    to: columns.flatMap((column, index) => {
      const cell = cells[index];
      return cell === undefined ? [] : [cellOf(cell, places, column, input)];
    }),
  };
}

function cellOf({ verdict, ways }: Cell, places: readonly Place[], { region, buckets }: Column, input: PerimeterInput): ReportedCell {
  const remedies = ways.filter((seen) => seen.verdict === 'denied').map(({ way }) => remedyFor(way, places, region, input));
  return {
    region,
    buckets,
    verdict,
    ways: ways.map((seen) => ({
      verdict: seen.verdict,
      way: wayInWords(seen.way),
      planned: seen.way.planned,
      context: seen.keys.context,
      unknown: seen.keys.unknown,
    })),
    remedies: [...new Set(remedies)].filter((remedy) => remedy !== null),
  };
}
