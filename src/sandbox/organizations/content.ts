// What Organizations accepts as a policy's content: size as sent, and the syntax of SCPs and RCPs (D12, D13, D20).
import { AwsError } from '../types.ts';
import { constraint } from './errors.ts';

/** Characters a policy may have, and policies that a root, unit or account may have directly attached (D12). */
export const limits: { readonly [type: string]: { readonly characters: number; readonly attachments: number } } = {
  SERVICE_CONTROL_POLICY: { characters: 10_240, attachments: 10 },
  RESOURCE_CONTROL_POLICY: { characters: 5_120, attachments: 5 },
};
const otherLimits = { characters: 10_000, attachments: 10 };

/** The limits of a policy type. */
export const limitsOf = (type: string): { readonly characters: number; readonly attachments: number } => limits[type] ?? otherLimits;

/**
 * Checks the content of a policy of `type`, white space counted as sent (D13). Throws ConstraintViolationException
 * (POLICY_CONTENT_LIMIT_EXCEEDED) and MalformedPolicyDocumentException.
 */
export function checkContent(type: string, content: string): void {
  const most = limitsOf(type).characters;
  if ([...content].length > most)
    throw constraint('POLICY_CONTENT_LIMIT_EXCEEDED', `You have exceeded the maximum size of ${most} characters for this policy.`);
  const document = parse(content);
  if (type !== 'SERVICE_CONTROL_POLICY' && type !== 'RESOURCE_CONTROL_POLICY') return;
  if (document.Version !== '2012-10-17') throw malformed();
  for (const key of Object.keys(document)) if (!['Version', 'Id', 'Statement'].includes(key)) throw malformed();
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  if (statements.length === 0) throw malformed();
  const sids = new Set<string>();
  for (const statement of statements) {
    if (!isObject(statement)) throw malformed();
    checkStatement(type, statement);
    if (typeof statement.Sid !== 'string') continue;
    if (sids.has(statement.Sid)) throw malformed();
    sids.add(statement.Sid);
  }
}

interface JsonObject {
  readonly [key: string]: unknown;
}

const operators =
  /^(ForAllValues:|ForAnyValue:)?(String(Not)?(Equals(IgnoreCase)?|Like)|Numeric(Not)?Equals|Numeric(Less|Greater)Than(Equals)?|Date(Not)?Equals|Date(Less|Greater)Than(Equals)?|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like))(IfExists)?$/;

const elements = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition', 'Principal'];

function checkStatement(type: string, statement: JsonObject): void {
  for (const key of Object.keys(statement)) if (!elements.includes(key)) throw malformed();
  if (statement.Sid !== undefined && typeof statement.Sid !== 'string') throw malformed();
  if (type === 'RESOURCE_CONTROL_POLICY') {
    const actions = texts(statement.Action);
    if (statement.Effect !== 'Deny' || statement.Principal !== '*' || statement.NotAction !== undefined) throw malformed();
    if (actions === null || actions.includes('*')) throw malformed();
  } else {
    if (statement.Effect !== 'Deny' && statement.Effect !== 'Allow') throw malformed();
    // An SCP binds whole accounts: it takes neither Principal nor NotPrincipal (D20).
    if ('Principal' in statement) throw malformed();
  }
  const actions = exactlyOne(statement, 'Action', 'NotAction');
  if (!actions.every((action) => /^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$/i.test(action))) throw malformed();
  const resources = exactlyOne(statement, 'Resource', 'NotResource');
  if (!resources.every((resource) => resource === '*' || resource.startsWith('arn:') || /^[*?]/.test(resource))) throw malformed();
  if (statement.Condition !== undefined) checkCondition(statement.Condition);
}

function checkCondition(condition: unknown): void {
  if (!isObject(condition)) throw malformed();
  for (const [operator, keys] of Object.entries(condition)) {
    if (operator !== 'Null' && !operators.test(operator)) throw malformed();
    if (!isObject(keys) || Object.keys(keys).length === 0) throw malformed();
    for (const values of Object.values(keys)) {
      const list = Array.isArray(values) ? values : [values];
      if (list.length === 0 || !list.every((value) => ['string', 'boolean', 'number'].includes(typeof value))) throw malformed();
    }
  }
}

function exactlyOne(statement: JsonObject, positive: string, negative: string): readonly string[] {
  if ((statement[positive] === undefined) === (statement[negative] === undefined)) throw malformed();
  const list = texts(statement[positive] ?? statement[negative]);
  if (list === null || list.length === 0) throw malformed();
  return list;
}

function texts(value: unknown): readonly string[] | null {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.every((item): item is string => typeof item === 'string') ? list : null;
}

function parse(content: string): JsonObject {
  let document: unknown;
  try {
    document = JSON.parse(content);
  } catch (error) {
    if (error instanceof SyntaxError) throw malformed();
    throw error;
  }
  if (!isObject(document)) throw malformed();
  return document;
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

const malformed = (): AwsError =>
  new AwsError(
    'MalformedPolicyDocumentException',
    'The provided policy document does not meet the requirements of the specified policy type.',
  );
