// `rollback --print`: the commands that put everything back, for somebody without this tool. From the journal alone: no
// lock is taken, no credentials are needed and AWS is asked nothing.
import type { StepId } from '../engine/types.ts';
import { badInput } from '../errors.ts';
import { environmentOf, sidesOf } from './script-settings.ts';
import type { Run } from './session.ts';
import { commandLine } from './where.ts';

/**
 * Prints the script and writes it, with the files that belong to it, into `runbook/` beside the journal. Exit 0.
 * @throws PerimeterError NO_JOURNAL (stopped), where the journal cannot be read, or where the folder cannot be written
 */
export async function printRollback(run: Run, keepThrough: StepId | null): Promise<number> {
  const { flags, ports, ui } = run;
  if (flags.accept !== undefined) {
    throw badInput(
      'USAGE',
      'reading the command line: --accept has no meaning with --print',
      'leave it out: the script keeps what somebody changed, and shows both versions',
    );
  }
  const { loadConfig } = await import('../config/load.ts');
  const { pathsOf, settingsOf } = await import('../config/settings.ts');
  const onSandbox = flags.sandbox !== undefined;
  const paths = pathsOf(flags, ports.cwd, onSandbox);
  const settings = settingsOf((await loadConfig(paths.config, paths.configNamed))?.config ?? null, flags);
  const { machineOf, openJournal } = await import('../journal/journal.ts');
  const { noJournal, undoEntries } = await import('../engine/engine.ts');
  const journal = await openJournal({
    dir: paths.state,
    place: null,
    clock: ports.clock,
    ids: ports.ids,
    mode: 'read',
    command: ports.commandLine,
    toolVersion: ports.version,
    machine: machineOf(ports.process),
  });
  const { state, place } = journal;
  if (!journal.exists || place === null) throw noJournal(journal.path);
  for (const note of journal.notes) ui.progress(note);
  const { rollbackOrder, runbookOf, undoScript } = await import('../steps/pipeline.ts');
  const { entries, notRestored } = undoEntries(state, rollbackOrder, keepThrough);
  const { folderOf, writeRunbook } = await import('./runbook-files.ts');
  const folder = folderOf(paths.state);
  const served = ['quilt-perimeter sandbox', ...(flags.sandbox ? [flags.sandbox] : []), '--dir', paths.dir].join(' ');
  const runbook = runbookOf(
    entries,
    notRestored,
    {
      place,
      ...sidesOf(settings, onSandbox ? {} : ports.env, state),
      ...(onSandbox ? { environment: [], secrets: [] } : environmentOf(ports.env)),
      journal: journal.path,
      folder,
      at: ports.clock.now().toISOString(),
      version: ports.version,
      sandbox: onSandbox ? `It is for the sandbox: serve that by ${served} and set the lines that it prints.` : null,
      releaseListed: flags.releaseAddress === true,
      undoingRuns: state.undoingRuns,
    },
    undoScript,
  );
  const path = await writeRunbook(folder, runbook);
  if (ui.json) ui.document({ version: 1, place, path, ...runbook, notRestored });
  else ui.result(runbook.script.trimEnd());
  ui.progress(
    `Written to ${path}, with ${runbook.files.length} ${runbook.files.length === 1 ? 'file' : 'files'} of what was there before.`,
  );
  ui.progress(`After it has run: ${commandLine('rollback', flags)} brings the journal up to date; it finds nothing left to undo.`);
  return 0;
}
