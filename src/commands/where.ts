// The flags that say where a run takes place and as whom: a command that is offered to go on with needs them again.
import { PerimeterError } from '../errors.ts';
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

/** The error whose remedy names commands of this program as they have to be typed here. */
export function withCommands(error: PerimeterError, flags: Flags): PerimeterError {
  const remedy = error.remedy.replace(/quilt-perimeter (confirm)/g, (_, command: string) => commandLine(command, flags));
  if (remedy === error.remedy) return error;
  const { kind, code, summary, detail, cause } = error;
  return new PerimeterError(kind, code, { summary, detail, remedy }, cause === undefined ? undefined : { cause });
}
