// What can be read of stacks and templates.
import type {
  DescribeStackEventsCommandInput,
  DescribeStackResourcesCommandInput,
  DescribeStacksCommandInput,
  GetStackPolicyCommandInput,
  GetTemplateCommandInput,
  GetTemplateSummaryCommandInput,
  ListStackResourcesCommandInput,
  ListStacksCommandInput,
} from '@aws-sdk/client-cloudformation';
import type { Call } from '../types.ts';
import type { World } from '../world.ts';
import { changeSetContent } from './change-sets.ts';
import { page } from './pages.ts';
import { capabilitiesNeeded } from './request.ts';
import { eventShape, resourceShape, resourceSummaryShape, stackShape, summaryShape } from './shapes.ts';
import { stackOf, stacksOf } from './stack.ts';
import { invalid, parseTemplate } from './template.ts';

const newestFirst = <T extends { readonly createdAt: number }>(items: readonly T[]): T[] =>
  [...items].sort((a, b) => b.createdAt - a.createdAt);

/** DescribeStacks: all but deleted ones, or the one that is named. */
export function describeStacks(world: World, input: DescribeStacksCommandInput, call: Call): object {
  if (input.StackName !== undefined) return { Stacks: [stackShape(stackOf(world, call, input.StackName))] };
  const standing = newestFirst(stacksOf(world, call).filter(({ deletedAt }) => deletedAt === null));
  const { items, ...more } = page(standing, input.NextToken, call, 50);
  return { Stacks: items.map(stackShape), ...more };
}

/** ListStacks: deleted ones too. */
export function listStacks(world: World, input: ListStacksCommandInput, call: Call): object {
  const wanted: readonly string[] = input.StackStatusFilter ?? [];
  const found = newestFirst(stacksOf(world, call)).filter(({ status }) => wanted.length === 0 || wanted.includes(status));
  const { items, ...more } = page(found, input.NextToken, call);
  return { StackSummaries: items.map(summaryShape), ...more };
}

/** DescribeStackEvents: newest first (G12). */
export function describeStackEvents(world: World, input: DescribeStackEventsCommandInput, call: Call): object {
  const stack = stackOf(world, call, input.StackName, 'Stack [#] does not exist');
  const { items, ...more } = page([...stack.events].reverse(), input.NextToken, call);
  return { StackEvents: items.map((event) => eventShape(stack, event)), ...more };
}

export function describeStackResources(world: World, input: DescribeStackResourcesCommandInput, call: Call): object {
  const { StackName, LogicalResourceId, PhysicalResourceId } = input;
  const stack =
    StackName === undefined && PhysicalResourceId !== undefined
      ? stacksOf(world, call).find(({ resources }) => resources.some(({ physicalId }) => physicalId === PhysicalResourceId))
      : stackOf(world, call, StackName);
  if (!stack) throw invalid(`Stack for ${PhysicalResourceId ?? ''} does not exist`);
  const wanted = stack.resources.filter(({ logicalId }) => LogicalResourceId === undefined || logicalId === LogicalResourceId);
  if (LogicalResourceId !== undefined && wanted.length === 0)
    throw invalid(`Resource ${LogicalResourceId} does not exist for stack ${stack.name}`);
  return { StackResources: wanted.slice(0, 100).map((resource) => resourceShape(stack, resource)) };
}

export function listStackResources(world: World, input: ListStackResourcesCommandInput, call: Call): object {
  const { items, ...more } = page(stackOf(world, call, input.StackName).resources, input.NextToken, call);
  return { StackResourceSummaries: items.map(resourceSummaryShape), ...more };
}

/** GetTemplate: the body as it was sent, of the stack or of a change set. */
export function getTemplate(world: World, input: GetTemplateCommandInput, call: Call): object {
  const content = input.ChangeSetName === undefined ? stackOf(world, call, input.StackName).content : changeSetContent(world, call, input);
  return { TemplateBody: content.template, StagesAvailable: ['Original', 'Processed'] };
}

/** GetTemplateSummary: parameters, capabilities and transforms (G2). */
export function getTemplateSummary(world: World, input: GetTemplateSummaryCommandInput, call: Call): object {
  const body = input.TemplateBody ?? stackOf(world, call, input.StackName).content.template;
  const template = parseTemplate(body);
  const capabilities = capabilitiesNeeded(template);
  const types = [...new Set(Object.values(template.resources).map(({ type }) => type))];
  return {
    Parameters: Object.entries(template.parameters).map(([ParameterKey, parameter]) => ({
      ParameterKey,
      ...(parameter.default === null ? {} : { DefaultValue: parameter.default }),
      ParameterType: parameter.type,
      NoEcho: parameter.noEcho,
      ...(parameter.description === null ? {} : { Description: parameter.description }),
      ParameterConstraints: parameter.allowedValues ? { AllowedValues: parameter.allowedValues } : {},
    })),
    ...(template.description === null ? {} : { Description: template.description }),
    Capabilities: capabilities,
    ...(capabilities.length > 0
      ? {
          CapabilitiesReason: `The following resource(s) require capabilities: [${types.filter((type) => type.startsWith('AWS::IAM::')).join(', ')}]`,
        }
      : {}),
    ResourceTypes: types,
    ...(template.version === null ? {} : { Version: template.version }),
    ...(template.metadata === undefined ? {} : { Metadata: JSON.stringify(template.metadata) }),
    DeclaredTransforms: template.transforms,
  };
}

export function getStackPolicy(world: World, input: GetStackPolicyCommandInput, call: Call): object {
  const { stackPolicy } = stackOf(world, call, input.StackName);
  return stackPolicy === null ? {} : { StackPolicyBody: stackPolicy };
}
