// `explain --diff`: which requests change their verdict between two policies or sets of policies. Asks AWS nothing.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { badInput, shown } from '../errors.ts';
import { diffPolicies } from '../policy/diff.ts';
import { type PolicySet, readPolicySet } from '../policy/policy-sets.ts';
import type { Run } from './session.ts';

/**
 * Compares two files, each a policy document, a list of documents, or an object of policies by type. Exit 0; 3 where the
 * comparison is not complete and so proves nothing.
 * @throws PerimeterError FILE or POLICY (exit 2) where a file cannot be read or holds no policy, or the two are of different forms
 */
export async function explainDiff({ ui, ports }: Run, oldFile: string, newFile: string): Promise<number> {
  const [old, now] = [await policiesIn(oldFile, ports.cwd), await policiesIn(newFile, ports.cwd)];
  if (old.type !== now.type) {
    throw badInput(
      'POLICY',
      `comparing policies (${shown(oldFile)}, ${shown(newFile)}): one holds documents, the other policies by type`,
      'give two files of one form',
    );
  }
  const diff = diffPolicies(old, now);
  if (ui.json) ui.document({ version: 1, ...diff });
  else {
    const { renderPolicyDiff } = await import('../ui/render-policy-diff.ts');
    ui.result(renderPolicyDiff(diff, { old: oldFile, new: newFile }, ui.page));
  }
  return diff.complete ? 0 : 3;
}

async function policiesIn(file: string, cwd: string): Promise<PolicySet> {
  let text: string;
  try {
    text = await readFile(resolve(cwd, file), 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw badInput('FILE', `reading --diff (${shown(file)}): ${String(error.code)}`, 'give the path of a JSON file with a policy', error);
  }
  const set = readPolicySet(text);
  if (typeof set === 'string') {
    throw badInput(
      'POLICY',
      `reading --diff (${shown(file)}): ${set}`,
      'give a policy document, a list of them, or an object of policies by type',
    );
  }
  return set;
}
