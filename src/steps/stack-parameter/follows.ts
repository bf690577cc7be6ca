// What of a change set does not follow from the parameter alone. Pure.
import type { ResourceChange } from '../../aws/change-set.ts';

/** A sentence's end for each change that replaces, removes, or comes from something else than the parameter (G9). */
export function beyondTheParameter(changes: readonly ResourceChange[], parameter: string): readonly string[] {
  return changes.flatMap((change) => [...destructive(change, ''), ...strange(change, parameter, changes)]);
}

// What AWS says of Modify, and the actions that it plans for. Anything else is not taken for harmless.
const said = ['True', 'False', 'Conditional'];
const known = ['Add', 'Modify', 'Remove', 'Import'];

// A nested stack's own parameters carry what its parent was given, so there only what is lost counts.
function destructive(change: ResourceChange, path: string): readonly string[] {
  const name = `${path}${change.logicalId} (${change.type})`;
  return [
    ...(change.action === 'Remove' ? [`${name} is removed`] : []),
    ...(change.replacement === 'True' ? [`${name} is replaced`] : []),
    ...(change.replacement === 'Conditional' || (change.action === 'Modify' && !said.includes(change.replacement ?? ''))
      ? [`${name} may be replaced`]
      : []),
    ...(known.includes(change.action) ? [] : [`what becomes of ${name} cannot be told (${change.action})`]),
    ...change.nested.flatMap((nested) => destructive(nested, `${path}${change.logicalId}/`)),
  ];
}

function strange(change: ResourceChange, parameter: string, all: readonly ResourceChange[]): readonly string[] {
  const details = change.details.filter((detail) => !follows(detail, change, parameter, all));
  if (details.length === 0) return [];
  const once = (texts: readonly string[]) => [...new Set(texts)].join(', ');
  return [
    `${change.logicalId} (${change.type}) is changed in ${once(details.map(({ target }) => target))} by ${once(details.map(causeOf))}`,
  ];
}

type Detail = ResourceChange['details'][number];

function follows(detail: Detail, change: ResourceChange, parameter: string, all: readonly ResourceChange[]): boolean {
  switch (detail.source) {
    case 'ParameterReference':
      return detail.cause === parameter;
    case 'ResourceReference':
    case 'ResourceAttribute':
      return all.some(({ logicalId }) => detail.cause?.split('.')[0] === logicalId);
    case 'DirectModification':
      // AWS lists an expression that holds the parameter a second time, as a modification that it cannot foresee.
      return (
        detail.evaluation === 'Dynamic' ||
        change.details.some((other) => other.target === detail.target && other.source === 'ParameterReference' && other.cause === parameter)
      );
    case 'Automatic':
      return true;
    default:
      return false;
  }
}

const causeOf = ({ source, cause }: Detail): string => cause ?? source ?? 'an unknown cause';
