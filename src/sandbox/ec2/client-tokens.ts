import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import type { Item } from './state.ts';

type MadeWithToken = 'vpcEndpoints' | 'natGateways' | 'networkInterfaces';

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/**
 * Makes a thing once for a client token: the same request again answers what it made (as it now is, or as it was made
 * where it is gone). Throws IdempotentParameterMismatch for another request with the token, InvalidClientToken for a
 * token that is none (A4). Without a token it makes.
 */
export function onceFor<N extends MadeWithToken>(
  world: World,
  call: Call,
  table: N,
  input: { readonly ClientToken?: string | undefined },
  make: () => Item<N>,
): Item<N> {
  const token = input.ClientToken;
  if (token === undefined || token === '') return make();
  if (token.length > 64 || !/^[\x20-\x7e]+$/.test(token)) throw new AwsError('InvalidClientToken', 'The client token is not valid.');
  const { clientTokens } = world.ec2;
  const key = `${call.caller.accountId}/${call.region}/${call.operation}/${token}`;
  const request = canonical({ ...input, ClientToken: undefined, DryRun: undefined });
  const known = clientTokens[key];
  if (known) {
    if (known.request !== request)
      throw new AwsError(
        'IdempotentParameterMismatch',
        'The client token has already been used with a different set of request parameters in this Region.',
      );
    // The key holds the operation, and each operation makes things of one table.
    return (world.ec2[table][known.made.id] ?? known.made) as Item<N>;
  }
  const made = make();
  clientTokens[key] = { request, made: structuredClone(made) };
  return made;
}
