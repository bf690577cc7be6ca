// Block Public Access of a whole account, which refuses public bucket policies as the bucket's own does (C8).
import { GetPublicAccessBlockCommand } from '@aws-sdk/client-s3-control';
import { isAwsError } from './aws-error.ts';
import type { AwsContext } from './context.ts';
import { told } from './told.ts';

/** Whether the account's Block Public Access refuses public policies; false where it was never set. */
export async function accountBlocksPublicPolicy(accountId: string, ctx: AwsContext): Promise<boolean> {
  try {
    const answer = await ctx.aws.s3Control.send(new GetPublicAccessBlockCommand({ AccountId: accountId }), { abortSignal: ctx.signal });
    return told(answer.PublicAccessBlockConfiguration?.BlockPublicPolicy, 'GetPublicAccessBlock', 'BlockPublicPolicy');
  } catch (error) {
    if (isAwsError(error, 'NoSuchPublicAccessBlockConfiguration')) return false;
    throw error;
  }
}
