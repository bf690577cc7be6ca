import type { VpcEndpoint } from '../aws/types.ts';
import type { PolicyAnswer } from '../steps/endpoints/endpoint-policy.ts';
import { type Found, fails, holds, untold } from './check.ts';

/** What an endpoint's policy does to the requests that the perimeter's users make through it. */
export function policyFound({ id, policy }: Pick<VpcEndpoint, 'id' | 'policy'>, answer: PolicyAnswer): Found {
  if (answer.type === 'unreadable') return untold(`the policy of ${id} cannot be understood: ${answer.why}`);
  const said = (requests: readonly { readonly action: string; readonly resource: string }[]): string =>
    requests.map(({ action, resource }) => `${action} on ${resource}`).join(', ');
  if (answer.refused.length > 0) return fails(`the policy of ${id} does not allow ${said(answer.refused)}`);
  if (answer.open.length > 0) {
    const keys = [...new Set(answer.open.flatMap(({ dependsOn }) => dependsOn))].join(', ');
    return untold(`whether the policy of ${id} allows ${said(answer.open)} depends on ${keys}`);
  }
  return holds(policy === null ? `${id} has no policy of its own: all is allowed` : `the policy of ${id} allows it`);
}
