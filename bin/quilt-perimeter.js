#!/usr/bin/env node
// Written for any Node: an old one must get as far as this message.
const version = process.versions.node.split('.').map(Number);
if (version[0] < 20 || (version[0] === 20 && version[1] < 17)) {
  process.stderr.write(`starting quilt-perimeter: Node ${process.versions.node} is too old\n  → install Node 20.17 or newer\n`);
  process.exitCode = 2;
} else {
  import('../dist/cli.js').catch((error) => {
    process.stderr.write(`starting quilt-perimeter: ${String(error)}\n  → run npm run build, or install the package again\n`);
    process.exitCode = 1;
  });
}
