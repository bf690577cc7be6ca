// The grid: from every subnet of the trusted VPCs, and from the operator's machine, to every bucket in scope: which way, what S3
// sees, and whether the perimeter lets it pass once everything stands. Alike rows and alike columns are one.
import type { Bucket, Subnet } from '../../aws/types.ts';
import type { PerimeterInput } from '../landscape.ts';
import { effectiveTable } from '../network.ts';
import { type Asker, type NetworkKeys, operator, perimeterSay, type Say, somebody, type Verdict } from './verdict.ts';
import { trustedVpcs, type VpcSeen } from './vpc-seen.ts';
import { unknownWay, type Way } from './way.ts';
import { ipv6WaysFrom, waysFrom } from './ways.ts';

/** Where requests come from. */
export type Place =
  | { readonly type: 'subnet'; readonly id: string; readonly name: string | null; readonly vpcId: string; readonly table: string | null }
  /** A trusted VPC whose subnets or endpoints cannot be read here. */
  | { readonly type: 'vpc'; readonly id: string }
  | { readonly type: 'operator'; readonly id: string };

export interface Seen {
  readonly way: Way;
  readonly keys: NetworkKeys;
  readonly verdict: Verdict;
}

export interface Cell {
  /** The worst of its ways: denied, unknown, no way, passes. */
  readonly verdict: Verdict;
  readonly ways: readonly Seen[];
}

/** Places that come the same ways to each of the columns. */
export interface Row {
  readonly places: readonly Place[];
  /** `ipv6`: of the same subnets, clients that ask for S3's dual-stack names. */
  readonly family: 'ipv4' | 'ipv6';
  /** By column. */
  readonly cells: readonly Cell[];
}

/** Buckets of one Region that are reached alike from everywhere. */
export interface Column {
  /** Null where S3 does not tell it. */
  readonly region: string | null;
  readonly buckets: readonly string[];
}

