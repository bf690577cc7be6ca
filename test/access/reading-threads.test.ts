// The threads that the built program reads with, against this thread.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { merge } from '../../src/access/merge.ts';
import { inTurn, type LogReader, ownReader, threadReader } from '../../src/access/readers.ts';
import { bundled } from '../cli/program.ts';

const window = { since: null, before: null };
const records = (file: number): object[] =>
  Array.from({ length: 200 }, (_, n) => ({
    eventTime: `2026-11-20T10:0${n % 10}:00Z`,
    eventSource: n % 7 === 0 ? 'sts.amazonaws.com' : 's3.amazonaws.com',
    eventName: ['GetObject', 'PutObject'][n % 2],
    userIdentity: { type: 'AssumedRole', accountId: '111122223333', arn: `arn:${n % 5}`, accessKeyId: `ASIA${n % 11}` },
    requestParameters: { bucketName: `quilt-${file % 3}`, ...(n % 7 === 0 ? { tags: [{ key: 'n', value: String(n % 3) }] } : {}) },
    responseElements: { credentials: { accessKeyId: `ASIA${n % 3}` } },
    awsRegion: 'eu-central-1',
    recipientAccountId: '111122223333',
    ...(n % 3 === 0 ? { sharedEventID: `shared-${n}` } : {}),
  }));

test('threads find what one reader finds, by path and by bytes, damaged logs too', async () => {
  const worker = pathToFileURL(join(dirname(bundled()), 'access/worker.js'));
  const dir = mkdtempSync(join(tmpdir(), 'quilt-perimeter-threads-'));
  const packed = Array.from({ length: 6 }, (_, file) => gzipSync(JSON.stringify({ Records: records(file) })));
  packed.push(gzipSync('{"Records":[{}').subarray(0, -4), Buffer.from('no log'));
  const paths = packed.map((bytes, n) => {
    const path = join(dir, `${n}.json.gz`);
    writeFileSync(path, bytes);
    return path;
  });

  async function readAll(readers: readonly LogReader[], byPath: boolean) {
    const all = inTurn(readers);
    try {
      const outcomes = await Promise.all(packed.map((bytes, n) => all.read(byPath ? { path: paths[n] ?? '' } : { bytes })));
      const missing = await all.read({ path: join(dir, 'gone.json') });
      return { outcomes, missing: missing.broken, ...merge(await all.finish()) };
    } finally {
      await all.close();
    }
  }

  const one = await readAll([ownReader(window)], true);
  expect(one.outcomes.map(({ broken }) => broken)).toEqual([...Array(6).fill(null), 'its packing ends in the middle', 'it is no JSON']);
  expect(one.missing).toBe('it cannot be read (ENOENT)');
  expect(one.considered).toBeGreaterThan(700);
  for (const byPath of [true, false]) {
    expect(await readAll([threadReader(window, worker), threadReader(window, worker)], byPath)).toEqual(one);
  }
});
