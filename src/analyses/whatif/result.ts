import type { PriceTable } from '../../cost/price-table.ts';
import type { ReplayRefusal } from '../../model/replay.ts';
import type { IntervalMethod } from '../../stats/contrast.ts';
import type { ContrastOutcome } from '../design/outcome.ts';

/** The result of `wfa whatif`: recorded runs, replayed with some durations changed. */
export interface WhatIfResult {
  readonly headline: string;
  readonly blockKeys: readonly string[];
  readonly proof: Proof;
  /** By scenario, then planner. Planned runs, unless unplanned ones were asked for too. */
  readonly scenarios: readonly ScenarioChange[];
  /** The same by workflow and structure. */
  readonly workflows: readonly WorkflowScenarioChange[];
  /** By planner. */
  readonly bounds: readonly Bound[];
  /** By the order of submission; every run that could be replayed, planned or not. */
  readonly runs: readonly ReplayedRunRow[];
  /** The one run that was asked for, before and after; `null`: none was. */
  readonly gantt: Gantt | null;
  /** By which bills were made; `null`: no bills were asked for. */
  readonly prices: PriceTable | null;
}

/** What says that replays can be believed. */
export interface Proof {
  /** Runs that can be replayed. */
  readonly runCount: number;
  /** Those of them whose replay without changes gives the recorded makespan, to 1e-6 of it. */
  readonly exactCount: number;
  /** The largest difference of such a makespan from the recorded one; `null`: no run can be replayed. */
  readonly worstErrorFraction: number | null;
  readonly refused: readonly Refused[];
  readonly warmCheck: WarmCheck | null;
}

/** Runs that cannot be replayed. */
export interface Refused {
  readonly reason: ReplayRefusal;
  readonly count: number;
  /** By name. */
  readonly planners: readonly string[];
}

/**
 * Runs without any cold start against what `all-warm` predicts from runs with some, of the same workflow, structure and planner.
 * @unit fraction (1 = 100 %): ciLow, ciHigh
 */
export interface WarmCheck {
  /** Geometric mean of recorded ÷ predicted − 1, equal weight to each block: above 0 the prediction promises too much. */
  readonly differenceFraction: number;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly intervalMethod: IntervalMethod;
  readonly blockCount: number;
  /** Runs all of whose workers started warm. */
  readonly warmRunCount: number;
  /** The others. */
  readonly coldRunCount: number;
}

/**
 * The makespans of a planner's runs in a scenario.
 * @unit fraction (1 = 100 %): ciLow, ciHigh
 */
export interface ScenarioChange {
  readonly scenario: string;
  readonly planner: string;
  readonly runCount: number;
  readonly blockCount: number;
  /** Arithmetic mean of the recorded makespans; `null`: no run has a replay. */
  readonly meanRecordedMs: number | null;
  /** Arithmetic mean of the replayed makespans. */
  readonly meanMakespanMs: number | null;
  /** Geometric mean of replayed ÷ recorded − 1, equal weight to each block. */
  readonly changeFraction: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly intervalMethod: IntervalMethod;
  /** Of the sign test over runs; `null`: no makespan changes. */
  readonly pValue: number | null;
  readonly outcome: ContrastOutcome;
  /** `null`: no bills were asked for, or the scenario has none. */
  readonly bill: ScenarioBill | null;
}

/** A scenario changes the runs of one workflow and structure so. */
export interface WorkflowScenarioChange extends ScenarioChange {
  readonly workflow: string;
  readonly structure: string;
}

/**
 * The bills of those of the runs that have one.
 * @unit fraction (1 = 100 %): ciLow, ciHigh
 */
export interface ScenarioBill {
  readonly runCount: number;
  /** Arithmetic mean of the bills of the replays. */
  readonly meanUsd: number;
  /** Geometric mean of bill ÷ bill without changes − 1, equal weight to each block. */
  readonly changeFraction: number;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
}

/** What bounds the makespan from below, means over a planner's runs. */
export interface Bound {
  readonly planner: string;
  readonly runCount: number;
  readonly meanRecordedMs: number;
  /** Executions along the longest path: a bound for any number of workers. */
  readonly meanLongestPathMs: number;
  /** All executions ÷ workers: a bound for as many workers, where each executes one task at a time. */
  readonly meanExecutionPerWorkerMs: number;
}

/**
 * A run with its replays.
 * @unit ms: replayed
 */
export interface ReplayedRunRow {
  readonly runId: string;
  readonly workflow: string;
  readonly structure: string;
  readonly planner: string;
  readonly sla: string;
  /** Whether the planner had history to plan from. */
  readonly planned: boolean;
  /** As recorded. */
  readonly makespanMs: number;
  /** By scenario; `null`: the records do not tell what the change needs. */
  readonly replayed: Readonly<Record<string, number | null>>;
}

/** One run as recorded and as replayed, in ms after its submission. */
export interface Gantt {
  readonly runId: string;
  readonly workflow: string;
  readonly planner: string;
  readonly sla: string;
  readonly scenario: string;
  /** As it was recorded. */
  readonly recorded: GanttSide;
  /** With the change. */
  readonly replayed: GanttSide;
}

/** One side shows the run as it was, or as it would have been; instants are in ms after the submission. */
export interface GanttSide {
  readonly makespanMs: number;
  /** In the order of their requests as recorded. */
  readonly workers: readonly GanttWorker[];
}

/** A worker is drawn from its request to its last task. */
export interface GanttWorker {
  readonly label: string;
  readonly memoryMb: number | null;
  /** When the worker was asked for. */
  readonly requestedMs: number;
  /** When it was ready. */
  readonly readyMs: number;
  readonly tasks: readonly GanttTask[];
}

/** A task is drawn on its worker, by instants in ms after the run's submission. */
export interface GanttTask {
  readonly function: string;
  /** When the worker began with it, before its inputs were awaited. */
  readonly startedMs: number;
  /** When its inputs were there. */
  readonly executionStartedMs: number;
  /** When its function had returned. */
  readonly executionEndedMs: number;
  /** When its output could be used. */
  readonly outputMs: number;
  /** When the worker had done with it: dependencies updated, others invoked. */
  readonly finishedMs: number;
}
