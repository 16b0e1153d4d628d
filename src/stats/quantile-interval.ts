import { binomialCdf } from './binomial.ts';

/** A tail of a two-sided 95 % interval. */
const TAIL = 0.025;
/** A probability that misses the tail by rounding alone still fits it. */
const ROUNDING = 1e-12;

/** The ranks are those of the observations, 1 the smallest, at which an interval of a quantile ends. */
export interface QuantileRanks {
  readonly low: number;
  readonly high: number;
}

/** Finds the largest rank whose observation exceeds the quantile with probability `tail` at most; 1 at least. */
function lowRank(count: number, p: number, tail: number): number {
  let low = Math.max(1, Math.floor(count * p - 2 * Math.sqrt(count * p * (1 - p))));
  const fitsLow = (rank: number) => binomialCdf(rank - 1, count, p) <= tail + ROUNDING;
  while (low > 1 && !fitsLow(low)) low--;
  while (low < count && fitsLow(low + 1)) low++;
  return low;
}

/** Finds the smallest rank whose observation is below the quantile with probability `tail` at most; `count` at most. */
function highRank(count: number, p: number, tail: number): number {
  let high = Math.min(count, Math.ceil(count * p + 2 * Math.sqrt(count * p * (1 - p))));
  const fitsHigh = (rank: number) => 1 - binomialCdf(rank - 1, count, p) <= tail + ROUNDING;
  while (high < count && !fitsHigh(high)) high++;
  while (high > 1 && fitsHigh(high - 1)) high--;
  return high;
}

/** Counts the fewest observations for an interval of the quantile p: 6 for the median, 36, 72 and 368 for p90, p95 and p99. */
export function fewestForQuantile(p: number): number {
  const farther = Math.max(p, 1 - p);
  return Math.ceil(Math.log(TAIL) / Math.log(farther) - ROUNDING);
}

/**
 * Finds the ranks for the lower bound of a difference of two samples' quantiles p: the rank `low` of the sample of `countFrom`, the
 * rank `high` of the one that is taken from it, of `countOff`. The bound exceeds the true difference only where one of the two ends
 * misses its quantile, so that the tails of both together are 2.5 % (Bonferroni), whatever the distributions. `null`: too few.
 * Observations may be independent without being alike: of all with the same mean of distributions, equal ones miss most (Hoeffding
 * 1956).
 */
export function contrastRanks(countFrom: number, countOff: number, p: number): QuantileRanks | null {
  const [leastLow, leastHigh] = [(1 - p) ** countFrom, p ** countOff];
  if (leastLow + leastHigh > TAIL + ROUNDING) return null;
  // Half for each end; where the outermost observation needs more, the other end has what is left.
  const tailHigh = Math.min(Math.max(TAIL / 2, leastHigh), TAIL - leastLow);
  return { low: lowRank(countFrom, p, TAIL - tailHigh), high: highRank(countOff, p, tailHigh) };
}

/** Counts the fewest observations of each sample for `contrastRanks`: 7 for medians, 36, 72 and 368 for p90, p95 and p99. */
export function fewestForContrast(p: number): number {
  let count = fewestForQuantile(p);
  while (contrastRanks(count, count, p) === null) count++;
  return count;
}
