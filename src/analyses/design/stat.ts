/**
 * A stat is what is compared of the runs of two arms. `mean`: the geometric mean of ratios over blocks; the others: a quantile of runs ÷
 * their block's level, over all blocks together.
 */
export const STATS = ['mean', 'median', 'p90', 'p95', 'p99'] as const;
export type Stat = (typeof STATS)[number];

const PROBABILITIES: Readonly<Record<Stat, number | null>> = {
  mean: null,
  median: 0.5,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
};

/** Gives the probability (0…1) of the quantile; `null` for the mean. */
export const probabilityOf = (stat: Stat): number | null => PROBABILITIES[stat];
