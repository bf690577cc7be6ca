#!/usr/bin/env node
// How fast a trail is read, beside DuckDB grouping the same files by the same columns and beside bare gunzip of the same bytes:
// whole processes, in turn, as ratios of neighbours. With the peak memory of each, for trails of growing size, so that the growth
// is seen. `--huge`: 10,000,000 events too (2.5 GB on the disk, some minutes to write).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { writeTrail } from './trail.js';

const source = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'quilt-perimeter-bench-'));
const workers = availableParallelism();

/** The reader and its threads' file, bundled as the program's are. */
async function buildReader() {
  for (const [name, file] of [
    ['read', 'src/access/read.ts'],
    ['worker', 'src/access/worker.ts'],
  ]) {
    const transform = { define: { ACCESS_WORKER: JSON.stringify('./worker.mjs') } };
    const build = await rolldown({ input: { [name]: source(file) }, platform: 'node', logLevel: 'silent', transform });
    await build.write({ dir: join(folder, 'built'), format: 'esm', entryFileNames: '[name].mjs', minify: true });
    await build.close();
  }
}

/** Runs one of reading-child.js's ways on a trail as a process of its own: seconds, what it told, and its peak memory in MB. */
function time(way, trail) {
  const begun = process.hrtime.bigint();
  const args = [source('bench/reading-child.js'), way, trail, String(workers), join(folder, 'built/read.mjs')];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: { PATH: process.env.PATH } });
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  if (status !== 0) throw new Error(`${way}: ${stderr}`);
  return { seconds, ...JSON.parse(stdout) };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Measures a trail of so many events, each way `rounds` times in turn. */
async function measure(events, rounds) {
  const trail = join(folder, String(events));
  const bytes = await writeTrail(trail, { events, seed: 7 });
  const packed = readdirSync(trail, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  time('read', trail);
  const times = Array.from({ length: rounds }, () => ({
    own: time('read', trail),
    duckdb: time('duckdb', trail),
    gunzip: time('gunzip', trail),
  }));
  const [{ own, duckdb, gunzip }] = times;
  if (own.groups !== duckdb.groups || own.events !== duckdb.events) {
    throw new Error(`${own.events} events in ${own.groups} paths, by DuckDB ${duckdb.events} in ${duckdb.groups}`);
  }
  if (gunzip.bytes !== bytes + '{"Records":[]}'.length * Math.ceil(events / 5000)) throw new Error('the trail is not what was written');
  rmSync(trail, { recursive: true });
  return {
    events,
    bytesEach: bytes / events,
    packed,
    paths: own.groups,
    eventsPerSecond: events / median(times.map((round) => round.own.seconds)),
    toDuckDb: median(times.map((round) => round.duckdb.seconds / round.own.seconds)),
    toGunzip: median(times.map((round) => round.own.seconds / round.gunzip.seconds)),
    peak: Math.max(...times.map((round) => round.own.peak)),
    duckDbPeak: Math.max(...times.map((round) => round.duckdb.peak)),
  };
}

try {
  await buildReader();
  console.log(`reading a trail on ${workers} threads, whole process against whole process (medians)`);
  console.log('    events   B each   MB packed    paths   events/s   × DuckDB   of gunzip   peak MB (DuckDB)');
  const sizes = [[100_000, 3], [400_000, 3], [1_000_000, 3], ...(process.argv.includes('--huge') ? [[10_000_000, 1]] : [])];
  for (const [events, rounds] of sizes) {
    const row = await measure(events, rounds);
    const cells = [
      events.toLocaleString('en').padStart(10),
      row.bytesEach.toFixed(0).padStart(8),
      (row.packed / 1e6).toFixed(0).padStart(11),
      String(row.paths).padStart(8),
      Math.round(row.eventsPerSecond).toLocaleString('en').padStart(10),
      row.toDuckDb.toFixed(2).padStart(10),
      row.toGunzip.toFixed(2).padStart(11),
      `${row.peak.toFixed(0).padStart(9)} (${row.duckDbPeak.toFixed(0)})`,
    ];
    console.log(cells.join(' '));
  }
  console.log('× DuckDB: how many times as fast. of gunzip: the time as a multiple of unpacking the same files on one thread.');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
