// A saved plan remembers the flags that it was made with, so that `apply FILE` needs none of them again.
import type { SavedFlags } from '../engine/types.ts';
import type { Flags } from './flags.ts';

const single = [
  'stack',
  'parameter',
  'vpc',
  'privateDns',
  'nat',
  'exemptTag',
  'policyName',
  'vpcKey',
  'testBucket',
  'operatorIp',
  'confirmWithin',
  'until',
] as const satisfies readonly (keyof Flags)[];

const several = [
  'subnet',
  'bucket',
  'trustedVpc',
  'trustedCidr',
  'clientCidr',
  'target',
  'accept',
  'only',
  'skip',
] as const satisfies readonly (keyof Flags)[];

/** The choices among the flags: not who runs the program, where, or what it prints. */
export function planFlagsOf(flags: Flags): SavedFlags {
  const given = [...single, ...several, 'skipProbes' as const].map((name) => [name, flags[name]] as const);
  return Object.fromEntries(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** The flags of this command line and, where it says nothing, those of the plan. */
export function withPlanFlags(flags: Flags, saved: SavedFlags): Flags {
  const texts: Partial<Record<(typeof single)[number], string>> = {};
  for (const name of single) {
    const value = saved[name];
    if (typeof value === 'string') texts[name] = value;
  }
  const lists: Partial<Record<(typeof several)[number], readonly string[]>> = {};
  for (const name of several) {
    const value = saved[name];
    if (Array.isArray(value)) lists[name] = value;
  }
  return { ...texts, ...lists, ...(saved.skipProbes === true ? { skipProbes: true } : {}), ...flags };
}
