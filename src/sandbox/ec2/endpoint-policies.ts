import { AwsError } from '../types.ts';

/** Characters, white space included (A30). */
const longestPolicy = 20_480;

/** What an endpoint has where no policy was sent: full access to the service (A30). */
export const defaultEndpointPolicy: { readonly [type in 'Gateway' | 'Interface']: string } = {
  Gateway: '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
  Interface:
    '{\n  "Statement": [\n    {\n      "Action": "*", \n      "Effect": "Allow", \n      "Principal": "*", \n      "Resource": "*"\n    }\n  ]\n}',
};

/** The policy if it can be one. Throws InvalidPolicyDocument. */
export function checkedPolicy(text: string): string {
  if (text.length > longestPolicy)
    throw new AwsError('InvalidPolicyDocument', `The policy document exceeds the maximum length of ${longestPolicy} characters.`);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new AwsError('InvalidPolicyDocument', 'The policy document is not valid JSON.');
  }
  if (document === null || typeof document !== 'object' || !('Statement' in document))
    throw new AwsError('InvalidPolicyDocument', 'The policy document must have a Statement.');
  return text;
}
