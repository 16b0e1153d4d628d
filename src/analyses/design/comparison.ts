import type { MetricUnit } from '../../model/metrics.ts';
import type { IntervalMethod } from '../../stats/contrast.ts';
import type { QuantileRefusal } from '../../stats/quantile-contrast.ts';
import type { ArmNames } from './arm-names.ts';
import type { ContrastOutcome } from './outcome.ts';
import type { Side } from './pairs.ts';
import type { Stat } from './stat.ts';

/** A candidate against a baseline in one metric. Changes and bounds are fractions (0.1 = +10 %); `null`: cannot be had from these data. */
export interface Comparison extends ArmNames {
  readonly metric: string;
  readonly unit: MetricUnit;
  /** What `overall` compares; other than the mean, workflows and blocks by themselves have no change: their cells are too small. */
  readonly stat: Stat;
  /** The quantile that `overall` compares; `null` for the mean, and without ratios. */
  readonly quantile: QuantileChange | null;
  readonly overall: OverallChange;
  /** By workflow and structure; empty where blocks are not told apart by workflow, or a metric has no ratios. */
  readonly workflows: readonly WorkflowChange[];
  /** Whether the effect differs by workflow; `null`: cannot be tested. */
  readonly interaction: Interaction | null;
  readonly pooled: PooledRuns;
  readonly blocks: readonly BlockChange[];
}

/**
 * A quantile of runs ÷ their block's level, every block with equal weight.
 * @unit probability: probability
 */
export interface QuantileChange {
  /** 0.9 for p90. */
  readonly probability: number;
  /** Blocks that count: those whose cells have runs enough. */
  readonly blockCount: number;
  /** `null`: refused. */
  /** The quantile of the arm that is compared with. */
  readonly baseline: QuantileOfArm | null;
  /** The quantile of the arm that is compared. */
  readonly candidate: QuantileOfArm | null;
  readonly refusal: QuantileRefusal | null;
}

/** The quantile of an arm is taken over its runs in the blocks that count. */
export interface QuantileOfArm {
  /** Runs that the interval rests on: blocks × the arm's smallest cell. */
  readonly runCount: number;
  /** Run ÷ its block's level, which is made of both arms' runs: there is no interval of one arm's by itself. */
  readonly ratio: number;
}

/**
 * The change over all blocks.
 * @unit fraction (1 = 100 %): ciLow, ciHigh
 */
export interface OverallChange {
  /** Geometric mean over blocks of candidate ÷ baseline; of a quantile, that of runs ÷ their block's level. */
  readonly ratio: number | null;
  readonly changeFraction: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly intervalMethod: IntervalMethod | 'order-statistics';
  /** Of the log ratio. */
  readonly logVariance: number | null;
  readonly degreesOfFreedom: number | null;
  readonly pValue: number | null;
  /** Holm, over all metrics and candidates of this result. */
  readonly pAdjusted: number | null;
  readonly permutationCiLow: number | null;
  readonly permutationCiHigh: number | null;
  readonly permutationExact: boolean | null;
  readonly arrangementCount: number | null;
  readonly outcome: ContrastOutcome;
  /** Whether the interval lies within the margin of no change, or all figures are equal, whatever the outcome. */
  readonly withinEquivalence: boolean;
  /** Whether, in every block, every run of both arms has the same figure. */
  readonly allEqual: boolean;
  /**
   * Geometric mean over blocks of the cells' geometric means, in the metric's unit, or that mean of blocks × the arm's quantile;
   * `null`: a figure is not positive.
   */
  readonly levelBaseline: number | null;
  readonly levelCandidate: number | null;
  readonly minimalDetectableFraction: number | null;
  /** How many more runs each cell needs until a change of 5 % would be detected. */
  readonly additionalRunsFor5Percent: number | null;
  readonly blocksAgreeing: number;
  readonly blockCount: number;
  readonly runCountBaseline: number;
  readonly runCountCandidate: number;
  /** P(candidate < baseline) + ½ P(equal), mean over blocks. */
  readonly probabilityCandidateLess: number | null;
  /**
   * Mean over blocks of the difference of means, in the metric's unit.
   * @unit in the unit of `unit`: amount, ciLow, ciHigh
   */
  readonly difference: {
    readonly amount: number | null;
    readonly ciLow: number | null;
    readonly ciHigh: number | null;
  };
  readonly sensitivity: Sensitivity;
  /**
   * Medians over all planned runs of an arm that have the figure, whatever their block, in the metric's unit, and candidate ÷
   * baseline: the figures of dashboards, which change with the mix of workflows.
   */
  readonly pooledMedianBaseline: number | null;
  readonly pooledMedianCandidate: number | null;
  readonly pooledMedianRatio: number | null;
  readonly loss: Loss;
}

