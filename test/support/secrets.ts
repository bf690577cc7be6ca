// What a sandbox handed out that must stand in no journal, log or answer, and how to find it in a text.
import { parseTemplate } from '../../src/sandbox/cloudformation/template.ts';
import type { World } from '../../src/sandbox/world.ts';

export interface Secret {
  /** What it is, for a test that fails: `secret key of operator`. */
  readonly name: string;
  readonly value: string;
}

/** The secret keys and session tokens of every access key, those of assumed roles too, and the NoEcho values of every stack. */
export function secretsOf(world: World): readonly Secret[] {
  const keys = Object.values(world.accessKeys).flatMap(({ arn, secretAccessKey, sessionToken }) => [
    { name: `secret key of ${arn}`, value: secretAccessKey },
    ...(sessionToken === null ? [] : [{ name: `session token of ${arn}`, value: sessionToken }]),
  ]);
  const hidden = Object.values(world.cloudformation.stacks).flatMap(({ name, content: { template, parameters } }) =>
    Object.entries(parseTemplate(template).parameters).flatMap(([parameter, { noEcho }]) => {
      const value = noEcho ? (parameters[parameter] ?? '') : '';
      return value === '' ? [] : [{ name: `parameter ${parameter} of stack ${name}`, value }];
    }),
  );
  return [...keys, ...hidden];
}

/** The names of the secrets that the text holds: raw, escaped as in JSON or a URL, as hex, or in Base64 at any offset. */
export function leaksIn(text: string, secrets: readonly Secret[]): readonly string[] {
  const found = secrets.flatMap(({ name, value }) => {
    const form = formsOf(value).find(([, form]) => text.includes(form));
    return form === undefined ? [] : [`${name} (${form[0]})`];
  });
  return [...new Set(found)];
}

function formsOf(value: string): readonly (readonly [form: string, text: string])[] {
  const bytes = Buffer.from(value, 'utf8');
  const inUrl = encodeURIComponent(value);
  return [
    ['raw', value],
    ['JSON', JSON.stringify(value).slice(1, -1)],
    ['JSON in JSON', JSON.stringify(JSON.stringify(value).slice(1, -1)).slice(1, -1)],
    ['URL', inUrl],
    ['URL, lower case', inUrl.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())],
    ['form', inUrl.replaceAll('%20', '+')],
    ['hex', bytes.toString('hex')],
    ...[0, 1, 2].flatMap((offset) => base64At(bytes, offset).map((form) => ['Base64', form] as const)),
  ];
}

// Inside a longer text, three bytes become four characters: the ones that only these bytes decide, for each beginning.
function base64At(bytes: Buffer, offset: number): readonly string[] {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const first = Math.ceil((offset * 8) / 6);
  const last = Math.floor((padded.length * 8) / 6);
  const inside = padded.toString('base64').slice(first, last);
  return [inside, inside.replaceAll('+', '-').replaceAll('/', '_')];
}
