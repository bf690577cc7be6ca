import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { bundled, newFolder, run } from './program.ts';

let cli = '';

beforeAll(() => {
  cli = bundled();
});

const choices = ['--test-bucket', 'quilt-perimeter-test-444455556666', '--trusted-cidr', '198.51.100.0/24'];

test.each([['init', '--yes', ...choices], ['plan', ...choices], ['apply', '--yes', ...choices], ['rollback', '--yes'], ['status']])(
  '%s names the damaged line of a journal and writes nothing',
  async (...args: readonly string[]) => {
    const folder = newFolder();
    const state = join(folder, '.quilt-perimeter', 'sandbox');
    mkdirSync(state, { recursive: true });
    writeFileSync(join(state, 'journal.jsonl'), '{not json}\n');
    const { code, stderr } = await run(cli, [...args, '--sandbox'], folder);
    expect(code).toBe(2);
    expect(stderr).toContain('line 1 is damaged');
    expect(existsSync(join(state, 'quilt-perimeter.yaml'))).toBe(false);
    expect(readdirSync(state).sort()).toEqual(['calls.jsonl', 'journal.jsonl', 'world.json']);
  },
);
