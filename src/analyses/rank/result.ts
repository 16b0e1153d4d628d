import type { PriceTable } from '../../cost/price-table.ts';
import type { MetricUnit } from '../../model/metrics.ts';
import type { IntervalMethod } from '../../stats/contrast.ts';
import type { QuantileRefusal } from '../../stats/quantile-contrast.ts';
import type { Stat } from '../design/stat.ts';

/** The result of `wfa rank`. Changes, bounds and regrets are fractions (0.1 = +10 %); `null`: cannot be had from these data. */
export interface RankResult {
  readonly headlines: readonly string[];
  /** The first of `headlines`. */
  readonly headline: string;
  readonly blockKeys: readonly string[];
  /** What arms are ranked by; other than the mean, blocks by themselves have none, and so there are no regret, front, 2 × 2 or decisions. */
  readonly stat: Stat;
  /** By metric key, those with ratios; `null` for the mean. */
  readonly quantiles: Readonly<Record<string, RankedQuantile>> | null;
  /** The blocks that all ranked arms share. */
  readonly blockCount: number;
  /** In order of the first metric's levels, best first; arms without a level last. */
  readonly arms: readonly RankedArm[];
  /** Arms that were left out, because no block holds them beside the others. */
  readonly droppedArms: readonly DroppedArm[];
  readonly blocks: readonly RankBlock[];
  readonly pareto: readonly ParetoPoint[];
  /** The second axis of the front. */
  readonly costMetric: string;
  /** The table that costs are made by; only where a cost was asked for. */
  readonly prices?: PriceTable;
  /** By metric key; `null`: the arms are no planners with and without optimizations. */
  readonly factorial: Readonly<Record<string, Factorial>> | null;
  /** What the two factors are; `null` without a factorial. */
  readonly factors: Factors | null;
  /** `null`: the arms are no planners, or fewer than two of them predict. */
  readonly decisions: Decisions | null;
}

/** An arm is ranked in every metric asked for. */
export interface RankedArm {
  /** The record's own name, or the selection of runs. */
  readonly arm: string;
  /** The name for people. */
  readonly label: string;
  /** Runs in the blocks that all arms share. */
  readonly runCount: number;
  readonly metrics: Readonly<Record<string, ArmMetric>>;
}

/**
 * The quantile that a metric is ranked by: of runs ÷ their block's level, that of the two arms which are held against each other, every block with equal weight.
 * @unit probability: probability
 */
export interface RankedQuantile {
  /** 0.9 for p90. */
  readonly probability: number;
  /** Blocks that count: those whose cells have runs enough; 0: refused. */
  readonly blockCount: number;
  /** `null`: it is told. */
  readonly refusal: QuantileRefusal | null;
}

/** A dropped arm shares no block with the others, and is not ranked. */
export interface DroppedArm {
  readonly arm: string;
  readonly label: string;
  readonly runCount: number;
}

/**
 * The figures of an arm in one metric.
 * @unit fraction (1 = 100 %): ciLow, ciHigh, regretCorrected, regretCorrectedLow, regretCorrectedHigh
 * @unit in the unit of `unit`: level
 * @unit blocks: blocksWon
 * @unit rank: rankLow, rankHigh
 */
export interface ArmMetric {
  /**
   * Geometric mean over blocks of the cells' geometric means, in the metric's unit; of a quantile, that of the best arm's blocks × its
   * quantile × the change against it. `null`: a figure is 0, none was measured, or the quantile is refused.
   */
  readonly level: number | null;
  readonly unit: MetricUnit;
  /** Blocks in which all arms have a figure, and the arm's runs with one there. */
  readonly blockCount: number;
  readonly runCount: number;
  /** The arm's runs with a figure in all blocks that the arms share, whether or not the others have one there. */
  readonly measuredCount: number;
  /** Level ÷ the best arm's level − 1; 0 for the best. */
  readonly changeFromBestFraction: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly intervalMethod: IntervalMethod | 'order-statistics';
  /** The arm's runs that intervals of a quantile rest on, blocks × its smallest cell; `null` for the mean, and where it is refused. */
  readonly quantileRunCount: number | null;
  readonly pValue: number | null;
  /** Holm over all pairs of arms × metrics: which arm is the best is told by the same figures. */
  readonly pAdjusted: number | null;
  /** Mean and largest over blocks of the cell's geometric mean ÷ the smallest of its block − 1. */
  readonly regretMeanFraction: number | null;
  readonly regretWorstFraction: number | null;
  /** The mean regret as a fraction, free of the winner's curse, at least 0; `null` where a cell has one run. */
  readonly regretCorrected: number | null;
  readonly regretCorrectedLow: number | null;
  readonly regretCorrectedHigh: number | null;
  /** How many more runs each cell needs until a change of 5 % against the best would be detected; `null`: of means only. */
  readonly additionalRunsFor5Percent: number | null;
  /** Blocks in which no arm has a smaller geometric mean; `null`: there are no means to tell by. */
  readonly blocksWon: number | null;
  /** 1 + the arms that are told better, and the arms that are not told worse, itself included. */
  readonly rankLow: number;
  readonly rankHigh: number;
  /** Of each run's figure ÷ the geometric mean of its block's cells. */
  readonly relative: RelativeRuns;
}

