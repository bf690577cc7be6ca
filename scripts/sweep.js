// `npm run sweep`: bundles test/sweep/main.ts, since thousands of cases in several processes would load it unbundled for
// long, and runs it with the flags that were given.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
// Beside the packages, so that what is not bundled is found.
const cache = join(root, 'node_modules', '.cache');
mkdirSync(cache, { recursive: true });
const out = mkdtempSync(join(cache, 'sweep-'));
process.on('exit', () => rmSync(out, { recursive: true, force: true }));

const build = await rolldown({
  cwd: root,
  platform: 'node',
  logLevel: 'warn',
  input: { main: join(root, 'test/sweep/main.ts') },
  external: [/^@lydell\/node-pty/],
  resolve: { conditionNames: ['module', 'import', 'node', 'default'], mainFields: ['module', 'main'] },
  transform: { define: { PROGRAM_VERSION: '"sweep"', __filename: 'import.meta.filename' }, target: 'node20' },
});
await build.write({ dir: out, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' });
await build.close();

const { status } = spawnSync(process.execPath, ['--enable-source-maps', join(out, 'main.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  // The SDK warns about Node versions on the screen.
  env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
});
process.exitCode = status ?? 1;
