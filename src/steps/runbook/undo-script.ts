// What each step contributes to the script that puts everything back.
import { createHash } from 'node:crypto';
import { type Mark, markFilters } from '../../aws/tags.ts';
import type { Applied } from '../../engine/types.ts';
import type { UndoEntry } from '../../engine/undo-entries.ts';
import { Bash, bash, quoted } from './bash.ts';

/** One change to be undone, as the engine tells it from the journal, and what holds for the whole script. */
export interface ToUndo extends Pick<UndoEntry, 'applied' | 'asUndone' | 'neverMade' | 'carries' | 'replaces' | 'history'> {
  /** Ids of the runs that began to undo something. */
  readonly undoingRuns: readonly string[];
  /** Whether an Elastic IP that others list is released all the same. */
  readonly releaseListed: boolean;
}

/** A file beside the script. */
export interface ScriptFile {
  readonly name: string;
  readonly text: string;
}

export interface UndoScript {
  /** What stands inside `if undo …; then`, each line with two spaces before it. */
  readonly body: Bash;
  /** The commands of it that change something; what the script has to look up first stands in them as a variable. */
  readonly commands: readonly Bash[];
  readonly files: readonly ScriptFile[];
}

/** A file whose name tells what it is, and by a part of its digest which version. */
export function scriptFile(what: string, text: string): ScriptFile {
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 10);
  return { name: `${what.replaceAll(/[^a-zA-Z0-9.-]+/g, '-').slice(0, 100)}-${digest}.json`, text };
}

/** The file as the AWS CLI takes it for a parameter. */
export const asParameter = ({ name }: ScriptFile): Bash => new Bash(`file://"$here"/${quoted(name)}`);

/** The files' paths as words of the script. */
export const pathsOf = (files: readonly ScriptFile[]): Bash => new Bash(files.map(({ name }) => `"$here"/${quoted(name)}`).join(' '));

/** The id of what a change made as a word of the script: itself or, where the journal has no answer, `"$id"`. */
export const idOf = ({ made }: Applied): Bash => (made === null ? new Bash('"$id"') : bash`${made.id}`);

/**
 * The line that sets `id`. What the journal has no answer for is looked for by its mark, for up to a minute; what AWS refused
 * to make is asked for once.
 * @param look prints the id of what carries the mark
 */
export function findId({ applied, neverMade }: Pick<ToUndo, 'applied' | 'neverMade'>, look: Bash): Bash {
  if (applied.made !== null) return bash`id=${applied.made.id}`;
  return neverMade ? bash`id="$(ask - ${look} | rows)"` : bash`id="$(seek - ${look})"`;
}

/**
 * A word with the id of what a change made in it.
 * @param around the text around the id; characters that mean something between double quotes must not stand in it
 */
export const wordWithId = ({ made }: Applied, around: (id: string) => string): Bash =>
  made === null ? new Bash(`"${around('$id')}"`) : bash`${around(made.id)}`;

/** The option that narrows a listing of EC2 to what carries the mark of the change. */
export function markOption(option: '--filters' | '--filter', mark: Mark): Bash {
  return bash`${new Bash(option)} ${JSON.stringify(markFilters(mark))}`;
}
