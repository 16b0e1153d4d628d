import type { ArmNames } from '../design/arm-names.ts';
import type { Comparison, LonelyBlock } from '../design/comparison.ts';

/** The result of `wfa compare`. Changes and bounds are fractions (0.1 = +10 %); `null`: cannot be had from these data. */
export interface CompareResult {
  readonly headlines: readonly string[];
  /** The first of `headlines`. */
  readonly headline: string;
  /** What each candidate does, and what to do next, in a sentence. */
  readonly answers: readonly string[];
  readonly blockKeys: readonly string[];
  readonly equivalenceFraction: number;
  readonly comparisons: readonly Comparison[];
  /** One per candidate, when both makespan and resource usage were compared. */
  readonly joint: readonly JointResult[];
  /** Blocks that hold only one arm, with its runs. */
  readonly lonelyBlocks: readonly LonelyBlock[];
}

export interface JointResult extends ArmNames {
  readonly makespanRatio: number;
  readonly resourceUsageRatio: number;
  /**
   * Covariance of the two log ratios.
   * @unit ln² of a ratio: makespan, both, resourceUsage
   */
  readonly covariance: { readonly makespan: number; readonly both: number; readonly resourceUsage: number };
  readonly correlation: number;
  readonly degreesOfFreedom: number;
  /** Edge of the 95 % region as change fractions [makespan, resource usage]. */
  readonly ellipse: readonly (readonly [number, number])[];
}
