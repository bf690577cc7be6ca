// What AWS can send, as data: what the values of a key look like, and which keys come together. Each line names its source; CK is
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html. Only what is documented is ruled out:
// a rule too few leaves an answer unknown, one too many would make it wrong.
import type { Asker } from './principal.ts';

export type KeyType = 'text' | 'boolean' | 'address' | 'number' | 'time' | 'epoch';

export interface KeyFacts {
  readonly type: KeyType;
  /** Patterns of the texts that the key can have. */
  readonly forms: readonly string[];
  /** The letters that the forms' wildcards stand for; null: any. */
  readonly letters: string | null;
  readonly multivalued: boolean;
  /** Values that read well in an example. */
  readonly preferred: readonly string[];
}

const digits = '0123456789';
const facts = (type: KeyType, more: Partial<KeyFacts> = {}): KeyFacts => ({
  type,
  forms: ['*'],
  letters: null,
  multivalued: false,
  preferred: [],
  ...more,
});
const account = facts('text', { forms: ['????????????'], letters: digits, preferred: ['111122223333', '444455556666', '777788889999'] });
const organization = facts('text', { forms: ['o-?*'], preferred: ['o-other00000'] });
const paths = facts('text', { forms: ['o-?*/?*'], multivalued: true, preferred: ['o-other00000/r-other/'] });
const list = facts('text', { multivalued: true });
const tag = facts('text', { preferred: ['example'] });

const keys: ReadonlyMap<string, KeyFacts> = new Map([
  // E7; public and, by an endpoint, private addresses.
  ['aws:sourceip', facts('address', { preferred: ['198.51.100.7', '2001:db8::7'] })],
  ['aws:vpcsourceip', facts('address', { preferred: ['10.0.0.7', 'fd00::7'] })],
  // E6, E9.
  ['aws:sourcevpc', facts('text', { forms: ['vpc-?*'], preferred: ['vpc-other'] })],
  ['aws:sourcevpce', facts('text', { forms: ['vpce-?*'], preferred: ['vpce-other'] })],
  [
    'aws:sourcevpcarn',
    facts('text', {
      forms: ['arn:aws*:ec2:?*:????????????:vpc/vpc-?*'],
      preferred: ['arn:aws:ec2:us-east-1:999999999999:vpc/vpc-other'],
    }),
  ],
  // E10, E16; CK.
  ['aws:vpceaccount', account],
  ['aws:vpceorgid', organization],
  ['aws:vpceorgpaths', paths],
  ['aws:principalaccount', { ...account, forms: [...account.forms, 'anonymous'] }],
  ['aws:principalorgid', organization],
  ['aws:principalorgpaths', paths],
  ['aws:resourceaccount', account],
  ['aws:resourceorgid', organization],
  ['aws:resourceorgpaths', paths],
  ['aws:sourceaccount', account],
  ['aws:sourceorgid', organization],
  ['aws:sourceorgpaths', paths],
  // CK.
  ['aws:principalisawsservice', facts('boolean')],
  ['aws:viaawsservice', facts('boolean')],
  ['aws:securetransport', facts('boolean')],
  ['aws:multifactorauthpresent', facts('boolean')],
  ['aws:assumedroot', facts('boolean')],
  ['aws:multifactorauthage', facts('number')],
  ['aws:currenttime', facts('time')],
  ['aws:tokenissuetime', facts('time')],
  ['aws:epochtime', facts('epoch')],
  ['aws:calledvia', list],
  ['aws:tagkeys', list],
  ['aws:principalservicenameslist', list],
]);

