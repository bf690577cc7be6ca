// How one operation is written down, and the gate that every request about a bucket passes: is it there, is it here,
// is it the account's that was expected, and may the caller.
import { AwsError, type Call, type Write } from '../types.ts';
import type { World } from '../world.ts';
import { authorizeS3 } from './authorize.ts';
import { accessDenied } from './refusal.ts';
import type { BucketState } from './state.ts';

export interface Operation<I, O> {
  readonly kind: Write;
  run(world: World, input: I, call: Call): O;
}

/** An operation that changes nothing. */
export const read = <I, O>(run: (world: World, input: I, call: Call) => O): Operation<I, O> => ({ kind: 'read', run });

/** An operation that changes the world. */
export const write = <I, O>(run: (world: World, input: I, call: Call) => O): Operation<I, O> => ({ kind: 'write', run });

export interface BucketInput {
  readonly Bucket?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
}

/** A bucket that a request has reached. Both functions ask the same front end. */
export interface Gate {
  readonly bucket: BucketState;
  /** Whether the caller may do it, to the bucket itself or to the object of this key. */
  allows(action: string, key?: string): boolean;
  /** Throws AccessDenied, in S3's words, where the caller may not. */
  demand(action: string, key?: string): void;
}

/** The fields of every error about a bucket: S3 tells its Region whatever the permissions (C10). */
export const regionOf = (bucket: BucketState): { readonly [name: string]: string } => ({ 'x-amz-bucket-region': bucket.region });

/**
 * Reaches a bucket. Throws NoSuchBucket (404), PermanentRedirect (301) where it lies in another Region than the request was
 * signed for, and AccessDenied (403) where it is not the account's that was expected. `anyRegion`: answered everywhere.
 */
export function gateTo(world: World, input: BucketInput, call: Call, anyRegion = false): Gate {
  const name = input.Bucket ?? '';
  const bucket = Object.hasOwn(world.s3.buckets, name) ? world.s3.buckets[name] : undefined;
  if (bucket === undefined) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: name });
  const elsewhere = call.caller.kind !== 'anonymous' && call.region !== '' && call.region !== bucket.region;
  if (elsewhere && !anyRegion) throw redirect(bucket);
  if (input.ExpectedBucketOwner !== undefined && input.ExpectedBucketOwner !== bucket.accountId) throw accessDenied(regionOf(bucket));
  const frontEnd = call.random();
  const ask = (action: string, key: string | undefined) =>
    authorizeS3(world, {
      caller: call.caller,
      action,
      resource: key === undefined ? bucketArn(name) : `${bucketArn(name)}/${key}`,
      bucket,
      region: bucket.region,
      now: call.now,
      frontEnd,
    });
  return {
    bucket,
    allows: (action, key) => ask(action, key).allowed,
    demand(action, key) {
      const { error } = ask(action, key);
      if (error !== null) throw error;
    },
  };
}

/** Reaches a bucket for one action on it. */
export function openBucket(world: World, input: BucketInput, call: Call, action: string, anyRegion = false): BucketState {
  const gate = gateTo(world, input, call, anyRegion);
  gate.demand(action);
  return gate.bucket;
}

/** Throws AccessDenied where the caller may not do what concerns no bucket that exists. */
export function demandOnAccount(world: World, call: Call, action: string, resource: string): void {
  const { caller, region, now } = call;
  const { error } = authorizeS3(world, { caller, action, resource, bucket: null, region, now, frontEnd: call.random() });
  if (error !== null) throw error;
}

export const bucketArn = (name: string): string => `arn:aws:s3:::${name}`;

const redirect = (bucket: BucketState): AwsError =>
  new AwsError(
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    301,
    { Endpoint: `${bucket.name}.s3.${bucket.region}.amazonaws.com`, Bucket: bucket.name, ...regionOf(bucket) },
  );