/** The runs that pooled medians are of. */
export interface PooledRuns {
  /** By workflow; each arm's shares add up to 1. */
  readonly composition: readonly WorkflowShare[];
  /** The arms whose pooled median lies where no run is within 15 % of it. */
  readonly armsWithGap: readonly Side[];
}

/** A workflow has these shares, 0…1, of each arm's runs that have the figure. */
export interface WorkflowShare {
  readonly workflow: string;
  readonly shareBaseline: number;
  readonly shareCandidate: number;
}

/** Runs of the blocks that both arms have, with and without a figure. */
export interface Loss {
  /** Runs of the arm that is compared with. */
  readonly baseline: LossCount;
  /** Runs of the arm that is compared. */
  readonly candidate: LossCount;
  /** Fisher's exact test of whether the arms lose alike. */
  readonly pValue: number;
  /** `probabilityCandidateLess` with the missing counted as slower than all others; `null` without runs. */
  readonly worstRankProbability: number | null;
}

/** Runs are counted by whether they have the figure. */
export interface LossCount {
  readonly measured: number;
  readonly missing: number;
}

/**
 * The change in the blocks of one workflow and structure, by the same rules as the overall one.
 * @unit fraction (1 = 100 %): ciLow, ciHigh
 */
export interface WorkflowChange {
  readonly workflow: string;
  /** `null` where blocks are not told apart by structure. */
  readonly structure: string | null;
  readonly blockCount: number;
  readonly changeFraction: number;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly intervalMethod: IntervalMethod;
  readonly degreesOfFreedom: number | null;
  /** Whether, in each of its blocks, all runs have the same figure. */
  readonly allEqual: boolean;
}

/** One-way analysis of variance of the blocks' log ratios by workflow. */
export interface Interaction {
  readonly fStatistic: number;
  /** Between and within workflows. */
  readonly degreesOfFreedom: readonly [number, number];
  readonly pValue: number;
  /** Whether the mean effects of two workflows have different signs, whatever p. */
  readonly opposite: boolean;
}

/**
 * The same change by other rules.
 * @unit fraction (1 = 100 %): ciLow, ciHigh
 */
export interface Sensitivity {
  /** Geometric mean over blocks of the ratio of medians, and of means. */
  readonly medianRatio: number | null;
  readonly meanRatio: number | null;
  /** Without the first planned run of each workflow, structure and arm, whose history was the shortest. */
  readonly withoutFirstRuns: {
    readonly ratio: number | null;
    readonly ciLow: number | null;
    readonly ciHigh: number | null;
    readonly blockCount: number;
  };
  /** Whether all of these point the same way as the ratio. */
  readonly signsAgree: boolean;
}

/**
 * The change in one block.
 * @unit fraction (1 = 100 %): ciLow, ciHigh
 */
export interface BlockChange {
  /** The block in words. */
  readonly label: string;
  /** The names of the block's keys: workflow, structure, sla, … */
  readonly keys: Readonly<Record<string, string>>;
  /** Runs of the arm that is compared with. */
  readonly baseline: CellSummary;
  /** Runs of the arm that is compared. */
  readonly candidate: CellSummary;
  readonly ratio: number | null;
  readonly changeFraction: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  /** Whether all of its runs have the same figure. */
  readonly allEqual: boolean;
  readonly medianRatio: number | null;
  readonly meanRatio: number | null;
}

/**
 * A cell is summed up by its runs' figures, in the metric's unit; `null`: no run has one, or the geometric mean of a figure of 0.
 */
export interface CellSummary {
  readonly n: number;
  readonly median: number | null;
  readonly mean: number | null;
  readonly geometricMean: number | null;
  /** Every run's own figure, in order of submission. */
  readonly runs: readonly { readonly runId: string; readonly amount: number }[];
}

/** A lonely block has runs of one arm only, and so compares nothing. */
export interface LonelyBlock {
  readonly label: string;
  readonly arm: string;
  /** The arm's name for people. */
  readonly armLabel: string;
  readonly runCount: number;
}
