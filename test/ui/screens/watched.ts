// What a watch saw: one refused path of each kind, for the screens.
import type { DeniedPath } from '../../../src/access/followed.ts';
import type { WatchReport } from '../../../src/commands/watch-say.ts';
import { wide } from './company.ts';

const denied: DeniedPath = {
  principal: 'arn:aws:iam::444455556666:role/Analyst',
  network: { kind: 'ip', value: '203.0.113.50' },
  viaService: null,
  bucket: 'quilt-raw-data-444455556666',
  actions: ['s3:GetObject', 's3:ListBucket'],
  events: 12,
  firstSeen: '2026-11-23T10:00:00Z',
  lastSeen: '2026-11-23T10:14:00Z',
  foretold: 'newly-denied',
  mustPass: false,
  by: 'perimeter',
  step: 'scp',
  toldBy: 'message',
  policy: 'SCP QuiltDataPerimeter',
};

/** The end of a watch that saw everything there is to see, and undid nothing. */
export const watched: WatchReport = {
  since: '2026-11-23T09:00:00Z',
  until: '2026-11-23T10:30:00Z',
  logs: 48,
  events: 1_204_117,
  denied: [
    { ...denied, principal: `arn:aws:iam::444455556666:role/${wide.subnet}`, foretold: 'passes', mustPass: true, events: 1_320 },
    denied,
    { ...denied, foretold: 'not-seen', toldBy: 'evaluation', events: 3, network: { kind: 'vpc', value: 'vpc-0602aededdc7dca02' } },
    {
      ...denied,
      by: 'unknown',
      step: null,
      foretold: null,
      events: 2,
      policy: 'the record names no policy, and none here would refuse it',
    },
    { ...denied, by: 'other', step: null, foretold: null, events: 1, policy: 'an identity policy' },
  ],
  silent: [
    {
      principal: denied.principal,
      network: { kind: 'vpc', value: 'vpc-0576232877c460d3a' },
      viaService: null,
      bucket: denied.bucket,
      actions: denied.actions,
      events: 40,
      verdict: 'passes',
    },
  ],
  errors: [{ file: 's3://trail/AWSLogs/444455556666/x.json.gz', reason: 'it is no gzip' }],
  failure: null,
  revert: 'none',
};
