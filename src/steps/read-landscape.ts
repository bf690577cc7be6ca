// The landscape: the survey and, for what was chosen, the details that findings and plans need.
import { readTrails } from '../aws/trail.ts';
import type { Choices } from './choices.ts';
import type { StepContext } from './context.ts';
import type { Landscape, PerimeterInput, Survey } from './landscape.ts';
import { readBuckets } from './read-buckets.ts';
import { readNetwork } from './read-network.ts';
import { readOperator } from './read-operator.ts';
import { readOrganization } from './read-organization.ts';
import { readOutside } from './read-outside.ts';
import { readStack } from './read-stack.ts';

type ReadContext = Pick<StepContext, 'aws' | 'clock' | 'signal'>;

/**
 * What the pipeline begins with: the details of what was chosen, read all at once.
 * @throws PerimeterError (input) where the VPC, the stack, the bucket or a target that was named is not there
 */
export async function readInput(survey: Survey, choices: Choices, ctx: ReadContext): Promise<PerimeterInput> {
  const landscape = await readLandscape(survey, choices, ctx);
  return { choices, landscape, apiGatewayEndpoint: null, networkChanges: [], replay: null, canaries: null };
}

async function readLandscape(survey: Survey, choices: Choices, ctx: ReadContext): Promise<Landscape> {
  const stackAndOperator = async () => {
    const stack = await readStack(survey, choices, ctx);
    return { stack, operator: await readOperator(survey, stack, ctx) };
  };
  const [network, buckets, organization, { stack, operator }, trails, outside] = await Promise.all([
    readNetwork(choices.vpc, survey, ctx),
    readBuckets(survey, choices, ctx),
    readOrganization(survey, choices, ctx),
    stackAndOperator(),
    readTrails(ctx),
    readOutside(ctx),
  ]);
  return { survey, network, buckets, organization, stack, operator, trails, outside };
}
