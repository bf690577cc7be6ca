// Buckets themselves: listed, made, found, removed.
import type {
  CreateBucketCommandInput,
  CreateBucketCommandOutput,
  GetBucketLocationCommandOutput,
  HeadBucketCommandOutput,
  ListBucketsCommandInput,
  ListBucketsCommandOutput,
} from '@aws-sdk/client-s3';
import { AwsError } from '../types.ts';
import { type BucketInput, bucketArn, demandOnAccount, openBucket, read, regionOf, write } from './operation.ts';
import { newBucket } from './state.ts';

type Answer<O> = Omit<O, '$metadata'>;

const namePattern = /^(?!xn--|sthree-)(?!.*(\.\.|-s3alias$|--ol-s3$|\.mrap$))[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

export const buckets = {
  /** The caller's own account's buckets. An account with very many is refused without MaxBuckets; the sandbox never is (C11). */
  ListBuckets: read((world, input: ListBucketsCommandInput, call): Answer<ListBucketsCommandOutput> => {
    demandOnAccount(world, call, 's3:ListAllMyBuckets', '*');
    const most = input.MaxBuckets ?? 10_000;
    if (most < 1 || most > 10_000) throw invalidArgument('max-buckets', String(most));
    const after = input.ContinuationToken === undefined ? '' : fromToken(input.ContinuationToken);
    const own = Object.values(world.s3.buckets)
      .filter((bucket) => bucket.accountId === call.caller.accountId && bucket.name.startsWith(input.Prefix ?? ''))
      .filter((bucket) => input.BucketRegion === undefined || bucket.region === input.BucketRegion)
      .filter((bucket) => bucket.name > after)
      .sort((one, other) => (one.name < other.name ? -1 : 1));
    const page = own.slice(0, most);
    const last = page.at(-1);
    return {
      Buckets: page.map((bucket) => ({
        Name: bucket.name,
        CreationDate: new Date(bucket.createdAt),
        BucketRegion: bucket.region,
        BucketArn: bucketArn(bucket.name),
      })),
      Owner: { ID: ownerId(call.caller.accountId) },
      ...(input.Prefix === undefined ? {} : { Prefix: input.Prefix }),
      ...(own.length > page.length && last !== undefined ? { ContinuationToken: toToken(last.name) } : {}),
    };
  }),

  HeadBucket: read((world, input: BucketInput, call): Answer<HeadBucketCommandOutput> => {
    const bucket = openBucket(world, input, call, 's3:ListBucket');
    return { BucketRegion: bucket.region, BucketArn: bucketArn(bucket.name), AccessPointAlias: false };
  }),

  /** Answered from every Region; null for us-east-1 (C10). */
  GetBucketLocation: read((world, input: BucketInput, call): Answer<GetBucketLocationCommandOutput> => {
    const { region } = openBucket(world, input, call, 's3:GetBucketLocation', true);
    return region === 'us-east-1'
      ? {}
      : { LocationConstraint: region as NonNullable<GetBucketLocationCommandOutput['LocationConstraint']> };
  }),

  CreateBucket: write((world, input: CreateBucketCommandInput, call): Answer<CreateBucketCommandOutput> => {
    const name = input.Bucket ?? '';
    if (!namePattern.test(name)) throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.', 400, { BucketName: name });
    demandOnAccount(world, call, 's3:CreateBucket', bucketArn(name));
    const constraint = input.CreateBucketConfiguration?.LocationConstraint;
    const region = constraint === undefined ? 'us-east-1' : constraint === 'EU' ? 'eu-west-1' : constraint;
    if (region !== call.region) throw illegalLocation(constraint ?? 'unspecified');
    const existing = Object.hasOwn(world.s3.buckets, name) ? world.s3.buckets[name] : undefined;
    if (existing !== undefined && existing.accountId !== call.caller.accountId) {
      throw new AwsError('BucketAlreadyExists', 'The requested bucket name is not available.', 409, { BucketName: name });
    }
    if (existing !== undefined && region !== 'us-east-1') {
      const message = 'Your previous request to create the named bucket succeeded and you already own it.';
      throw new AwsError('BucketAlreadyOwnedByYou', message, 409, { BucketName: name });
    }
    const tags = Object.fromEntries((input.CreateBucketConfiguration?.Tags ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? '']));
    world.s3.buckets[name] = existing ?? newBucket({ name, accountId: call.caller.accountId, region, createdAt: call.now, tags });
    return { Location: `/${name}`, BucketArn: bucketArn(name) };
  }),

  DeleteBucket: write((world, input: BucketInput, call): Record<string, never> => {
    const bucket = openBucket(world, input, call, 's3:DeleteBucket');
    if (Object.keys(bucket.objects).length > 0) {
      const message = 'The bucket you tried to delete is not empty. You must delete all versions in the bucket.';
      throw new AwsError('BucketNotEmpty', message, 409, { BucketName: bucket.name, ...regionOf(bucket) });
    }
    delete world.s3.buckets[bucket.name];
    return {};
  }),
};

/** The canonical user id of an account, as ACLs and listings show it. */
export const ownerId = (accountId: string): string => accountId.padStart(64, '0');

/** InvalidArgument as S3 words it. */
export const invalidArgument = (name: string, value: string): AwsError =>
  new AwsError('InvalidArgument', `Argument ${name} is not valid`, 400, { ArgumentName: name, ArgumentValue: value });

export const toToken = (text: string): string => Buffer.from(text).toString('base64url');

/** Throws InvalidArgument where the token is none that `toToken` made. */
export function fromToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (toToken(text) !== token) throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect');
  return text;
}

const illegalLocation = (constraint: string): AwsError =>
  new AwsError(
    'IllegalLocationConstraintException',
    `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
