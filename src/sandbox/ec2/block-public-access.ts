import type {
  DescribeVpcBlockPublicAccessOptionsCommandInput,
  DescribeVpcBlockPublicAccessOptionsCommandOutput,
} from '@aws-sdk/client-ec2';
import type { Call } from '../types.ts';
import type { World } from '../world.ts';
import { read } from './operation.ts';
import type { InternetGatewayBlockMode, Vpc } from './state.ts';

/** The mode that holds for a VPC: its own exclusion, else the account's mode for the Region (B19). */
export function vpcBlockMode(world: World, vpc: Pick<Vpc, 'ownerId' | 'region' | 'blockPublicAccess'>): InternetGatewayBlockMode {
  return vpc.blockPublicAccess ?? world.ec2.blockPublicAccess[`${vpc.ownerId}/${vpc.region}`] ?? 'off';
}

export const describeVpcBlockPublicAccessOptions = read(
  (
    world: World,
    _input: DescribeVpcBlockPublicAccessOptionsCommandInput,
    call: Call,
  ): Omit<DescribeVpcBlockPublicAccessOptionsCommandOutput, '$metadata'> => {
    const mode = world.ec2.blockPublicAccess[`${call.caller.accountId}/${call.region}`];
    return {
      VpcBlockPublicAccessOptions: {
        AwsAccountId: call.caller.accountId,
        AwsRegion: call.region,
        State: mode === undefined ? 'default-state' : 'update-complete',
        InternetGatewayBlockMode: mode ?? 'off',
        ManagedBy: 'account',
        ExclusionsAllowed: 'allowed',
      },
    };
  },
);
