import type { PriceTable } from '../../cost/price-table.ts';
import type { ArmNames } from '../design/arm-names.ts';
import type { Comparison, LonelyBlock } from '../design/comparison.ts';
import type { Stat } from '../design/stat.ts';

/** The result of `wfa compare`. Changes and bounds are fractions (0.1 = +10 %); `null`: cannot be had from these data. */
export interface CompareResult {
  readonly headlines: readonly string[];
  /** The first of `headlines`. */
  readonly headline: string;
  /** What each candidate does, and what to do next, in a sentence. */
  readonly answers: readonly string[];
  readonly blockKeys: readonly string[];
  readonly equivalenceFraction: number;
  /** What `overall` of each comparison compares. */
  readonly stat: Stat;
  /** What costs were made by; left out where no cost was asked for. */
  readonly prices?: PriceTable;
  readonly comparisons: readonly Comparison[];
  /** One per candidate, when the means of both makespan and resource usage were compared. */
  readonly joint: readonly JointResult[];
  /** The same of makespan and cost; left out where no cost was asked for. */
  readonly jointCost?: readonly JointCost[];
  /** Blocks that hold only one arm, with its runs. */
  readonly lonelyBlocks: readonly LonelyBlock[];
}

interface Joint extends ArmNames {
  readonly makespanRatio: number;
  readonly correlation: number;
  readonly degreesOfFreedom: number;
  /** Edge of the 95 % region as change fractions [makespan, the other]. */
  readonly ellipse: readonly (readonly [number, number])[];
}

/** Makespan and resource usage are judged together: their ratios, and how their errors go together. */
export interface JointResult extends Joint {
  readonly resourceUsageRatio: number;
  /**
   * Covariance of the two log ratios.
   * @unit ln² of a ratio: makespan, both, resourceUsage
   */
  readonly covariance: { readonly makespan: number; readonly both: number; readonly resourceUsage: number };
}

/** Makespan and cost are judged together, like makespan and resource usage. */
export interface JointCost extends Joint {
  readonly costRatio: number;
  /**
   * Covariance of the two log ratios.
   * @unit ln² of a ratio: makespan, both, cost
   */
  readonly covariance: { readonly makespan: number; readonly both: number; readonly cost: number };
}
