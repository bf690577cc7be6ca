// Builders for functions that belong to no stack.
import type { FunctionRecord } from '../lambda/state.ts';
import type { Draft } from './draft.ts';
import { addRole } from './identities.ts';

/** A function on AWS's own network, with a role of its own that has this policy. */
export function addFunctionOutside(
  draft: Draft,
  accountId: string,
  parts: { readonly name: string; readonly policy: object },
): FunctionRecord {
  const role = addRole(draft, accountId, {
    name: `${parts.name}-role`,
    trustedBy: { Service: 'lambda.amazonaws.com' },
    inline: { Own: parts.policy },
  });
  const made: FunctionRecord = { name: parts.name, accountId, region: draft.region, roleArn: role.arn, vpc: null };
  draft.world.lambda ??= { functions: [], canaries: [] };
  draft.world.lambda.functions.push(made);
  return made;
}
