// `explain`: why a request passes or is denied, and what would change that. Reads only.
import { badInput, shown } from '../errors.ts';
import type { Flags } from './flags.ts';
import type { Run } from './session.ts';

/** Exit 0 whatever the verdict is. */
export async function explain(run: Run): Promise<number> {
  const { flags, args } = run;
  only(flags);
  if (flags.diff !== undefined) return (await import('./explain-diff.ts')).explainDiff(run, flags.diff, newFileOf(args));
  const [stranger] = args;
  if (stranger !== undefined) {
    throw badInput('USAGE', `reading the command line: ${shown(stranger)} belongs to no flag`, 'quilt-perimeter explain --help');
  }
  if (flags.requests !== undefined) return (await import('./explain-requests.ts')).explainRequests(run, flags.requests);
  if (flags.error !== undefined) return (await import('./explain-error.ts')).explainError(run, flags.error);
  return (await import('./explain-request.ts')).explainRequest(run);
}

/** @throws PerimeterError USAGE (exit 2) where one of the two files is missing */
function newFileOf([file]: readonly string[]): string {
  if (file !== undefined) return file;
  throw badInput('USAGE', 'reading the command line: --diff needs two files', 'quilt-perimeter explain --diff OLD NEW');
}

/** @throws PerimeterError USAGE (exit 2) where flags of two ways to ask stand together */
function only(flags: Flags): void {
  const one = ['as', 'from', 'to', 'action', 'tag', 'live'] as const;
  const beside = { requests: one, error: ['live', 'requests'], diff: [...one, 'requests', 'error'] } as const;
  for (const way of ['requests', 'error', 'diff'] as const) {
    const other = flags[way] === undefined ? undefined : beside[way].find((name) => flags[name] !== undefined);
    if (other !== undefined)
      throw badInput('USAGE', `reading the command line: --${way} and --${other} do not go together`, `leave one of them out`);
  }
}
