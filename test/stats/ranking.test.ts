import { describe, expect, test } from 'vitest';
import { contrastArms, contrastStrata } from '../../src/stats/contrast.ts';
import { permuteP, permuteStrata } from '../../src/stats/permutation.ts';
import { fewestForQuantile } from '../../src/stats/quantile-interval.ts';
import { createNormal, createRandom } from '../../src/stats/random.ts';
import { signFlipP } from '../../src/stats/sign-flips.ts';
import { judgeBySplits } from '../../src/stats/split-choice.ts';

describe('signFlipP', () => {
  test('is the share of sign patterns as extreme', () => {
    expect(signFlipP([1, 2, 3], 1)).toBe(2 / 8);
    expect(signFlipP([3, -1], 1)).toBe(1);
    expect(signFlipP([], 1)).toBeNull();
  });

  // Counted in Python with itertools.product over all 64 patterns.
  test('equals an independent count', () => {
    expect(signFlipP([0.3, -0.1, 0.25, 0.4, 0.05, -0.02], 1)).toBe(12 / 64);
  });

  test('of many differences is close to the normal limit', () => {
    const differences = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 1 : -0.5));
    // z = 10 / √25 = 2.
    expect(signFlipP(differences, 7)).toBeGreaterThan(0.03);
    expect(signFlipP(differences, 7)).toBeLessThan(0.07);
  });
});

test('quantiles of one sample need 6, 36, 72 and 368 observations', () => {
  expect([0.5, 0.9, 0.95, 0.99].map(fewestForQuantile)).toEqual([6, 36, 72, 368]);
});

describe('contrastArms', () => {
  test('of two arms is contrastStrata', () => {
    const blocks = [
      [
        [1, 2, 3],
        [2, 4],
      ],
      [
        [5, 6],
        [7, 9, 8],
      ],
    ];
    const { differences, ...estimate } = contrastArms(blocks, [-1, 1]);
    expect(differences).toEqual([1, 2.5]);
    expect(estimate).toEqual(
      contrastStrata(blocks.map(([baseline = [], candidate = []]) => ({ baseline, candidate }))),
    );
  });
});

describe('permuteP', () => {
  test('is the p of permuteStrata', () => {
    const strata = [{ baseline: [1, 2, 3, 9], candidate: [2, 4, 8] }];
    expect(permuteP(strata, 1)).toBe(permuteStrata(strata, 1).pValue);
  });
});

describe('judgeBySplits', () => {
  test('cannot judge a single observation', () => {
    expect(judgeBySplits([[1, 2], [3]], createRandom(1))).toBeNull();
  });

  test('of figures without noise gives the distances from the best', () => {
    const above = judgeBySplits(
      [
        [1, 1, 1],
        [3, 3],
        [2, 2],
      ],
      createRandom(1),
    );
    expect(above?.map((x) => Math.round(x * 1e9) / 1e9)).toEqual([0, 2, 1]);
  });

  test('is nearly free of the winner’s curse where all arms are alike', () => {
    const random = createRandom(5);
    const normal = createNormal(random);
    let [naive, judged] = [0, 0];
    const rounds = 400;
    for (let round = 0; round < rounds; round++) {
      const cells = Array.from({ length: 6 }, () => Array.from({ length: 5 }, () => 0.2 * normal()));
      const means = cells.map((cell) => cell.reduce((sum, x) => sum + x, 0) / cell.length);
      naive += ((means[0] as number) - Math.min(...means)) / rounds;
      judged += (judgeBySplits(cells, random)?.[0] as number) / rounds;
    }
    expect(naive).toBeGreaterThan(0.09);
    expect(Math.abs(judged)).toBeLessThan(0.01);
  });
});
