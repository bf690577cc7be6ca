// What a call needs to be allowed: IAM asks once for each action and resource, those of dependent actions included.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
import type { ContextValues } from '../../policy/context.ts';

/** One question that IAM answers before the call is carried out. All of a call's must be allowed. */
export interface Demand {
  /** Such as `ec2:CreateTags`. */
  readonly action: string;
  /** ARN; of what is about to be made, with `*` for its id. `*` where the action knows no resources. */
  readonly resource: string;
  /** The keys that the service adds to those of every request. */
  readonly context: ContextValues;
}

interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** A demand on no particular resource. */
export const onAnything = (action: string, context: ContextValues = {}): Demand => ({ action, resource: '*', context });

/** The keys of tags that a request brings along. */
export const requestTags = (tags: readonly Tag[]): ContextValues =>
  tags.length === 0
    ? {}
    : {
        'aws:TagKeys': tags.map(({ Key }) => Key ?? ''),
        ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value ?? ''])),
      };

/** The keys of tags that stand on a resource. */
export const resourceTags = (tags: { readonly [key: string]: string }): ContextValues =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
