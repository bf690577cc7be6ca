// Completion for bash 3.2 and later (macOS has 3.2), without the package bash-completion.
import { type CompletedFlag, type CompletedProgram, takesNext, type Values } from './model.ts';

/** The script for `source <(quilt-perimeter completion bash)`. */
export const bashCompletion = (program: CompletedProgram): string => `# quilt-perimeter: completion for bash
# source <(quilt-perimeter completion bash)

# Whether the flag takes the next word: COMMAND FLAG.
_quilt_perimeter_takes() {
  case "$1 $2" in
${takingCases(program)}
    *) return 1 ;;
  esac
}

# What may stand for the flag's value: COMMAND FLAG.
_quilt_perimeter_values() {
  case "$1 $2" in
${valueCases(program)}
  esac
}

# What may stand for the argument of that number: COMMAND NUMBER.
_quilt_perimeter_arguments() {
  case "$1 $2" in
${argumentCases(program)}
  esac
}

_quilt_perimeter_words() {
  COMPREPLY=($(compgen -W "$1" -- "$cur"))
}

# Words of which several may stand, separated by commas.
_quilt_perimeter_several() {
  local word before=''
  [[ $cur == *,* ]] && before="\${cur%,*},"
  for word in $1; do
    [[ ",$before" == *",$word,"* || "$before$word" != "$cur"* ]] || COMPREPLY+=("$before$word")
  done
}

_quilt_perimeter_files() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen -f -- "$cur"))
}

_quilt_perimeter_folders() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen -d -- "$cur"))
}

_quilt_perimeter_profiles() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(sed -n -e 's/^\\[profile  *\\(.*\\)\\]$/\\1/p' -e 's/^\\[\\(default\\)\\]$/\\1/p' "\${AWS_CONFIG_FILE:-$HOME/.aws/config}" 2>/dev/null)" -- "$cur"))
}

_quilt_perimeter() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" command='' flag='' number=0 i word
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    flag=''
    case "$word" in
      # An equals sign is a word of its own here.
      -*) if [[ "\${COMP_WORDS[i + 1]}" == '=' ]] || _quilt_perimeter_takes "$command" "$word"; then
            flag="$word"
            ((i++))
            [[ "\${COMP_WORDS[i]}" == '=' ]] && ((i++))
          fi ;;
      *) if [[ -z $command ]]; then command="$word"; else ((number++)); fi ;;
    esac
  done
  # The flag's value is what is being typed, or it is behind already.
  ((i > COMP_CWORD)) || flag=''
  [[ -n $flag && $cur == '=' ]] && cur=''
  if [[ -n $flag ]]; then
    _quilt_perimeter_values "$command" "$flag"
  elif [[ $cur == -* ]]; then
    case "$command" in
${flagCases(program)}
    esac
  elif [[ -z $command ]]; then
    _quilt_perimeter_words '${program.commands.map(({ name }) => name).join(' ')}'
  else
    _quilt_perimeter_arguments "$command" "$number"
  fi
}

complete -F _quilt_perimeter ${program.name}`;

// A flag of all commands is looked for by any command's name, after the command's own.
const perCommand = ({ commands, flags }: CompletedProgram, line: (pattern: string, flag: CompletedFlag) => readonly string[]) =>
  [
    ...commands.flatMap(({ name, flags: own }) => own.flatMap((flag) => line(`'${name} ${flag.name}'`, flag))),
    ...flags.flatMap((flag) => line(`*' ${flag.name}'`, flag)),
  ].join('\n');

const takingCases = (program: CompletedProgram): string =>
  perCommand(program, (pattern, flag) => (flag.values === null ? [] : [`    ${pattern}) return ${takesNext(flag) ? 0 : 1} ;;`]));

const valueCases = (program: CompletedProgram): string =>
  perCommand(program, (pattern, { values }) => (values === null ? [] : [`    ${pattern}) ${offer(values)} ;;`]));

const argumentCases = ({ commands }: CompletedProgram): string =>
  commands
    .flatMap(({ name, args, variadic }) =>
      args.map((values, index) => `    '${name} '${variadic && index === args.length - 1 ? '*' : index}) ${offer(values)} ;;`),
    )
    .join('\n');

const flagCases = ({ commands, flags }: CompletedProgram): string => {
  const everywhere = flags.map(({ name }) => name);
  return [
    ...commands.map(
      ({ name, flags: own }) =>
        `      ${name}) _quilt_perimeter_words '${[...new Set([...own.map((flag) => flag.name), ...everywhere])].join(' ')}' ;;`,
    ),
    `      *) _quilt_perimeter_words '${everywhere.join(' ')}' ;;`,
  ].join('\n');
};

function offer(values: Values): string {
  switch (values.kind) {
    case 'words':
      return `${values.several ? '_quilt_perimeter_several' : '_quilt_perimeter_words'} '${values.words.map(({ value }) => value).join(' ')}'`;
    case 'files':
      return '_quilt_perimeter_files';
    case 'folders':
      return '_quilt_perimeter_folders';
    case 'profiles':
      return '_quilt_perimeter_profiles';
    case 'free':
      return ':';
    default:
      return values satisfies never;
  }
}
