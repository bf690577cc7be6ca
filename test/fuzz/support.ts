// What the fuzz tests have in common: how many cases, and what one clear error is.
import { expect } from 'vitest';
import { PerimeterError } from '../../src/errors.ts';

/** So many cases in the suite; FUZZ=50 makes fifty times as many, for a longer hunt. */
export const cases = (count: number): { readonly numRuns: number } => ({ numRuns: count * Number(process.env.FUZZ ?? 1) });

/** Null where it went well, else the error, which has to be a clear one: of its kind, in one line, with something to do. */
export async function clearErrorOf(work: () => unknown): Promise<PerimeterError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(PerimeterError);
    if (!(error instanceof PerimeterError)) throw error;
    expect(error.summary).toMatch(/^[a-z]+ing .+: ./);
    expect(error.summary).not.toMatch(/\n|\[object Object\]|\bundefined\b|\n\s+at /);
    expect(error.remedy).not.toBe('');
    return error;
  }
}
