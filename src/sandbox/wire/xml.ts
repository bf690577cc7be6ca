// XML as the services write it: the declaration, the escapes, and the settings of the SDK's own serializers.
import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import type { $SchemaRef, CodecSettings } from '@smithy/types';

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Timestamps by the members' traits, else ISO 8601 with fractions (5: date-time). */
export const rpcSettings: CodecSettings = { timestampFormat: { useTrait: true, default: 5 }, httpBindings: false };

/** As `rpcSettings`, with header, query and payload traits obeyed. */
export const restSettings: CodecSettings = { timestampFormat: { useTrait: true, default: 5 }, httpBindings: true };

/** A value as an XML document after its schema, the root named by the schema. */
export function writeXml(schema: $SchemaRef, value: unknown, settings: CodecSettings, namespace: string): string {
  const serializer = new XmlShapeSerializer({ ...settings, xmlNamespace: namespace, serviceNamespace: '' });
  serializer.write(typeof schema === 'function' ? schema() : schema, value);
  const written = serializer.flush();
  return declaration + (typeof written === 'string' ? written : Buffer.from(written).toString('utf8'));
}

/** Elements in the order given, escaped. */
export const element = (name: string, content: string): string => `<${name}>${content}</${name}>`;

export const escapeXml = (text: string): string => text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);

export const xmlDocument = (content: string): string => declaration + content;
