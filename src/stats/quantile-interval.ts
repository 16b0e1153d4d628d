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

/**
 * Finds the ranks between which the population's quantile p (0…1) lies with probability 95 % or more, 2.5 % at most on each side,
 * whatever the distribution (order statistics; Hahn & Meeker 1991, section 5.2). `null`: `count` observations are too few.
 */
export function quantileRanks(count: number, p: number): QuantileRanks | null {
  if (count < fewestForQuantile(p)) return null;
  let low = Math.max(1, Math.floor(count * p - 2 * Math.sqrt(count * p * (1 - p))));
  const fitsLow = (rank: number) => binomialCdf(rank - 1, count, p) <= TAIL + ROUNDING;
  while (low > 1 && !fitsLow(low)) low--;
  while (low < count && fitsLow(low + 1)) low++;
  let high = Math.min(count, Math.ceil(count * p + 2 * Math.sqrt(count * p * (1 - p))));
  const fitsHigh = (rank: number) => 1 - binomialCdf(rank - 1, count, p) <= TAIL + ROUNDING;
  while (high < count && !fitsHigh(high)) high++;
  while (high > 1 && fitsHigh(high - 1)) high--;
  return { low, high };
}

/** Counts the fewest observations for an interval of the quantile p: 6 for the median, 36, 72 and 368 for p90, p95 and p99. */
export function fewestForQuantile(p: number): number {
  const farther = Math.max(p, 1 - p);
  return Math.ceil(Math.log(TAIL) / Math.log(farther) - ROUNDING);
}
