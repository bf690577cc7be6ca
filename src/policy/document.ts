// Policy documents as data: reading them, writing them as AWS counts them, and finding our own statements again.

export type OneOrMore<T> = T | readonly T[];
export type ConditionBlock = { readonly [operator: string]: { readonly [key: string]: OneOrMore<string | number | boolean> } };
export type Principal = '*' | { readonly [kind: string]: OneOrMore<string> };

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: Principal;
  readonly NotPrincipal?: Principal;
  readonly Action?: OneOrMore<string>;
  readonly NotAction?: OneOrMore<string>;
  readonly Resource?: OneOrMore<string>;
  readonly NotResource?: OneOrMore<string>;
  readonly Condition?: ConditionBlock;
}

export interface PolicyDocument {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement: readonly Statement[];
}

/** Sids of statements that this tool writes begin with this. */
export const ourSid = 'QuiltPerimeter';
