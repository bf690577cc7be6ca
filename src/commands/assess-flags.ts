// What the flags of `assess` say: which days, how many threads, what is given instead of asked.
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { TrailWindow } from '../access/types.ts';
import type { PrincipalTags } from '../access/world.ts';
import { badInput, type PerimeterError, shown } from '../errors.ts';
import type { Flags } from './flags.ts';

export interface AssessOptions {
  readonly workers: number;
  /** Newly denied paths that may be; null: any number. */
  readonly maxDenied: number | null;
  readonly maxScanGb: number | null;
  readonly vpcOf: ReadonlyMap<string, string>;
  readonly namedTags: ReadonlyMap<string, PrincipalTags>;
  readonly otherTags: PrincipalTags | null;
  /** The days asked for; `now` in milliseconds since the epoch, for `30d`. */
  window(now: number): TrailWindow;
}

type Given = Pick<Flags, 'since' | 'before' | 'workers' | 'maxDenied' | 'maxScanGb' | 'vpceMap' | 'principalTags'>;

/**
 * Reads the flags and the files that they name.
 * @throws PerimeterError FLAG (exit 2): the flag, its value and what was expected
 */
export async function assessOptionsOf(flags: Given, cwd: string): Promise<AssessOptions> {
  const since = timeOf('--since', flags.since);
  const before = timeOf('--before', flags.before);
  const tags = await tagsIn(flags.principalTags, cwd);
  return {
    workers: numberOf('--workers', flags.workers, /^[1-9]\d?$/, '1 to 99') ?? availableParallelism(),
    maxDenied: numberOf('--max-denied', flags.maxDenied, /^\d{1,9}$/, 'a whole number, 0 or more'),
    maxScanGb: numberOf('--max-scan-gb', flags.maxScanGb, /^(?=.*[1-9])\d{1,9}(\.\d{1,6})?$/, 'a number of gigabytes above 0'),
    vpcOf: await vpcsIn(flags.vpceMap, cwd),
    namedTags: new Map([...tags].filter(([name]) => name !== '*')),
    otherTags: tags.get('*') ?? null,
    window: (now) => {
      const window = { since: since?.(now) ?? null, before: before?.(now) ?? null };
      if (window.since === null || window.before === null || window.since < window.before) return window;
      throw flagError('--before', flags.before ?? '', `expected a time after --since ${flags.since ?? ''}`);
    },
  };
}

const flagError = (flag: string, value: string, expected: string): PerimeterError =>
  badInput('FLAG', `reading ${flag} (${shown(value)}): ${expected}`, 'quilt-perimeter assess --help');

function numberOf(flag: string, value: string | undefined, form: RegExp, expected: string): number | null {
  if (value === undefined) return null;
  if (!form.test(value)) throw flagError(flag, value, `expected ${expected}`);
  return Number(value);
}

const units = { d: 86_400_000, h: 3_600_000, m: 60_000 } as const;

/** Milliseconds since the epoch, once it is known what time it is. Times without a zone are UTC. */
function timeOf(flag: string, value: string | undefined): ((now: number) => number) | null {
  if (value === undefined) return null;
  const [, many, unit] = /^(\d{1,5})([dhm])$/.exec(value) ?? [];
  if (many !== undefined && (unit === 'd' || unit === 'h' || unit === 'm')) return (now) => now - Number(many) * units[unit];
  const zoned = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/.exec(value);
  const time = zoned === null ? Number.NaN : Date.parse(zoned[1] === undefined || zoned[4] !== undefined ? value : `${value}Z`);
  if (Number.isNaN(time)) throw flagError(flag, value, 'expected a time such as 2026-05-01, 2026-05-01T12:00:00Z or 30d');
  return () => time;
}

async function vpcsIn(file: string | undefined, cwd: string): Promise<ReadonlyMap<string, string>> {
  const flag = '--vpce-map';
  const found = await objectIn(flag, file, cwd);
  return new Map(
    Object.entries(found).map(([id, vpc]) => {
      if (!/^vpce-\w+$/.test(id)) throw fileError(flag, file, `${shown(id)} is no endpoint id (vpce-…)`);
      if (typeof vpc !== 'string' || !/^vpc-\w+$/.test(vpc)) throw fileError(flag, file, `the value of ${id} is no VPC id (vpc-…)`);
      return [id, vpc];
    }),
  );
}

async function tagsIn(file: string | undefined, cwd: string): Promise<ReadonlyMap<string, PrincipalTags>> {
  const flag = '--principal-tags';
  const found = await objectIn(flag, file, cwd);
  return new Map(
    Object.entries(found).map(([name, tags]) => {
      if (name !== '*' && !/^arn:[^:]+:(iam|sts)::\d{12}:.+$/.test(name)) {
        throw fileError(flag, file, `${shown(name)} is neither an ARN of a role or user nor *`);
      }
      if (!isObject(tags)) throw fileError(flag, file, `the value of ${shown(name)} is no object of tags`);
      const pairs = Object.entries(tags).map(([key, value]): readonly [string, string] => {
        if (typeof value !== 'string') throw fileError(flag, file, `tag ${shown(key)} of ${shown(name)} has a value that is no text`);
        return [key, value];
      });
      return [name, Object.fromEntries(pairs)];
    }),
  );
}

async function objectIn(flag: string, file: string | undefined, cwd: string): Promise<{ readonly [key: string]: unknown }> {
  if (file === undefined) return {};
  const value = parsed(flag, file, await textOf(flag, file, cwd));
  if (!isObject(value)) throw fileError(flag, file, 'it holds no JSON object');
  return value;
}

async function textOf(flag: string, file: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw fileError(flag, file, `it cannot be read (${String(error.code)})`, error);
    throw error;
  }
}

function parsed(flag: string, file: string, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) throw fileError(flag, file, 'it is no JSON', error);
    throw error;
  }
}

const fileError = (flag: string, file: string | undefined, problem: string, cause?: unknown): PerimeterError =>
  badInput('FLAG', `reading ${flag} (${shown(file ?? '')}): ${problem}`, `give ${flag} a file as README says`, cause);

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
