// The values of one condition key by class: absent, and one value for each way in which the clauses and resources that name the
// key can tell values apart.
import { addressClasses } from './address.ts';
import { type Comparison, comparisonsOf, isLiteral, textOf, type Use } from './comparisons.ts';
import { keyName, lookup, type RequestContext, saidIn, withValue } from './context.ts';
import { globPieces, type Piece, piecesOf } from './match.ts';
import { numberOf, operatorOf, timeOf } from './operators.ts';
import { numberClasses, timeClasses } from './ordered.ts';
import { formThatFollows, partnerOf, patternFromPartner } from './partners.ts';
import { factsOf, type KeyFacts, type KeyType } from './possible.ts';
import { type ResourceUse, solutionsOf, subjectOfResource, subjectsOfClause } from './solutions.ts';
import { type Classes, type Domain, type Pattern, textClasses } from './texts.ts';
import { maybe, type Truth, truthOf } from './truth.ts';

/** The clauses and resources that depend on a key, as their own or in a variable. */
export interface Uses {
  readonly clauses: readonly Use[];
  readonly resources: readonly ResourceUse[];
}

/**
 * The values of `key`, in lower case, by class, in a context where it is open; the empty list stands for absent and comes first.
 * Not complete where policies compare it with what is itself unknown, mix kinds of operators, or say more than can be walked
 * through.
 */
export function valueClasses(key: string, usesOf: (key: string) => Uses, context: RequestContext): Classes<readonly string[]> {
  const { clauses, resources } = usesOf(key);
  const own = clauses.filter(({ clause }) => keyName(clause.key) === key);
  const compared = own.flatMap((use) => comparisonsOf(use, context));
  const subjects = [...resources.map(subjectOfResource), ...clauses.flatMap((use) => subjectsOfClause(use, key, context))];
  const solved = subjects.map((subject) => solutionsOf(key, subject, context));
  const partner = fromPartner(key, usesOf, context);
  const facts = factsOf(key);
  const atoms = atomsOf(compared, {
    facts,
    form: formThatFollows(key, saidIn(context)),
    patterns: [...solved.flatMap(({ values }) => values).map(literalPattern), ...partner.patterns],
  });
  const tests = clauses.map(
    ({ clause }) =>
      (value: readonly string[]) =>
        clause.test(withValue(context, key, value)),
  );
  const resolves = resources.map(({ template, resource }) => (value: readonly string[]): Truth => {
    const pieces = template.resolve(withValue(context, key, value));
    if (pieces === 'unknown') return maybe;
    return truthOf(pieces !== null && globPieces(pieces)(resource));
  });
  // What tells values apart for the partner's sake is not seen here.
  const different = partner.patterns.length > 0 ? <T>(values: readonly T[]) => values : distinctBy([...tests, ...resolves]);
  const isList = facts?.multivalued ?? own.some(({ clause }) => (operatorOf(clause.operator)?.set ?? null) !== null);
  // A set operator takes an empty text alone for none, but not beside others.
  const [empty, texts] = [atoms.values.filter((value) => isList && value === ''), atoms.values.filter((value) => !isList || value !== '')];
  const singles = [...different(texts.map((value) => [value])), ...empty.map((value) => [value])];
  const lists = isList ? listsOf(singles.flat()) : { values: singles, complete: true };
  return {
    values: [[], ...different(lists.values)],
    complete:
      atoms.complete &&
      lists.complete &&
      partner.complete &&
      compared.every(({ known }) => known) &&
      solved.every(({ complete }) => complete),
  };
}

const literalPattern = (literal: string): Pattern => ({ pieces: [{ literal }], compare: 'text' });

/** What the comparisons of a key that says the same tell of this one. */
function fromPartner(
  key: string,
  usesOf: (key: string) => Uses,
  context: RequestContext,
): { readonly patterns: readonly Pattern[]; readonly complete: boolean } {
  const partner = partnerOf(key);
  if (partner === null || lookup(context, partner) !== 'unknown') return { patterns: [], complete: true };
  const compared = usesOf(partner)
    .clauses.filter(({ clause }) => keyName(clause.key) === partner)
    .flatMap((use) => comparisonsOf(use, context));
  const found = compared.map(({ pattern }) => (pattern === null ? 'any' : patternFromPartner(key, pattern)));
  return {
    patterns: found.filter((one) => one !== null && one !== 'any'),
    complete: found.every((one) => one !== null) && compared.every(({ known }) => known),
  };
}

// Where a truth is open for want of another key, nothing shows two values to be the same.
function distinctBy(tests: readonly ((value: readonly string[]) => Truth)[]) {
  return (values: readonly (readonly string[])[]): readonly (readonly string[])[] => {
    const seen = new Set<string>();
    return values.filter((value) => {
      const truths = tests.map((test) => test(value));
      const mark = truths.includes(maybe) ? JSON.stringify(value) : truths.join('');
      if (seen.has(mark)) return false;
      seen.add(mark);
      return true;
    });
  };
}

