import { deviation, mean, quantile, variance } from 'd3-array';
import { countBelow, medianOfSorted, sortNumbers } from './order-statistics.ts';

/** Summaries of a sample of finite numbers. An empty sample has no summary: `null`, never 0. */

/** Arithmetic mean. */
export const sampleMean = (sample: readonly number[]): number | null => mean(sample) ?? null;

/** Median: the R-7 quantile at one half. */
export const sampleMedian = (sample: readonly number[]): number | null => medianOfSorted(sortNumbers(sample));

/** Unbiased variance (n − 1); `null` below two. */
export const sampleVariance = (sample: readonly number[]): number | null => variance(sample) ?? null;

/** Standard deviation: the root of the unbiased variance. */
export const sampleDeviation = (sample: readonly number[]): number | null => deviation(sample) ?? null;

/** Quantile by the R-7 method (linear between order statistics), 0 ≤ p ≤ 1. */
export const sampleQuantile = (sample: readonly number[], p: number): number | null => quantile(sample, p) ?? null;

/** exp(mean ln x); `null` when a number is not positive. */
export function geometricMean(sample: readonly number[]): number | null {
  if (sample.some((x) => x <= 0)) return null;
  const logMean = mean(sample, Math.log);
  return logMean === undefined ? null : Math.exp(logMean);
}

/**
 * P(candidate < baseline) + ½ P(equal) over all pairs: the Mann–Whitney U of the candidate being smaller ÷ (n·m).
 * O((n + m) log(n + m)).
 */
export function probabilityOfLess(baseline: readonly number[], candidate: readonly number[]): number | null {
  if (baseline.length === 0 || candidate.length === 0) return null;
  const sorted = sortNumbers(baseline);
  let wins = 0;
  for (const x of candidate) {
    const notAbove = countBelow(sorted, x, true);
    wins += sorted.length - notAbove + (notAbove - countBelow(sorted, x)) / 2;
  }
  return wins / (baseline.length * candidate.length);
}
