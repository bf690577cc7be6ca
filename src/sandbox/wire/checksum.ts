// Checksums of S3 bodies: those that a client sends are checked, and one is given where a client asks.
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError } from '../types.ts';

const digests: Readonly<Record<string, (body: Uint8Array) => string>> = {
  'content-md5': (body) => createHash('md5').update(body).digest('base64'),
  'x-amz-checksum-crc32': (body) => crc32Of(body),
  'x-amz-checksum-sha1': (body) => createHash('sha1').update(body).digest('base64'),
  'x-amz-checksum-sha256': (body) => createHash('sha256').update(body).digest('base64'),
};

/** Throws AwsError `BadDigest` where a checksum header or trailer does not match the body. */
export function checkDigests(headers: Readonly<Record<string, string>>, body: Uint8Array): void {
  for (const [header, digest] of Object.entries(digests)) {
    const sent = headers[header];
    if (sent === undefined || sent === digest(body)) continue;
    const name = header === 'content-md5' ? 'Content-MD5' : header.replace('x-amz-checksum-', '').toUpperCase();
    throw new AwsError('BadDigest', `The ${name} you specified did not match the calculated checksum.`);
  }
}

/** CRC32 as S3 writes it: big-endian, base64. */
export function crc32Of(body: Uint8Array): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString('base64');
}
