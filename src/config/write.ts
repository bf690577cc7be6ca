// Writes quilt-perimeter.yaml: each key with what it means, and on a rewrite every comment that somebody put there.
import type { Stats } from 'node:fs';
import { lstat, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { Document, isMap, isScalar, isSeq, type Pair, parseDocument, type Scalar, type YAMLMap } from 'yaml';
import { badInput, failed, PerimeterError } from '../errors.ts';
import type { Json } from '../ports.ts';
import { configJsonSchema, configVersion } from './schema.ts';
import type { Settings } from './settings.ts';

interface Described {
  readonly description?: string;
  readonly properties?: { readonly [key: string]: Described };
}

/** A value for a key of the file (`perimeter.buckets`); null or an empty list where nothing was said. */
export interface ConfigValue {
  readonly key: string;
  readonly value: Json;
}

export interface ConfigFacts {
  /** Where editors find the JSON Schema, relative to the file. */
  readonly schemaPath: string;
  /** Keys that were asked about: an empty list is an answer too, and is written. */
  readonly answered: readonly string[];
}

/**
 * The file's text. Without `existing`, every value with its description above it. With it, the same document with changed values only; its comments, order and other keys stay.
 */
export function configText(values: readonly ConfigValue[], existing: string | null, about: ConfigFacts): string {
  const said = values.filter(({ key, value }) => about.answered.includes(key) || !silent(value) || existing !== null);
  return existing === null ? fresh(said, about.schemaPath) : rewritten(said, existing, about.answered);
}

/**
 * Writes the file and its JSON Schema atomically, making their folders; the one of the schema is the owner's alone. A file that
 * was there keeps its mode. No symbolic link is written through.
 * @throws PerimeterError CONFIG_WRITE: bad input where a link stands in the way, failed where it cannot be written
 */
export async function saveConfig(path: string, text: string, schemaFile: string): Promise<void> {
  const doing = `saving the configuration (${path})`;
  try {
    for (const each of [dirname(schemaFile), schemaFile, path]) {
      if ((await standingAt(each))?.isSymbolicLink() !== true) continue;
      throw badInput(
        'CONFIG_WRITE',
        `${doing}: ${each === path ? 'it' : each} is a symbolic link, which is not followed`,
        'put the file itself there, or name it with --config',
      );
    }
    await mkdir(dirname(schemaFile), { recursive: true, mode: 0o700 });
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomic(schemaFile, `${JSON.stringify(configJsonSchema(), null, 2)}\n`, { mode: 0o600 });
    await writeFileAtomic(path, text, (await standingAt(path)) === null ? { mode: 0o644 } : {});
  } catch (error) {
    if (error instanceof PerimeterError || !(error instanceof Error)) throw error;
    throw failed('CONFIG_WRITE', `${doing}: ${error.message}`, 'see to the folder and the disk, then run again', error);
  }
}

async function standingAt(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Settings as values of the file, in the file's order. */
export function valuesOf(settings: Settings): readonly ConfigValue[] {
  const { wanted, quilt, organization } = settings;
  return [
    { key: 'version', value: configVersion },
    { key: 'aws.profile', value: quilt.profile },
    { key: 'aws.region', value: settings.region },
    { key: 'aws.roleArn', value: quilt.roleArn },
    { key: 'organization.profile', value: organization.profile },
    { key: 'organization.roleArn', value: organization.roleArn },
    { key: 'organization.targets', value: wanted.targets },
    { key: 'stack.name', value: wanted.stack },
    { key: 'stack.parameter', value: wanted.parameter },
    { key: 'network.vpc', value: wanted.vpc },
    { key: 'network.subnets', value: wanted.subnets },
    { key: 'endpoints.apiGateway.privateDns', value: wanted.privateDns },
    { key: 'nat.mode', value: wanted.nat },
    { key: 'perimeter.buckets', value: wanted.buckets },
    { key: 'perimeter.trustedVpcs', value: wanted.trustedVpcs },
    { key: 'perimeter.trustedCidrs', value: wanted.trustedCidrs },
    { key: 'perimeter.clientCidrs', value: wanted.clientCidrs },
    { key: 'perimeter.exemptTag', value: wanted.exemptTag },
    { key: 'perimeter.policyName', value: wanted.policyName },
    { key: 'perimeter.vpcKey', value: wanted.vpcKey },
    { key: 'perimeter.resourceAccounts', value: wanted.resourceAccounts },
    { key: 'perimeter.accessPoints', value: wanted.accessPoints },
    { key: 'perimeter.protectExemptTag', value: wanted.protectExemptTag },
    { key: 'perimeter.tagAdministrator', value: wanted.tagAdministrator },
    { key: 'test.bucket', value: wanted.testBucket },
    { key: 'operator.ip', value: wanted.operatorIp },
    { key: 'accept', value: wanted.accept },
  ];
}

const heading = ` Choices of quilt-perimeter. Flags win over this file, this file over what is found.
 quilt-perimeter init asks and rewrites it; comments stay.`;

const silent = (value: Json): boolean => value === null || (Array.isArray(value) && value.length === 0);

function fresh(values: readonly ConfigValue[], schemaPath: string): string {
  const document = new Document({});
  document.commentBefore = ` yaml-language-server: $schema=${schemaPath}\n${heading}`;
  const schema: Described = configJsonSchema();
  for (const { key, value } of values) {
    put(document, schema, key.split('.'), value);
  }
  return String(document);
}

function rewritten(values: readonly ConfigValue[], existing: string, answered: readonly string[]): string {
  const document = parseDocument(existing);
  const schema: Described = configJsonSchema();
  for (const { key, value } of values) {
    const path = key.split('.');
    const present = document.getIn(path) === undefined ? undefined : plain(document, path);
    const empty = silent(value) && !answered.includes(key);
    if (empty && present === undefined) continue;
    if (present !== undefined && sameValue(present, value)) continue;
    if (empty) document.deleteIn(path);
    else if (present === undefined) put(document, schema, path, value);
    else replace(document, path, value);
  }
  return String(document);
}

const plain = (document: Document, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    document.toJS(),
  );

const sameValue = (present: unknown, value: Json): boolean =>
  JSON.stringify(Array.isArray(present) ? present.map(String) : present) === JSON.stringify(value) || String(present) === String(value);

// Keeps the comments on a scalar, and on every item of a list that stays in it.
function replace(document: Document, path: readonly string[], value: Json): void {
  const node = document.getIn(path, true);
  if (!Array.isArray(value) || !isSeq(node)) {
    document.setIn(path, Array.isArray(value) ? document.createNode(value) : value);
    return;
  }
  const kept = node.items;
  node.items = value.map(
    (item: Json) => kept.find((old) => isScalar(old) && String(old.value) === String(item)) ?? document.createNode(item),
  );
}

// Adds a pair with its description above it, making the maps on the way.
function put(document: Document, schema: Described, path: readonly string[], value: Json): void {
  let map = document.contents;
  let described: Described | undefined = schema;
  path.forEach((key, depth) => {
    if (!isMap(map)) return;
    described = described?.properties?.[key];
    const last = depth === path.length - 1;
    const found: Pair | undefined = map.items.find((item) => isScalar(item.key) && item.key.value === key);
    if (found === undefined) {
      const pair = document.createPair(key, last ? value : {}) as Pair<Scalar<string>, YAMLMap>;
      if (described?.description !== undefined && key !== 'version') pair.key.commentBefore = ` ${described.description}`;
      pair.key.spaceBefore = depth === 0 && key !== 'version';
      (map as YAMLMap).add(pair);
      map = pair.value;
    } else {
      map = isMap(found.value) ? found.value : null;
    }
  });
}
