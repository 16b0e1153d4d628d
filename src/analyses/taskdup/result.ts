import type { StratifiedEstimate } from '../../stats/stratified-mean.ts';

/** The result of `wfa taskdup`. */
export interface TaskdupResult {
  readonly headline: string;
  readonly runCount: number;
  readonly duplicationCount: number;
  readonly planners: readonly PlannerTaskdup[];
  /** Per planner, workflow, dependent and duplicated function. */
  readonly targets: readonly TaskdupTarget[];
  /** Which other optimizations were on the same input, task or worker, and how those duplications came out. */
  readonly conflicts: readonly TaskdupConflict[];
  /** One by one, in the order of submission. */
  readonly duplications: readonly TaskdupPoint[];
}

/** A point holds a predicted saving and the outcome, in ms. */
export interface TaskdupPoint {
  readonly runId: string;
  readonly planner: string;
  readonly workflow: string;
  readonly dependentFunction: string;
  readonly duplicatedFunction: string;
  readonly outcome: 'duplicate' | 'original' | 'unknown';
  readonly predictedSavingMs: number | null;
  /** The original's output available − the task's execution start; positive: the duplicate was ahead. `null`: not recorded. */
  readonly headStartMs: number | null;
}

/** The counts sort duplications by the result that was used. */
export interface TaskdupCounts {
  readonly duplicationCount: number;
  readonly runCount: number;
  /** The local result was used. */
  readonly duplicateUsedCount: number;
  /** The original was downloaded after all. */
  readonly originalUsedCount: number;
  readonly unknownCount: number;
  /** The local result was used, and the original was not there when the task began: the duplicate helped for certain. */
  readonly aheadCount: number;
  /** The local result was used, and the original never left metrics. */
  readonly originalMissingCount: number;
  /** Over the duplications whose local result was used, in ms; 0 or less: the original was there already. */
  readonly medianHeadStartMs: number | null;
  readonly medianPredictedSavingMs: number | null;
}

/** The duplications of one planner. */
export interface PlannerTaskdup extends TaskdupCounts {
  readonly planner: string;
  readonly plannerRunCount: number;
  readonly plannedNodeCount: number;
  /** Local result used ÷ those whose outcome is known; runs are the unit of the interval. */
  readonly duplicateUsedFraction: StratifiedEstimate | null;
  /** Mean over the used duplicates of the head start, positive or negative; runs are the unit of the interval. */
  readonly headStartMs: StratifiedEstimate | null;
  /** Mean over all duplications of the predicted saving. */
  readonly predictedSavingMs: StratifiedEstimate | null;
  /** Σ predicted execution of the duplicates, and of those that were not used. */
  readonly predictedDuplicateExecutionMs: number;
  readonly wastedExecutionMs: number;
  /** Σ recorded execution of their originals. */
  readonly originalExecutionMs: number;
  /** Predicted execution of the duplicates ÷ recorded execution of all tasks, over the runs with duplications. */
  readonly executionTwiceFraction: number | null;
  /**
   * Execution start − last upstream output, medians: of the tasks that used a duplicate, and of tasks of the same workflows and
   * functions of this planner for which none was decided. A larger lag with duplicates: the task waited for them.
   */
  readonly medianReadyLagUsedMs: number | null;
  readonly medianReadyLagWithoutMs: number | null;
  readonly readyLagUsedCount: number;
  readonly readyLagWithoutCount: number;
  readonly medianWorkerReadyAfterOriginalMs: number | null;
  readonly medianBeganEarliestMs: number | null;
  readonly medianBeganLatestMs: number | null;
}

/** The duplications of one function for the same dependent function. */
export interface TaskdupTarget extends TaskdupCounts {
  readonly planner: string;
  readonly workflow: string;
  readonly dependentFunction: string;
  readonly duplicatedFunction: string;
}

/** The duplications of a planner that met the same other optimizations. */
export interface TaskdupConflict extends TaskdupCounts {
  readonly planner: string;
  /** `nothing`: the duplications that met no other optimization. */
  readonly met: string;
}
