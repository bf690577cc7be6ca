// Draws what is usual most of the time, so that many landscapes go all the way although each has a few oddities.
import fc from 'fast-check';

/** Mostly the first, else any of them; shrinks to the first. */
export const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { withCrossShrink: true },
    { weight: 12, arbitrary: fc.constant(usual) },
    { weight: 2, arbitrary: fc.constantFrom(usual, ...others) },
  );
