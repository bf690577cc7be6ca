// Whose refused calls count for --revert-above, and what was foretold of them.
import { describe, expect, test } from 'vitest';
import { Forecast, type ForetoldPath, type Way } from '../../src/access/predicted.ts';
import { quilt, roleArn, trustedVpc } from './assess-support.ts';

const aWay = (over: Partial<Way> = {}): Way => ({
  principal: roleArn('Reader'),
  network: { kind: 'vpc', value: trustedVpc },
  viaService: null,
  bucket: 'quilt-data',
  ...over,
});
const path = (over: Partial<ForetoldPath> = {}): ForetoldPath => ({
  ...aWay(),
  actions: ['s3:GetObject'],
  events: 3,
  verdict: 'passes',
  ...over,
});
const forecast = (...paths: readonly ForetoldPath[]): Forecast => new Forecast(paths, 0, 'quilt-test');

describe('what was foretold', () => {
  test.each([
    ['passes', [path()], 0],
    ['newly-denied', [path(), path({ verdict: 'newly-denied' })], 0],
    ['unknown', [path(), path({ verdict: 'unknown' })], 0],
    ['not-seen', [path({ bucket: 'quilt-other' })], 0],
    ['null', [], 1],
    ['null', null, 0],
  ] as const)('is %s', (foretold, paths, left) => {
    expect(String(new Forecast(paths, left, null).of(aWay()))).toBe(foretold);
  });
});

describe('a refused call counts as one that was to pass', () => {
  const office = { kind: 'ip', value: '198.51.100.7' } as const;
  test.each<[string, boolean, 'scp' | 'bucket-policy', Partial<Way>, readonly ForetoldPath[]]>([
    ['this very path was to pass the SCP', true, 'scp', {}, [path()]],
    ['by the SCP on another bucket too, since it says the same of all', true, 'scp', { bucket: 'quilt-new' }, [path()]],
    ['by the bucket policy on that bucket', true, 'bucket-policy', { bucket: 'quilt-test' }, [path({ bucket: 'quilt-test' })]],
    ['not by the bucket policy where it passed elsewhere only', false, 'bucket-policy', { bucket: 'quilt-test' }, [path()]],
    ['not from another network', false, 'scp', { network: office }, [path()]],
    ['not by another principal', false, 'scp', { principal: roleArn('Other') }, [path()]],
    ['not by way of a service that was not there', false, 'scp', { viaService: 'athena.amazonaws.com' }, [path()]],
    ['not where it was foretold', false, 'scp', {}, [path({ verdict: 'newly-denied' })]],
    ['not where one session was to pass and another was not', false, 'scp', {}, [path(), path({ verdict: 'newly-denied' })]],
    ['not elsewhere either then', false, 'scp', { bucket: 'quilt-new' }, [path(), path({ verdict: 'newly-denied' })]],
    ['not where it was not told', false, 'scp', {}, [path({ verdict: 'unknown' })]],
    [
      'not anonymous callers',
      false,
      'scp',
      { principal: 'anonymous', network: office },
      [path({ principal: 'anonymous', network: office })],
    ],
    ['not callers without a name', false, 'scp', { principal: `account:${quilt}/AROAX` }, [path({ principal: `account:${quilt}/AROAX` })]],
    [
      'not from a network that no record tells',
      false,
      'scp',
      { network: { kind: 'unknown', value: 'vpce-9' } },
      [path({ network: { kind: 'unknown', value: 'vpce-9' } })],
    ],
    ['not where nothing was assessed', false, 'scp', {}, []],
  ])('%s: %s', (_, counts, step, way, paths) => {
    expect(forecast(...paths).mustPass(step, aWay(way))).toBe(counts);
  });
});
