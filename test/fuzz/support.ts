// What the fuzz tests have in common: how many cases, and what one clear error is.
import { expect } from 'vitest';
import { PerimeterError } from '../../src/errors.ts';

/** So many cases in the suite, the same ones each time; FUZZ=50 makes fifty times as many, others each time, for a hunt. */
export const cases = (count: number): { readonly numRuns: number; readonly seed?: number } =>
  process.env.FUZZ === undefined ? { numRuns: count, seed: 20_261_123 } : { numRuns: count * Number(process.env.FUZZ) };

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
