// Reads quilt-perimeter.yaml: one error, with its line and column, for whatever is wrong in it.
import { open } from 'node:fs/promises';
import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type { ZodError } from 'zod';
import { badInput } from '../errors.ts';
import { type ConfigFile, configSchema, configVersion } from './schema.ts';

type Issue = ZodError['issues'][number];

/**
 * Parses the file's text. `path` is named in errors.
 * @throws PerimeterError CONFIG (exit 2): what is wrong, at which line and column.
 */
export function parseConfig(text: string, path: string): ConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, strict: true, uniqueKeys: true });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `line ${line}, column ${col}`;
  };
  // A tag or a version that YAML does not know is only a warning there, and what it was meant to say is lost.
  const broken = document.errors[0] ?? document.warnings[0];
  if (broken !== undefined) {
    throw configError(path, at(broken.pos[0]), broken.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? broken.code);
  }
  refuseOtherVersions(document, path, at);
  refuseAliases(document, path, at);
  refuseOtherKeys(document, path, at);
  keepDigits(document);
  const parsed = configSchema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => describe(document, issue)).sort((a, b) => a.offset - b.offset);
  const first = problems[0];
  if (first === undefined) throw configError(path, at(0), 'it does not fit the schema', parsed.error);
  throw configError(path, at(first.offset), first.text, parsed.error);
}

/**
 * Reads and parses the file at `path`; null where there is none and `required` is false.
 * @throws PerimeterError CONFIG (exit 2) where it cannot be read or is wrong.
 */
export async function loadConfig(path: string, required: boolean): Promise<{ readonly text: string; readonly config: ConfigFile } | null> {
  let bytes: Uint8Array;
  try {
    bytes = await readUpTo(path, mostBytes + 1);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    if (code === 'ENOENT' && !required) return null;
    throw badInput(
      'CONFIG',
      `reading the configuration (${path}): ${reasons[code] ?? code}`,
      'name a file that can be read with --config FILE',
      error,
    );
  }
  if (bytes.length > mostBytes) throw configError(path, null, `it is larger than ${mostBytes / 1024} KiB`);
  const text = textOf(bytes, path);
  return { text, config: parseConfig(text, path) };
}

// The parser compares every key with every other: a larger file could keep it busy for minutes.
const mostBytes = 64 * 1024;

const reasons: { readonly [code: string]: string } = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a folder (EISDIR)',
  ENOTDIR: 'a part of the path is no folder',
  ENAMETOOLONG: 'the path is too long',
  ELOOP: 'its symbolic links lead in a circle',
  ERR_INVALID_ARG_VALUE: 'the path holds a character that no file name has',
};

// A device or a pipe may never come to an end.
async function readUpTo(path: string, limit: number): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const chunks: Buffer[] = [];
    for (let length = 0; length < limit; ) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(64 * 1024));
      if (bytesRead === 0) break;
      chunks.push(buffer.subarray(0, bytesRead));
      length += bytesRead;
    }
    return Buffer.concat(chunks);
  } finally {
    await handle.close();
  }
}

function textOf(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw configError(path, null, 'it is not UTF-8', error);
  }
}

const configError = (path: string, place: string | null, problem: string, cause?: unknown) =>
  badInput(
    'CONFIG',
    `reading the configuration (${path}${place === null ? '' : `, ${place}`}): ${problem}`,
    `correct ${path}; the README lists its keys`,
    cause,
  );

function refuseOtherVersions(document: Document.Parsed, path: string, at: (offset: number) => string): void {
  if (!isMap(document.contents)) throw configError(path, at(0), `expected keys such as "version: ${configVersion}"`);
  const node = document.getIn(['version'], true);
  if (node === undefined) throw configError(path, at(0), `"version: ${configVersion}" is missing`);
  const value = isScalar(node) ? node.value : null;
  if (value === configVersion) return;
  const place = at(startOf(node) ?? 0);
  if (typeof value === 'number' && value > configVersion) {
    throw badInput(
      'CONFIG_VERSION',
      `reading the configuration (${path}, ${place}): version ${value} is newer than this program, which reads version ${configVersion}`,
      'install a newer quilt-perimeter',
    );
  }
  throw configError(path, place, `expected "version: ${configVersion}"`);
}

// `*.example` and the like are meant as text: YAML takes them for aliases of something named elsewhere.
function refuseAliases(document: Document.Parsed, path: string, at: (offset: number) => string): void {
  visit(document, {
    Alias(_key, node) {
      throw configError(path, at(startOf(node) ?? 0), `*${node.source} is an alias; put it into quotes to mean the text`);
    },
  });
}

// A list or a map for a key would become text of several lines, and so may a text: the schema's keys are words.
function refuseOtherKeys(document: Document.Parsed, path: string, at: (offset: number) => string): void {
  visit(document, {
    Pair(_key, { key }) {
      if (isScalar(key) && !/[\p{Cc}\u2028\u2029]/u.test(String(key.value)) && String(key.value).length <= longestKey) return;
      throw configError(path, at(startOf(key) ?? 0), 'expected a word for a key');
    },
  });
}

const longestKey = 200;

// An account id is digits: YAML reads it as a number and loses leading zeros.
function keepDigits(document: Document.Parsed): void {
  visit(document, {
    Scalar(key, node, path) {
      const parent = path[path.length - 1];
      const isVersion = path.length === 3 && key === 'value' && isPairNamed(parent, 'version');
      if (typeof node.value === 'number' && !isVersion && node.source !== undefined) node.value = node.source;
    },
  });
}

const isPairNamed = (node: unknown, name: string): boolean =>
  typeof node === 'object' && node !== null && 'key' in node && isScalar(node.key) && node.key.value === name;

function describe(document: Document.Parsed, issue: Issue): { readonly offset: number; readonly text: string } {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  const name = path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const map = path.length === 0 ? document.contents : document.getIn(path, true);
    const pair = isMap(map) ? map.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
    const offset = pair !== undefined && isScalar(pair.key) ? (startOf(pair.key) ?? 0) : 0;
    return { offset, text: `unknown key ${[...path, key].join('.')}` };
  }
  const offset = startOf(nearest(document, path)) ?? 0;
  if (issue.code === 'invalid_type') return { offset, text: `${name}: expected ${inWords(issue.expected)}` };
  if (issue.code === 'invalid_value') return { offset, text: `${name}: expected one of ${issue.values.map(String).join(', ')}` };
  return { offset, text: `${name}: ${issue.message}` };
}

const inWords = (expected: string): string =>
  ({ string: 'text', array: 'a list', object: 'keys', boolean: 'true or false', number: 'a number' })[expected] ?? expected;

function nearest(document: Document.Parsed, path: readonly (string | number)[]): unknown {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (node !== undefined && node !== null) return node;
  }
  return document.contents;
}

const startOf = (node: unknown): number | null => {
  if (typeof node !== 'object' || node === null || !('range' in node)) return null;
  const range = (node as Node).range;
  return range?.[0] ?? null;
};
