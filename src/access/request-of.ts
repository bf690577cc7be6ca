// The action and the resource of a recorded call, as policies name them.
import { s3ActionOf } from '../aws/s3-action.ts';

/** The IAM action of an event's name. A name that is not known does no harm: the perimeter denies `s3:*`. */
export const actionOf = (eventName: string | null): string => s3ActionOf(eventName ?? 'GetObject');

/** The bucket's ARN, for calls about the bucket itself, else that of an object in it. */
export function resourceOf(bucket: string, eventName: string | null, partition: string): string {
  const arn = bucket.startsWith('arn:') ? bucket : `arn:${partition}:s3:::${bucket}`;
  return isAboutObject(eventName ?? '') ? `${arn}/*` : arn;
}

const isAboutObject = (event: string): boolean =>
  /Object/.test(event)
    ? !/^(ListObject|GetObjectLockConfiguration|PutObjectLockConfiguration)/.test(event)
    : /Part|MultipartUpload$/.test(event);
