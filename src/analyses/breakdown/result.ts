import type { PathPart } from '../../model/critical-path.ts';

export interface BreakdownResult {
  readonly headline: string;
  readonly blockKeys: readonly string[];
  readonly criticalPath: Balance;
  readonly tasks: Balance;
  readonly planners: readonly PlannerBreakdown[];
}

/** Which blocks the means go over. */
export interface Balance {
  /**
   * `common`: the blocks that hold every planner, each with equal weight. `own`: there is none, so each planner is averaged over
   * its own blocks, and planners must not be compared.
   */
  readonly blocksUsed: 'common' | 'own';
  readonly blocks: readonly string[];
  /** Blocks that lack some planner. */
  readonly leftOutBlocks: readonly string[];
}

export interface PlannerBreakdown {
  readonly planner: string;
  /** `null`: no run of this planner has what it takes. */
  readonly criticalPath: PathBreakdown | null;
  readonly tasks: Breakdown | null;
  readonly beside: readonly BesideFigure[];
}

export interface Breakdown {
  readonly runCount: number;
  readonly blockCount: number;
  /** Sum of the parts, in ms, mean over runs with equal weight to each block. */
  readonly totalMs: number;
  readonly totalCiLow: number | null;
  readonly totalCiHigh: number | null;
  readonly parts: readonly PartShare[];
}

/** The total is the makespan. */
export interface PathBreakdown extends Breakdown {
  readonly meanTaskCount: number;
  readonly negativeGapCount: number;
  readonly negativeGapMs: number;
  readonly unrecordedWaitCount: number;
}

export interface PartShare {
  readonly part: PathPart;
  /** `null`: this planner's runs do not record it. */
  readonly meanMs: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  /** Mean of the part ÷ mean of the total; shares of one breakdown add up to 1. */
  readonly shareFraction: number | null;
  readonly shareCiLow: number | null;
  readonly shareCiHigh: number | null;
}

export interface BesideFigure {
  readonly metric: string;
  readonly unit: string;
  readonly runCount: number;
  /** Over the blocks of the critical path; `null`: a block has no run that measured it. */
  readonly mean: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
}
