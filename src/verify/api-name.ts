// The name by which clients ask the stack's API.
import type { PerimeterInput } from '../steps/landscape.ts';

export interface ApiName {
  readonly id: string;
  readonly name: string;
  /** The endpoint that the stack's parameter names. */
  readonly endpointId: string;
}

/**
 * The API's own name, or where private DNS is off the one that has the endpoint in it, which resolves everywhere.
 * @param suffix AWS's domain in that Region
 * @returns null where the stack has no API that can be read, or no endpoint makes it private
 */
export function apiName({ choices, landscape }: PerimeterInput, suffix: string): ApiName | null {
  const { stack, resources } = landscape.stack;
  const api = resources.known ? resources.value.find(({ type }) => type === 'AWS::ApiGateway::RestApi') : undefined;
  const endpoint = stack.parameters.find(({ key }) => key === choices.parameter)?.value ?? '';
  if (api === undefined || endpoint === '') return null;
  const { region } = landscape.survey.quilt;
  const label = choices.privateDns ? api.physicalId : `${api.physicalId}-${endpoint}`;
  return { id: api.physicalId, name: `${label}.execute-api.${region}.${suffix}`, endpointId: endpoint };
}
