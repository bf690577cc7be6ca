#!/usr/bin/env node
// Writes quilt-perimeter-VERSION.cdx.json: npm's CycloneDX list of all packages of package-lock.json. What is bundled is
// marked as required, what only builds and tests as excluded: npm itself takes everything for a tool of development.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledPackages } from './supply-chain.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const bundled = new Set(bundledPackages(readFileSync(join(root, 'dist', 'THIRD-PARTY-LICENSES.txt'), 'utf8').trim()).map(({ id }) => id));
const text = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const bill = JSON.parse(text);
// npm names the package by its folder.
bill.metadata.component.name = name;
for (const component of bill.components) {
  const inBundle = bundled.delete(`${component.name}@${component.version}`);
  component.scope = inBundle ? 'required' : 'excluded';
  component.properties = component.properties?.filter((property) => !(inBundle && property.name === 'cdx:npm:package:development'));
}
if (bundled.size > 0) throw new Error(`listing packages: npm sbom does not name ${[...bundled].join(', ')}, which are bundled`);
const file = resolve(process.argv[2] ?? join(root, `${name}-${version}.cdx.json`));
writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`);
const required = bill.components.filter(({ scope }) => scope === 'required').length;
console.log(`${file}: ${bill.components.length} packages, ${required} of them bundled`);
