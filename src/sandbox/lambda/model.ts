// AWS Lambda, as far as the job reads it: which functions there are, where they run and as whom.
import type { FunctionConfiguration, ListFunctionsCommandInput } from '@aws-sdk/client-lambda';
import { AwsError, type Call, type ServiceModel } from '../types.ts';
import type { World } from '../world.ts';
import { functionArn, functionsOf } from './functions.ts';
import type { FunctionRecord } from './state.ts';

/** ListFunctions answers at most so many, however many are asked for. */
const mostOnPage = 50;

export const lambdaModel: ServiceModel<World> = {
  service: 'lambda',
  operations: {
    ListFunctions: {
      kind: 'read',
      run: (world: World, input: ListFunctionsCommandInput, call: Call) => {
        const start = input.Marker === undefined ? 0 : Number(Buffer.from(input.Marker, 'base64url').toString('utf8'));
        if (!Number.isInteger(start)) throw new AwsError('InvalidParameterValueException', 'The marker is not valid.');
        const end = start + Math.min(input.MaxItems ?? mostOnPage, mostOnPage);
        const all = functionsOf(world, call);
        return {
          Functions: all.slice(start, end).map(shape),
          ...(end < all.length ? { NextMarker: Buffer.from(String(end)).toString('base64url') } : {}),
        };
      },
    },
  },
};

const shape = (record: FunctionRecord): FunctionConfiguration => ({
  FunctionName: record.name,
  FunctionArn: functionArn(record, record.name),
  Runtime: 'python3.13',
  Role: record.roleArn,
  Handler: 'index.handler',
  PackageType: 'Zip',
  Version: '$LATEST',
  ...(record.vpc === null
    ? {}
    : { VpcConfig: { VpcId: record.vpc.vpcId, SubnetIds: record.vpc.subnetIds, SecurityGroupIds: record.vpc.securityGroupIds } }),
});
