// All pages of a listing, one after the other. Empty pages may carry a next token.
import { failed } from '../errors.ts';
import type { AwsContext } from './context.ts';

interface Page<T> {
  readonly items: readonly T[] | undefined;
  readonly next: string | undefined;
}

/**
 * Reads pages until one has no next token.
 * @param operation named in the error, such as `DescribeVpcs`
 * @throws PerimeterError `PAGES` (failed) when a token comes twice in a row; the signal's reason when it is aborted
 */
export async function allPages<T>(
  operation: string,
  page: (token: string | undefined) => Promise<Page<T>>,
  ctx: Pick<AwsContext, 'signal'>,
): Promise<readonly T[]> {
  const items: T[] = [];
  let token: string | undefined;
  for (;;) {
    ctx.signal.throwIfAborted();
    const { items: more, next } = await page(token);
    for (const item of more ?? []) items.push(item);
    if (next === undefined || next === '') return items;
    if (next === token) throw failed('PAGES', `reading ${operation}: AWS answered the same page token twice`, 'run again');
    token = next;
  }
}
