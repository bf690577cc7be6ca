// What is to be done to the stack: a change set that is made and shown early, and its execution at the very end.
import type { ChangeSet } from '../../aws/change-set.ts';
import type { Change, Ref, StepPlan } from '../../engine/types.ts';
import { stopped } from '../../errors.ts';
import type { PerimeterInput } from '../landscape.ts';
import { isReady } from './change-set.ts';
import { noParameter, stackFindings } from './findings.ts';

/**
 * The plan for the stack's parameter.
 * @param standing our change set for the wanted value, where there is one
 */
export function planStackParameter(input: PerimeterInput, standing: ChangeSet | null): StepPlan {
  const { choices, landscape } = input;
  const { stack } = landscape.stack;
  const { parameter } = choices;
  const present = stack.parameters.find(({ key }) => key === parameter);
  if (parameter === null || present === undefined) {
    const found = noParameter(input);
    if (choices.accept.includes('QP501')) throw stopped('QP501', found.detail, found.remedy);
    return { changes: [], confirmations: [], findings: [found, ...stackFindings(input, null)], notes: [] };
  }
  const value = wantedValue(input);
  if (present.value === value) {
    return {
      changes: [],
      confirmations: [],
      findings: stackFindings(input, null),
      notes: [`Parameter ${parameter} of stack ${stack.name} is ${value}.`],
    };
  }
  const isMade = standing !== null && isReady(standing, parameter, value);
  const changes = [...(isMade ? [] : [makeChangeSet(input, parameter, value)]), execution(input, parameter, value, present.value ?? '')];
  return {
    changes,
    confirmations: [
      ...(isMade
        ? []
        : [{ id: confirmMake, text: `Make a change set of stack ${stack.name}? It changes nothing until it is executed.`, typed: [] }]),
      { id: confirmExecute, text: `Execute the change set that sets ${parameter} of stack ${stack.name}?`, typed: [] },
    ],
    findings: stackFindings(input, { standing: isMade ? standing : null, parameter }),
    notes: [
      `Every other parameter of stack ${stack.name} keeps its previous value (${stack.parameters.length - 1}), and so do template, tags and role.`,
      ...(isMade && standing !== null ? describeChanges(standing) : []),
      ...(choices.confirmWithin === null
        ? []
        : ['--confirm-within does not guard this step: the parameter stays as it is set until rollback sets it back.']),
    ],
  };
}

const confirmMake = 'stack-parameter/change-set';
const confirmExecute = 'stack-parameter/execute';

/** The endpoint's id, or the ref to the change that makes it. */
export const wantedValue = ({ apiGatewayEndpoint, choices }: PerimeterInput): string | Ref =>
  apiGatewayEndpoint ?? { ref: `endpoints/${choices.vpc}/execute-api`, field: 'id' };

/** What the change set would change, a sentence for each resource. */
export const describeChanges = (set: ChangeSet): readonly string[] =>
  set.changes.length === 0
    ? [`Change set ${set.name} lists no resource.`]
    : set.changes.map(
        ({ action, logicalId, type, replacement }) =>
          `Change set ${set.name}: ${action} ${logicalId} (${type})${replacement === null ? '' : `, replacement ${replacement}`}.`,
      );

function makeChangeSet(input: PerimeterInput, parameter: string, value: string | Ref): Change {
  const { stack, capabilities } = input.landscape.stack;
  return {
    key: `stack-parameter/${stack.name}/change-set`,
    action: 'create',
    target: { ...targetOf(input), type: 'AWS::CloudFormation::ChangeSet' },
    summary: `Make a change set of stack ${stack.name} that sets ${parameter}`,
    reason: 'what the update would do is known before anything that binds others is done',
    before: null,
    after: {
      kind: 'change-set',
      stack: stack.name,
      parameter,
      value,
      keep: stack.parameters.map(({ key }) => key).filter((key) => key !== parameter),
      capabilities,
      acceptsMore: input.choices.accept.includes('QP504'),
    },
    risk: 'additive',
    confirm: confirmMake,
    needs: [],
    seconds: 60,
    usdPerMonth: 0,
    prepare: true,
  };
}

function execution(input: PerimeterInput, parameter: string, value: string | Ref, former: string): Change {
  const { stack, capabilities } = input.landscape.stack;
  return {
    key: `stack-parameter/${stack.name}/execute`,
    action: 'update',
    target: targetOf(input),
    summary: `Set parameter ${parameter} of stack ${stack.name}`,
    reason: "Quilt's services then reach its API through the endpoint, inside the VPC",
    before: { value: former, status: stack.status },
    after: { kind: 'execute', stack: stack.name, parameter, value, capabilities },
    risk: 'access-affecting',
    confirm: confirmExecute,
    needs: [`stack-parameter/${stack.name}/change-set`],
    seconds: 900,
    usdPerMonth: 0,
  };
}

const targetOf = ({ landscape }: PerimeterInput): Change['target'] => ({
  accountId: landscape.survey.quilt.accountId,
  region: landscape.survey.quilt.region,
  type: 'AWS::CloudFormation::Stack',
  name: landscape.stack.stack.name,
});
