// Listings of the services that page by NextToken: Organizations and CloudFormation.
import type { AwsContext } from './context.ts';
import { allPages } from './pages.ts';

/**
 * All items of a listing; a page may be empty and still have a token (D16).
 * @param operation named in errors, such as `ListRoots`
 * @param read makes the call with `{}` or `{ NextToken }` spread into its input
 */
export const allByNextToken = <Page extends { readonly NextToken?: string | undefined }, Item>(
  operation: string,
  read: (token: { readonly NextToken?: string }) => Promise<Page>,
  items: (page: Page) => readonly Item[] | undefined,
  ctx: Pick<AwsContext, 'signal'>,
): Promise<readonly Item[]> =>
  allPages(
    operation,
    async (token) => {
      const page = await read(token === undefined ? {} : { NextToken: token });
      return { items: items(page), next: page.NextToken };
    },
    ctx,
  );
