import type { IntervalMethod } from '../../stats/contrast.ts';
import type { ContrastOutcome } from '../design/outcome.ts';

/** The result of `wfa memory`. */
export interface MemoryResult {
  readonly headline: string;
  readonly headlines: readonly string[];
  readonly runCount: number;
  readonly priceTable: string;
  /** `null`: no step was asked for. */
  readonly driftAtMs: number | null;
  /** Those with the largest share of critical paths first. */
  readonly functions: readonly FunctionMemory[];
  /** The two planners whose tasks differ most in memory; `null`: no two that share a block and their optimizations do. */
  readonly planners: PlannerPair | null;
  /** `null`: no run can be replayed, or no exponent is known. */
  readonly bestAllocation: BestAllocation | null;
}

/** Why an exponent, or whether it helps, cannot be told. */
export type UntoldReason =
  | 'too-few-runs'
  | 'one-size'
  | 'confounded'
  | 'no-interval'
  | 'few-runs-decide'
  | 'interval-too-wide';

/** The verdict says whether more memory makes the function faster, as far as its interval tells. */
export type MemoryVerdict = 'no-help' | 'helps' | 'cannot-tell';

/**
 * A function's time against memory.
 * @unit number: exponent, ciLow, ciHigh
 */
export interface FunctionMemory {
  readonly workflow: string;
  readonly structure: string;
  readonly function: string;
  readonly runCount: number;
  /** Tasks of 5 ms or more, which the figures rest on. */
  readonly taskCount: number;
  /** Smallest first. */
  readonly memoryMb: readonly number[];
  /** Time goes with memory to the power of −e: 1 means twice the memory, half the time. `null`: cannot be told. */
  readonly exponent: number | null;
  /** 95 %, errors clustered by run; `null`, like `ciHigh`: there is none. Too narrow where the reason is `few-runs-decide`. */
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  /** Runs with equal weight that would tell it as well: below 10 its interval is too narrow. `null`: it cannot be told. */
  readonly effectiveRunCount: number | null;
  /** `null`: the number of tasks beside it does not vary, or cannot be told from what else does. */
  readonly neighbourFactor: Factor | null;
  /** After ÷ before the instant of `--drift-at`; `null`: no step was asked for, or runs lie on one side of it only. */
  readonly driftFactor: Factor | null;
  /** Execution on critical paths ÷ makespans; `null`: no path could be followed. */
  readonly criticalPathFraction: number | null;
  /** Of the sizes that it ran with: the cheapest at both ends of the interval; `null`: they differ, or there is none. */
  readonly cheapestMb: number | null;
  /** The fastest at both ends of the interval; `null`: they differ, or there is none. */
  readonly fastestMb: number | null;
  readonly verdict: MemoryVerdict;
  /** `null`: it can be told. */
  readonly reason: UntoldReason | null;
  readonly sizes: readonly SizeTimes[];
}

/**
 * A ratio of times.
 * @unit ratio (1 = equal): factor, ciLow, ciHigh
 */
export interface Factor {
  readonly factor: number;
  /** Runs with equal weight that would tell it as well: below 10 the interval is too narrow. */
  readonly effectiveRunCount: number;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
}

/** The tasks of a function with one size of worker. */
export interface SizeTimes {
  readonly memoryMb: number;
  readonly taskCount: number;
  readonly medianMs: number;
  /** On the fitted line, with everything else as it is on average; `null`: there is no fit. */
  readonly fittedMs: number | null;
  /** At most 60 of them, evenly spaced by rank. */
  readonly sortedMs: readonly number[];
}

/** Two planners that give their tasks different sizes. */
export interface PlannerPair {
  readonly baselinePlanner: string;
  readonly candidatePlanner: string;
  /** Mean memory of the candidate's tasks ÷ that of the baseline's, weighted by time, in the blocks of both. */
  readonly memoryRatio: number;
  readonly blockCount: number;
  readonly runCountBaseline: number;
  readonly runCountCandidate: number;
  /** `null`: not measured in any block. */
  readonly makespan: PlannerChange | null;
  readonly resourceUsage: PlannerChange | null;
  /** Whether memory explains the difference: more of it is spent, the makespan is not shorter, and no function is as quick as assumed. */
  readonly explained: boolean;
}

/**
 * The candidate's change against the baseline, in blocks.
 * @unit fraction (1 = 100 %): changeFraction, ciLow, ciHigh
 */
export interface PlannerChange {
  readonly changeFraction: number;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly intervalMethod: IntervalMethod;
  readonly pAdjusted: number | null;
  readonly outcome: ContrastOutcome;
}

/** All replayable runs with every worker as large as is cheapest for its functions, against the same runs as recorded. */
export interface BestAllocation {
  readonly runCount: number;
  readonly blockCount: number;
  readonly workerCount: number;
  /** Workers whose size changes. */
  readonly changedCount: number;
  /** Geometric mean of replayed ÷ recorded − 1, each block with equal weight. */
  readonly makespanChangeFraction: number;
  /** The smaller of two: the same with every exponent at the lower, and at the upper end of its interval. */
  readonly makespanChangeLowFraction: number;
  /** The larger of these two. */
  readonly makespanChangeHighFraction: number;
  /** Bill of the replay ÷ bill of the record − 1; `null`: no run has a bill. */
  readonly costChangeFraction: number | null;
}
