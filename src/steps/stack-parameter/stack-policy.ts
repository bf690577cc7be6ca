// Whether a stack policy forbids an update. Its language is a part of IAM's: without an Allow nothing may be updated, and a
// Deny wins. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
import { listOf, parsePolicy, type Statement } from '../../policy/document.ts';

/**
 * @param policy null: the stack has none, and everything may be updated
 * @param logicalIds resources that will be modified; empty where not known yet: then only what forbids every update counts
 */
export function forbidsUpdate(policy: string | null, logicalIds: readonly string[]): boolean {
  if (policy === null) return false;
  const parsed = parsePolicy(policy);
  if (!parsed.ok) return false;
  const modifying = parsed.document.Statement.filter(aboutModifying);
  const of = (effect: 'Allow' | 'Deny', resource: string) =>
    modifying.some((statement) => statement.Effect === effect && covers(statement, resource));
  const isForbidden = (resource: string) => of('Deny', resource) || !of('Allow', resource);
  if (logicalIds.length > 0) return logicalIds.some((id) => isForbidden(`LogicalResourceId/${id}`));
  return !modifying.some(({ Effect }) => Effect === 'Allow') || of('Deny', '*');
}

const aboutModifying = ({ Action, NotAction, Condition }: Statement): boolean => {
  // A condition on resource types says nothing of this one.
  if (Condition !== undefined) return false;
  const names = listOf(Action ?? NotAction).some((action) => /^update:(\*|modify)$/i.test(action) || action === '*');
  return Action === undefined ? !names : names;
};

function covers({ Resource, NotResource }: Statement, resource: string): boolean {
  const matches = (pattern: string) =>
    pattern === '*' || new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\?]/g, '\\$&').replace(/\*/g, '.*')}$`).test(resource);
  return NotResource === undefined ? listOf(Resource).some(matches) : !listOf(NotResource).some(matches);
}
