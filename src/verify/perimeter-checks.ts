// All propositions that AWS's own descriptions settle: pure, over what was read.
import type { PerimeterInput } from '../steps/landscape.ts';
import { apiEndpointChecks } from './api-endpoint-checks.ts';
import type { Check } from './check.ts';
import { bucketPolicyChecks, scpChecks } from './policy-checks.ts';
import { egressChecks, s3RouteChecks } from './route-checks.ts';
import { stackChecks } from './stack-checks.ts';

/** Endpoints, routes, policies and the stack's parameter, in the order of the steps. `now` tells which policies are still in force. */
export const perimeterChecks = (input: PerimeterInput, now: Date): readonly Check[] => [
  ...apiEndpointChecks(input),
  ...s3RouteChecks(input),
  ...egressChecks(input),
  ...bucketPolicyChecks(input, now),
  ...scpChecks(input, now),
  ...stackChecks(input),
];
