import { expect, test } from 'vitest';
import { analyzeVariance } from '../../src/stats/anova.ts';
import { fisherExactP } from '../../src/stats/fisher.ts';

// scipy 1.17.1, scipy.stats.fisher_exact(table).pvalue.
test.each([
  [[3, 28], [12, 18], 0.007756092925071512],
  [[0, 120], [1, 119], 1],
  [[5, 5], [5, 5], 1],
  [[0, 8], [6, 2], 0.006993006993006993],
  [[1, 24], [6, 20], 0.09932057929554805],
  [[0, 5], [0, 7], 1],
])('Fisher’s exact test of %j and %j', ([a = 0, b = 0], [c = 0, d = 0], p) => {
  expect(fisherExactP({ yes: a, no: b }, { yes: c, no: d })).toBeCloseTo(p, 12);
});

// scipy 1.17.1, scipy.stats.f_oneway(*groups).
test.each([
  [[[1, 2, 4], [3, 5], [9]], [2, 3], 7.5000000000000036, 0.06804138174397713],
  [
    [
      [-0.3, -0.1, -0.25],
      [0.2, 0.05],
      [0.1, 0.4, 0.3, 0.2],
    ],
    [2, 6],
    13.824120603015071,
    0.0056697857154269895,
  ],
])('the analysis of variance of %j', (groups, degreesOfFreedom, fStatistic, pValue) => {
  const anova = analyzeVariance(groups);
  expect(anova?.degreesOfFreedom).toEqual(degreesOfFreedom);
  expect(anova?.fStatistic).toBeCloseTo(fStatistic, 12);
  expect(anova?.pValue).toBeCloseTo(pValue, 12);
});

test('an analysis of variance needs two groups, two observations in one of them, and variation', () => {
  expect(analyzeVariance([[1, 2]])).toBeNull();
  expect(analyzeVariance([[1], [2]])).toBeNull();
  expect(analyzeVariance([[1, 1], [2]])).toBeNull();
});
