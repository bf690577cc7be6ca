/** The sandbox's scenarios by name, so that completion need not load the sandbox. */
export const scenarioNames = [
  'greenfield',
  'canaries',
  'brownfield',
  'vpn',
  'single-account',
  'transit',
  'locked-out',
  'flapping',
  'terraform-owned',
  'large',
] as const;
