// The operator is shut out by the very policy that is to be taken off: who is not.
import { isAwsErrorSaying } from '../../aws/aws-error.ts';
import type { BucketPlace } from '../../aws/bucket.ts';
import { failed } from '../../errors.ts';

/** The error of a call on the bucket's policy; where that policy refuses it, one that says who is let in (C2). */
export function lockedOut(error: unknown, { name, owner }: BucketPlace): unknown {
  if (!isAwsErrorSaying(error, 'AccessDenied', 'explicit deny in a resource-based policy')) return error;
  return failed(
    'LOCKED_OUT',
    `using the policy of bucket (${name}): that policy refuses you: ${error.message}`,
    `run again as somebody whom it lets in: from a trusted network, as a role that carries the exempt tag, or as the root user of account ${owner}, whom no bucket policy can refuse`,
    error,
  );
}
