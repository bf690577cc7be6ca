// Who signed a request, and for which service and Region. Signatures are not verified: the access key alone says who
// calls, as everything here is made up.

export interface Credential {
  readonly accessKeyId: string;
  readonly sessionToken: string | null;
  /** Null for the older signature of S3, which has no scope. */
  readonly scope: { readonly region: string; readonly service: string } | null;
  /** Signed in the query: a presigned URL. */
  readonly presigned: boolean;
}

const scoped = /^([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request$/;

/** From the Authorization header, or from the query of a presigned URL; null: unsigned. */
export function credentialOf(headers: Readonly<Record<string, string>>, query: URLSearchParams): Credential | null {
  const authorization = headers.authorization ?? '';
  const sessionToken = headers['x-amz-security-token'] ?? query.get('X-Amz-Security-Token') ?? query.get('x-amz-security-token');
  const signed = /Credential=([^,\s]+)/.exec(authorization)?.[1] ?? query.get('X-Amz-Credential');
  const found = signed ? scoped.exec(signed) : null;
  if (found) {
    const [, accessKeyId = '', region = '', service = ''] = found;
    return { accessKeyId, sessionToken, scope: { region, service }, presigned: authorization === '' };
  }
  const older = /^AWS ([^:]+):/.exec(authorization)?.[1] ?? query.get('AWSAccessKeyId');
  return older ? { accessKeyId: older, sessionToken, scope: null, presigned: authorization === '' } : null;
}
