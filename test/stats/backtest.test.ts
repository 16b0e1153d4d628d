import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimateRatio } from '../../src/stats/paired-ratio.ts';
import { createNormal, createRandom } from '../../src/stats/random.ts';
import { sampleQuantile } from '../../src/stats/summary.ts';
import { fitTheilSen } from '../../src/stats/theil-sen.ts';
import { fitWeighted } from '../../src/stats/weighted-line.ts';
import { sortWeighted, weightedQuantile } from '../../src/stats/weighted-quantile.ts';

const sample = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 });

describe('weighted quantile', () => {
  test('with equal weights it is R-7', () => {
    fc.assert(
      fc.property(sample, fc.double({ min: 0, max: 1, noNaN: true }), (values, p) => {
        const own = weightedQuantile(
          sortWeighted(
            values,
            values.map(() => 0.25),
          ),
          p,
        ) as number;
        expect(Math.abs(own - (sampleQuantile(values, p) as number))).toBeLessThan(1e-6);
      }),
    );
  });

  // By hand: places (W_k − w_k)/(W − w_k) of weights 1, 2, 1 are 0, 1/2 and 1.
  test('of weights 1, 2, 1', () => {
    const sorted = sortWeighted([30, 10, 20], [1, 1, 2]);
    expect([0, 0.25, 0.5, 0.75, 1].map((p) => weightedQuantile(sorted, p))).toEqual([10, 15, 20, 25, 30]);
    expect([0.1, 0.25, 0.26, 0.75, 0.76].map((p) => weightedQuantile(sorted, p, 'step'))).toEqual([10, 10, 20, 20, 30]);
  });

  test('there is none of nothing', () => expect(weightedQuantile(sortWeighted([], []), 0.5)).toBeNull());
});

// scipy 1.17.1: stats.theilslopes([1, 2, 2.5, 9, 4.2], [1, 2, 3, 4, 5]) → slope 0.825; the intercept is the median of y − 0.825x.
test('Theil and Sen take the median slope', () => {
  const line = fitTheilSen([1, 2, 3, 4, 5], [1, 2, 2.5, 9, 4.2]);
  expect(line?.slope).toBeCloseTo(0.825, 12);
  expect(line?.intercept).toBeCloseTo(0.175, 12);
  expect(fitTheilSen([3, 3], [1, 2])).toEqual({ intercept: 1.5, slope: 0 });
  expect(fitTheilSen([], [])).toBeNull();
});

describe('weighted least squares', () => {
  // By hand: y = 2 + 3a − b exactly.
  test('finds what is exact, whatever the weights', () => {
    const [a, b] = [
      [1, 2, 4, 7, 3],
      [5, 1, 2, 2, 9],
    ];
    const y = a.map((own, i) => 2 + 3 * own - (b[i] as number));
    const fit = fitWeighted([a, b], y, [1, 0.5, 2, 1, 0.1]);
    expect(fit?.intercept).toBeCloseTo(2, 10);
    expect(fit?.slopes[0]).toBeCloseTo(3, 10);
    expect(fit?.slopes[1]).toBeCloseTo(-1, 10);
  });

  test('a column that does not vary, or follows from another, has no slope', () => {
    const a = [1, 2, 3, 4];
    expect(fitWeighted([a, a.map((x) => 2 * x)], [1, 2, 3, 5], [1, 1, 1, 1])?.slopes[1]).toBe(0);
    expect(fitWeighted([[7, 7, 7, 7], a], [1, 2, 3, 4], [1, 1, 1, 1])?.slopes).toEqual([0, expect.closeTo(1, 10)]);
  });
});

describe('ratio of paired means', () => {
  /** The share of 95 % intervals that hold the true ratio of 0.8, of two blocks of 40 runs. */
  function cover(correlation: number): number {
    const normal = createNormal(createRandom(11));
    const draw = () => {
      let noise = normal();
      return Array.from({ length: 40 }, () => {
        noise = correlation * noise + Math.sqrt(1 - correlation ** 2) * normal();
        return noise;
      });
    };
    let held = 0;
    for (let i = 0; i < 400; i++) {
      const blocks = [1, 2].map((level) => {
        const denominators = draw().map((noise) => level * (1 + 0.1 * noise));
        const noises = draw();
        return { denominators, numerators: noises.map((noise) => level * (0.8 + 0.2 * noise)) };
      });
      const { ciLow, ciHigh } = estimateRatio(blocks) as { ciLow: number; ciHigh: number };
      if (ciLow <= 0.8 && ciHigh >= 0.8) held++;
    }
    return held / 400;
  }

  test('intervals hold the truth, also where runs resemble the run before', () => {
    expect(cover(0)).toBeGreaterThan(0.93);
    expect(cover(0.6)).toBeGreaterThan(0.9);
  });

  test('one run allows no interval, and equal figures are no skill', () => {
    expect(estimateRatio([{ numerators: [1], denominators: [2] }])).toMatchObject({
      ratio: 0.5,
      ciLow: null,
      pValue: null,
    });
    expect(estimateRatio([{ numerators: [1, 2], denominators: [1, 2] }])).toMatchObject({ ratio: 1, ciLow: null });
    expect(estimateRatio([])).toBeNull();
  });
});
