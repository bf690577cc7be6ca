// Organizations changes one thing at a time: a call that meets another one in progress is refused and has to be made again
// (D15). The SDK retries throttles; these refusals it does not know.
import { isAwsError } from './aws-error.ts';
import type { AwsContext } from './context.ts';

const attempts = 12;
const longestPause = 10_000;

/** Makes the call, again after a pause where another change was in progress, at most twelve times. Throws the last refusal. */
export async function whenUndisturbed<T>(call: () => Promise<T>, ctx: AwsContext): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const busy = isAwsError(error, 'ConcurrentModificationException', 'PolicyChangesInProgressException', 'TooManyRequestsException');
      if (!busy || attempt === attempts) throw error;
      await ctx.clock.sleep(Math.min(longestPause, 500 * 2 ** attempt), ctx.signal);
    }
  }
}

/** All pages of a List call; a page may be empty and still have a token (D16). */
export async function allPages<Page extends { readonly NextToken?: string | undefined }, Item>(
  read: (token: string | undefined) => Promise<Page>,
  items: (page: Page) => readonly Item[] | undefined,
): Promise<readonly Item[]> {
  const all: Item[] = [];
  let token: string | undefined;
  do {
    const page = await read(token);
    all.push(...(items(page) ?? []));
    token = page.NextToken;
  } while (token);
  return all;
}
