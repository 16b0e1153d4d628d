import type { QuantityKey } from './quantities.ts';

/** The result of `wfa accuracy`. Errors are fractions, log ratios are ln(predicted ÷ actual); `null`: cannot be had. */
export interface AccuracyResult {
  readonly headline: string;
  readonly headlines: readonly string[];
  readonly level: 'run' | 'task';
  readonly quantities: readonly QuantityKey[];
  /** In order of submission, quantity by quantity. */
  readonly series: readonly SeriesPoint[];
  readonly scores: readonly Score[];
  readonly changePoints: readonly ChangePointFound[];
  /** Every series that was looked at for changes, also those without. */
  readonly changeTests: readonly ChangeTest[];
  readonly learning: readonly LearningCurve[];
  readonly decomposition: readonly Stage[];
}

/** One prediction and what came of it. */
export interface SeriesPoint {
  readonly runId: string;
  readonly workflow: string;
  readonly structure: string;
  readonly planner: string;
  readonly sla: string;
  readonly submittedAtMs: number;
  /** The k-th run of its workflow, planner and SLA, from 1. */
  readonly index: number;
  /** The k-th planned run of its workflow, structure and planner, from 1: what history is chosen by. */
  readonly historyIndex: number;
  readonly quantity: QuantityKey;
  /** At task level; `null` at run level. */
  readonly functionName: string | null;
  readonly nodeId: string | null;
  readonly actual: number;
  readonly predicted: number;
  /** (predicted − actual) ÷ actual; `null` when actual is 0. */
  readonly relativeError: number | null;
  readonly absolutePercentageError: number | null;
  /** ln(predicted ÷ actual); `null` unless both are above 0. */
  readonly logRatio: number | null;
}

/** `too-few`: significantly fewer runs stayed within the prediction than asked for; `too-many`: more. */
export type CoverageVerdict = 'too-few' | 'too-many' | 'not-contradicted' | 'not-judged';

/** A score judges one planner's predictions of one quantity under one SLA, over all workflows. */
export interface Score {
  readonly planner: string;
  readonly sla: string;
  readonly quantity: QuantityKey;
  readonly unit: 'ms' | 'bytes';
  readonly functionName: string | null;
  /** Predictions; equals `runCount` at run level. */
  readonly count: number;
  readonly runCount: number;
  /** Median of ln(predicted ÷ actual) over runs, with its order-statistic interval. */
  readonly biasLogRatio: number | null;
  readonly biasLow: number | null;
  readonly biasHigh: number | null;
  readonly logRatioCount: number;
  /** Median absolute percentage error as a fraction, with its order-statistic interval. */
  readonly mdape: number | null;
  readonly mdapeLow: number | null;
  readonly mdapeHigh: number | null;
  readonly percentageErrorCount: number;
  /** Mean absolute percentage error: prefers predictions that are too low, by construction. */
  readonly mape: number | null;
  /** The share of runs the prediction was asked to cover, 0…1; `null` for `average`. */
  readonly askedLevel: number | null;
  /** P(actual ≤ predicted), with its 95 % interval: Wilson over runs; at task level t over the runs' shares. */
  readonly coverage: number;
  readonly coverageLow: number | null;
  readonly coverageHigh: number | null;
  readonly coverageMethod: 'wilson' | 't-over-runs' | 'none';
  /** Two-sided p of the asked level: exact binomial over runs; t over the runs' shares at task level. */
  readonly coverageP: number | null;
  /** Holm over the scores of the same quantity. */
  readonly coveragePAdjusted: number | null;
  readonly coverageVerdict: CoverageVerdict;
  /** Mean pinball loss at the asked level, in parts of the workflow's mean. */
  readonly pinball: number | null;
  /** 1 − loss ÷ loss of the expanding empirical quantile of earlier runs; above 0: the plan predicted better. */
  readonly skill: number | null;
  /** Predictions with six earlier runs or more, which skill rests on. */
  readonly skillCount: number;
}

/** `actual`: what happened, ln; `error`: ln(predicted ÷ actual). */
export type Signal = 'actual' | 'error';

/**
 * One test of one series: one workload, quantity and signal, with planner and SLA effects fitted beside. Series of 16 to 29 runs have
 * two, for steps and for a gradual trend.
 */
export interface ChangeTest {
  readonly workflow: string;
  readonly structure: string;
  readonly functionName: string | null;
  readonly quantity: QuantityKey;
  readonly signal: Signal;
  readonly runCount: number;
  readonly method: 'step-regression' | 'mann-kendall' | 'too-short';
  readonly pValue: number | null;
  /** Holm over the tests of the quantity. */
  readonly pAdjusted: number | null;
  /** Kendall's τ, for `mann-kendall`. */
  readonly tau: number | null;
  /** Last ÷ first run along Sen's slope of the logs, for `mann-kendall`. */
  readonly trendRatio: number | null;
  /** Whether the adjusted p is below .05; of a gradual trend, when no step explains it. */
  readonly changed: boolean;
}

/** A change point of the errors of one series, with the levels before and after. */
export interface ChangePointFound {
  readonly workflow: string;
  readonly structure: string;
  readonly functionName: string | null;
  readonly quantity: QuantityKey;
  readonly signal: Signal;
  /** The first run after the change, and its submission. */
  readonly runId: string;
  readonly atMs: number;
  /** Index of that run in its series, from 0. */
  readonly index: number;
  readonly runCountBefore: number;
  readonly runCountAfter: number;
  /** After ÷ before, with planner and SLA effects fitted beside: 1.6 means 60 % more. */
  readonly ratio: number;
  /** Two-sided p of this division, its t shrunk for autocorrelation, corrected for the places tried (Bonferroni). */
  readonly pValue: number;
}

/** A learning curve shows a planner's errors by the number of earlier runs. */
export interface LearningCurve {
  readonly planner: string;
  readonly quantity: QuantityKey;
  readonly functionName: string | null;
  readonly runCount: number;
  /** Errors by k, for the k-th planned run of a workload, in bins that double. */
  readonly bins: readonly {
    readonly firstIndex: number;
    readonly lastIndex: number;
    readonly runCount: number;
    readonly mdape: number | null;
    readonly mdapeLow: number | null;
    readonly mdapeHigh: number | null;
  }[];
  /** Kendall's τ of |ln(predicted ÷ actual)| with k, inside workloads; negative: errors shrink. */
  readonly tau: number | null;
  readonly pValue: number | null;
  readonly pAdjusted: number | null;
}

/** One step from the tasks' execution over the planned critical path's to the makespan. */
export interface Stage {
  readonly planner: string;
  readonly sla: string;
  readonly stage: 'task' | 'critical-path' | 'makespan';
  readonly runCount: number;
  readonly askedLevel: number | null;
  readonly biasLogRatio: number | null;
  readonly mdape: number | null;
  /** Share within the prediction; for tasks the mean over runs of each run's share. */
  readonly coverage: number;
}
