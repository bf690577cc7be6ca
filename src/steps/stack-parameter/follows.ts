// What of a change set does not follow from the parameter alone. Pure.
import type { ResourceChange } from '../../aws/change-set.ts';

/** A sentence's end for each change that replaces, removes, or comes from something else than the parameter (G9). */
export function beyondTheParameter(changes: readonly ResourceChange[], parameter: string): readonly string[] {
  return changes.flatMap((change) => [
    ...ownReasons(change, parameter, changes).map((reason) => `${change.logicalId} (${change.type}) ${reason}`),
    // A nested stack's own parameters carry what its parent was given.
    ...change.nested.flatMap((nested) =>
      destructive(nested).map((reason) => `${change.logicalId}/${nested.logicalId} (${nested.type}) ${reason}`),
    ),
  ]);
}

function ownReasons(change: ResourceChange, parameter: string, all: readonly ResourceChange[]): readonly string[] {
  const strange = change.details.filter((detail) => !follows(detail, change, parameter, all));
  return [
    ...destructive(change),
    ...(strange.length === 0
      ? []
      : [
          `is changed in ${[...new Set(strange.map(({ target }) => target))].join(', ')} by ${[...new Set(strange.map(causeOf))].join(', ')}`,
        ]),
  ];
}

function destructive(change: ResourceChange): readonly string[] {
  return [
    ...(change.action === 'Remove' ? ['is removed'] : []),
    ...(change.replacement === 'True' ? ['is replaced'] : []),
    ...(change.replacement === 'Conditional' ? ['may be replaced'] : []),
    ...change.nested.flatMap(destructive),
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
    default:
      return true;
  }
}

const causeOf = ({ source, cause }: Detail): string => cause ?? source ?? 'an unknown cause';