/**
 * The runs' figures relative to their blocks.
 * @unit ratio (1 = equal): ratios
 * @unit rank: ranks
 */
export interface RelativeRuns {
  readonly count: number;
  /** Ascending, 200 at most, each with its rank among all. */
  readonly ratios: readonly number[];
  readonly ranks: readonly number[];
  readonly quantiles: readonly RelativeQuantile[];
}

/**
 * A quantile of the relative figures. It has no interval: order statistics take the blocks' means as known, and held the truth in as
 * little as 10 % of cases where these are made of few runs.
 * @unit probability: quantile
 * @unit runs: fewestRuns
 */
export interface RelativeQuantile {
  readonly quantile: number;
  /** `null`: fewer runs than `fewestRuns`. */
  readonly ratio: number | null;
  readonly fewestRuns: number;
}

/**
 * A block, with or without all arms.
 * @unit the metric's unit: levels
 */
export interface RankBlock {
  readonly label: string;
  readonly keys: Readonly<Record<string, string>>;
  /** Whether all ranked arms have runs in it. */
  readonly isCommon: boolean;
  /** The ranked arms that it lacks. */
  readonly lacking: readonly string[];
  readonly runCount: number;
  /** Geometric means of the arms' cells by metric, in the order of `arms`; `null` where the block does not count for it. */
  readonly levels: Readonly<Record<string, readonly number[] | null>>;
}

/** The status says whether another arm is better in makespan and cost at once; `dominated-for-certain`: by intervals too. */
export type ParetoStatus = 'front' | 'dominated' | 'dominated-for-certain';

/**
 * An arm on the plane of makespan and cost.
 * @unit ms: makespan
 * @unit in the unit of `costMetric`: cost
 */
export interface ParetoPoint {
  /** `overall`, or the label of a workflow, with its structure where it has several. */
  readonly scope: string;
  readonly arm: string;
  readonly label: string;
  /** Blocks in which all arms have both figures. */
  readonly blockCount: number;
  /** In ms. */
  readonly makespan: number;
  /** In the unit of `costMetric`. */
  readonly cost: number;
  readonly status: ParetoStatus;
}

/**
 * An effect of one factor.
 * @unit fraction (1 = 100 %): ciLow, ciHigh
 */
export interface FactorialEffect {
  readonly changeFraction: number;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly intervalMethod: IntervalMethod;
  readonly pValue: number | null;
}

/** The 2 × 2 design tells the effect of the planner from that of its optimizations, and whether they act on each other. */
export interface Factorial {
  /** The second planner against the first, averaged over with and without optimizations. */
  readonly planner: FactorialEffect;
  /** With optimizations against without, averaged over both planners. */
  readonly optimizations: FactorialEffect;
  /** The ratio of the second planner's effect of optimizations to the first's, − 1. */
  readonly interaction: FactorialEffect;
  readonly blockCount: number;
}

/** The factors are those of the 2 × 2 design: two planners, each with and without optimizations. */
export interface Factors {
  /** The record's own names: the first one is what the second is compared with. */
  readonly planners: readonly [string, string];
  /** Optimizations that only arms with optimizations have: the factor is all of them together. */
  readonly optimizations: readonly string[];
}

/** Decisions are judged by pairs of planners: whether plans predict the order that was measured. */
export interface Decisions {
  readonly pairCount: number;
  readonly orderedRightCount: number;
  /** Mean over workflows of the makespan of the planner that plans say is best ÷ that of the best − 1. */
  readonly regretMeanFraction: number;
  readonly byWorkflow: readonly WorkflowDecision[];
}

/** The decision is that of plans for one workflow and structure, against what was measured. */
export interface WorkflowDecision {
  readonly workflow: string;
  readonly structure: string;
  readonly pairCount: number;
  readonly orderedRightCount: number;
  readonly regretFraction: number;
  /** The record's own names. */
  readonly chosen: string;
  readonly best: string;
}
