// Requests as other programs send them: one JSON object a line. Policies are mostly the same from line to line: they are read
// once for each text, and so compiled once.
import type { ContextValues } from './context.ts';
import { documentOf, type PolicyDocument } from './document.ts';
import type { AccessRequest, Policies } from './evaluate.ts';

export interface RequestLine {
  /** Its policies are empty where the line has none. */
  readonly request: AccessRequest;
  readonly hasPolicies: boolean;
}

/**
 * A reader of lines that remembers the policies of those before, at most `most` different ones at a time. It answers what the
 * line asks, or what is wrong with it, as the end of a sentence.
 */
export function requestReader(most = 1000): (line: string) => RequestLine | string {
  const byText = new Map<string, Policies | string>();
  // Runs of lines have the same policies: found again by one comparison.
  let last = '';
  let lastPolicies: Policies | string = 'it has no policies';
  const policiesIn = (text: string): Policies | string => {
    if (text === last) return lastPolicies;
    let policies = byText.get(text);
    if (policies === undefined) {
      const value = parsed(text);
      policies = value instanceof SyntaxError ? notJson(value) : policiesOf(value);
      if (byText.size >= most) byText.clear();
      // A copy: a slice would keep the far longer text that it is a part of.
      byText.set(Buffer.from(text).toString(), policies);
    }
    last = text;
    lastPolicies = policies;
    return policies;
  };
  return (line) => {
    const split = splitAtPolicies(line, last);
    const rest = split === null ? null : parsed(split.rest);
    if (split !== null && isObject(rest) && rest.policies === 0) return lineOf(rest, policiesIn(split.policies));
    const value = parsed(line);
    if (value instanceof SyntaxError) return notJson(value);
    if (!isObject(value)) return 'it is not a JSON object';
    return lineOf(value, value.policies === undefined || value.policies === null ? null : policiesOf(value.policies));
  };
}

const member = '"policies":';

/**
 * The text of the first object that is called `policies`, and the line with 0 in its place: where that parses with 0 as its own
 * member, the text was that member's. `last`: such a text that may well stand there again. Null where there is none.
 */
function splitAtPolicies(line: string, last: string): { readonly policies: string; readonly rest: string } | null {
  const found = line.indexOf(member);
  if (found < 0) return null;
  let from = found + member.length;
  while (line[from] === ' ') from++;
  const isLast = last !== '' && line.slice(from, from + last.length) === last;
  const end = isLast ? from + last.length : endOfObject(line, from);
  if (end === from) return null;
  return { policies: isLast ? last : line.slice(from, end), rest: `${line.slice(0, from)}0${line.slice(end)}` };
}

/** Where the object that begins at `from` ends; `from` where none does. */
function endOfObject(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfText(text, at);
    else if (code === opening) depth++;
    else if (code === closing && --depth === 0) return at + 1;
    if (depth <= 0) return from;
  }
  return from;
}

/** Where the closing quotation mark is. */
function endOfText(text: string, from: number): number {
  let at = text.indexOf('"', from + 1);
  while (at > 0 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at < 0 ? text.length : at;
}

function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text[before - 1] === '\\') before--;
  return (at - before) % 2 === 1;
}

const quote = '"'.charCodeAt(0);
const opening = '{'.charCodeAt(0);
const closing = '}'.charCodeAt(0);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return error;
  }
}

const notJson = (error: SyntaxError): string => `it is not JSON: ${error.message}`;

type JsonObject = { readonly [key: string]: unknown };

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof SyntaxError);

const members: ReadonlySet<string> = new Set([
  'principal',
  'role',
  'action',
  'resource',
  'resourceAccount',
  'managementAccount',
  'context',
  'unknown',
  'policies',
]);

function lineOf(value: JsonObject, policies: Policies | string | null): RequestLine | string {
  for (const name in value) if (!members.has(name)) return `it has an unknown member ${name}`;
  const { principal, action, resource, context = {}, unknown = [] } = value;
  for (const name of ['principal', 'action', 'resource'])
    if (typeof value[name] !== 'string') return `its ${name} is missing or not a text`;
  for (const name of ['role', 'resourceAccount', 'managementAccount']) if (!isTextOrNone(value[name])) return `its ${name} is not a text`;
  if (!isContext(context)) return 'its context is not an object of texts, numbers, true, false, or lists of these';
  if (!isTexts(unknown)) return 'its unknown is not a list of keys';
  if (typeof policies === 'string') return policies;
  const request: { -readonly [name in keyof AccessRequest]: AccessRequest[name] } = {
    principal: String(principal),
    action: String(action),
    resource: String(resource),
    context,
    unknown,
    policies: policies ?? none,
  };
  if (typeof value.role === 'string') request.role = value.role;
  if (typeof value.resourceAccount === 'string') request.resourceAccount = value.resourceAccount;
  if (typeof value.managementAccount === 'string') request.managementAccount = value.managementAccount;
  return { request, hasPolicies: policies !== null };
}

const none: Policies = {};

const isTextOrNone = (value: unknown): boolean => value === undefined || value === null || typeof value === 'string';
const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((one) => typeof one === 'string');

function isContext(value: unknown): value is ContextValues {
  if (!isObject(value)) return false;
  for (const key in value) {
    const one = value[key];
    if (!isScalar(one) && !(Array.isArray(one) && one.every(isScalar))) return false;
  }
  return true;
}

const isScalar = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

const lists = ['identity', 'boundary'] as const;
const singles = ['session', 'resource', 'endpoint'] as const;
const levelled = ['scp', 'rcp'] as const;
const types: readonly string[] = [...lists, ...singles, ...levelled];

/** The policies of a line; null stands for a type that is not given. What is wrong with them, as the end of a sentence. */
export function policiesOf(value: unknown): Policies | string {
  if (!isObject(value)) return 'its policies are not an object';
  const stranger = Object.keys(value).find((type) => !types.includes(type));
  if (stranger !== undefined) return `its policies have an unknown type ${stranger}`;
  const problems: string[] = [];
  const documents = (type: string, given: unknown): readonly PolicyDocument[] => {
    if (!Array.isArray(given)) {
      problems.push(`its policies.${type} is not a list`);
      return [];
    }
    return given.flatMap((one: unknown) => {
      const read = documentOf(one);
      if (read.ok) return [read.document];
      problems.push(`a document of its policies.${type} is no policy: ${read.reason}`);
      return [];
    });
  };
  const levels = (type: string, given: unknown): readonly (readonly PolicyDocument[])[] =>
    Array.isArray(given) ? given.map((level: unknown) => documents(type, level)) : [documents(type, given)];
  const policies: { -readonly [type in keyof Policies]: Policies[type] } = {};
  for (const type of lists) if (isGiven(value[type])) policies[type] = documents(type, value[type]);
  for (const type of singles) {
    const [document] = isGiven(value[type]) ? documents(type, [value[type]]) : [];
    if (document !== undefined) policies[type] = document;
  }
  for (const type of levelled) if (isGiven(value[type])) policies[type] = levels(type, value[type]);
  return problems[0] ?? policies;
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;
