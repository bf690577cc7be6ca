// The tags that a thing was made with. By them it is known as this tool's, so whoever changes them changes the thing; tags that
// others put beside them are theirs.
import type { Tags } from '../aws/types.ts';
import type { Applied, Inspection } from '../engine/types.ts';
import type { Json } from '../ports.ts';
import { tagsIn } from './fields.ts';

/** The inspection with what became of the tags: changed ones are drift, others' are beside ours. */
export function withTags({ change }: Applied, there: Tags, inspection: Inspection & { readonly state: 'as-made' }): Inspection {
  const made = tagsIn(change.after);
  const { aws } = inspection;
  const isChanged = Object.entries(made).some(([key, value]) => there[key] !== value);
  const isMore = Object.keys(there).some((key) => !(key in made) && !key.startsWith('aws:'));
  const both = { aws: { ...fieldsOf(aws), tags: { ...there } }, expected: { ...fieldsOf(aws), tags: { ...made } } };
  if (isChanged) return { state: 'drifted', ...both };
  return isMore ? { ...inspection, beside: both } : inspection;
}

const fieldsOf = (aws: Json): { readonly [key: string]: Json } =>
  typeof aws === 'object' && aws !== null && !Array.isArray(aws) ? { ...(aws as { readonly [key: string]: Json }) } : { it: aws };
