// Private endpoints: API Gateway's and S3's, in the stack's VPC. What stands is reused, what is made is undone exactly.
// Additive but for two things: routing S3 through the gateway endpoint, and private DNS.
import type { Applied, Change, Step, Verdict } from '../../engine/types.ts';
import { type ChangeKind, kindOf } from '../change-kind.ts';
import type { StepContext } from '../context.ts';
import type { PerimeterInput } from '../landscape.ts';
import { withNetworkChanges } from '../network-changes.ts';
import { refreshNetwork } from '../read-network.ts';
import { dnsAttribute } from './dns-attribute.ts';
import { interfaceEndpoint, privateDns } from './interface-endpoint.ts';
import { planEndpoints } from './plan.ts';
import { s3Gateway, s3RouteTable } from './s3-gateway.ts';
import { securityGroup, securityGroupRules } from './security-group.ts';

const kinds: readonly ChangeKind[] = [
  dnsAttribute,
  securityGroup,
  securityGroupRules,
  interfaceEndpoint,
  privateDns,
  s3Gateway,
  s3RouteTable,
];

export const endpointsStep: Step<PerimeterInput, StepContext> = {
  id: 'endpoints',
  title: 'Private endpoints',
  async look(input, ctx) {
    const landscape = { ...input.landscape, network: await refreshNetwork(input.landscape.network, ctx) };
    const { plan, endpoint } = planEndpoints(landscape, input.choices);
    return { plan, next: { ...withNetworkChanges(input, 'endpoints', plan), landscape, apiGatewayEndpoint: endpoint } };
  },
  apply: (applied: Applied, ctx) => kindOf(applied, kinds).apply(applied, ctx),
  wait: (applied: Applied, ctx) => kindOf(applied, kinds).wait(applied, ctx),
  inspect: (applied: Applied, ctx) => kindOf(applied, kinds).inspect(applied, ctx),
  undo: (applied: Applied, ctx, seen) => kindOf(applied, kinds).undo(applied, ctx, seen),
  // No change of this step has a precheck or a proof.
  precheck: async (_change: Change): Promise<Verdict> => ({ passed: true }),
  prove: async (_applied: Applied): Promise<Verdict> => ({ passed: true }),
};
