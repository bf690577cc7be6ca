// A policy in sentences, for somebody who approves it and does not write policies: what a statement is about, and what has to hold.
import { type ConditionBlock, listOf, type OneOrMore, type Principal, type Statement } from './document.ts';

/** One operator on one key, as it is written and as it is said. */
export interface ConditionSentence {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
  /** Without a full stop: `the request comes from none of these VPCs: vpc-0a1b`. */
  readonly sentence: string;
}

/** What a statement allows or denies, and to whom; without its conditions, without a full stop. */
export function statementSentence({ Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource }: Statement): string {
  const what = Action === undefined ? `everything but ${among(NotAction)}` : among(Action);
  const on =
    Resource === undefined ? (NotResource === undefined ? '' : ` on everything but ${among(NotResource)}`) : ` on ${among(Resource)}`;
  const whom =
    Principal === undefined
      ? NotPrincipal === undefined
        ? ''
        : ` to everybody but ${principals(NotPrincipal)}`
      : ` to ${principals(Principal)}`;
  return `${Effect === 'Deny' ? 'Denies' : 'Allows'} ${what}${on}${whom}`;
}

/** Its conditions; the statement applies only where all of them hold (E3). None: it applies always. */
export function conditionSentences({ Condition }: Pick<Statement, 'Condition'>): readonly ConditionSentence[] {
  return Object.entries<ConditionBlock[string]>(Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, given]): ConditionSentence => {
      const values = listOf<string | number | boolean>(given).map(String);
      return { operator, key, values, sentence: sentenceOf(operator, key, values) };
    }),
  );
}

const among = (texts: OneOrMore<string> | undefined): string => orList(listOf(texts));

const orList = (texts: readonly string[]): string =>
  texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`;

const principals = (principal: Principal): string =>
  principal === '*'
    ? 'everybody'
    : orList(
        Object.entries(principal).flatMap(([kind, names]) => listOf(names).map((name) => (kind === 'AWS' ? name : `${kind} ${name}`))),
      );

/** What a key is of a request, in words. */
const subjects: { readonly [key: string]: string } = {
  'aws:sourcevpc': "the request's VPC",
  'aws:sourcevpcarn': "the request's VPC",
  'aws:sourcevpce': "the request's VPC endpoint",
  'aws:sourceip': "the request's public address",
  'aws:vpcsourceip': "the request's address in its VPC",
  'aws:principalorgid': "the principal's organization",
  'aws:principalorgpaths': "the principal's place in its organization",
  'aws:principalaccount': "the principal's account",
  'aws:principalarn': 'the principal',
  'aws:resourceaccount': "the bucket's account",
  'aws:resourceorgid': "the bucket's organization",
  'aws:currenttime': 'the time',
  'aws:tagkeys': 'the tag keys of the request',
};

/** Keys that are true or false, said so. */
const truths: { readonly [key: string]: { readonly true: string; readonly false: string } } = {
  'aws:principalisawsservice': { true: 'the principal is an AWS service', false: 'the principal is no AWS service' },
  'aws:viaawsservice': {
    true: "an AWS service makes the call on the principal's behalf",
    false: "no AWS service makes the call on the principal's behalf",
  },
  'aws:securetransport': { true: 'the request is encrypted in transit', false: 'the request is not encrypted in transit' },
  'aws:multifactorauthpresent': { true: 'the principal signed in with MFA', false: 'the principal did not sign in with MFA' },
};

const positive: { readonly [operator: string]: string } = {
  stringequals: 'is',
  stringequalsignorecase: 'is, in any case,',
  stringlike: 'is like',
  arnequals: 'is',
  arnlike: 'is like',
  ipaddress: 'lies in',
  datelessthan: 'is before',
  datelessthanequals: 'is not after',
  dategreaterthan: 'is after',
  dategreaterthanequals: 'is not before',
  bool: 'is',
};

const negative: { readonly [operator: string]: string } = {
  stringnotequals: 'is not',
  stringnotequalsignorecase: 'is not, in any case,',
  stringnotlike: 'is not like',
  arnnotequals: 'is not',
  arnnotlike: 'is not like',
  notipaddress: 'lies outside',
};

function sentenceOf(operator: string, key: string, values: readonly string[]): string {
  const [, set, plain = '', ifExists] = /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/.exec(operator.toLowerCase()) ?? [];
  const subject = `${set === 'foranyvalue' ? 'one of ' : set === 'forallvalues' ? 'each of ' : ''}${subjectOf(key)}`;
  if (plain === 'null') return nullSentence(key, values.includes('true'));
  const truth = plain === 'bool' ? truths[key.toLowerCase()] : undefined;
  const [value] = values;
  if (truth !== undefined && (value === 'true' || value === 'false')) {
    return `${truth[value]}${ifExists === undefined ? '' : ', or AWS does not say'}`;
  }
  const isNot = negative[plain];
  if (isNot !== undefined) {
    // A negated operator holds of an absent key, with IfExists or without (E1).
    const said = values.length === 1 ? `${isNot} ${value}` : `${isNot} any of ${values.join(', ')}`;
    return `${subject} ${said}, or the request has none`;
  }
  const phrase = positive[plain];
  if (phrase === undefined) return `${operator} of ${key}: ${values.join(', ')}`;
  return `${subject} ${phrase} ${orList(values)}${ifExists === undefined ? '' : ', or the request has none'}`;
}

const tagPrefix = 'aws:principaltag/';

function subjectOf(key: string): string {
  const name = key.toLowerCase();
  return subjects[name] ?? (name.startsWith(tagPrefix) ? `the principal's tag ${key.slice(tagPrefix.length)}` : key);
}

function nullSentence(key: string, absent: boolean): string {
  if (key.toLowerCase().startsWith(tagPrefix)) {
    return `the principal ${absent ? 'does not carry' : 'carries'} the tag ${key.slice(tagPrefix.length)}${absent ? '' : ', whatever its value'}`;
  }
  return `the request ${absent ? 'has no' : 'has some'} ${key}`;
}
