// Stack policies: once a stack has one, an update of a resource needs an Allow and no Deny (G8, G13).
import type { ChangeRecord } from './state.ts';
import { invalid, isObject, type Node } from './template.ts';

/** Does the stack policy forbid this change. Null allows everything. */
export function forbiddenBy(policy: string | null, change: ChangeRecord): boolean {
  if (policy === null) return false;
  const applies = statementsOf(policy).filter(
    (statement) => texts(statement.Action).some((action) => matches(action, actionOf(change))) && covers(statement, change),
  );
  return !applies.some(({ Effect }) => Effect === 'Allow') || applies.some(({ Effect }) => Effect === 'Deny');
}

/** Throws ValidationError for a text that is no stack policy. */
export function checkStackPolicy(policy: string): void {
  for (const statement of statementsOf(policy))
    if ((statement.Effect !== 'Allow' && statement.Effect !== 'Deny') || texts(statement.Action).length === 0)
      throw invalid('Error validating stack policy: Invalid stack policy');
}

interface Statement {
  readonly [key: string]: Node;
}

function statementsOf(policy: string): readonly Statement[] {
  try {
    const document: unknown = JSON.parse(policy);
    if (isObject(document)) return (Array.isArray(document.Statement) ? document.Statement : [document.Statement]).filter(isObject);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalid('Error validating stack policy: Invalid stack policy');
}

const actionOf = (change: ChangeRecord): string =>
  change.action === 'Remove' ? 'Update:Delete' : change.replacement === 'True' ? 'Update:Replace' : 'Update:Modify';

function covers(statement: Statement, change: ChangeRecord): boolean {
  const id = `LogicalResourceId/${change.logicalId}`;
  const named = texts(statement.Resource).some((pattern) => matches(pattern, id));
  const excepted = statement.NotResource !== undefined && !texts(statement.NotResource).some((pattern) => matches(pattern, id));
  return (named || excepted) && typed(statement.Condition, change.type);
}

function typed(condition: Node | undefined, type: string): boolean {
  if (!isObject(condition)) return true;
  return Object.values(condition).every((keys) => !isObject(keys) || texts(keys.ResourceType).some((pattern) => matches(pattern, type)));
}

const texts = (value: Node | undefined): readonly string[] =>
  value === undefined || value === null ? [] : (Array.isArray(value) ? value : [value]).map(String);

function matches(pattern: string, text: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(text);
}