const mostForAllLists = 6;

/** Every list of these values; of more than six, the single values, the pairs and all of them. */
function listsOf(values: readonly string[]): Classes<readonly string[]> {
  if (values.length <= mostForAllLists) {
    const lists: (readonly string[])[] = [[]];
    for (const value of values) for (const one of [...lists]) lists.push([...one, value]);
    return { values: lists.filter((one) => one.length > 0).sort((a, b) => a.length - b.length), complete: true };
  }
  const pairs = values.flatMap((one, index) => values.slice(index + 1).map((other) => [one, other]));
  return { values: [...values.map((value) => [value]), ...pairs, values], complete: false };
}

interface AtomInput {
  readonly facts: KeyFacts | null;
  /** Where more is known of the texts than of any request's. */
  readonly form: readonly Piece[] | null;
  readonly patterns: readonly Pattern[];
}

function atomsOf(compared: readonly Comparison[], { facts, form, patterns: others }: AtomInput): Classes<string> {
  const types = new Set(compared.map(({ type }) => type).filter((type) => type !== 'presence'));
  const type = facts?.type ?? typeOf(types);
  if (type === 'boolean') return { values: ['true', 'false'], complete: true };
  const patterns = [
    ...compared.flatMap(({ pattern, type: of }) => (pattern !== null && (of === 'text' || of === 'boolean') ? [pattern] : [])),
    ...others,
  ];
  const values = (...of: readonly KeyType[]): readonly string[] =>
    compared.filter((one) => of.includes(one.type as KeyType)).map(({ value }) => value);
  const points = [...patterns.filter(isLiteral).map(({ pieces }) => textOf(pieces))];
  // Texts can only be told from numbers, times and addresses value by value, not by wildcards.
  const isPlain = (...of: readonly KeyType[]): boolean =>
    patterns.every(isLiteral) && [...types].every((one) => of.includes(one as KeyType) || one === 'text' || one === 'boolean');
  const preferred = facts?.preferred ?? (types.has('boolean') ? ['false', 'true'] : ['example']);
  switch (type) {
    case 'address': {
      const blocks = [...values('address'), ...points];
      const found = once([blocks, preferred], () => ({ values: addressClasses(blocks, preferred), complete: true }));
      return { values: found.values, complete: isPlain('address') };
    }
    case 'number': {
      const found = numberClasses([...values('number'), ...points].flatMap((one) => numberOf(one) ?? []));
      return { values: found, complete: isPlain('number') && found.every((one) => numberOf(one) !== null) };
    }
    case 'time':
    case 'epoch': {
      const seconds = values('number')
        .flatMap((one) => numberOf(one) ?? [])
        .map((one) => one * 1000);
      const times = [...values('time'), ...points].flatMap((one) => timeOf(one) ?? []);
      return {
        values: timeClasses([...times, ...seconds], type === 'time' ? 'iso' : 'seconds'),
        complete: type === 'time' ? isPlain('time') : isPlain('time', 'number'),
      };
    }
    case 'text': {
      const domain = domainOf(facts, form);
      const found = once([patterns, domain, preferred], () => textClasses(patterns, domain, preferred));
      return { values: found.values, complete: found.complete && [...types].every((one) => one === 'text' || one === 'boolean') };
    }
    default:
      return type satisfies never;
  }
}

function typeOf(types: ReadonlySet<KeyType | 'presence'>): KeyType {
  const [first = 'text', ...more] = types;
  // Bool compares texts: of a key that is not documented here nothing says that it has only two.
  if (more.length === 0 && first !== 'presence') return first === 'boolean' ? 'text' : first;
  return types.has('number') && types.has('time') ? 'epoch' : 'text';
}

const isArn = ([first]: readonly Piece[]): boolean => typeof first === 'object' && first.literal.startsWith('arn:');

const domainOf = (facts: KeyFacts | null, form: readonly Piece[] | null): Domain => ({
  forms: (form === null ? (facts?.forms ?? ['*']).map(piecesOf) : [form]).map((pieces) => ({
    pieces,
    compare: isArn(pieces) ? 'arn' : 'text',
  })),
  letters: facts?.letters ?? null,
});

// The same policies are asked about the same keys again and again.
const remembered = new Map<string, Classes<string>>();
const mostRemembered = 500;

function once(what: readonly unknown[], classesOf: () => Classes<string>): Classes<string> {
  const id = JSON.stringify(what);
  let found = remembered.get(id);
  if (found === undefined) {
    if (remembered.size >= mostRemembered) remembered.clear();
    found = classesOf();
    remembered.set(id, found);
  }
  return found;
}
