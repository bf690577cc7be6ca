// What API Gateway itself refuses when a stack is updated: a private API on an endpoint that is not there.
import type { World } from '../world.ts';
import { propertiesOf } from './resolve.ts';
import { scopeOf } from './stack.ts';
import type { StackContent, StackRecord } from './state.ts';
import { isObject, type Node } from './template.ts';

/** Why API Gateway refuses the endpoints that this resource names under `content`, or null. */
export function checkReferencedEndpoints(world: World, stack: StackRecord, content: StackContent, logicalId: string): string | null {
  const scope = scopeOf(stack, content);
  if (scope.template.resources[logicalId]?.type !== 'AWS::ApiGateway::RestApi') return null;
  const configuration: Node | undefined = propertiesOf(logicalId, scope).EndpointConfiguration;
  const ids = isObject(configuration) && Array.isArray(configuration.VpcEndpointIds) ? configuration.VpcEndpointIds.map(String) : [];
  const missing = ids.filter((id) => {
    const endpoint = world.ec2.vpcEndpoints[id];
    return !endpoint || endpoint.region !== stack.region || endpoint.deleteRequestedAt !== null || endpoint.failure !== null;
  });
  if (missing.length === 0) return null;
  return `Invalid request provided: VPC endpoint(s) [${missing.join(', ')}] do not exist (Service: ApiGateway, Status Code: 400)`;
}
