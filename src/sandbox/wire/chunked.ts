// Bodies that arrive `aws-chunked`, signed or not, with or without trailers.
import { AwsError } from '../types.ts';

/** Whether a body is framed in chunks. */
export const isChunked = (headers: Readonly<Record<string, string>>): boolean =>
  (headers['content-encoding'] ?? '').split(',').some((coding) => coding.trim() === 'aws-chunked') ||
  (headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');

/**
 * The body out of its frames, and the trailers with names in lower case. Frames are
 * `hexlength[;chunk-signature=…]\r\n data \r\n`, the last of length 0, then trailers. Throws AwsError `IncompleteBody`.
 */
export function unchunk(framed: Uint8Array): { body: Uint8Array; trailers: Record<string, string> } {
  const bytes = Buffer.from(framed.buffer, framed.byteOffset, framed.byteLength);
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf('\r\n', at);
    const length = end < 0 ? Number.NaN : Number.parseInt(bytes.subarray(at, end).toString('latin1').split(';')[0] ?? '', 16);
    if (!(length >= 0) || end + 2 + length > bytes.length) throw incomplete();
    at = end + 2;
    if (length === 0) break;
    parts.push(bytes.subarray(at, at + length));
    at += length + 2;
  }
  return { body: Buffer.concat(parts), trailers: trailersOf(bytes.subarray(at).toString('latin1')) };
}

/** The headers that remain once the body is out of its frames. */
export function unchunkedHeaders(headers: Readonly<Record<string, string>>, trailers: Record<string, string>): Record<string, string> {
  const codings = (headers['content-encoding'] ?? '')
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'aws-chunked');
  const { 'content-encoding': _framing, ...others } = headers;
  const length = headers['x-amz-decoded-content-length'];
  return {
    ...others,
    ...trailers,
    ...(codings.length > 0 ? { 'content-encoding': codings.join(', ') } : {}),
    ...(length === undefined ? {} : { 'content-length': length }),
  };
}

const incomplete = (): AwsError =>
  new AwsError('IncompleteBody', 'You did not provide the number of bytes specified by the Content-Length HTTP header');

function trailersOf(text: string): Record<string, string> {
  const trailers: Record<string, string> = {};
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return trailers;
}
