// The flags that say where a run takes place and as whom: a command that is offered to go on with needs them again.
import type { Flags } from './flags.ts';

const plain = /^[\w@%+=:,./-]+$/;
const quoted = (value: string): string => (plain.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`);

/** The command with these flags behind its name: `quilt-perimeter status --sandbox --dir demo`. */
export function commandLine(command: string, flags: Flags): string {
  const given = [
    ['--dir', flags.dir],
    ['--config', flags.config],
    ['--profile', flags.profile],
    ['--region', flags.region],
    ['--role-arn', flags.roleArn],
    ['--org-profile', flags.orgProfile],
    ['--org-role-arn', flags.orgRoleArn],
  ] as const;
  const sandbox = flags.sandbox === undefined ? [] : [flags.sandbox === '' ? '--sandbox' : `--sandbox=${flags.sandbox}`];
  const others = given.flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${quoted(value)}`]));
  return [`quilt-perimeter ${command}`, ...sandbox, ...others].join(' ');
}
