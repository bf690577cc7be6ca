// Refusals that do not come from a model: bad credentials and missing permissions, as each service words them.
import { AwsError } from './types.ts';
import type { ServiceName } from './wire/services.ts';

/** No credential on a request to a service that takes none without. */
export const missingCredential = (): AwsError => new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);

/** An access key that nobody has, or one without the session token that belongs to it. */
export function unknownCredential(service: ServiceName, accessKeyId: string): AwsError {
  switch (service) {
    case 'ec2':
      return new AwsError('AuthFailure', 'AWS was not able to validate the provided access credentials', 401);
    case 's3':
    case 's3control':
      return new AwsError('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', 403, {
        AWSAccessKeyId: accessKeyId,
      });
    case 'organizations':
    case 'servicequotas':
    case 'cloudtrail':
    case 'athena':
    case 'lambda':
    case 'synthetics':
      return new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.', 400);
    case 'cloudformation':
    case 'sts':
    case 'iam':
    case 'route53':
      return new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid', 403);
    default:
      return service satisfies never;
  }
}

/** A session that is over. */
export function expiredCredential(service: ServiceName): AwsError {
  switch (service) {
    case 'ec2':
      return new AwsError('RequestExpired', 'Request has expired.', 400);
    case 's3':
    case 's3control':
      return new AwsError('ExpiredToken', 'The provided token has expired.', 400);
    case 'organizations':
    case 'servicequotas':
    case 'cloudtrail':
    case 'athena':
    case 'lambda':
    case 'synthetics':
      return new AwsError('ExpiredTokenException', 'The security token included in the request is expired', 400);
    case 'cloudformation':
    case 'sts':
    case 'iam':
    case 'route53':
      return new AwsError('ExpiredToken', 'The security token included in the request is expired', 403);
    default:
      return service satisfies never;
  }
}

interface Refusal {
  readonly resource: string;
  /** Explicitly; else no statement allows it. */
  readonly isDenied: boolean;
  readonly by: 'identity-based policy' | 'permissions boundary';
}

/** A caller whose identity policies or boundary do not allow the action; `on` says more of it where it is known. */
export function missingPermission(service: ServiceName, arn: string, action: string, on: Refusal | null = null): AwsError {
  const by = on?.by ?? 'identity-based policy';
  const article = by === 'permissions boundary' ? 'a' : 'an';
  const reason = on?.isDenied ? `with an explicit deny in ${article} ${by}` : `because no ${by} allows the ${action} action`;
  const why = `User: ${arn} is not authorized to perform: ${action}${on === null ? '' : ` on resource: ${on.resource}`} ${reason}`;
  switch (service) {
    case 'ec2':
      return new AwsError('UnauthorizedOperation', `You are not authorized to perform this operation. ${why}`, 403);
    case 'organizations':
    case 'servicequotas':
    case 'cloudtrail':
    case 'athena':
    case 'lambda':
    case 'synthetics':
      return new AwsError('AccessDeniedException', why, 400);
    case 's3':
    case 's3control':
    case 'cloudformation':
    case 'sts':
    case 'iam':
    case 'route53':
      return new AwsError('AccessDenied', why, 403);
    default:
      return service satisfies never;
  }
}
