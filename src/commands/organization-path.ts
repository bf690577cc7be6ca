import type { AwsContext } from '../aws/context.ts';
import { type Known, known } from '../ports.ts';

/**
 * The ids from the organization's root down to the account, itself last; null where it is in another organization or in none.
 * Unknown where Organizations refuses to tell.
 */
export async function pathOf(account: string, ctx: AwsContext): Promise<Known<readonly string[] | null>> {
  const { readPath } = await import('../aws/organization.ts');
  const { readOrUnknown } = await import('../aws/refused.ts');
  const { isAwsError } = await import('../aws/aws-error.ts');
  try {
    return await readOrUnknown('organizations:ListParents', () => readPath(account, ctx));
  } catch (error) {
    if (isAwsError(error, 'ChildNotFoundException')) return known(null);
    throw error;
  }
}
