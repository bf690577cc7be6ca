// Turns what the SDK throws into one line and what to do about it. Nothing secret gets into it: no headers, no keys.
import { failed, PerimeterError } from '../errors.ts';
import { answerOf } from './aws-error.ts';
import { readDeniedMessage } from './denied-message.ts';
import { s3ActionOf } from './s3-action.ts';

/** The call that an error came from; clients.ts records it, since the SDK's errors do not say. */
interface FailedCall {
  readonly service: string;
  readonly operation: string;
  /** Where the credentials came from, in words. */
  readonly source: string;
}

const calls = new WeakMap<object, FailedCall>();

/** Remembers which call threw `error`. */
export function recordCall(error: unknown, call: FailedCall): void {
  if (typeof error === 'object' && error !== null && !calls.has(error)) calls.set(error, call);
}

/**
 * The IAM action that the call which threw `error` lacks, such as `ec2:CreateTags`: the one that AWS names, which may be one that
 * the call depends on, else the operation's own. Null where it is not known.
 */
export function actionOf(error: unknown): string | null {
  const call = typeof error === 'object' && error !== null ? calls.get(error) : undefined;
  if (call === undefined) return null;
  const named = readDeniedMessage(error instanceof Error ? error.message : '')?.action;
  return named ?? actionOfCall(call);
}

function actionOfCall({ service, operation }: FailedCall): string {
  if (service === 'S3') return s3ActionOf(operation);
  if (service === 'S3 Control') return `s3:${operation.replace('PublicAccessBlock', 'AccountPublicAccessBlock')}`;
  return `${service.replaceAll(' ', '').toLowerCase()}:${operation}`;
}

/** The AWS error that lies deepest in the causes of `error`; null where there is none. */
export function rootOf(error: unknown): unknown {
  let root: unknown = null;
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    if (calls.has(each)) root = each;
  }
  return root;
}

const expired = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired']);
const invalid = new Set([
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'AuthFailure',
  'IncompleteSignature',
  'MissingAuthenticationToken',
  'OptInRequired',
]);
const denied = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AccessDeniedForDependencyException',
  'NotAuthorizedException',
  'UnauthorizedOperation',
  'Forbidden',
  '403',
]);
const throttled = new Set([
  'Throttling',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'SlowDown',
  'ThrottledException',
]);
const transport = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'TimeoutError',
  'CERT_HAS_EXPIRED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

/**
 * A PerimeterError for anything thrown by an AWS call: CREDENTIALS, ACCESS_DENIED, THROTTLED, UNREACHABLE, UNREADABLE (what came
 * back is no answer of AWS's), INTERRUPTED or AWS. `doing` is a gerund with its noun and id (`creating VPC endpoint (vpc-1)`); default the operation's name. A
 * PerimeterError is returned as it is.
 */
export function explainError(error: unknown, doing?: string): PerimeterError {
  if (error instanceof PerimeterError) return error;
  const call = typeof error === 'object' && error !== null ? (calls.get(error) ?? null) : null;
  const what = doing ?? (call === null ? 'calling AWS' : `calling ${call.service} ${call.operation}`);
  const name = error instanceof Error ? error.name : '';
  const message = redacted(error instanceof Error ? error.message : String(error));
  if (name === 'AbortError') {
    const text = { summary: `${what}: interrupted`, remedy: 'run the same command again to go on' };
    return new PerimeterError('interrupted', 'INTERRUPTED', text, { cause: error });
  }
  if (
    name === 'CredentialsProviderError' ||
    name === 'ProviderError' ||
    name === 'TokenProviderError' ||
    expired.has(name) ||
    invalid.has(name)
  ) {
    return credentialsError(what, name, message, call, error);
  }
  if (denied.has(name)) {
    const action = actionOf(error) ?? 'this action';
    return failed('ACCESS_DENIED', `${what}: ${name}: ${message}`, `allow ${action} for ${call?.source ?? 'these credentials'}`, error);
  }
  if (throttled.has(name)) {
    return failed(
      'THROTTLED',
      `${what}: AWS still answers ${name} after many retries`,
      'wait a few minutes and run the same command again',
      error,
    );
  }
  const code = codeOf(error);
  if (transport.has(code) || transport.has(name)) {
    const remedy = 'check the network, HTTPS_PROXY, NO_PROXY and AWS_ENDPOINT_URL; then run the same command again to go on';
    return failed('UNREACHABLE', `${what}: AWS cannot be reached: ${message || code}`, remedy, error);
  }
  if (isUnreadable(error)) {
    const status = answerOf(error).status;
    const reason = /^Unknown(Error)?$/.test(message) ? 'it gives no reason' : message.slice(0, 200);
    return failed(
      'UNREADABLE',
      `${what}: what came back${status === null ? '' : ` (HTTP ${status})`} is no answer of AWS's: ${reason}`,
      'check HTTPS_PROXY, NO_PROXY and AWS_ENDPOINT_URL: something on the way may have answered; then run the same command again to go on',
      error,
    );
  }
  return failed(
    'AWS',
    `${what}: ${name === '' || name === 'Error' ? '' : `${name}: `}${message}`,
    'run the same command again to go on',
    error,
  );
}

// Every refusal of AWS's has a code, but those to HEAD; to what has none the SDK gives the name and message of its own.
function isUnreadable(error: unknown): boolean {
  if (error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError) return true;
  return error instanceof Error && (/Deserialization error/.test(error.message) || /^Unknown(Error)?$/.test(error.message));
}

function credentialsError(what: string, name: string, message: string, call: FailedCall | null, cause: unknown): PerimeterError {
  const source = call?.source ?? 'default credentials';
  const profile = /^profile ([^,]+)/.exec(source)?.[1] ?? null;
  const state =
    expired.has(name) || /expired/i.test(message) ? 'have expired' : invalid.has(name) ? `are not accepted (${name})` : 'cannot be loaded';
  const detail = state === 'cannot be loaded' ? `: ${message}` : '';
  const remedy =
    profile === null
      ? 'give credentials in the environment, or name a profile with --profile; for Identity Center: aws sso login --profile NAME'
      : `aws sso login --profile ${profile} (or renew that profile's keys), then run the same command again to go on`;
  return failed(
    'CREDENTIALS',
    `${what}: the ${source === 'default credentials' ? source : `credentials of ${source}`} ${state}${detail}`,
    remedy,
    cause,
  );
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

// EC2 appends an encoded authorization message of hundreds of characters; some services echo an access key id.
const redacted = (message: string): string =>
  message
    .replace(/\s*Deserialization error:.*$/s, '')
    .replace(/\s*Encoded authorization failure message:.*$/s, '')
    .replace(/\b(?:AKIA|ASIA)[A-Z0-9]{8,}\b/g, '(access key id)')
    .replace(/\s+/g, ' ')
    .trim();
