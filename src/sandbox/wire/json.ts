// JSON: the RPC protocol 1.1 of Organizations, Service Quotas, CloudTrail and Athena, and the bodies of REST-JSON.
import { JsonCodec } from '@aws-sdk/core/protocols';
import type { StaticStructureSchema } from '@smithy/types';
import { AwsError } from '../types.ts';
import type { Operation, Operations } from './schema.ts';

/**
 * The operation and input of a JSON 1.1 request (`target` is its X-Amz-Target). Throws AwsError
 * `UnknownOperationException`, or `SerializationException` where the body is not the JSON object that it should be.
 */
export async function decodeJson(
  operations: Operations,
  target: string,
  body: Uint8Array,
): Promise<{ operation: Operation; input: unknown }> {
  const operation = operations.get(target.split('.').at(-1) ?? '');
  if (!operation) throw new AwsError('UnknownOperationException', `The operation ${target} is not known.`);
  return { operation, input: operation.input ? await readJson(operation.input, body) : {} };
}

export const encodeJson = (operation: Operation, output: unknown): string =>
  operation.output ? writeJson(operation.output, output ?? {}) : '{}';

/** A value as JSON after its schema. `named`: by the members' `jsonName` (REST-JSON). */
export function writeJson(schema: StaticStructureSchema, value: unknown, named = false): string {
  const serializer = codec(named).createSerializer();
  serializer.write(schema, value);
  const written: unknown = serializer.flush();
  return typeof written === 'string' ? written : Buffer.from(written instanceof Uint8Array ? written : []).toString('utf8');
}

/** The input out of a JSON body; an empty body is an empty object. Throws AwsError `SerializationException`. */
export async function readJson(schema: StaticStructureSchema, body: Uint8Array, named = false): Promise<unknown> {
  try {
    return await codec(named)
      .createDeserializer()
      .read(schema, body.length > 0 ? body : Buffer.from('{}'));
  } catch (error) {
    throw new AwsError('SerializationException', `The body could not be read: ${error instanceof Error ? error.message : 'unknown cause'}`);
  }
}

/** Timestamps in epoch seconds (7) unless a trait says otherwise. */
const codecs = {
  plain: new JsonCodec({ timestampFormat: { useTrait: true, default: 7 }, jsonName: false }),
  named: new JsonCodec({ timestampFormat: { useTrait: true, default: 7 }, jsonName: true }),
};

const codec = (named: boolean): JsonCodec => (named ? codecs.named : codecs.plain);
