// The organization as a tree, each line something that can be chosen as the SCP's target.
import type { OrganizationTarget } from '../aws/types.ts';

/** Root, organizational units and accounts. Structurally what aws/organization-tree.ts reads. */
export interface Tree {
  readonly target: OrganizationTarget;
  readonly children: readonly Tree[];
}

export interface TreeLine {
  readonly target: OrganizationTarget;
  /** Branches drawn, name and id: `│  ├─ quilt (111122223333)`. */
  readonly text: string;
}

/** The tree from the top, one line per target; `marks` adds a word behind some ids (`Quilt's account`). */
export function treeLines(tree: Tree, marks: { readonly [id: string]: string }): readonly TreeLine[] {
  return [{ target: tree.target, text: label(tree.target, marks) }, ...below(tree.children, '', marks)];
}

function below(children: readonly Tree[], prefix: string, marks: { readonly [id: string]: string }): readonly TreeLine[] {
  return children.flatMap((child, index) => {
    const last = index === children.length - 1;
    const line = { target: child.target, text: `${prefix}${last ? '└─ ' : '├─ '}${label(child.target, marks)}` };
    return [line, ...below(child.children, `${prefix}${last ? '   ' : '│  '}`, marks)];
  });
}

function label(target: OrganizationTarget, marks: { readonly [id: string]: string }): string {
  const mark = marks[target.id];
  const name = target.type === 'ORGANIZATIONAL_UNIT' ? `${target.name} unit` : target.name;
  return `${name} (${target.id})${mark === undefined ? '' : `, ${mark}`}`;
}
