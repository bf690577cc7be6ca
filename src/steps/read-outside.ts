// Functions and canaries of the Region, and the account's roles with what they are granted. Nothing is changed for these, so a
// service that is not there, or may not be asked, is told as unknown and stops nothing.
import { readAccountRoles } from '../aws/account-role.ts';
import type { AwsContext } from '../aws/context.ts';
import { isAbsent, readOrUnknown } from '../aws/refused.ts';
import { type Known, unknown } from '../ports.ts';
import type { OutsideSeen } from './landscape.ts';

/** Reads what may reach S3 from outside any VPC; the clients that only this needs are loaded with it. */
export async function readOutside(ctx: AwsContext): Promise<OutsideSeen> {
  const [functions, canaries, roles] = await Promise.all([
    ifThere('lambda:ListFunctions', async () => (await import('../aws/lambda-function.ts')).listFunctions(ctx)),
    ifThere('synthetics:DescribeCanaries', async () => (await import('../aws/canary.ts')).listCanaries(ctx)),
    ifThere('iam:GetAccountAuthorizationDetails', () => readAccountRoles(ctx)),
  ]);
  return { functions, canaries, roles };
}

async function ifThere<T>(action: string, read: () => Promise<T>): Promise<Known<T>> {
  try {
    return await readOrUnknown(action, read);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    return unknown(action, `the service does not answer here: ${error instanceof Error ? error.message : String(error)}`);
  }
}
