import type { PriceTable } from '../../cost/price-table.ts';
import type { MetricUnit } from '../../model/metrics.ts';
import type { Quantity } from './extract.ts';

/** The result of `wfa sla`. Changes and bounds are fractions (0.1 = +10 %); `null`: cannot be had from these data. */
export interface SlaResult {
  /** One sentence: what a more conservative SLA does to the makespan and what it costs, or that it cannot be told. */
  readonly verdict: string;
  /** `average` first, then the percentiles in order. */
  readonly levels: readonly LevelSummary[];
  /** Every percentile against the lowest. */
  readonly contrasts: readonly LevelContrast[];
  readonly trends: readonly Trend[];
  /** What costs were made by; left out where no cost was asked for. */
  readonly prices?: PriceTable;
  /** What a higher percentile means for each component of a prediction. */
  readonly directions: readonly { readonly component: string; readonly higherPercentile: string }[];
}

/** A level of the SLA is summed up over its runs. */
export interface LevelSummary {
  /** `p50`, `average`. */
  readonly level: string;
  /** 0…100; `null` for the average, which stands apart. */
  readonly percentile: number | null;
  readonly runCount: number;
  /** Medians over runs of all blocks, in the metric's unit: workflows mix, so levels are compared in `contrasts`, not here. */
  readonly metrics: readonly {
    readonly metric: string;
    readonly unit: MetricUnit;
    readonly n: number;
    readonly median: number | null;
  }[];
  readonly attainment: readonly Attainment[];
  readonly dashboardAttainment: DashboardAttainment;
}

/**
 * P(actual ≤ predicted) over the runs of the level, with its Wilson interval.
 * @unit fraction (1 = 100 %): ciLow, ciHigh
 */
export interface Attainment {
  readonly quantity: Quantity;
  readonly runCount: number;
  readonly attainedCount: number;
  readonly fraction: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  /** The percentile asked for, as a fraction; `null` for the average. */
  readonly targetFraction: number | null;
  /** Exact binomial test of that share; `null` for the average. */
  readonly pValue: number | null;
  /** Holm, over the levels. */
  readonly pAdjusted: number | null;
}

/**
 * The engine dashboard's own figure: makespan ≤ that percentile (R-7; for `average` the mean) of the earlier makespans of the
 * workflow. It does not look at the prediction.
 */
export interface DashboardAttainment {
  readonly runCount: number;
  readonly attainedCount: number;
  readonly fraction: number | null;
}

/** `hint`: the interval excludes no change, but after Holm the test does not confirm it. */
export type SlaOutcome = 'different' | 'hint' | 'inconclusive';

/**
 * A level against the lowest percentile.
 * @unit fraction (1 = 100 %): ciLow, ciHigh
 */
export interface LevelContrast {
  readonly metric: string;
  readonly unit: MetricUnit;
  /** The lowest percentile. */
  readonly baseline: string;
  readonly level: string;
  readonly changeFraction: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  /** Least squares on all levels at once. */
  readonly intervalMethod: 'least-squares' | 'none';
  readonly degreesOfFreedom: number | null;
  /** Two-sided, of the fit's t. */
  readonly pValue: number | null;
  /** Holm, over all levels and metrics. */
  readonly pAdjusted: number | null;
  readonly outcome: SlaOutcome;
  /** Whether every run has the figure of its block's other runs, so that there is no change and no interval. */
  readonly allEqual: boolean;
  readonly blockCount: number;
  readonly runCountBaseline: number;
  readonly runCountLevel: number;
  /**
   * Mean over blocks of the difference of means, in the metric's unit: for resource usage the price in GB-seconds.
   * @unit in the unit of `unit`: amount, ciLow, ciHigh
   */
  readonly difference: {
    readonly amount: number | null;
    readonly ciLow: number | null;
    readonly ciHigh: number | null;
  };
  /** The change with the run index held equal (least squares). */
  readonly adjusted: Change;
}

/**
 * A change with its 95 % interval.
 * @unit fraction (1 = 100 %): ciLow, ciHigh
 */
export interface Change {
  readonly changeFraction: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
}

/** From the lowest percentile to the highest, by a line through ln(metric) on the rank of the level. */
export interface Trend {
  readonly metric: string;
  readonly unit: MetricUnit;
  readonly lowest: string;
  readonly highest: string;
  readonly runCount: number;
  readonly blockCount: number;
  /** ln(metric) per step from one level to the next. */
  readonly slopePerStep: number | null;
  /** Lowest to highest level. */
  readonly change: Change;
  readonly adjusted: Change;
  /** Permutation of the levels within blocks. */
  readonly pValue: number | null;
  readonly pAdjusted: number | null;
  /** `different` only when the intervals with and without adjustment both exclude no change, on the same side. */
  readonly outcome: SlaOutcome;
}
