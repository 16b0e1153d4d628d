import { binomialCdf } from './binomial.ts';
import { medianOfSorted, sortNumbers } from './order-statistics.ts';

/** The summary holds a sample's median with `medianInterval`, in the unit of the observations. */
export interface MedianSummary {
  readonly count: number;
  /** R-7 median; `null`: the sample is empty. */
  readonly median: number | null;
  /** Ends of the interval; `null`: fewer than six observations. */
  readonly low: number | null;
  readonly high: number | null;
}

/** Computes the sample's median with its `medianInterval`. */
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
 * Computes an interval that contains the population's median with probability 95 % or more, whatever the distribution: the d-th
 * smallest and the d-th largest observation, with the largest d for which 2 P(B(n, ½) < d) ≤ 0.05 (Le Boudec 2010, Performance
 * Evaluation, theorem 2.1).
 * `null` below six observations, where no such pair exists.
 */
export function medianInterval(sample: readonly number[]): { low: number; high: number } | null {
  const { low, high } = summarizeMedian(sample);
  return low === null || high === null ? null : { low, high };
}

/** The 97.5 % quantile of the standard normal, to the digits that a first guess needs. */
const Z = 1.96;

/** Finds the largest d; 0: none. The search begins at the normal limit's d, within one or two of the answer. */
function findRank(count: number): number {
  const allows = (rank: number) => 2 * binomialCdf(rank - 1, count, 0.5) <= 0.05;
  let rank = Math.max(0, Math.round((count - Z * Math.sqrt(count)) / 2));
  while (rank > 0 && !allows(rank)) rank--;
  while (rank < count && allows(rank + 1)) rank++;
  return rank;
}
