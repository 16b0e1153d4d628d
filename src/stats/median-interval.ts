import { binomialCdf } from './binomial.ts';
import { medianOfSorted, sortNumbers } from './order-statistics.ts';

/** A median and an interval for the population's; `null`: there is none. */
export interface MedianSummary {
  readonly count: number;
  readonly median: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** The sample's median with its `medianInterval`. */
export function summarizeMedian(sample: readonly number[]): MedianSummary {
  const sorted = sortNumbers(sample);
  const rank = findRank(sorted.length);
  return {
    count: sorted.length,
    median: medianOfSorted(sorted),
    low: rank === 0 ? null : (sorted[rank - 1] as number),
    high: rank === 0 ? null : (sorted[sorted.length - rank] as number),
  };
}

/**
 * An interval that holds the population's median with at least 95 %, whatever the distribution: the d-th smallest and the d-th
 * largest observation, d as large as 2 P(B(n, ½) < d) ≤ 0.05 allows (Le Boudec, Performance Evaluation, theorem 2.1).
 * `null` below six observations, where no such pair exists.
 */
export function medianInterval(sample: readonly number[]): { low: number; high: number } | null {
  const { low, high } = summarizeMedian(sample);
  return low === null || high === null ? null : { low, high };
}

/** The 97.5 % quantile of the standard normal. */
const Z = 1.96;

/** The largest d; 0: none. The search begins where the normal limit has it, within one or two of the answer. */
function findRank(count: number): number {
  const allows = (rank: number) => 2 * binomialCdf(rank - 1, count, 0.5) <= 0.05;
  let rank = Math.max(0, Math.round((count - Z * Math.sqrt(count)) / 2));
  while (rank > 0 && !allows(rank)) rank--;
  while (rank < count && allows(rank + 1)) rank++;
  return rank;
}
