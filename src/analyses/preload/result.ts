import type { IntervalMethod } from '../../stats/contrast.ts';
import type { ContrastOutcome } from '../design/outcome.ts';
import type { MatchKey } from './options.ts';
import type { OutcomeKey } from './task-groups.ts';

/** The result of `wfa preload`. Differences are preloaded − without, in ms; fractions of change likewise (0.1 = +10 %). */
export interface PreloadResult {
  readonly headline: string;
  readonly planner: string;
  /** The planners that the control runs come from. */
  readonly against: readonly string[];
  /** `association`: preloaded and control runs differ in more than preloading. */
  readonly heading: 'effect' | 'association';
  /** Why it is only an association; empty for an effect. */
  readonly bundledWith: readonly string[];
  readonly matchKeys: readonly MatchKey[];
  /** Planners with preloaded tasks, and how many. */
  readonly preloadedTasks: readonly PreloadCount[];
  readonly contrasts: readonly PreloadContrast[];
  /** The same runs and blocks, matched likewise: tasks that were neither preloaded nor downstream of a preloaded task. */
  readonly negativeControls: readonly PreloadContrast[];
  /** Tasks that were preloaded and carried a TaskDup decision too. */
  readonly withTaskDuplication: readonly PreloadContrast[];
  readonly positions: readonly PositionContrast[];
  readonly readyLags: readonly ReadyLag[];
  readonly hiddenDownload: HiddenDownloadSummary;
}

/** Preloaded tasks are counted by planner, and the runs that have them. */
export interface PreloadCount {
  readonly planner: string;
  readonly taskCount: number;
  readonly runCount: number;
}

/**
 * Tasks with preloading against the same tasks without.
 * @unit ms: ciLow, ciHigh
 */
export interface PreloadContrast {
  readonly outcome: OutcomeKey;
  readonly unit: 'ms';
  readonly preloadedRunCount: number;
  readonly controlRunCount: number;
  /** Distinct workflow × structure × structural position. */
  readonly matchedPositionCount: number;
  readonly blockCount: number;
  /** Tasks of the preloaded runs that entered. */
  readonly taskCount: number;
  /** Mean over blocks of the mean over runs, of the same tasks on both sides; `null` without any block. */
  readonly meanBaselineMs: number | null;
  readonly meanPreloadedMs: number | null;
  readonly differenceMs: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly intervalMethod: IntervalMethod;
  readonly degreesOfFreedom: number | null;
  readonly pValue: number | null;
  /** Holm over the outcomes of one family (preloaded, negative control, with TaskDup). */
  readonly pAdjusted: number | null;
  readonly permutationExact: boolean | null;
  readonly arrangementCount: number | null;
  /**
   * Geometric mean ratio − 1 with its interval, logarithms being taken before tasks are averaged over; `null` where a figure is not
   * positive.
   */
  readonly changeFraction: number | null;
  readonly changeCiLow: number | null;
  readonly changeCiHigh: number | null;
  /** `equivalent`: all figures are equal; no other margin is asked for. */
  readonly outcomeClass: ContrastOutcome;
  /** The differences that `differenceMs` is the mean of. */
  readonly blocks: readonly BlockContrast[];
}

/** A block by itself: one workflow, structure and SLA. */
export interface BlockContrast {
  readonly label: string;
  readonly workflow: string;
  readonly structure: string;
  readonly sla: string;
  readonly preloadedRunCount: number;
  readonly controlRunCount: number;
  readonly meanBaselineMs: number;
  readonly meanPreloadedMs: number;
  readonly differenceMs: number;
}

/** A contrast is that of the tasks at one position of a workflow, preloaded against not. */
export interface PositionContrast {
  readonly workflow: string;
  readonly structure: string;
  readonly position: string;
  readonly functionName: string;
  readonly outcome: OutcomeKey;
  readonly preloadedRunCount: number;
  readonly controlRunCount: number;
  readonly meanBaselineMs: number;
  readonly meanPreloadedMs: number;
  readonly differenceMs: number;
}

/** A run's mean ready lag at one matched position, as it was measured. */
export interface ReadyLag {
  readonly runId: string;
  readonly workflow: string;
  readonly structure: string;
  readonly position: string;
  readonly functionName: string;
  readonly preloaded: boolean;
  readonly readyLagMs: number;
}

/** Over the preloaded runs of the planner, matched or not. */
export interface HiddenDownloadSummary {
  /** Always an estimate: size ÷ median speed of the run's recorded downloads. */
  readonly estimated: true;
  readonly runCount: number;
  readonly inputCount: number;
  readonly refetchedCount: number;
  readonly sizeBytes: number;
  /** Median over runs of the run's total; `null`: no run recorded a download. */
  readonly medianPerRunMs: number | null;
}
