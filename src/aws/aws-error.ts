// How an AWS refusal is told from another: EC2, S3 and IAM model almost no errors, so their code is the error's name.

/** Whether `error` is an AWS error with one of these codes. */
export const isAwsError = (error: unknown, ...codes: readonly string[]): boolean => error instanceof Error && codes.includes(error.name);

/** Whether `error` is an AWS error with this code whose message contains `text`, in any case. */
export const isAwsErrorSaying = (error: unknown, code: string, text: string): error is Error =>
  error instanceof Error && error.name === code && error.message.toLowerCase().includes(text.toLowerCase());

/** `CODE: message`, as it stands in our errors. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

/** The HTTP status and a header of the answer that an SDK error carries; null where it carries none. */
export function answerOf(error: unknown): { readonly status: number | null; header(name: string): string | null } {
  const response = property(error, '$response');
  const headers = property(response, 'headers');
  const status = property(response, 'statusCode') ?? property(property(error, '$metadata'), 'httpStatusCode');
  return {
    status: typeof status === 'number' ? status : null,
    header(name) {
      const value = property(headers, name);
      return typeof value === 'string' ? value : null;
    },
  };
}

const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
