#!/usr/bin/env node
// All that is measured, in one run. Ratios are the message: a machine's speed drifts, and neighbours share it.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

for (const name of ['start-up', 'evaluator', 'reading']) {
  const script = fileURLToPath(new URL(`${name}.js`, import.meta.url));
  const { status } = spawnSync(process.execPath, [script, ...process.argv.slice(2)], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
  console.log('');
}
