// Lambda functions: where they run, and as whom. To be loaded by import(), since the client comes with it.
import { type FunctionConfiguration, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import type { AwsContext } from './context.ts';
import { allPages } from './pages.ts';
import { told } from './told.ts';
import type { LambdaFunction } from './types.ts';

/** All functions of the account in the Region, those that canaries run as among them. */
export async function listFunctions(ctx: AwsContext): Promise<readonly LambdaFunction[]> {
  const client = await ctx.aws.lambda();
  const read = async (Marker: string | undefined) => {
    const answer = await client.send(new ListFunctionsCommand(Marker === undefined ? {} : { Marker }), { abortSignal: ctx.signal });
    return { items: answer.Functions, next: answer.NextMarker };
  };
  return (await allPages('ListFunctions', read, ctx)).map(toFunction);
}

function toFunction({ FunctionName, FunctionArn, Role, VpcConfig }: FunctionConfiguration): LambdaFunction {
  return {
    name: told(FunctionName, 'ListFunctions', 'FunctionName'),
    arn: told(FunctionArn, 'ListFunctions', 'FunctionArn'),
    roleArn: told(Role, 'ListFunctions', 'Role'),
    // A function that was taken out of its VPC still has a VpcConfig, with an empty id.
    vpcId: VpcConfig?.VpcId === undefined || VpcConfig.VpcId === '' ? null : VpcConfig.VpcId,
  };
}
