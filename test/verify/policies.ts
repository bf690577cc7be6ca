// Policies that others write.

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Action: string;
  readonly Resource: string;
}

/** A policy that allows all but this; with a Principal unless it is an SCP's, which also needs no Allow. */
export function deny(action: string, resource = '*', withPrincipal = true): string {
  const principal = withPrincipal ? { Principal: '*' } : {};
  const all: Statement = { Effect: 'Allow', ...principal, Action: '*', Resource: '*' };
  const denied: Statement = { Effect: 'Deny', ...principal, Action: action, Resource: resource };
  return JSON.stringify({ Version: '2012-10-17', Statement: withPrincipal ? [all, denied] : [denied] });
}

/** The policy with one more statement in front. */
export function withStatement(policy: string, statement: Statement): string {
  const document = JSON.parse(policy) as { readonly Statement: readonly unknown[] };
  return JSON.stringify({ ...document, Statement: [statement, ...document.Statement] });
}
