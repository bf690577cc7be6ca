// Policy documents as data: reading them, writing them as AWS counts them, and finding our own statements again.

export type OneOrMore<T> = T | readonly T[];
export type ConditionBlock = { readonly [operator: string]: { readonly [key: string]: OneOrMore<string | number | boolean> } };
export type Principal = '*' | { readonly [kind: string]: OneOrMore<string> };

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: Principal;
  readonly NotPrincipal?: Principal;
  readonly Action?: OneOrMore<string>;
  readonly NotAction?: OneOrMore<string>;
  readonly Resource?: OneOrMore<string>;
  readonly NotResource?: OneOrMore<string>;
  readonly Condition?: ConditionBlock;
}

export interface PolicyDocument {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement: readonly Statement[];
}

/** Sids of statements that this tool writes begin with this. */
export const ourSid = 'QuiltPerimeter';

export type ParsedPolicy = { readonly ok: true; readonly document: PolicyDocument } | { readonly ok: false; readonly reason: string };

/**
 * Reads a policy's text. A single statement that stands without a list becomes a list of one; nothing else is changed.
 * Answers a reason, in words, where the text is not JSON or not of a policy's shape; never throws. Names of actions,
 * operators and keys are not judged: AWS adds to them.
 */
export function parsePolicy(text: string): ParsedPolicy {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { ok: false, reason: `it is not JSON: ${error.message}` };
  }
  return documentOf(value);
}

/** The document as it is sent: JSON without white space, its own keys in the order Version, Id, Statement. */
export function minify(document: PolicyDocument): string {
  return JSON.stringify({ Version: document.Version, Id: document.Id, Statement: document.Statement });
}

/** Characters, as AWS counts the size of an SCP: of the text exactly as it is sent (D12, D13). */
export function sizeOf(text: string): number {
  return [...text].length;
}

/** Bytes in UTF-8, as S3 counts the 20 KB of a bucket policy (C6). */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The most that S3 takes as a bucket policy, in bytes (C6). */
export const bucketPolicyLimit = 20 * 1024;

export function statementsOf(document: PolicyDocument | null): readonly Statement[] {
  return document === null ? [] : document.Statement;
}

/** True of a statement that this tool wrote: its Sid says so. */
export function isOurs(statement: Statement): boolean {
  return statement.Sid?.startsWith(ourSid) ?? false;
}

/** The statements that others wrote, in their order. */
export function withoutOurs(document: PolicyDocument | null): readonly Statement[] {
  return statementsOf(document).filter((statement) => !isOurs(statement));
}

/** One or more as a list. */
export function listOf<T>(value: OneOrMore<T> | undefined): readonly T[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

const isList = <T>(value: OneOrMore<T>): value is readonly T[] => Array.isArray(value);

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTextOrList = (value: unknown): boolean =>
  typeof value === 'string' || (Array.isArray(value) && value.every((one) => typeof one === 'string'));

const isScalar = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** As `parsePolicy`, of a value that is parsed already. */
export function documentOf(value: unknown): ParsedPolicy {
  if (!isObject(value)) return { ok: false, reason: 'it is not a JSON object' };
  const stranger = Object.keys(value).find((key) => !['Version', 'Id', 'Statement'].includes(key));
  if (stranger !== undefined) return { ok: false, reason: `it has an unknown element ${stranger}` };
  for (const key of ['Version', 'Id']) {
    if (value[key] !== undefined && typeof value[key] !== 'string') return { ok: false, reason: `its ${key} is not a text` };
  }
  if (value.Statement === undefined) return { ok: false, reason: 'it has no Statement' };
  const statements: readonly unknown[] = Array.isArray(value.Statement) ? value.Statement : [value.Statement];
  for (const [index, statement] of statements.entries()) {
    const problem = problemOf(statement);
    if (problem !== null) return { ok: false, reason: `statement ${index + 1} ${problem}` };
  }
  // Each element was judged just above.
  return { ok: true, document: { ...(value as Omit<PolicyDocument, 'Statement'>), Statement: statements as readonly Statement[] } };
}

const elements = ['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];

/** What is wrong with a statement's shape, as the end of a sentence; null where nothing is. */
function problemOf(statement: unknown): string | null {
  if (!isObject(statement)) return 'is not an object';
  const stranger = Object.keys(statement).find((key) => !elements.includes(key));
  if (stranger !== undefined) return `has an unknown element ${stranger}`;
  if (statement.Sid !== undefined && typeof statement.Sid !== 'string') return 'has a Sid that is not a text';
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') return 'has an Effect that is neither Allow nor Deny';
  for (const key of ['Principal', 'NotPrincipal']) {
    const principal = statement[key];
    if (principal !== undefined && principal !== '*' && !(isObject(principal) && Object.values(principal).every(isTextOrList))) {
      return `has a ${key} that is neither * nor a list by kind`;
    }
  }
  for (const key of ['Action', 'NotAction', 'Resource', 'NotResource']) {
    if (statement[key] !== undefined && !isTextOrList(statement[key])) return `has ${key} that is neither a text nor a list of texts`;
  }
  if ((statement.Action === undefined) === (statement.NotAction === undefined)) return 'needs either Action or NotAction';
  return statement.Condition === undefined || isConditionBlock(statement.Condition) ? null : 'has a Condition of another shape';
}

const isConditionBlock = (value: unknown): boolean =>
  isObject(value) &&
  Object.values(value).every(
    (keys) =>
      isObject(keys) && Object.values(keys).every((values) => isScalar(values) || (Array.isArray(values) && values.every(isScalar))),
  );
