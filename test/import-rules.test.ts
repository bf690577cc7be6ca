// Reads the import lines of src/ and fails with the rule's text. The rules are design.md's "Who may import whom".
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const src = fileURLToPath(new URL('../src', import.meta.url));
const everybody = ['errors', 'findings', 'ports'];

interface Import {
  readonly file: string;
  readonly from: string;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const path = relative(src, file);
  const found: Import[] = [];
  for (const m of text.matchAll(/^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)';/gm)) {
    found.push({ file: path, from: m[2] ?? '', typeOnly: m[1] !== undefined, dynamic: false });
  }
  for (const m of text.matchAll(/import\(\s*'([^']+)'\s*\)/g)) found.push({ file: path, from: m[1] ?? '', typeOnly: false, dynamic: true });
  return found;
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(src, name));
const imports = files.flatMap(importsOf);

/** The room of a file in src: its first folder, or the file's own name at the top. */
const roomOf = (path: string): string => (path.includes('/') ? (path.split('/')[0] ?? '') : path.replace(/\.ts$/, ''));
const targetOf = (i: Import): string | null =>
  i.from.startsWith('.') ? relative(src, resolve(src, i.file, '..', i.from)).replace(/\\/g, '/') : null;

const ours = imports.flatMap((i) => {
  const target = targetOf(i);
  return target === null ? [] : [{ ...i, target, room: roomOf(i.file), targetRoom: roomOf(target) }];
});

/** Room → the rooms it may import besides itself and what everybody may. */
const allowed: Record<string, { readonly values: readonly string[]; readonly types: readonly string[] }> = {
  policy: { values: [], types: [] },
  journal: { values: [], types: [] },
  aws: { values: [], types: [] },
  access: { values: ['aws', 'policy'], types: [] },
  config: { values: [], types: [] },
  sandbox: { values: ['policy'], types: [] },
  ui: { values: [], types: ['engine', 'steps', 'aws', 'policy', 'journal', 'config', 'commands', 'access', 'verify'] },
  engine: { values: ['journal'], types: [] },
  steps: { values: ['policy', 'aws'], types: ['engine'] },
  verify: { values: ['aws', 'policy', 'steps'], types: ['engine', 'journal'] },
  commands: {
    values: ['engine', 'steps', 'access', 'verify', 'policy', 'journal', 'config', 'ui', 'aws', 'sandbox', 'clock', 'version'],
    types: [],
  },
};

test.each(Object.keys(allowed))('room %s imports only what its rule allows', (room) => {
  const rule = allowed[room];
  const broken = ours
    .filter((i) => i.room === room && i.targetRoom !== room && !everybody.includes(i.targetRoom))
    .filter((i) => !rule?.values.includes(i.targetRoom) && !(i.typeOnly && rule?.types.includes(i.targetRoom)))
    .map((i) => `${i.file} imports ${i.typeOnly ? 'types of ' : ''}${i.target}`);
  expect(broken, `${room} may import ${JSON.stringify(rule)} and ${everybody.join(', ')}`).toEqual([]);
});

test('no step imports another step; only pipeline.ts sees them all', () => {
  const steps = ['discover', 'endpoints', 'nat', 'bucket-policy', 'scp', 'stack-parameter'];
  const stepOf = (path: string): string | undefined => {
    const part = path.split('/')[1]?.replace(/\.ts$/, '');
    return path.startsWith('steps/') && part !== undefined && steps.includes(part) ? part : undefined;
  };
  const broken = ours
    .filter((i) => i.room === 'steps' && i.file !== 'steps/pipeline.ts')
    .filter((i) => stepOf(i.target) !== undefined && stepOf(i.target) !== stepOf(i.file))
    .map((i) => `${i.file} imports ${i.target}`);
  expect(broken).toEqual([]);
});

test('commands load the sandbox only by import()', () => {
  const broken = ours.filter((i) => i.room === 'commands' && i.targetRoom === 'sandbox' && !i.dynamic && !i.typeOnly).map((i) => i.file);
  expect(broken).toEqual([]);
});

const packages: [pattern: RegExp, rooms: readonly string[]][] = [
  [/^@(aws-sdk|smithy)\//, ['aws', 'access', 'sandbox']],
  [/^(chalk|ora|@inquirer\/.*)$/, ['ui']],
  [/^commander$/, ['cli', 'commands']],
  [/^(yaml|zod)$/, ['config', 'journal']],
  [/^(elkjs|vega|vega-lite)(\/.*)?$/, ['ui']],
];

test.each(packages)('packages %s are imported only in %j', (pattern, rooms) => {
  const broken = imports.filter((i) => pattern.test(i.from) && !rooms.includes(roomOf(i.file))).map((i) => `${i.file} imports ${i.from}`);
  expect(broken).toEqual([]);
});

test('time, randomness and the process come in as ports', () => {
  const rules: [string, RegExp, readonly string[]][] = [
    ['process is for cli only', /\bprocess\.(?!versions)|from 'node:process'/, ['cli']],
    [
      'console, Date.now, setTimeout and Math.random are for ui, cli, clock and sandbox only',
      /\bconsole\.|\bDate\.now\(|\bnew Date\(\)|\bsetTimeout\(|\bMath\.random\(/,
      ['ui', 'cli', 'clock', 'sandbox'],
    ],
  ];
  const broken = rules.flatMap(([rule, pattern, rooms]) =>
    files
      .filter((file) => !rooms.includes(roomOf(relative(src, file))))
      .flatMap((file) =>
        readFileSync(file, 'utf8')
          .split('\n')
          .flatMap((line, n) =>
            pattern.test(line.replace(/\/\/.*|^\s*\*.*|'[^']*'|`[^`]*`/g, '')) ? [`${relative(src, file)}:${n + 1}: ${rule}`] : [],
          ),
      ),
  );
  expect(broken).toEqual([]);
});
