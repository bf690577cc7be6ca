// The stack: that it holds the endpoint, and that its last update is over.
import type { PerimeterInput } from '../steps/landscape.ts';
import { isUpdatable } from '../steps/stack-parameter/findings.ts';
import { workingApiEndpoint } from './api-endpoint-checks.ts';
import { type Check, type Found, fails, holds, restsOn, untold } from './check.ts';

/** The propositions on the stack. */
export function stackChecks(input: PerimeterInput): readonly Check[] {
  const { stack } = input.landscape.stack;
  return [
    {
      id: 'stack-parameter/value',
      step: 'stack-parameter',
      summary: `Parameter ${input.choices.parameter ?? 'for the endpoint'} of stack ${stack.name} is the API Gateway endpoint`,
      subjects: [stack.name],
      ...valueFound(input),
    },
    {
      id: 'stack-parameter/settled',
      step: 'stack-parameter',
      summary: `Stack ${stack.name} is settled`,
      subjects: [stack.name],
      ...settled(stack.status),
    },
  ];
}

function valueFound(input: PerimeterInput): Found {
  const { choices, landscape } = input;
  const present = landscape.stack.stack.parameters.find(({ key }) => key === choices.parameter);
  if (present === undefined) return fails('its template has no such parameter: ask your Quilt account manager to enable private endpoints');
  const api = workingApiEndpoint(input);
  if (api === null) return restsOn('endpoints/api-endpoint');
  const value = present.value ?? '';
  return value === api.endpoint.id
    ? holds(`it is ${value}`)
    : fails(`it is ${value === '' ? 'empty' : value}, and the endpoint is ${api.endpoint.id}`);
}

function settled(status: string): Found {
  if (isUpdatable(status)) return holds(`its status is ${status}`);
  return status.endsWith('_IN_PROGRESS') ? untold(`its status is ${status}`) : fails(`its status is ${status}`);
}
