import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differenceOfMeans, type Stratum } from '../../src/stats/contrast.ts';
import { countBelow } from '../../src/stats/order-statistics.ts';
import { permuteStrata } from '../../src/stats/permutation.ts';
import { anyStrata } from './strata.ts';

/** Every way to choose `count` of `pool` as candidates, the rest being the baseline. */
function relabelings(pool: readonly number[], count: number): Stratum[] {
  const [first, ...rest] = pool;
  if (first === undefined) return count === 0 ? [{ baseline: [], candidate: [] }] : [];
  return [
    ...relabelings(rest, count - 1).map((s) => ({ ...s, candidate: [first, ...s.candidate] })),
    ...relabelings(rest, count).map((s) => ({ ...s, baseline: [first, ...s.baseline] })),
  ];
}

/** The mean difference of every relabelling of the experiment, one by one. */
function everyDifference(strata: readonly Stratum[]): number[] {
  return strata
    .map(({ baseline, candidate }) => relabelings([...candidate, ...baseline], candidate.length).map(differenceOfMeans))
    .reduce((sums, block) => sums.flatMap((sum) => block.map((difference) => sum + difference / strata.length)), [0]);
}

/** The p-value of "the candidates are shifted by `theta`", by brute force. */
function bruteP(strata: readonly Stratum[], theta = 0): number {
  const moved = strata.map((s) => ({ ...s, candidate: s.candidate.map((x) => x - theta) }));
  const observed = moved.reduce((sum, s) => sum + differenceOfMeans(s) / moved.length, 0);
  const all = everyDifference(moved);
  return all.filter((d) => Math.abs(d) >= Math.abs(observed) - 1e-11).length / all.length;
}

const small = anyStrata(3, 3);

test('the exact p-value is the brute-force one', () => {
  fc.assert(
    fc.property(small, (strata) => {
      const found = permuteStrata(strata, 1);
      expect(found.exact).toBe(true);
      expect(found.arrangementCount).toBe(everyDifference(strata).length);
      expect(found.pValue).toBeCloseTo(bruteP(strata), 12);
    }),
    { numRuns: 200 },
  );
});

test('the inverted interval ends where brute force stops rejecting', () => {
  const step = 1e-5;
  fc.assert(
    fc.property(small, (strata) => {
      const { ciLow, ciHigh } = permuteStrata(strata, 1);
      for (const [end, outwards] of [
        [ciLow, -1],
        [ciHigh, 1],
      ] as const) {
        if (end === null) expect(bruteP(strata, outwards * 1e5)).toBeGreaterThan(0.05);
        else {
          expect(bruteP(strata, end + outwards * step)).toBeLessThanOrEqual(0.05);
          expect(bruteP(strata, end)).toBeGreaterThan(0.05);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('swapping the arms keeps the p-value and mirrors the interval', () => {
  fc.assert(
    fc.property(small, (strata) => {
      const a = permuteStrata(strata, 1);
      const b = permuteStrata(
        strata.map(({ baseline, candidate }) => ({ baseline: candidate, candidate: baseline })),
        1,
      );
      expect(b.pValue).toBe(a.pValue);
      expect(b.ciLow === null).toBe(a.ciHigh === null);
      if (a.ciHigh !== null) expect(b.ciLow).toBeCloseTo(-a.ciHigh, 9);
    }),
  );
});

test('an arm against itself: p = 1', () => {
  fc.assert(
    fc.property(small, (strata) => {
      expect(
        permuteStrata(
          strata.map((s) => ({ ...s, candidate: s.baseline })),
          1,
        ).pValue,
      ).toBe(1);
    }),
  );
});

/** Twelve blocks of three against three: 20¹² arrangements. */
const large = fc.array(
  fc.record({
    baseline: fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 3, maxLength: 3 }),
    candidate: fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 3, maxLength: 3 }),
  }),
  { minLength: 12, maxLength: 12 },
);

test('a sampled p-value is never 0 and never above 1, and the seed decides it', () => {
  fc.assert(
    fc.property(large, fc.integer({ min: 0, max: 1e9 }), (strata, seed) => {
      const found = permuteStrata(strata, seed);
      expect(found).toMatchObject({ exact: false, arrangementCount: 10_000 });
      expect(found.pValue).toBeGreaterThanOrEqual(1 / 10_000);
      expect(found.pValue).toBeLessThanOrEqual(1);
      expect(permuteStrata(strata, seed)).toEqual(found);
    }),
    { numRuns: 10 },
  );
});

test('a sampled p-value is near the normal one where many small blocks make it so', () => {
  // One run an arm: every block's difference keeps or turns its sign. 40 blocks of ±1, 27 of them up: binomial.
  const strata = Array.from({ length: 40 }, (_, i) => ({ baseline: [0], candidate: [i < 27 ? 1 : -1] }));
  // scipy 1.17.1: scipy.stats.binomtest(27, 40, 0.5).pvalue
  const exact = 0.03847730828420026;
  const standardError = Math.sqrt((exact * (1 - exact)) / 9999);
  expect(Math.abs(permuteStrata(strata, 1).pValue - exact)).toBeLessThan(5 * standardError);
});

test('a sampled p-value is near the exact one, however the blocks are drawn', () => {
  // 6⁷ · 1716 arrangements: seven blocks from lists, the last one by shuffling. Looked at one by one through the sums of two halves.
  const small = Array.from({ length: 7 }, (_, i) => ({ baseline: [i, 3], candidate: [2 + i / 3, 4 - i / 5] }));
  const large = { baseline: [1, 2, 3, 4, 5, 6, 7], candidate: [3.5, 2.5, 4.5, 5.5, 6.5, 1.5] };
  const strata = [...small, large];
  const halves = [strata.slice(0, 7), strata.slice(7)].map((half) =>
    everyDifference(half).map((difference) => (difference * half.length) / strata.length),
  );
  const observed = Math.abs(strata.reduce((sum, stratum) => sum + differenceOfMeans(stratum) / strata.length, 0));
  const [left, right] = halves.map((sums) => Float64Array.from(sums).sort()) as [Float64Array, Float64Array];
  let extreme = 0;
  for (const sum of right) {
    extreme += left.length - countBelow(left, observed - 1e-11 - sum) + countBelow(left, -observed + 1e-11 - sum, true);
  }
  const exact = extreme / left.length / right.length;
  const found = permuteStrata(strata, 1);
  expect(found.exact).toBe(false);
  expect(Math.abs(found.pValue - exact)).toBeLessThan(5 * Math.sqrt((exact * (1 - exact)) / 9999));
});

test('two against one: what the arrangements can say, by hand', () => {
  // Candidates {4}, baseline {1, 2}: D = 2.5; the other two arrangements give −2 and −0.5.
  expect(permuteStrata([{ baseline: [1, 2], candidate: [4] }], 1)).toEqual({
    pValue: 1 / 3,
    exact: true,
    arrangementCount: 3,
    ciLow: null,
    ciHigh: null,
  });
});
