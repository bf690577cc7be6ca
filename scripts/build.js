// Bundles the program into dist/: one bundle for the program, split so that a command loads only what it uses, one for the
// sandbox, which needs whole SDK clients, and one for the threads that read logs. Licence texts of everything bundled go beside it.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
// Another folder is for tests, which must not run what was built before their last change.
const destination = resolve(process.argv[2] ?? join(root, 'dist'));
// Made beside it and moved there whole, so that a program that is just starting finds the old files or the new ones.
const dist = `${destination}.${process.pid}`;
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const common = {
  cwd: root,
  platform: 'node',
  logLevel: 'warn',
  // The SDK's packages offer CommonJS to Node first, which cannot be cut down to what is used.
  resolve: { conditionNames: ['module', 'import', 'node', 'default'], mainFields: ['module', 'main'] },
  // CommonJS packages may ask for their file's name, which a module has elsewhere.
  transform: {
    define: {
      PROGRAM_VERSION: JSON.stringify(manifest.version),
      ACCESS_WORKER: JSON.stringify('./access/worker.js'),
      __filename: 'import.meta.filename',
    },
    target: 'node20',
  },
};

/** Modules of src/ that stay files of their own in dist/, each with the path that every chunk reaches it at. */
const kept = (paths) => ({
  name: 'kept-files',
  resolveId(source, importer) {
    if (importer === undefined || !source.startsWith('.')) return null;
    const id = paths[relative(join(root, 'src'), resolve(dirname(importer), source))];
    return id === undefined ? null : { id, external: true };
  },
});

async function bundle(input, dir, plugins) {
  const build = await rolldown({ ...common, input, plugins });
  const output = await build.write({
    dir,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    comments: { legal: false, annotation: false, jsdoc: false },
    minify: { compress: true, mangle: false, codegen: true },
  });
  await build.close();
  return output.output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
}

/** The package that a bundled file belongs to, by its nearest package.json with a name and a version. */
function packageOf(file) {
  if (!file.includes('/node_modules/')) return null;
  for (let dir = dirname(file); dir.includes('/node_modules/'); dir = dirname(dir)) {
    const path = join(dir, 'package.json');
    if (!existsSync(path)) continue;
    const { name, version, license } = JSON.parse(readFileSync(path, 'utf8'));
    if (name !== undefined && version !== undefined) return { name, version, license, dir };
  }
  return null;
}

function licences(files) {
  const packages = new Map();
  for (const file of files) {
    const found = packageOf(file);
    if (found !== null) packages.set(`${found.name}@${found.version}`, found);
  }
  return [...packages.keys()]
    .sort()
    .map((id) => {
      const { dir, license } = packages.get(id);
      const texts = readdirSync(dir)
        .filter((name) => /^(licen[cs]e|notice)/i.test(name))
        .map((name) => readFileSync(join(dir, name), 'utf8').trim());
      return [`${id} (${license})`, ...texts].join('\n\n');
    })
    .join(`\n\n${'-'.repeat(80)}\n\n`);
}

/** The JSON Schema of quilt-perimeter.yaml, from the schema that checks it. */
async function writeSchema() {
  const dir = join(dist, '.schema');
  await bundle({ schema: join(root, 'src/config/schema.ts') }, dir, []);
  const { configJsonSchema } = await import(pathToFileURL(join(dir, 'schema.js')).href);
  writeFileSync(join(dist, 'quilt-perimeter.schema.json'), `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
  rmSync(dir, { recursive: true });
}

mkdirSync(dist, { recursive: true });
process.on('exit', () => rmSync(dist, { recursive: true, force: true }));
const program = await bundle({ cli: join(root, 'src/cli.ts'), errors: join(root, 'src/errors.ts') }, dist, [
  kept({ 'sandbox/main.ts': './sandbox/main.js' }),
]);
// One PerimeterError for both bundles: the program tells its errors by their class.
const sandbox = await bundle({ main: join(root, 'src/sandbox/main.ts') }, join(dist, 'sandbox'), [kept({ 'errors.ts': '../errors.js' })]);
// A thread's file: small, since each thread loads it anew.
await bundle({ worker: join(root, 'src/access/worker.ts') }, join(dist, 'access'), []);
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), `${licences([...program, ...sandbox])}\n`);
await writeSchema();
rmSync(destination, { recursive: true, force: true });
renameSync(dist, destination);
