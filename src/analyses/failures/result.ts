import type { CountedPoint, LifeSign } from '../../model/frontier.ts';
import type { IntervalMethod } from '../../stats/contrast.ts';
import type { Loss } from '../design/comparison.ts';
import type { ContrastOutcome } from '../design/outcome.ts';

/**
 * The result of `wfa failures`. A run failed when its sink left no metrics.
 * @unit fraction (1 = 100 %): ciLow, ciHigh
 */
export interface FailuresResult {
  readonly headline: string;
  readonly blockKeys: readonly string[];
  readonly runCount: number;
  readonly failedCount: number;
  /** 95 % score interval (Wilson) of the share of runs that fail; `null` without runs. */
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  /** Over all runs, failed or not. */
  readonly invokedTwiceCount: number;
  /** By name. */
  readonly planners: readonly PlannerFailures[];
  /** By name. */
  readonly workflows: readonly WorkflowFailures[];
  /** The most frequent first. */
  readonly frontier: readonly FrontierCount[];
  /** Every pair of planners that share a block, the smallest p first. */
  readonly contrasts: readonly LossContrast[];
  /** Whether failed runs had been slow; `null`: cannot be told. */
  readonly pace: Pace | null;
  /** In the order of submission, those that were never submitted last. */
  readonly failedRuns: readonly FailedRun[];
}

/**
 * The failed runs of a planner.
 * @unit fraction (1 = 100 %): ciLow, ciHigh
 */
export interface PlannerFailures {
  readonly planner: string;
  readonly runCount: number;
  readonly failedCount: number;
  /** Wilson's interval of the failure rate, 95 %. */
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  /** Recorded GB-seconds of failed runs; `null`: of none of them they were measured. 0 where none failed. */
  readonly gbSecondsLost: number | null;
  /** How many failed runs that is the sum of. */
  readonly gbSecondsRunCount: number;
  /** What the recorded instants of all failed runs add up to, a lower bound; `null`: nothing was recorded of them. */
  readonly gbSecondsSeen: number | null;
  readonly invokedTwiceCount: number;
  /** From the run's submission, or without one from the first instant recorded; `null`: none failed, or nothing was recorded. */
  readonly medianLastSignMs: number | null;
}

/**
 * The failed runs of a workflow.
 * @unit fraction (1 = 100 %): ciLow, ciHigh
 */
export interface WorkflowFailures {
  readonly workflow: string;
  readonly runCount: number;
  readonly failedCount: number;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  /** Fisher's exact test against all other workflows, after Holm; `null`: there is no other. */
  readonly pAdjusted: number | null;
}

/** The frontier is counted by function: where failed runs stopped. */
export interface FrontierCount {
  readonly workflow: string;
  readonly function: string;
  /** Tasks, or start-ups. */
  readonly count: number;
  readonly kind: 'task' | 'startup';
  readonly runCount: number;
}

/** Failed runs are `missing`. */
export interface LossContrast extends Loss {
  readonly baselinePlanner: string;
  readonly candidatePlanner: string;
  readonly blockCount: number;
  /** After Holm, over all pairs. */
  readonly pAdjusted: number;
}

/**
 * The time that failed runs took to get as far as they got, against runs of the same workflow, structure and planner that did not
 * fail: until the last output of the functions that all of them finished.
 * @unit fraction (1 = 100 %): ciLow, ciHigh
 */
export interface Pace {
  readonly failedRunCount: number;
  readonly completedRunCount: number;
  readonly blockCount: number;
  /** Geometric mean of failed ÷ completed − 1. */
  readonly changeFraction: number;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly intervalMethod: IntervalMethod;
  /** Of the permutation within blocks. */
  readonly pValue: number;
  readonly outcome: ContrastOutcome;
}

/** A failed run is told by its last sign of life, and by what it had used until then. */
export interface FailedRun {
  readonly runId: string;
  readonly workflow: string;
  readonly structure: string;
  readonly planner: string;
  readonly sla: string;
  readonly submittedAtMs: number | null;
  readonly taskCount: number;
  readonly nodeCount: number;
  readonly lastSign: LifeSign | null;
  /** `null`: nothing was recorded. */
  readonly lastSignAfterMs: number | null;
  readonly lastSignSince: 'submission' | 'first-instant';
  readonly gbSeconds: number | null;
  readonly gbSecondsSeen: number | null;
  readonly frontier: readonly CountedPoint[];
}
