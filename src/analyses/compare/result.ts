import type { MetricUnit } from '../../model/metrics.ts';
import type { IntervalMethod } from '../../stats/contrast.ts';

/** The result of `wfa compare`. Changes and bounds are fractions (0.1 = +10 %); `null`: cannot be had from these data. */
export interface CompareResult {
  readonly headlines: readonly string[];
  /** The first of `headlines`. */
  readonly headline: string;
  readonly blockKeys: readonly string[];
  readonly equivalenceFraction: number;
  readonly comparisons: readonly Comparison[];
  /** One per candidate, when both makespan and resource usage were compared. */
  readonly joint: readonly JointResult[];
  /** Blocks that hold only one arm, with its runs. */
  readonly lonelyBlocks: readonly LonelyBlock[];
}

/** `different`: the interval excludes no change; `equivalent`: it lies within the margin; `inconclusive`: neither. */
export type ComparisonOutcome = 'different' | 'equivalent' | 'inconclusive';

export interface Comparison {
  readonly baseline: string;
  readonly candidate: string;
  readonly metric: string;
  readonly unit: MetricUnit;
  readonly overall: OverallChange;
  readonly blocks: readonly BlockChange[];
}

export interface OverallChange {
  /** Geometric mean over blocks of candidate ÷ baseline. */
  readonly ratio: number | null;
  readonly changeFraction: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly intervalMethod: IntervalMethod;
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
  readonly outcome: ComparisonOutcome;
  /** Whether the interval lies within the margin of no change, whatever the outcome. */
  readonly withinEquivalence: boolean;
  readonly minimalDetectableFraction: number | null;
  /** How many more runs each cell needs until a change of 5 % would be detected. */
  readonly additionalRunsFor5Percent: number | null;
  readonly blocksAgreeing: number;
  readonly blockCount: number;
  readonly runCountBaseline: number;
  readonly runCountCandidate: number;
  /** P(candidate < baseline) + ½ P(equal), mean over blocks. */
  readonly probabilityCandidateLess: number | null;
  /** Mean over blocks of the difference of means, in the metric's unit. */
  readonly difference: {
    readonly amount: number | null;
    readonly ciLow: number | null;
    readonly ciHigh: number | null;
  };
  readonly sensitivity: Sensitivity;
}

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

export interface BlockChange {
  /** The block in words. */
  readonly label: string;
  /** The names of the block's keys: workflow, structure, sla, … */
  readonly keys: Readonly<Record<string, string>>;
  readonly baseline: CellSummary;
  readonly candidate: CellSummary;
  readonly ratio: number | null;
  readonly changeFraction: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  /** Whether the interval rests on the spread of other blocks, because a cell has one run. */
  readonly ciBorrowed: boolean;
  readonly medianRatio: number | null;
  readonly meanRatio: number | null;
}

export interface CellSummary {
  readonly n: number;
  readonly median: number | null;
  readonly mean: number | null;
  readonly geometricMean: number | null;
  /** Every run's own figure, in order of submission. */
  readonly runs: readonly { readonly runId: string; readonly amount: number }[];
}

export interface JointResult {
  readonly baseline: string;
  readonly candidate: string;
  readonly makespanRatio: number;
  readonly resourceUsageRatio: number;
  /** Of the two log ratios. */
  readonly covariance: { readonly makespan: number; readonly both: number; readonly resourceUsage: number };
  readonly correlation: number;
  readonly degreesOfFreedom: number;
  /** Edge of the 95 % region as change fractions [makespan, resource usage]. */
  readonly ellipse: readonly (readonly [number, number])[];
}

export interface LonelyBlock {
  readonly label: string;
  readonly arm: string;
  readonly runCount: number;
}
