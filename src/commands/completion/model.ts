// What a shell completes, read off the commander program, so that completion knows the very flags that are parsed.
import type { Argument, Command, Option } from 'commander';
import { stepIds } from '../../engine/types.ts';
import { catalogue } from '../../findings.ts';
import { scenarioNames } from './scenario-names.ts';

export interface Word {
  readonly value: string;
  /** One line for people; empty where the word says it all. */
  readonly about: string;
}

export type Values =
  /** `several`: more of them may follow behind a comma. */
  | { readonly kind: 'words'; readonly what: string; readonly words: readonly Word[]; readonly several: boolean }
  | { readonly kind: 'files' }
  | { readonly kind: 'folders' }
  /** Profiles of the AWS configuration on the machine where the shell runs. */
  | { readonly kind: 'profiles' }
  /** A value that only the user knows. */
  | { readonly kind: 'free'; readonly what: string };

export interface CompletedFlag {
  /** `--yes` */
  readonly name: string;
  readonly about: string;
  /** Null: the flag takes none. */
  readonly values: Values | null;
  /** The value may be left out, and is given only behind an equals sign. */
  readonly optional: boolean;
  /** May be given more than once. */
  readonly repeats: boolean;
}

export interface CompletedCommand {
  readonly name: string;
  readonly about: string;
  readonly flags: readonly CompletedFlag[];
  /** Of each argument in order; the last stands for all that follow where `variadic`. */
  readonly args: readonly Values[];
  readonly variadic: boolean;
}

export interface CompletedProgram {
  readonly name: string;
  readonly commands: readonly CompletedCommand[];
  /** Flags that stand before and after any command. */
  readonly flags: readonly CompletedFlag[];
}

/** The program's commands, flags and values. Hidden ones are left out. */
export function completedProgram(program: Command): CompletedProgram {
  return {
    name: program.name(),
    commands: program.createHelp().visibleCommands(program).map(completedCommand),
    flags: flagsOf(program),
  };
}

function completedCommand(command: Command): CompletedCommand {
  const args = command.registeredArguments;
  return {
    name: command.name(),
    about: command.description(),
    flags: flagsOf(command),
    args: args.map((argument: Argument) => valuesOf(argument.name(), false)),
    variadic: args.at(-1)?.variadic === true,
  };
}

const flagsOf = (command: Command): readonly CompletedFlag[] => command.createHelp().visibleOptions(command).map(flagOf);

// A parser of its own gathers what was given before: repeated flags, or values behind commas.
const flagOf = (option: Option): CompletedFlag => ({
  name: option.long ?? option.flags,
  about: option.description,
  values: option.required || option.optional ? valuesOf(placeholderOf(option), option.parseArg !== undefined) : null,
  // Commander takes a bracket within `<BUCKET[/KEY]>` for an optional value too.
  optional: option.optional && !option.required,
  repeats: option.parseArg !== undefined,
});

const placeholderOf = ({ flags }: Option): string => /[<[](.+)[>\]]$/.exec(flags)?.[1] ?? '';

const alone = (values: readonly string[]): readonly Word[] => values.map((value) => ({ value, about: '' }));

/** By the placeholder of help texts: `<STEP>`, `<FILE>`, `<on|off>`. */
function valuesOf(placeholder: string, several: boolean): Values {
  const what = placeholder.toLowerCase();
  if (placeholder.includes('|') && !/[A-Z]/.test(placeholder))
    return { kind: 'words', what: 'value', words: alone(placeholder.split('|')), several };
  switch (placeholder) {
    case 'STEP':
      return { kind: 'words', what, words: alone(stepIds), several };
    case 'SCENARIO':
      return { kind: 'words', what, words: alone(scenarioNames), several };
    case 'CODE':
      return { kind: 'words', what, words: codes(), several };
    case 'FILE':
    case 'PLAN':
    case 'SOURCE':
    case 'OLD':
    case 'NEW':
      return { kind: 'files' };
    case 'DIR':
      return { kind: 'folders' };
    case 'PROFILE':
      return { kind: 'profiles' };
    default:
      return { kind: 'free', what };
  }
}

const codes = (): readonly Word[] =>
  Object.entries(catalogue).map(([value, { summary }]) => ({ value, about: summary.replaceAll(/[`*]/g, '') }));

/** Every list of words of the program, once each, in order of appearance: what the scripts define before they use it. */
export function listsOf({ commands, flags }: CompletedProgram): readonly (readonly Word[])[] {
  const lists = new Map<string, readonly Word[]>();
  const all = [
    ...flags.map(({ values }) => values),
    ...commands.flatMap(({ args, flags: own }) => [...args, ...own.map(({ values }) => values)]),
  ];
  for (const values of all) if (values?.kind === 'words') lists.set(keyOf(values.words), values.words);
  return [...lists.values()];
}

/** Which of `listsOf` this one is. */
export const indexOf = (lists: readonly (readonly Word[])[], words: readonly Word[]): number =>
  lists.findIndex((list) => keyOf(list) === keyOf(words));

const keyOf = (words: readonly Word[]): string => words.map(({ value }) => value).join(' ');

/** Whether a flag's value may be a word of its own behind it. */
export const takesNext = (flag: CompletedFlag): boolean => flag.values !== null && !flag.optional;
