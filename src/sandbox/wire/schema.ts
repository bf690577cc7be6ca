// Operation tables out of an SDK client's module. The clients export the schemas that they serialize by, so the sandbox
// speaks the same dialects without a table of its own. Lengths, patterns and enums are not in them.
import { NormalizedSchema } from '@smithy/core/schema';
import type { SchemaTraitsObject, StaticOperationSchema, StaticStructureSchema } from '@smithy/types';

export interface Operation {
  readonly name: string;
  /** Method, URI pattern, status; null for the RPC protocols. */
  readonly http: readonly [method: string, uri: string, status: number] | null;
  /** Null where the operation takes or gives nothing. */
  readonly input: StaticStructureSchema | null;
  readonly output: StaticStructureSchema | null;
}

export type Operations = ReadonlyMap<string, Operation>;

export interface Member {
  readonly name: string;
  readonly schema: NormalizedSchema;
  readonly traits: SchemaTraitsObject;
}

/** The operations that a client's module exports, by name (`module` is its `import *`). */
export function operationsOf(module: object): Operations {
  const found = new Map<string, Operation>();
  for (const value of Object.values(module)) {
    if (!isOperation(value)) continue;
    const [, , name, traits, input, output] = value;
    const http = typeof traits === 'object' && traits.http ? traits.http : null;
    found.set(name, { name, http, input: structure(input), output: structure(output) });
  }
  return found;
}

const cached = new WeakMap<StaticStructureSchema, readonly Member[]>();

/** The members of a structure with their traits, member traits over those of the target. */
export function membersOf(schema: StaticStructureSchema): readonly Member[] {
  const known = cached.get(schema);
  if (known) return known;
  const members = [...NormalizedSchema.of(schema).structIterator()].map(([name, member]) => ({
    name,
    schema: member,
    traits: member.getMergedTraits(),
  }));
  cached.set(schema, members);
  return members;
}

/** A structure of some of another one's members, under the same name. */
export function withMembers(schema: StaticStructureSchema, names: readonly string[]): StaticStructureSchema {
  const [id, namespace, name, traits, allNames, schemas] = schema;
  const kept = allNames.flatMap((member, index) => {
    const target = schemas[index];
    return names.includes(member) && target !== undefined ? [{ member, target }] : [];
  });
  return [id, namespace, name, traits, kept.map(({ member }) => member), kept.map(({ target }) => target)];
}

const isOperation = (value: unknown): value is StaticOperationSchema => Array.isArray(value) && value[0] === 9;

const isStructure = (value: unknown): value is StaticStructureSchema => Array.isArray(value) && value[0] === 3;

function structure(reference: unknown): StaticStructureSchema | null {
  const value: unknown = typeof reference === 'function' ? reference() : reference;
  return isStructure(value) ? value : null;
}
