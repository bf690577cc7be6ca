// Kleene's three values, ordered so that "and" is the least, "or" the greatest and "not" the mirror image. Numbers, for
// they are compared a million times a second.

export const no = 0;
export const maybe = 1;
export const yes = 2;
export type Truth = typeof no | typeof maybe | typeof yes;

export const and = (one: Truth, other: Truth): Truth => (one < other ? one : other);
export const or = (one: Truth, other: Truth): Truth => (one > other ? one : other);
export const not = (one: Truth): Truth => (one === yes ? no : one === no ? yes : maybe);
export const truthOf = (value: boolean): Truth => (value ? yes : no);

/** "And" over a list; an empty list is true. */
export function every<T>(list: readonly T[], test: (one: T) => Truth): Truth {
  let result: Truth = yes;
  for (const one of list) {
    result = and(result, test(one));
    if (result === no) return no;
  }
  return result;
}

/** "Or" over a list; an empty list is false. */
export function some<T>(list: readonly T[], test: (one: T) => Truth): Truth {
  let result: Truth = no;
  for (const one of list) {
    result = or(result, test(one));
    if (result === yes) return yes;
  }
  return result;
}
