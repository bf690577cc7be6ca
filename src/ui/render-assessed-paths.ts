// Paths as tables that a person can act on: how often, when last, who, where to, from where, why; under what helps.
import type { AssessedPath } from '../access/assess.ts';
import type { Remedy } from '../access/remedies.ts';
import { painted, widest, wrap } from './layout.ts';
import type { Page } from './render-plan.ts';

const kinds = [
  { kind: 'move-in', title: 'move it in' },
  { kind: 'cover', title: 'cover it' },
  { kind: 'exempt', title: 'exempt it' },
] as const;

/** One block for each kind of remedy, and in it one table for each remedy, of the paths that should try it first. */
export function deniedTables(paths: readonly AssessedPath[], page: Page): readonly string[] {
  const helpless = paths.filter(({ remedies }) => remedies.length === 0);
  return [
    ...kinds.map(({ kind, title }) => {
      const those = merged(paths.filter(({ remedies }) => remedies[0]?.kind === kind));
      const tables = [...bySame(those, ({ remedies }) => remedies[0]?.what ?? '').values()];
      return those.length === 0
        ? ''
        : [page.paint.bold(`Newly denied: ${title}`), ...tables.map((rows) => remedyTable(rows, page))].join('\n');
    }),
    pathTable('Newly denied, and nothing that the perimeter offers helps', helpless, page),
  ];
}

/** A table of paths that need no remedy or have none; empty where there are no paths. */
export function pathTable(title: string, paths: readonly AssessedPath[], page: Page): string {
  return paths.length === 0 ? '' : [page.paint.bold(title), ...rowsOf(merged(paths), page)].join('\n');
}

/** `1,021 events`. */
export const number = (n: number, noun: string): string => `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;

/** `2026-05-01 12:00` of an ISO time. */
export const minute = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

function remedyTable(rows: readonly Merged[], page: Page): string {
  const [remedy] = rows[0]?.remedies ?? [];
  const what = remedy === undefined ? '' : wrap(sentenceOf(remedy), page.width, '  → ', '    ');
  const opens = remedy?.opens == null ? [] : [wrap(holeOf(remedy.opens), page.width, '    ')];
  return [what, ...opens, ...rowsOf(rows, page)].join('\n');
}

const shownRows = 10;

function rowsOf(rows: readonly Merged[], page: Page): readonly string[] {
  const shown = page.verbose ? rows : rows.slice(0, shownRows);
  const left = rows.slice(shown.length);
  const column = Math.max('events'.length, widest(shown.map(({ events }) => events.toLocaleString('en'))));
  const rest = left.reduce((sum, { events }) => sum + events, 0);
  return [
    page.paint.dim(`    ${'events'.padStart(column)}  last seen   who → bucket, from where: what (why)`),
    ...shown.map((row) => rowOf(row, column, page)),
    ...(left.length === 0 ? [] : [`    and ${left.length} more, ${number(rest, 'event')}: --verbose or --json shows them`]),
  ];
}

function rowOf(row: Merged, column: number, { paint, width, verbose }: Page): string {
  const indent = ' '.repeat(4 + column + 2 + 'last seen   '.length);
  const first = `    ${row.events.toLocaleString('en').padStart(column)}  ${row.lastSeen.slice(0, 10)}  `;
  const [bucket = '', ...rest] = row.buckets;
  const buckets = verbose || rest.length < 2 ? row.buckets.join(', ') : `${bucket} and ${number(rest.length, 'more bucket')}`;
  const more = row.others === 0 ? '' : ` and ${row.others} more ${row.others === 1 ? 'address' : 'addresses'}`;
  const via = row.viaService === null || row.viaService === row.network.value ? '' : ` via ${row.viaService}`;
  const actions = row.actions.map((action) => action.replace(/^s3:/, '')).join(', ');
  const others = row.remedies
    .slice(1)
    .flatMap((remedy) => [
      wrap(`or ${kinds.find(({ kind }) => kind === remedy.kind)?.title}: ${remedy.command ?? remedy.what}`, width, indent, `${indent}  `),
      ...(remedy.opens === null ? [] : [wrap(holeOf(remedy.opens), width, `${indent}  `)]),
    ]);
  return [
    wrap(`${who(row.principal)} → ${buckets}, from ${row.network.value}${more}${via}: ${actions}`, width, first, indent),
    painted(wrap(`(${row.why.join('; ')})`, width, indent), paint.dim),
    ...others,
  ].join('\n');
}

const sentenceOf = ({ what, command }: Remedy): string => (command === null ? what : `${what}: ${command}`);

const holeOf = ({ who: whose, request: { action, resource, context } }: NonNullable<Remedy['opens']>): string =>
  `opens: ${whose} (for example ${action} on ${resource} from ${String(context['aws:SourceIp'] ?? context['aws:SourceVpc'] ?? 'there')})`;

interface Merged extends AssessedPath {
  /** The buckets of all, most events first. */
  readonly buckets: readonly string[];
  /** How many more networks took the same path. */
  readonly others: number;
}

// Clients on the Internet change their addresses, and who works with one bucket works with others: what helps one path helps all
// that are alike but for these.
function merged(paths: readonly AssessedPath[]): readonly Merged[] {
  const alike = bySame(paths, ({ principal, viaService, bucket, network, remedies, why }) => {
    const plain = (texts: readonly string[]): readonly string[] =>
      texts.map((text) => (network.kind === 'ip' ? text.replaceAll(network.value, '') : text).replaceAll(bucket, ''));
    const where = network.kind === 'ip' ? '' : network.value;
    return JSON.stringify([principal, viaService, network.kind, where, plain(remedies.map(({ what }) => what)), plain(why)]);
  });
  return [...alike.values()].flatMap((same) => mergeOf(same)).sort((a, b) => b.events - a.events);
}

function mergeOf(same: readonly AssessedPath[]): readonly Merged[] {
  const [first] = same;
  if (first === undefined) return [];
  return [
    {
      ...first,
      buckets: [...new Set(same.map(({ bucket }) => bucket))],
      others: new Set(same.map(({ network }) => network.value)).size - 1,
      events: same.reduce((sum, { events }) => sum + events, 0),
      actions: [...new Set(same.flatMap(({ actions }) => actions))].sort(),
      lastSeen:
        same
          .map(({ lastSeen }) => lastSeen)
          .sort()
          .at(-1) ?? first.lastSeen,
    },
  ];
}

function bySame<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** `role quilt/Reader (111122223333)`. */
export function who(principal: string): string {
  const [, account, kind, name] = /^arn:[^:]+:(?:iam|sts)::(\d{12}):([^/]+)(?:\/(.+))?$/.exec(principal) ?? [];
  if (account === undefined || kind === undefined) return principal;
  return `${kind}${name === undefined ? '' : ` ${name}`} (${account})`;
}
