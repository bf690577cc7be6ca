// Which files the tarball holds. The chunks of the two bundles bear hashes in their names: expected is each that the
// entries reach by imports, and no other.
import { posix } from 'node:path';

const fixed = [
  ...['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', 'bin/quilt-perimeter.js'],
  ...['aws-facts', 'findings', 'reliability', 'sandbox'].map((name) => `docs/${name}.md`),
  ...['README', 'before-you-begin', 'first-rehearsal', 'six-steps', 'rolling-back', 'evidence'].map((name) => `docs/${name}.md`),
  ...['organization-read', 'organization-write', 'quilt-logs', 'quilt-read', 'quilt-write'].map((name) => `docs/iam/${name}.json`),
  ...['dist/THIRD-PARTY-LICENSES.txt', 'dist/quilt-perimeter.schema.json'],
];
const entries = ['dist/access/worker.js', 'dist/cli.js', 'dist/errors.js', 'dist/sandbox/main.js'];

/** What a module imports by relative paths, from minified code. */
const importsOf = (path, text) =>
  [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*(["'`])(\.{1,2}\/[^"'`]+)\1/g)].map(([, , source]) =>
    posix.join(posix.dirname(path), source),
  );

/**
 * What the tarball has too much and too little, sorted. `files`: the paths in it. `read`: a file's text.
 */
export function unexpectedFiles(files, read) {
  const expected = new Set([...fixed, ...entries]);
  const missing = [];
  for (const path of expected) {
    if (!files.includes(path)) missing.push(path);
    else if (path.startsWith('dist/') && path.endsWith('.js')) for (const source of importsOf(path, read(path))) expected.add(source);
  }
  return { extra: files.filter((path) => !expected.has(path)).sort(), missing: missing.sort() };
}
