// All pages of a listing, one after the other. Empty pages may carry a next token.
import { failed, type PerimeterError } from '../errors.ts';
import type { AwsContext } from './context.ts';
import { told } from './told.ts';

interface Page<T> {
  readonly items: readonly T[] | undefined;
  readonly next: string | undefined;
}

/**
 * Reads pages until one has no next token.
 * @param operation named in the error, such as `DescribeVpcs`
 * @throws PerimeterError `PAGES` (failed) when a token comes again or page after page is empty, `ANSWER` (failed) when a page
 *   has no list; the signal's reason when it is aborted
 */
export async function allPages<T>(
  operation: string,
  page: (token: string | undefined) => Promise<Page<T>>,
  ctx: Pick<AwsContext, 'signal'>,
): Promise<readonly T[]> {
  const items: T[] = [];
  const tokens = new Set<string>();
  let token: string | undefined;
  for (let empty = 0; ; ) {
    ctx.signal.throwIfAborted();
    const { items: more, next } = await page(token);
    for (const item of told(more, operation, 'list')) items.push(item);
    if (next === undefined || next === '') return items;
    if (tokens.has(next)) throw endless(operation, 'the same page token twice');
    empty = more?.length === 0 ? empty + 1 : 0;
    if (empty === mostEmpty) throw endless(operation, `${mostEmpty} empty pages in a row`);
    tokens.add(next);
    token = next;
  }
}

// Organizations now and then answers an empty page with a token (D16), never many.
const mostEmpty = 100;

const endless = (operation: string, what: string): PerimeterError =>
  failed('PAGES', `reading ${operation}: AWS answered ${what}`, 'run again');
