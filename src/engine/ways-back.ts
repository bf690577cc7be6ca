// The exit certificate as data: what was found of each way back, and how many of the ways do not stand or fall together.
import type { WayBack } from './types.ts';

/** How many independent ways back have to be exercised before anybody may be locked out. */
export const waysNeeded = 2;

/** Whether two ways back share neither principal, nor a condition that may be what lets them pass, nor the credentials' source. */
export function areIndependent(one: WayBack, other: WayBack): boolean {
  return (
    principalOf(one) !== principalOf(other) &&
    one.credentials !== other.credentials &&
    !one.passesBy.some((condition) => other.passesBy.includes(condition))
  );
}

/** The size of the largest set of exercised ways that are independent of each other, each of the others. */
export function countIndependent(ways: readonly WayBack[]): number {
  const counted = ways.filter(({ kind, state }) => state === 'exercised' && kind !== 'root-password');
  const most = (chosen: readonly WayBack[], left: readonly WayBack[]): number => {
    const [next, ...others] = left;
    if (next === undefined) return chosen.length;
    const without = most(chosen, others);
    return chosen.every((way) => areIndependent(way, next)) ? Math.max(without, most([...chosen, next], others)) : without;
  };
  return most([], counted);
}

/**
 * The ways with what was found of each: one that several proofs speak of was exercised only where all of them exercised it.
 * @param claimed what was known beforehand, in the order in which it is told
 * @param found what each proof found, in the order in which they were made
 */
export function withFound(claimed: readonly WayBack[], found: readonly (readonly WayBack[])[]): readonly WayBack[] {
  const all = found.flat();
  const ids = [...new Set([...claimed, ...all].map(idOf))];
  return ids.flatMap((id) => {
    const reports = all.filter((way) => idOf(way) === id);
    const last = reports.at(-1);
    const failing = reports.find(({ state }) => state === 'claimed');
    if (last === undefined) return claimed.find((way) => idOf(way) === id) ?? [];
    return [failing ?? { ...last, how: [...new Set(reports.map(({ how }) => how))].join('; ') }];
  });
}

/** A way back in the words of a sentence. */
export const wayInWords = ({ kind, principal }: WayBack): string => `${kindInWords[kind]} (${principal})`;

export const kindInWords = {
  operator: 'operator',
  'exempt-role': 'exempt role',
  organization: "organization's side",
  'root-access': 'root access',
  'root-password': 'root password',
} as const satisfies Record<WayBack['kind'], string>;

const idOf = (way: WayBack): string => `${way.kind} ${principalOf(way)}`;

/** A session and its role are one principal; a session's ARN lacks the role's path (E15). */
function principalOf({ principal }: WayBack): string {
  const [, account, name] =
    /^arn:[^:]+:sts::(\d+):assumed-role\/([^/]+)/.exec(principal) ?? /^arn:[^:]+:iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(principal) ?? [];
  return account === undefined || name === undefined ? principal : `${account} role ${name}`;
}
