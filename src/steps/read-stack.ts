// The stacks of the Region, and the chosen one with its template, resources and change sets.
import { listChangeSets } from '../aws/change-set.ts';
import type { AwsContext } from '../aws/context.ts';
import { readOrUnknown } from '../aws/refused.ts';
import { findStack, listStackResources, listStacks, readStackPolicy, readTemplate, readTemplateSummary } from '../aws/stack.ts';
import type { Stack } from '../aws/types.ts';
import { badInput } from '../errors.ts';
import type { Choices } from './choices.ts';
import type { StackSeen, Survey } from './landscape.ts';

/** All stacks of the Region that are not deleted. */
export const readStacks = (ctx: AwsContext): Promise<readonly Stack[]> => listStacks(ctx);

/**
 * Reads the chosen stack. Values of NoEcho parameters are dropped even where AWS would show them.
 * @throws PerimeterError `unknown-stack` (exit 2) where it is not there
 */
export async function readStack(_survey: Survey, choices: Choices, ctx: AwsContext): Promise<StackSeen> {
  const found = await findStack(choices.stack, ctx);
  if (!found) {
    throw badInput('STACK', `reading stack (${choices.stack}): it is not in ${ctx.aws.region}`, 'give its name with --stack');
  }
  const [summary, resources, changeSets, template, stackPolicy] = await Promise.all([
    readTemplateSummary(found.name, ctx),
    readOrUnknown('cloudformation:ListStackResources', () => listStackResources(found.name, ctx)),
    readOrUnknown('cloudformation:ListChangeSets', () => listChangeSets(found.name, ctx)),
    readOrUnknown('cloudformation:GetTemplate', () => readTemplate(found.name, ctx)),
    readOrUnknown('cloudformation:GetStackPolicy', () => readStackPolicy(found.name, ctx)),
  ]);
  const parameters = found.parameters.map((parameter) => {
    const told = summary.parameters.find(({ key }) => key === parameter.key);
    const noEcho = parameter.noEcho || (told?.noEcho ?? false);
    return { key: parameter.key, value: noEcho ? null : parameter.value, noEcho, type: told?.type ?? parameter.type };
  });
  return {
    stack: { ...found, parameters },
    resources,
    changeSets,
    templateParameters: summary.parameters,
    capabilities: [...new Set([...found.capabilities, ...summary.capabilities])],
    transforms: summary.transforms,
    template,
    stackPolicy,
  };
}
