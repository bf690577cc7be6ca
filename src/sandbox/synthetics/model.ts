// CloudWatch Synthetics, as far as the job reads it: which canaries there are, where they run and as whom.
import { canariesOf, functionArn, functionOfCanary } from '../lambda/functions.ts';
import type { FunctionRecord } from '../lambda/state.ts';
import { AwsError, type Call, type ServiceModel } from '../types.ts';
import type { World } from '../world.ts';

interface DescribeCanariesInput {
  readonly NextToken?: string;
  readonly MaxResults?: number;
  readonly Names?: readonly string[];
}

const mostOnPage = 20;

export const syntheticsModel: ServiceModel<World> = {
  service: 'synthetics',
  operations: {
    DescribeCanaries: {
      kind: 'read',
      run: (world: World, { NextToken, MaxResults = mostOnPage, Names }: DescribeCanariesInput, call: Call) => {
        const start = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64url').toString('utf8'));
        if (!Number.isInteger(start) || !(MaxResults >= 1 && MaxResults <= mostOnPage))
          throw new AwsError('ValidationException', 'The page that was asked for is not valid.');
        const all = canariesOf(world, call).filter(({ name }) => Names === undefined || Names.includes(name));
        const end = start + MaxResults;
        return {
          Canaries: all.slice(start, end).map(shape),
          ...(end < all.length ? { NextToken: Buffer.from(String(end)).toString('base64url') } : {}),
        };
      },
    },
  },
};

const shape = (record: FunctionRecord): object => ({
  Name: record.name,
  ExecutionRoleArn: record.roleArn,
  EngineArn: `${functionArn(record, functionOfCanary(record))}:1`,
  RuntimeVersion: 'syn-nodejs-puppeteer-10.0',
  ...(record.vpc === null
    ? {}
    : { VpcConfig: { VpcId: record.vpc.vpcId, SubnetIds: record.vpc.subnetIds, SecurityGroupIds: record.vpc.securityGroupIds } }),
});
