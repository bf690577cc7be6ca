// The organization as a tree, each line something that can be chosen as the SCP's target.
import type { OrganizationTarget } from '../aws/types.ts';
import type { Branch } from './questions.ts';

/** Root, organizational units and accounts. Structurally what aws/organization-tree.ts reads. */
export interface Tree {
  readonly target: OrganizationTarget;
  readonly children: readonly Tree[];
}

/** The tree from the top, one line per target with its depth; `marks` adds a word behind some ids (`Quilt's account`). */
export const treeLines = (tree: Tree, marks: { readonly [id: string]: string }): readonly Branch[] => linesFrom(tree, 0, marks);

const linesFrom = ({ target, children }: Tree, depth: number, marks: { readonly [id: string]: string }): readonly Branch[] => [
  { value: target.id, label: label(target, marks), detail: '', depth },
  ...children.flatMap((child) => linesFrom(child, depth + 1, marks)),
];

function label(target: OrganizationTarget, marks: { readonly [id: string]: string }): string {
  const mark = marks[target.id];
  const name = target.type === 'ORGANIZATIONAL_UNIT' ? `${target.name} unit` : target.name;
  return `${name} (${target.id})${mark === undefined ? '' : `, ${mark}`}`;
}
