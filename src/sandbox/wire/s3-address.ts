// Which bucket and key an S3 request means: by virtual host or by path.

export interface S3Address {
  readonly bucket: string | null;
  /** Percent-encoded, with its leading slash: `/` or `/key`. */
  readonly path: string;
  /** The Region that the host name says, if any. */
  readonly region: string | null;
}

const awsHost = /^(?:(.+)\.)?s3(?:[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?$/;
const localHost = /^(.+)\.localhost$/;

/** `host` may carry a port; `path` is percent-encoded and begins with a slash. */
export function addressOf(host: string, path: string): S3Address {
  const name = host.toLowerCase().replace(/:\d+$/, '');
  const aws = awsHost.exec(name);
  const bucket = aws?.[1] ?? localHost.exec(name)?.[1] ?? null;
  const region = aws?.[2] ?? null;
  if (bucket !== null) return { bucket, path, region };
  const end = path.indexOf('/', 1);
  const first = decodeSegment(path.slice(1, end < 0 ? undefined : end));
  if (first === '') return { bucket: null, path, region };
  return { bucket: first, path: end < 0 ? '/' : path.slice(end), region };
}

// A segment that does not decode names no bucket that exists.
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return segment;
    throw error;
  }
}
