import { expect, test } from 'vitest';
import { commandLine } from '../../src/commands/where.ts';

test('a command to go on with says where and as whom, and nothing that was for one run', () => {
  expect(commandLine('status', {})).toBe('quilt-perimeter status');
  expect(commandLine('status', { sandbox: '', dir: 'my demo', yes: true, nat: 'none' })).toBe(
    "quilt-perimeter status --sandbox --dir 'my demo'",
  );
  expect(commandLine('apply', { sandbox: 'vpn', profile: 'quilt', orgRoleArn: 'arn:aws:iam::111122223333:role/Org' })).toBe(
    'quilt-perimeter apply --sandbox=vpn --profile quilt --org-role-arn arn:aws:iam::111122223333:role/Org',
  );
});
