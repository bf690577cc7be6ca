// The domains under which AWS answers.

// Partitions by the beginnings of their Regions (K14).
const suffixes: readonly (readonly [beginning: string, suffix: string])[] = [
  ['cn-', 'amazonaws.com.cn'],
  ['eusc-', 'amazonaws.eu'],
  ['us-iso-', 'c2s.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['eu-isoe-', 'cloud.adc-e.uk'],
  ['us-isof-', 'csp.hci.ic.gov'],
  ['eu-isof-', 'csp.hci.ic.gov'],
];

/** The domain under which AWS serves a Region: `amazonaws.com` but for the partitions that have their own. */
export const dnsSuffixOf = (region: string): string => suffixes.find(([beginning]) => region.startsWith(beginning))?.[1] ?? 'amazonaws.com';
