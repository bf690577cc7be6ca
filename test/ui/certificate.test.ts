// The exit certificate as people and programs are told it.
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { RunEvent, WayBack } from '../../src/engine/types.ts';
import { jsonUi } from '../../src/ui/json.ts';
import { plainPaint } from '../../src/ui/paint.ts';
import { Progress } from '../../src/ui/progress.ts';
import { renderCertificate } from '../../src/ui/render-certificate.ts';

const page = { paint: plainPaint, width: 80, verbose: false, plain: false };
const role: WayBack = {
  kind: 'exempt-role',
  principal: 'arn:aws:iam::444455556666:role/BreakGlass',
  network: 'anywhere',
  call: 's3:DeleteBucketPolicy',
  passesBy: ['aws:PrincipalTag/NetworkRestrictedExempt'],
  credentials: 'profile org-admin',
  state: 'exercised',
  how: "assumed now by the organization's side; S3 let it pass, and its policies allow s3:DeleteBucketPolicy",
};
const password: WayBack = {
  ...role,
  kind: 'root-password',
  principal: 'arn:aws:iam::444455556666:root',
  passesBy: [],
  credentials: 'the root password and its MFA device',
  state: 'claimed',
  how: 'only a person knows',
};
const certificate = { key: 'bucket-policy/b/trial', ways: [password, role], independent: 1 };
const event: RunEvent = { type: 'certificate', step: 'bucket-policy', ...certificate };

test('a certificate is a block that fits 80 columns, the exercised ways first, and ends with how many there are', () => {
  expect(renderCertificate(certificate, 'Put the perimeter on bucket b for a trial that expires by itself', page)).toBe(
    `
  Ways back, before: Put the perimeter on bucket b for a trial that expires by
    itself
    ✓ exercised  exempt role: role/BreakGlass of 444455556666
        call         s3:DeleteBucketPolicy, from anywhere
        passes by    aws:PrincipalTag/NetworkRestrictedExempt
        credentials  profile org-admin
        done         assumed now by the organization's side; S3 let it pass, and
                     its policies allow s3:DeleteBucketPolicy
    ? claimed    root password: root of 444455556666
        call         s3:DeleteBucketPolicy, from anywhere
        credentials  the root password and its MFA device
        because      only a person knows
    1 independent way back exercised, 2 needed.
`.slice(1, -1),
  );
});

test('a log and a terminal get it by the summary of the change', () => {
  const progress = new Progress(page, () => 0);
  progress.learn([{ key: certificate.key, summary: 'Put it on', seconds: null }]);
  for (const moving of [true, false]) expect(progress.lines(event, moving).join('\n')).toMatch(/^ {2}Ways back, before: Put it on\n/);
});

test('programs get it as an event with all that it says', () => {
  const stdout = new PassThrough();
  const written: string[] = [];
  stdout.on('data', (chunk: Buffer) => written.push(chunk.toString()));
  const stream = stdout as unknown as NodeJS.WriteStream;
  const options = {
    stdin: stdout as unknown as NodeJS.ReadStream,
    stdout: stream,
    stderr: stream,
    quiet: false,
    yes: true,
    rail: false,
    events: true,
    page,
    signal: new AbortController().signal,
  };
  jsonUi({ ...options, now: () => '2026-01-01T00:00:00.000Z' }).event(event);
  expect(JSON.parse(written.join(''))).toEqual({ ...event, at: '2026-01-01T00:00:00.000Z' });
});
