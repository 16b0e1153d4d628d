import { describe, expect, test } from 'vitest';
import type { Stratum } from '../../src/stats/contrast.ts';
import {
  contrastQuantiles,
  permuteQuantile,
  type QuantileContrast,
  type QuantileRefusal,
} from '../../src/stats/quantile-contrast.ts';
import { contrastRanks, fewestForContrast } from '../../src/stats/quantile-interval.ts';

/**
 * Numbers that anyone can make again: observation i of block b is 2 b + ((i² · 37 + i · 11 + 29 b + 53 arm) mod 97) / 97, and 0.3 more
 * in the candidate. Known answers: test/reference/quantile_reference.py (numpy, scipy 1.17.1: binom.cdf), written from the words of the
 * method and not from its code.
 */
const cellOf = (block: number, arm: number, count: number): number[] =>
  Array.from(
    { length: count },
    (_, i) => 2 * block + 0.3 * arm + ((i * i * 37 + i * 11 + 29 * block + 53 * arm) % 97) / 97,
  );
const lay = (sizes: readonly (readonly [number, number])[]): Stratum[] =>
  sizes.map(([baseline, candidate], block) => ({
    baseline: cellOf(block, 0, baseline),
    candidate: cellOf(block, 1, candidate),
  }));
const told = (strata: readonly Stratum[], p: number) => contrastQuantiles(strata, p) as QuantileContrast;
const refused = (strata: readonly Stratum[], p: number) => contrastQuantiles(strata, p) as QuantileRefusal;

const even = (blocks: number, runs: number) => lay(Array.from({ length: blocks }, () => [runs, runs] as const));

describe('contrastRanks', () => {
  test('begins at 7, 36, 72 and 368 observations', () => {
    expect([0.5, 0.9, 0.95, 0.99].map(fewestForContrast)).toEqual([7, 36, 72, 368]);
  });

  // scipy: binom.cdf(low − 1, from, p) + binom.sf(high − 1, off, p) ≤ 0.025.
  test.each([
    [7, 7, 0.5, { low: 1, high: 7 }],
    [36, 36, 0.9, { low: 27, high: 36 }],
    [100, 60, 0.9, { low: 83, high: 60 }],
  ])('of %d and %d observations at %d', (from, off, p, ranks) => {
    expect(contrastRanks(from, off, p)).toEqual(ranks);
  });
});

describe('contrastQuantiles against the reference', () => {
  test.each([
    {
      sizes: Array.from({ length: 4 }, () => [9, 9] as const),
      p: 0.9,
      baseline: [36, 0.194788087056],
      candidate: [36, 0.593298969072],
      difference: [0.398510882016, 0.124169530355, 0.652233676976],
    },
    {
      sizes: [
        [12, 14],
        [13, 12],
        [15, 12],
        [12, 12],
      ] as const,
      p: 0.9,
      baseline: [48, 0.232130584192],
      candidate: [48, 0.573367697595],
      difference: [0.341237113402, 0.188058419244, 0.546724066312],
    },
    {
      sizes: [
        [20, 25],
        [24, 20],
        [30, 20],
        [20, 20],
      ] as const,
      p: 0.95,
      baseline: [80, 0.269690721649],
      candidate: [80, 0.600618556701],
      difference: [0.330927835052, 0.193728522337, 0.428367697595],
    },
  ])('agrees with the reference: $sizes, $p', ({ sizes, p, baseline, candidate, difference }) => {
    const found = told(lay(sizes), p);
    const ofArm = (arm: QuantileContrast['baseline']) => [arm.count, arm.quantile];
    const all = [...ofArm(found.baseline), ...ofArm(found.candidate), found.difference, found.ciLow, found.ciHigh];
    for (const [i, known] of [...baseline, ...candidate, ...difference].entries())
      expect(all[i]).toBeCloseTo(known, 10);
  });

  // The blocks whose cells all have one run or more: 8 blocks of 1.
  test('agrees with the reference for medians of single runs', () => {
    const sizes = [
      [1, 2],
      [3, 1],
      [2, 2],
      [1, 1],
      [2, 1],
      [1, 3],
      [1, 1],
      [2, 3],
    ] as const;
    const found = told(lay(sizes), 0.5);
    expect(found.difference).toBeCloseTo(0.324914089347, 10);
    expect(found.ciLow).toBeCloseTo(-0.364089347079, 10);
    expect(found.ciHigh).toBeCloseTo(1.26134020619, 10);
  });
});

describe('contrastQuantiles', () => {
  test('refuses below 36 runs of an arm, counted as blocks × the smallest cell', () => {
    expect(refused(even(5, 7), 0.9)).toEqual({ reason: 'too-few', count: 35, fewest: 36 });
    expect(told(even(4, 9), 0.9).places).toEqual([0, 1, 2, 3]);
  });

  test('refuses many blocks of few runs, whose levels are not known', () => {
    expect(refused(even(18, 8), 0.9)).toEqual({ reason: 'shallow-cells', count: 8, fewest: 9 });
    expect(told(even(16, 8), 0.9).places).toHaveLength(16);
  });

  test('leaves out blocks of few runs where the others say more', () => {
    expect(
      told(
        lay([
          [20, 20],
          [2, 20],
          [20, 20],
        ]),
        0.9,
      ).places,
    ).toEqual([0, 2]);
  });

  test('knows nothing of the levels of blocks', () => {
    const strata = even(6, 7);
    const moved = strata.map(({ baseline, candidate }, i) => ({
      baseline: baseline.map((y) => y + 16 * i),
      candidate: candidate.map((y) => y + 16 * i),
    }));
    expect(told(moved, 0.9).difference).toBeCloseTo(told(strata, 0.9).difference, 9);
  });

  test('is mirrored where the arms change places', () => {
    const strata = lay([
      [12, 14],
      [13, 12],
      [15, 12],
      [12, 12],
    ]);
    const found = told(strata, 0.9);
    const mirrored = told(
      strata.map(({ baseline, candidate }) => ({ baseline: candidate, candidate: baseline })),
      0.9,
    );
    expect([mirrored.difference, mirrored.ciLow, mirrored.ciHigh]).toEqual([
      -found.difference,
      -found.ciHigh,
      -found.ciLow,
    ]);
    expect(found.ciLow).toBeLessThanOrEqual(found.difference);
    expect(found.ciHigh).toBeGreaterThanOrEqual(found.difference);
  });
});

describe('permuteQuantile', () => {
  // One block of 4 + 4: all candidates are beyond the median of all eight: 2 of 70 arrangements are as extreme.
  test('counts the arrangements of who is beyond the quantile', () => {
    const strata = [{ baseline: [1, 2, 3, 4], candidate: [5, 6, 7, 8] }];
    expect(permuteQuantile(strata, 0.5, 1)).toMatchObject({ pValue: 2 / 70, arrangementCount: 70, exact: true });
  });

  test('finds nothing where both arms are alike', () => {
    expect(permuteQuantile([{ baseline: [1, 2, 3], candidate: [1, 2, 3] }], 0.5, 1).pValue).toBe(1);
  });
});
