// Errors as each protocol sends them.
import type { AwsError } from '../types.ts';
import { element, escapeXml, xmlDocument } from './xml.ts';

export type ErrorFormat = 'ec2' | 'query' | 'json' | 'rest-json' | 's3';

export interface EncodedError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * An error's status, headers and body. A field whose name begins with `x-` travels as a header; S3's `Region` does both,
 * since clients that follow a redirect read `x-amz-bucket-region`.
 */
export function encodeError(error: AwsError, requestId: string, format: ErrorFormat): EncodedError {
  const fields = Object.entries(error.fields);
  const headers: Record<string, string> = Object.fromEntries(fields.filter(([name]) => name.startsWith('x-')));
  const shown = fields.filter(([name]) => !name.startsWith('x-'));
  const xml = { ...headers, 'content-type': format === 's3' ? 'application/xml' : 'text/xml' };
  const code = element('Code', escapeXml(error.code)) + element('Message', escapeXml(error.message));
  const more = shown.map(([name, value]) => element(name, escapeXml(value))).join('');
  switch (format) {
    case 'ec2': {
      const errors = element('Errors', element('Error', code));
      return { status: error.status, headers: xml, body: xmlDocument(element('Response', errors + element('RequestID', requestId))) };
    }
    case 'query': {
      const type = element('Type', error.status >= 500 ? 'Receiver' : 'Sender');
      const content = element('Error', type + code + more) + element('RequestId', requestId);
      return { status: error.status, headers: xml, body: xmlDocument(element('ErrorResponse', content)) };
    }
    case 's3': {
      const region = error.fields.Region;
      const s3Headers = region === undefined ? xml : { ...xml, 'x-amz-bucket-region': region };
      return {
        status: error.status,
        headers: s3Headers,
        body: xmlDocument(element('Error', code + more + element('RequestId', requestId))),
      };
    }
    case 'json':
    case 'rest-json': {
      const type = format === 'json' ? { __type: error.code } : {};
      return {
        status: error.status,
        headers: {
          ...headers,
          'content-type': format === 'json' ? 'application/x-amz-json-1.1' : 'application/json',
          'x-amzn-errortype': error.code,
        },
        body: JSON.stringify({ ...type, message: error.message, Message: error.message, ...Object.fromEntries(shown) }),
      };
    }
    default:
      return format satisfies never;
  }
}
