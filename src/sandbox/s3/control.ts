// S3 Control: what concerns an account rather than a bucket.
import type {
  GetPublicAccessBlockCommandInput,
  GetPublicAccessBlockCommandOutput,
  ListAccessPointsCommandInput,
  ListAccessPointsCommandOutput,
  ListMultiRegionAccessPointsCommandInput,
  ListMultiRegionAccessPointsCommandOutput,
  PutPublicAccessBlockCommandInput,
} from '@aws-sdk/client-s3-control';
import { AwsError, type Call, type ServiceModel } from '../types.ts';
import type { World } from '../world.ts';
import { blockOf, noPublicAccessBlock } from './bucket-settings.ts';
import { fromToken, toToken } from './buckets.ts';
import { demandOnAccount, read, write } from './operation.ts';

type Answer<O> = Omit<O, '$metadata'>;

export const s3ControlModel: ServiceModel<World> = {
  service: 's3control',
  operations: {
    GetPublicAccessBlock: read((world, input: GetPublicAccessBlockCommandInput, call): Answer<GetPublicAccessBlockCommandOutput> => {
      const account = ownAccount(world, input.AccountId, call, 's3:GetAccountPublicAccessBlock');
      const block = world.s3.accountPublicAccessBlocks[account];
      if (block === undefined) throw noPublicAccessBlock({ AccountId: account });
      return { PublicAccessBlockConfiguration: { ...block } };
    }),

    PutPublicAccessBlock: write((world, input: PutPublicAccessBlockCommandInput, call): Record<string, never> => {
      const account = ownAccount(world, input.AccountId, call, 's3:PutAccountPublicAccessBlock');
      world.s3.accountPublicAccessBlocks[account] = blockOf(input.PublicAccessBlockConfiguration);
      return {};
    }),

    DeletePublicAccessBlock: write((world, input: GetPublicAccessBlockCommandInput, call): Record<string, never> => {
      delete world.s3.accountPublicAccessBlocks[ownAccount(world, input.AccountId, call, 's3:PutAccountPublicAccessBlock')];
      return {};
    }),

    ListAccessPoints: read((world, input: ListAccessPointsCommandInput, call): Answer<ListAccessPointsCommandOutput> => {
      const account = ownAccount(world, input.AccountId, call, 's3:ListAccessPoints');
      const after = input.NextToken === undefined ? '' : fromToken(input.NextToken);
      const own = world.s3.accessPoints
        .filter((point) => point.accountId === account && point.region === call.region && point.name > after)
        .filter((point) => input.Bucket === undefined || point.bucket === input.Bucket)
        .sort((one, other) => (one.name < other.name ? -1 : 1));
      const page = own.slice(0, Math.min(input.MaxResults ?? 1000, 1000));
      const last = page.at(-1);
      return {
        AccessPointList: page.map((point) => ({
          Name: point.name,
          NetworkOrigin: point.vpcId === null ? 'Internet' : 'VPC',
          ...(point.vpcId === null ? {} : { VpcConfiguration: { VpcId: point.vpcId } }),
          Bucket: point.bucket,
          BucketAccountId: point.accountId,
          AccessPointArn: `arn:aws:s3:${point.region}:${account}:accesspoint/${point.name}`,
        })),
        ...(own.length > page.length && last !== undefined ? { NextToken: toToken(last.name) } : {}),
      };
    }),

    ListMultiRegionAccessPoints: read(
      (world, input: ListMultiRegionAccessPointsCommandInput, call): Answer<ListMultiRegionAccessPointsCommandOutput> => {
        const account = ownAccount(world, input.AccountId, call, 's3:ListMultiRegionAccessPoints');
        const own = world.s3.multiRegionAccessPoints.filter((point) => point.accountId === account);
        return {
          AccessPoints: own.map((point) => ({
            Name: point.name,
            Alias: point.alias,
            Status: 'READY',
            Regions: point.regions.map((one) => ({ Bucket: one.bucket, BucketAccountId: one.bucketAccountId, Region: one.region })),
          })),
        };
      },
    ),
  },
};

/** The account asked about. Throws AccessDenied where it is not the caller's or the caller may not. */
function ownAccount(world: World, accountId: string | undefined, call: Call, action: string): string {
  demandOnAccount(world, call, action, '*');
  if (accountId === call.caller.accountId) return accountId;
  throw new AwsError('AccessDenied', 'Access Denied', 403);
}
