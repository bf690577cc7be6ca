// Completion for fish: one `complete` line per flag and command, with what help says of it.
import {
  type CompletedCommand,
  type CompletedFlag,
  type CompletedProgram,
  indexOf,
  listsOf,
  takesNext,
  type Values,
  type Word,
} from './model.ts';

/** The script for `quilt-perimeter completion fish | source`. */
export function fishCompletion(program: CompletedProgram): string {
  const lists = listsOf(program);
  const complete = (...parts: readonly string[]): string => `complete -c ${program.name} ${parts.filter((part) => part !== '').join(' ')}`;
  const everywhere = new Set(program.flags.map((flag) => flag.name));
  return `# quilt-perimeter: completion for fish
# quilt-perimeter completion fish | source

# The words before the one being typed that are no flags and no flag's value: the command and its arguments. Fails where
# a flag's value is being typed.
function __quilt_perimeter_given
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case ${[...new Set([...program.flags, ...program.commands.flatMap(({ flags }) => flags)].filter(takesNext).map(({ name }) => name))].join(' ')}
                set skip 1
            case '-*'
            case '*'
                echo $word
        end
    end
    test $skip = 0
end

# Whether no command has been given yet.
function __quilt_perimeter_first
    test (count (__quilt_perimeter_given)) = 0
end

# Whether this command has been given.
function __quilt_perimeter_in
    set -l given (__quilt_perimeter_given)
    test "$given[1]" = $argv[1]
end

# Whether this command has been given, and so many arguments of it, or any number.
function __quilt_perimeter_at
    set -l given (__quilt_perimeter_given); or return 1
    test "$given[1]" = $argv[1]; and begin
        test $argv[2] = more; or test (count $given) = (math $argv[2] + 1)
    end
end

# Words of which several may stand, separated by commas.
function __quilt_perimeter_several
    set -l typed (commandline -ct | string replace -r '^--[^=]*=' '')
    set -l before (string match -r '^.*,' -- $typed)
    for word in $argv
        set -l value (string split -f1 \\t -- $word)
        string match -q "*,$value,*" -- ",$before"; or echo "$before$word"
    end
end

function __quilt_perimeter_profiles
    set -l file $HOME/.aws/config
    set -q AWS_CONFIG_FILE; and set file $AWS_CONFIG_FILE
    test -r $file; and sed -n -e 's/^\\[profile  *\\(.*\\)\\]$/\\1/p' -e 's/^\\[\\(default\\)\\]$/\\1/p' $file
end

${lists.map((words, index) => `set -g __quilt_perimeter_list_${index} ${words.map(wordOf).join(' ')}`).join('\n')}

complete -c ${program.name} -e
${complete('-f')}
${program.flags.map((flag) => complete(flagParts(flag, lists))).join('\n')}
${program.commands.map(({ name, about }) => complete('-n __quilt_perimeter_first', `-a ${name}`, `-d ${quoted(about)}`)).join('\n')}
${program.commands
  .flatMap((command) => [
    ...command.flags
      .filter((flag) => !everywhere.has(flag.name))
      .map((flag) => complete(`-n '__quilt_perimeter_in ${command.name}'`, flagParts(flag, lists))),
    ...argumentParts(command, lists).map((parts) => complete(parts)),
  ])
  .join('\n')}`;
}

const wordOf = ({ value, about }: Word): string => (about === '' ? value : `${quoted(value)}\\t${quoted(about)}`);

function flagParts({ name, about, values, optional }: CompletedFlag, lists: readonly (readonly Word[])[]): string {
  const parts = [`-l ${name.slice(2)}`, `-d ${quoted(about)}`];
  if (values === null) return parts.join(' ');
  // Without -r the value stands behind an equals sign only.
  return [...parts, ...(optional ? [] : [values.kind === 'files' ? '-r -F' : '-x']), offer(values, lists)]
    .filter((part) => part !== '')
    .join(' ');
}

function argumentParts({ name, args, variadic }: CompletedCommand, lists: readonly (readonly Word[])[]): readonly string[] {
  return args.map((values, index) => {
    const when = `__quilt_perimeter_at ${name} ${variadic && index === args.length - 1 ? 'more' : index}`;
    return [`-n '${when}'`, values.kind === 'files' ? '-F' : '', offer(values, lists)].filter((part) => part !== '').join(' ');
  });
}

function offer(values: Values, lists: readonly (readonly Word[])[]): string {
  switch (values.kind) {
    case 'words': {
      const list = `$__quilt_perimeter_list_${indexOf(lists, values.words)}`;
      return values.several ? `-a '(__quilt_perimeter_several ${list})'` : `-a '(printf "%s\\n" ${list})'`;
    }
    case 'folders':
      return "-a '(__fish_complete_directories)'";
    case 'profiles':
      return "-a '(__quilt_perimeter_profiles)'";
    case 'files':
    case 'free':
      return '';
    default:
      return values satisfies never;
  }
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
