// Canaries of CloudWatch Synthetics: where they run, and as whom. To be loaded by import(), since a client comes with it.
import type { AwsContext } from './context.ts';
import { allByNextToken } from './next-token.ts';
import { DescribeCanariesCommand, type SyntheticsCanary } from './synthetics-client.ts';
import { told } from './told.ts';
import type { Canary } from './types.ts';

/** All canaries of the account in the Region. */
export async function listCanaries(ctx: AwsContext): Promise<readonly Canary[]> {
  const client = await ctx.aws.synthetics();
  const canaries = await allByNextToken(
    'DescribeCanaries',
    (token) => client.send(new DescribeCanariesCommand(token), { abortSignal: ctx.signal }),
    (page) => page.Canaries,
    ctx,
  );
  return canaries.map(toCanary);
}

function toCanary({ Name, ExecutionRoleArn, EngineArn, VpcConfig }: SyntheticsCanary): Canary {
  return {
    name: told(Name, 'DescribeCanaries', 'Name'),
    roleArn: told(ExecutionRoleArn, 'DescribeCanaries', 'ExecutionRoleArn'),
    vpcId: VpcConfig?.VpcId === undefined || VpcConfig.VpcId === '' ? null : VpcConfig.VpcId,
    functionArn: EngineArn ?? null,
  };
}
