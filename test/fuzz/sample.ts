// Which of many cases a test takes: a seeded few in the suite, all of them with ANSWERS=all.

const isAll = process.env.ANSWERS === 'all';

/** At most `count` of the cases, spread by the seed (ANSWERS_SEED, default 1); all of them with ANSWERS=all. */
export function sampleOf<T>(cases: readonly T[], count: number): readonly T[] {
  if (isAll || cases.length <= count) return cases;
  const seed = Number(process.env.ANSWERS_SEED ?? 1);
  const ranked = cases.map((each, index) => ({ each, rank: (Math.imul(index + 1, 2_654_435_761) + Math.imul(seed, 40_503)) >>> 0 }));
  return ranked
    .sort((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ each }) => each);
}

/** Milliseconds that a test may take. */
export const patience = isAll ? 3_600_000 : 120_000;
