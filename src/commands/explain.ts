// `explain`: why a request passes or is denied, and what would change that. Reads only.
import { badInput } from '../errors.ts';
import type { Run } from './session.ts';

/** Exit 0 whatever the verdict is. */
export async function explain(run: Run): Promise<number> {
  const { flags } = run;
  if (flags.requests !== undefined) return (await import('./explain-requests.ts')).explainRequests(run, flags.requests);
  throw badInput('USAGE', 'reading the command line: nothing is asked', 'quilt-perimeter explain --requests FILE');
}
