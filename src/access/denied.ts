/**
 * The error codes by which S3 refused a call: `AccessDenied`; the same as other services and older records write it
 * (`AccessDeniedException`, `UnauthorizedAccess`, `UnauthorizedOperation` with and without `Client.`); `AllAccessDisabled`, the
 * answer for a bucket that AWS has closed. Whoever shows invalid credentials is not in a trail at all
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging.html); each other code was given after S3 had
 * found the call authorized.
 */
export const deniedCodes: readonly string[] = [
  'AccessDenied',
  'AccessDeniedException',
  'AllAccessDisabled',
  'Client.UnauthorizedOperation',
  'UnauthorizedAccess',
  'UnauthorizedOperation',
];
