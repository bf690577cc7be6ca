// Completion for zsh: one specification for _arguments per flag, with what help says of it.
import { type CompletedCommand, type CompletedFlag, type CompletedProgram, indexOf, listsOf, type Values, type Word } from './model.ts';

/** The script for `source <(quilt-perimeter completion zsh)`, or for a file `_quilt-perimeter` in a folder of `$fpath`. */
export function zshCompletion(program: CompletedProgram): string {
  const lists = listsOf(program);
  const specOf = (flag: CompletedFlag): string => flagSpec(flag, lists);
  return `#compdef ${program.name}
# source <(quilt-perimeter completion zsh), after compinit

${lists.map(listFunctions).join('\n')}
_quilt_perimeter_profiles() {
  local -a profiles
  profiles=(\${(f)"$(sed -n -e 's/^\\[profile  *\\(.*\\)\\]$/\\1/p' -e 's/^\\[\\(default\\)\\]$/\\1/p' "\${AWS_CONFIG_FILE:-$HOME/.aws/config}" 2>/dev/null)"})
  compadd -a profiles
}

_quilt_perimeter() {
  local curcontext="$curcontext" state line
  typeset -A opt_args
  local -a everywhere=(
${program.flags.map((flag) => `    ${specOf(flag)}`).join('\n')}
  )
  _arguments -C $everywhere '1: :->command' '*:: :->rest'
  case $state in
    command)
      local -a commands=(
${program.commands.map(({ name, about }) => `        ${quoted(`${name}:${about}`)}`).join('\n')}
      )
      _describe -t commands command commands
      ;;
    rest)
      case $words[1] in
${program.commands.map((command) => commandCase(command, program, lists)).join('\n')}
      esac
      ;;
  esac
}

if [[ $funcstack[1] == _quilt_perimeter || $funcstack[1] == _quilt-perimeter ]]; then
  _quilt_perimeter "$@"
else
  compdef _quilt_perimeter ${program.name}
fi`;
}

function commandCase(
  { name, flags, args, variadic }: CompletedCommand,
  program: CompletedProgram,
  lists: readonly (readonly Word[])[],
): string {
  const everywhere = new Set(program.flags.map((flag) => flag.name));
  const specs = [
    ...flags.filter((flag) => !everywhere.has(flag.name)).map((flag) => flagSpec(flag, lists)),
    ...args.map((values, index) => quoted(`${variadic && index === args.length - 1 ? '*' : index + 1}:${action(values, lists)}`)),
  ];
  return `        ${name}) _arguments $everywhere \\
${specs.map((spec) => `          ${spec}`).join(' \\\n')} ;;`;
}

function flagSpec({ name, about, values, optional, repeats }: CompletedFlag, lists: readonly (readonly Word[])[]): string {
  const text = `[${about.replaceAll(/[[\]\\]/g, '\\$&')}]`;
  const many = repeats ? '*' : '';
  if (values === null) return quoted(`${many}${name}${text}`);
  return quoted(`${many}${name}${optional ? '=-' : '='}${text}${optional ? '::' : ':'}${action(values, lists)}`);
}

// `message:action` of a specification; a colon in the message would end it.
function action(values: Values, lists: readonly (readonly Word[])[]): string {
  switch (values.kind) {
    case 'words':
      return `${values.what}:_quilt_perimeter_${values.several ? 'several' : 'one'}_${indexOf(lists, values.words)}`;
    case 'files':
      return 'file:_files';
    case 'folders':
      return 'folder:_files -/';
    case 'profiles':
      return 'profile:_quilt_perimeter_profiles';
    case 'free':
      return `${values.what.replaceAll(':', ' ')}: `;
    default:
      return values satisfies never;
  }
}

function listFunctions(words: readonly Word[], index: number): string {
  const each = words
    .map(({ value, about }) => quoted(about === '' ? value : `${value}[${about.replaceAll(/[[\]\\:]/g, '\\$&')}]`))
    .join(' ');
  return `_quilt_perimeter_one_${index}() { _values value ${each} }
_quilt_perimeter_several_${index}() { _values -s , value ${each} }`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