/** What is known of a key's values, `key` in lower case; null of a key that is not documented here. */
export function factsOf(key: string): KeyFacts | null {
  // Tags have one value each (E5, E17).
  return keys.get(key) ?? (/^aws:(principal|request|resource)tag\//.test(key) ? tag : null);
}

/** Keys that every request has (E12, E16; CK, "always included"). */
const always: ReadonlySet<string> = new Set([
  'aws:currenttime',
  'aws:epochtime',
  'aws:principalaccount',
  'aws:principaltype',
  'aws:requestedregion',
  'aws:securetransport',
  'aws:useragent',
  'aws:userid',
  'aws:viaawsservice',
]);

type Rule =
  /** All are there or none is. */
  | { readonly type: 'together'; readonly keys: readonly string[] }
  /** Never one of each side at once. */
  | { readonly type: 'apart'; readonly one: readonly string[]; readonly other: readonly string[] }
  /** Where one of `keys` is there, all of `others` are, with this value where one is given. */
  | { readonly type: 'needs'; readonly keys: readonly string[]; readonly others: readonly string[]; readonly value: string | null };

const endpoint = ['aws:sourcevpc', 'aws:sourcevpce', 'aws:vpcsourceip'];
const endpointOfSome = ['aws:sourcevpcarn', 'aws:vpceaccount', 'aws:vpceorgid', 'aws:vpceorgpaths'];
const calledVia = ['aws:calledvia', 'aws:calledviafirst', 'aws:calledvialast'];

const rules: readonly Rule[] = [
  // E6: only through an endpoint, and then all of them.
  { type: 'together', keys: endpoint },
  // E9, E10: only through an endpoint, and only to services that know the key.
  { type: 'needs', keys: endpointOfSome, others: endpoint, value: null },
  { type: 'together', keys: ['aws:vpceorgid', 'aws:vpceorgpaths'] },
  // E7: not through an endpoint. A call by a service may have neither (E13).
  { type: 'apart', one: ['aws:sourceip'], other: [...endpoint, ...endpointOfSome] },
  // CK: both of members of an organization, and only of them (E16).
  { type: 'together', keys: ['aws:principalorgid', 'aws:principalorgpaths'] },
  { type: 'together', keys: ['aws:resourceorgid', 'aws:resourceorgpaths'] },
  // CK: in calls that a service makes for the caller.
  { type: 'together', keys: calledVia },
  { type: 'needs', keys: calledVia, others: ['aws:viaawsservice'], value: 'true' },
  // CK: an age only where there was a second factor.
  { type: 'needs', keys: ['aws:multifactorauthage'], others: ['aws:multifactorauthpresent'], value: 'true' },
];

const ofIdentities = ['aws:principalorgid', 'aws:principalorgpaths', 'aws:username'];
const ofServices = ['aws:principalservicename', 'aws:principalservicenameslist'];

/** Keys that a kind of caller never has: E2, E15, E16, E17 of anonymous requests; CK of service principals and the others. */
function isNever(key: string, { kind }: Asker): boolean {
  const isTag = key.startsWith('aws:principaltag/');
  if (kind === 'anonymous') {
    const own = ['aws:principalarn', 'aws:principalisawsservice', 'aws:tokenissuetime', 'aws:multifactorauthpresent'];
    return isTag || [...ofIdentities, ...ofServices, ...own].includes(key);
  }
  if (kind === 'service') return isTag || ofIdentities.includes(key);
  return ofServices.includes(key) || (key === 'aws:username' && kind !== 'user');
}

/** The values of a key, in lower case, where they are said; the empty list: said to be absent; null: nothing is said. */
export type Said = (key: string) => readonly string[] | null;

/**
 * Whether AWS can send a request in which `key`, in lower case, has the values that `said` gives it, as far as it follows from the
 * caller and from what is said of other keys. Nothing follows from a key of which nothing is said: callers leave out what they do
 * not ask about.
 */
export function isPossible(key: string, said: Said, asker: Asker): boolean {
  const isThere = (name: string): boolean => (said(name)?.length ?? 0) > 0;
  const isAbsent = (name: string): boolean => said(name)?.length === 0;
  const mayBe = (name: string, value: string | null): boolean =>
    !isAbsent(name) && (value === null || (said(name)?.includes(value) ?? true));
  if (isThere(key) ? isNever(key, asker) : isAbsent(key) && always.has(key)) return false;
  // E2, E13: it says whether the caller is a service principal, and all but anonymous requests have it.
  if (key === 'aws:principalisawsservice' && asker.kind !== 'anonymous' && !mayBe(key, String(asker.kind === 'service'))) return false;
  return rules.every((rule) => {
    switch (rule.type) {
      case 'together':
        return !rule.keys.includes(key) || !(rule.keys.some(isThere) && rule.keys.some(isAbsent));
      case 'apart':
        return ![...rule.one, ...rule.other].includes(key) || !(rule.one.some(isThere) && rule.other.some(isThere));
      case 'needs':
        if (![...rule.keys, ...rule.others].includes(key)) return true;
        return !rule.keys.some(isThere) || rule.others.every((other) => mayBe(other, rule.value));
      default:
        return rule satisfies never;
    }
  });
}
