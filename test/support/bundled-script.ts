// A TypeScript file of the tests as one that Node runs by itself.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { rolldown } from 'rolldown';

/** Bundles the file into a folder of its own; the path of what Node can run. */
export async function bundledScript(path: string): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'quilt-perimeter-script-'));
  const name = basename(path, '.ts');
  const build = await rolldown({ input: { [name]: path }, platform: 'node', logLevel: 'silent' });
  await build.write({ dir, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' });
  await build.close();
  return join(dir, `${name}.mjs`);
}
