// The mark of what a step makes at this place.
import { type Mark, placeMark } from '../aws/tags.ts';
import type { Choices } from './choices.ts';
import type { Landscape } from './landscape.ts';

/** The mark of the thing that the change with this key makes. */
export const markFor = (key: string, landscape: Landscape, choices: Choices): Mark => {
  const { partition, accountId } = landscape.survey.quilt;
  return { place: placeMark({ partition, accountId, region: landscape.survey.quilt.region, stack: choices.stack, vpc: choices.vpc }), key };
};
