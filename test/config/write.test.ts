import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { configText, valuesOf } from '../../src/config/write.ts';

const about = { schemaPath: 'quilt-perimeter.schema.json', answered: ['perimeter.trustedCidrs'] };
const flags = { stack: 'quilt-prod', target: ['012345678901', 'ou-ab12-abcdefgh'], testBucket: 'quilt-test' };

test('a new file says what each key means and reads back as what was chosen', () => {
  const text = configText(valuesOf(settingsOf(null, flags)), null, about);
  expect(text).toContain('# yaml-language-server: $schema=quilt-perimeter.schema.json\n');
  expect(text).toContain('  # Name of the CloudFormation stack\n  name: quilt-prod\n');
  expect(text).toContain('    - "012345678901"\n');
  expect(text).toContain('  trustedCidrs: []\n');
  expect(text).not.toContain('trustedVpcs');
  const file = parseConfig(text, 'q.yaml');
  expect(settingsOf(file, {}).wanted).toEqual(settingsOf(null, flags).wanted);
});

test('a rewrite keeps comments, order and layout, and changes only what was decided anew', () => {
  const before = `# my notes
version: 1
perimeter:
  # why these
  buckets:
    - quilt* # all of ours
    - data-*
stack:
  name: old # the first one
accept: [QP303] # agreed with security
`;
  const changed = settingsOf(parseConfig(before, 'q.yaml'), { stack: 'new', bucket: ['quilt*', 'more-*'] });
  const only = valuesOf(changed).filter(({ key }) => ['version', 'stack.name', 'perimeter.buckets', 'accept', 'network.vpc'].includes(key));
  expect(configText(only, before, { ...about, answered: [] })).toBe(`# my notes
version: 1
perimeter:
  # why these
  buckets:
    - quilt* # all of ours
    - more-*
stack:
  name: new # the first one
accept: [ QP303 ] # agreed with security
`);
});

test('writing the same choices again changes nothing', () => {
  const values = valuesOf(settingsOf(null, flags));
  const text = configText(values, null, about);
  expect(configText(values, text, about)).toBe(text);
});
