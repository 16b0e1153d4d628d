import { mean, quantile, variance } from 'd3-array';
import { countBelow, medianOfSorted, sortNumbers } from './order-statistics.ts';

// Each summarizes a sample of finite numbers, in their unit. An empty sample has no summary: `null`, never 0.

/** Computes the arithmetic mean; `null` without observations. */
export const sampleMean = (sample: readonly number[]): number | null => mean(sample) ?? null;

/** Computes the median; `null` without observations. */
export const sampleMedian = (sample: readonly number[]): number | null => medianOfSorted(sortNumbers(sample));

/** Computes the unbiased variance (divisor n − 1); `null` below two observations. */
export const sampleVariance = (sample: readonly number[]): number | null => variance(sample) ?? null;

/** Computes the quantile at p (0…1) by the R-7 method, linear between order statistics; `null` without observations. */
export const sampleQuantile = (sample: readonly number[], p: number): number | null => quantile(sample, p) ?? null;

/** Computes the geometric mean exp(mean ln x); `null` without observations or when one is not positive. */
export function geometricMean(sample: readonly number[]): number | null {
  if (sample.some((x) => x <= 0)) return null;
  const logMean = mean(sample, Math.log);
  return logMean === undefined ? null : Math.exp(logMean);
}

/**
 * Computes P(candidate < baseline) + ½ P(equal) over all pairs, in 0…1: the U of Mann & Whitney 1947 ÷ (n·m), ties counting half.
 * O((n + m) log n) for n in the baseline; `null` when one sample is empty.
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
