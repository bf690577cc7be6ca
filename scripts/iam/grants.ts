// How a permission is written down, and the IAM policy that it becomes.

/** `required`: without it the job stops and names it; `optional`: what it would have told is `unknown`. */
export type Need = 'required' | 'optional';

export interface Grant {
  readonly sid: string;
  readonly actions: { readonly [action: string]: Need };
  readonly resources: readonly string[];
  readonly condition?: { readonly [operator: string]: { readonly [key: string]: string | readonly string[] } };
}

export interface Policy {
  /** Of its file in docs/iam. */
  readonly name: string;
  /** Whose credentials it is for. */
  readonly side: 'quilt' | 'organization';
  readonly grants: readonly Grant[];
}

/** These operations of a service, all needed alike. */
export const allOf = (need: Need, service: string, operations: readonly string[]): Grant['actions'] =>
  Object.fromEntries(operations.map((operation) => [`${service}:${operation}`, need]));

/** The policy as IAM takes it, without the actions that `without` names; a statement that loses all of them is left out. */
export const documentOf = ({ grants }: Policy, without: readonly string[] = []) => ({
  Version: '2012-10-17',
  Statement: grants.flatMap(({ sid, actions, resources, condition }) => {
    const Action = Object.keys(actions)
      .filter((action) => !without.includes(action))
      .sort();
    const rest = condition === undefined ? {} : { Condition: condition };
    return Action.length === 0 ? [] : [{ Sid: sid, Effect: 'Allow', Action, Resource: resources, ...rest }];
  }),
});
