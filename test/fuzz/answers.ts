// AWS's answers, changed before they are encoded: one field of one operation left out, or another value in its place. Fields
// are named by paths, `Vpcs.*.CidrBlock`: the star stands for every item of a list.
import { type Model, type Models, models } from '../../src/sandbox/models.ts';

/** A field of an operation's answer. */
export interface Field {
  /** `ec2:DescribeVpcs`. */
  readonly operation: string;
  readonly path: readonly string[];
}

export const nameOf = ({ operation, path }: Field): string => `${operation} ${path.join('.')}`;

/** What is put in a field's place; undefined leaves it out. */
export type Replace = (value: unknown) => unknown;

type Change = (operation: string, answer: unknown, input: object) => unknown;

/** The sandbox's models with the answers to reads (or to all calls) changed. What they answer with is a copy. */
export function answering(change: Change, kind: 'read' | 'any' = 'read'): Models {
  const changed = (service: string, model: Model): Model => ({
    operations: Object.fromEntries(
      Object.entries(model.operations).map(([name, operation]) => {
        if (operation === undefined || (kind === 'read' && operation.kind !== 'read')) return [name, operation];
        const run: typeof operation.run = (world, input, call) =>
          change(`${service}:${name}`, structuredClone(operation.run(world, input, call)), input);
        return [name, { ...operation, run }];
      }),
    ),
  });
  return Object.fromEntries(Object.entries(models).map(([service, model]) => [service, changed(service, model)]));
}

/** Models in whose answers one field is replaced, in every item of the lists on its way or in the first alone. */
export const replacing = (field: Field, replace: Replace, items: 'all' | 'first' = 'all', kind: 'read' | 'any' = 'read'): Models =>
  answering((operation, answer) => (operation === field.operation ? withField(answer, field.path, replace, items) : answer), kind);

/** Models that tell which fields they answered with; they answer as the sandbox does. */
export function recording(seen: Map<string, Field>, kind: 'read' | 'any' = 'read'): Models {
  return answering((operation, answer) => {
    for (const path of pathsOf(answer, [])) {
      const field = { operation, path };
      seen.set(nameOf(field), field);
    }
    return answer;
  }, kind);
}

function pathsOf(value: unknown, above: readonly string[]): readonly (readonly string[])[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, [...above, '*']));
  if (!isBranch(value)) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    item === undefined ? [] : [[...above, name], ...pathsOf(item, [...above, name])],
  );
}

/** The answer with the field at this path replaced, in every item of the lists on its way or in the first alone. */
export function withField(value: unknown, path: readonly string[], replace: Replace, items: 'all' | 'first'): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return replace(value);
  if (name === '*') {
    if (!Array.isArray(value)) return value;
    return value.map((item, index) => (items === 'first' && index > 0 ? item : withField(item, rest, replace, items)));
  }
  if (!isBranch(value) || value[name] === undefined) return value;
  const changed = withField(value[name], rest, replace, items);
  const { [name]: _former, ...others } = value;
  return changed === undefined ? others : { ...others, [name]: changed };
}

const isBranch = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date) && !(value instanceof Uint8Array);

/** Models that page one operation for ever: each answer has the token that `token` names next, whatever came with the request. */
export function endless(operation: string, field: string, token: (page: number) => string, isEmpty: boolean): Models {
  const [service = '', name = ''] = operation.split(':');
  const found = Object.entries(models).find(([each]) => each === service)?.[1];
  const original = found?.operations[name];
  if (found === undefined || original === undefined) throw new Error(`the sandbox has no ${operation}`);
  let page = 0;
  const run: typeof original.run = (world, input, call) => {
    const answer = structuredClone(original.run(world, { ...input, [field]: undefined }, call));
    if (!isBranch(answer)) return answer;
    const lists = Object.entries(answer).map(([key, value]) => [key, isEmpty && Array.isArray(value) ? [] : value]);
    page += 1;
    return { ...Object.fromEntries(lists), IsTruncated: true, [field]: token(page) };
  };
  return { ...models, [service]: { operations: { ...found.operations, [name]: { ...original, run } } } };
}
