// What others wrote into the SCP: it is in force only as long as the SCP is there and attached.
import type { User } from '../../engine/types.ts';
import { parsePolicy, withoutOurs } from '../../policy/document.ts';

/** Others' statements in the SCP, as its users; none where it cannot be understood. */
export function writersIn(id: string, content: string): readonly User[] {
  const parsed = parsePolicy(content);
  const theirs = parsed.ok ? withoutOurs(parsed.document) : [];
  return theirs.map(({ Sid }, index) => ({
    id: `${id}#${Sid ?? index}`,
    what: `SCP ${id} has a statement${Sid === undefined ? '' : ` ${Sid}`} that this tool did not write`,
  }));
}