export interface NetworkGrid {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** The grid as it will be after the input's planned changes of the network, under the perimeter that will stand or another say. */
export function networkGrid(input: PerimeterInput, perimeter: Say = perimeterSay(input)): NetworkGrid {
  const classes = bucketClasses(input);
  const say = remembering(perimeter);
  const rows = standpoints(input).map(({ places, family, asker, ways }) => ({
    places,
    family,
    cells: classes.map(({ region, buckets }) => cellOf(ways(region).map((way) => say(way, asker, buckets)))),
  }));
  return joinColumns(
    classes.map(({ region, buckets }) => ({ region, buckets: buckets.map(({ name }) => name) })),
    joinRows(rows),
  );
}

interface Standpoint {
  readonly places: readonly Place[];
  readonly family: Row['family'];
  readonly asker: Asker;
  ways(bucketRegion: string | null): readonly Way[];
}

function standpoints(input: PerimeterInput): readonly Standpoint[] {
  const { seen, unread } = trustedVpcs(input);
  const asker = somebody(input);
  const { operatorIp } = input.choices;
  const { arn } = input.landscape.survey.quilt;
  return [
    ...seen.flatMap((vpc) => subnetsOf(vpc, asker)),
    ...unread.map(
      ({ vpcId, why }): Standpoint => ({
        places: [{ type: 'vpc', id: vpcId }],
        family: 'ipv4',
        asker,
        ways: () => [unknownWay(why)],
      }),
    ),
    {
      places: [{ type: 'operator', id: arn }],
      family: operatorIp?.includes(':') === true ? 'ipv6' : 'ipv4',
      asker: operator(input),
      ways: () => [
        operatorIp === null
          ? unknownWay('which address S3 sees you come from: --operator-ip says it')
          : { via: 'address', address: operatorIp, planned: false },
      ],
    },
  ];
}

/** Subnets on one table with the same IPv6 ranges and Block Public Access go the same ways, so one is asked for all. */
function subnetsOf(vpc: VpcSeen, asker: Asker): readonly Standpoint[] {
  const classes = new Map<string, { readonly first: Subnet; readonly places: Place[] }>();
  for (const subnet of vpc.subnets) {
    const table = effectiveTable(subnet, vpc.tables);
    const key = JSON.stringify([table?.id, subnet.ipv6Cidrs, subnet.blockPublicAccess]);
    const place: Place = { type: 'subnet', id: subnet.id, name: subnet.name, vpcId: subnet.vpcId, table: table?.id ?? null };
    const known = classes.get(key);
    if (known === undefined) classes.set(key, { first: subnet, places: [place] });
    else known.places.push(place);
  }
  return [...classes.values()].flatMap(({ first, places }) => {
    const ipv6 = ipv6WaysFrom(first, vpc);
    return [
      { places, family: 'ipv4' as const, asker, ways: (region: string | null) => waysFrom(first, region, vpc) },
      ...(ipv6.length === 0 ? [] : [{ places, family: 'ipv6' as const, asker, ways: () => ipv6 }]),
    ];
  });
}

interface BucketClass {
  readonly region: string | null;
  readonly buckets: readonly Bucket[];
}

/** The buckets in scope and the test bucket, by Region and by which of the perimeter's policies stand on them. */
function bucketClasses({ choices, landscape }: PerimeterInput): readonly BucketClass[] {
  const { inScope, test } = landscape.buckets;
  const home = landscape.survey.quilt.region;
  const all = inScope.some(({ name }) => name === test.name) ? inScope : [...inScope, test];
  const classes = new Map<string, { readonly region: string | null; readonly buckets: Bucket[] }>();
  for (const bucket of all) {
    const region = bucket.region.known ? bucket.region.value : null;
    const key = JSON.stringify([region, bucket.name === choices.testBucket]);
    const known = classes.get(key);
    if (known === undefined) classes.set(key, { region, buckets: [bucket] });
    else known.buckets.push(bucket);
  }
  const rank = (region: string | null): string => (region === home ? '' : (region ?? '~'));
  return [...classes.values()].sort((a, b) => (rank(a.region) < rank(b.region) ? -1 : rank(a.region) > rank(b.region) ? 1 : 0));
}

/** The perimeter's say for a class of buckets, asked once for each way and asker. */
function remembering(say: Say): (way: Way, asker: Asker, buckets: readonly Bucket[]) => Seen {
  const known = new Map<readonly Bucket[], Map<string, Seen>>();
  return (way, asker, buckets) => {
    const ofBuckets = known.get(buckets) ?? new Map<string, Seen>();
    known.set(buckets, ofBuckets);
    const key = `${asker.principal} ${JSON.stringify(way)}`;
    const found = ofBuckets.get(key);
    if (found !== undefined) return found;
    const [bucket] = buckets;
    if (bucket === undefined) throw new Error('a class of buckets without a bucket');
    const seen = { way, ...say(way, asker, bucket) };
    ofBuckets.set(key, seen);
    return seen;
  };
}

const worstFirst: readonly Verdict[] = ['denied', 'unknown', 'no-way', 'passes'];

const cellOf = (ways: readonly Seen[]): Cell => ({
  verdict: worstFirst.find((verdict) => ways.some((seen) => seen.verdict === verdict)) ?? 'unknown',
  ways,
});

/** Rows whose cells say the same, in the order of the first of them. */
function joinRows(rows: readonly Row[]): readonly Row[] {
  const joined = new Map<string, { places: Place[] } & Omit<Row, 'places'>>();
  for (const row of rows) {
    const key = JSON.stringify([row.family, row.cells]);
    const known = joined.get(key);
    if (known === undefined) joined.set(key, { ...row, places: [...row.places] });
    else known.places.push(...row.places);
  }
  return [...joined.values()];
}

/** Columns of one Region whose cells say the same in every row. */
function joinColumns(columns: readonly Column[], rows: readonly Row[]): NetworkGrid {
  const joined = new Map<string, { readonly region: string | null; readonly buckets: string[]; readonly index: number }>();
  for (const [index, { region, buckets }] of columns.entries()) {
    const key = JSON.stringify([region, rows.map(({ cells }) => cells[index])]);
    const known = joined.get(key);
    if (known === undefined) joined.set(key, { region, buckets: [...buckets], index });
    else known.buckets.push(...buckets);
  }
  const kept = [...joined.values()];
  return {
    columns: kept.map(({ region, buckets }) => ({ region, buckets: buckets.sort() })),
    rows: rows.map(({ places, family, cells }) => ({ places, family, cells: kept.flatMap(({ index }) => cells[index] ?? []) })),
  };
}
