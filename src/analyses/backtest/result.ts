import type { EngineVersion } from '../../model/engine-version.ts';
import type { IntervalMethod } from '../../stats/contrast.ts';
import type { ContrastOutcome } from '../design/outcome.ts';
import type { BacktestQuantity } from './observations.ts';

/**
 * The result of `wfa backtest`: predictions made again from what had ended before each run.
 * @unit fraction (1 = 100 %): taus
 */
export interface BacktestResult {
  readonly headlines: readonly string[];
  /** An entry a version of the engine. */
  readonly fidelity: readonly Fidelity[];
  /** Levels that predictions were made for, 0…1. */
  readonly taus: readonly number[];
  /** By quantity, strategy and level. */
  readonly scores: readonly Score[];
  /** Scores by planner, workflow or length of history, if asked for; else empty. */
  readonly groups: readonly GroupScore[];
  /** How little history is enough, if asked for; else empty. */
  readonly budget: readonly BudgetScore[];
}

/** How many stored predictions of execution times the engine's predictor gives again, to 1e-6 of each. */
export interface Fidelity extends ReplayCount {
  readonly engine: EngineVersion;
  /** Every execution time that differs, with its reason. */
  readonly notReplayed: readonly NotReplayed[];
  /** The same of uploads and start-ups, which rest on the same rules. */
  readonly upload: ReplayCount;
  readonly startup: ReplayCount;
}

/** Stored predictions are counted, and those that are made again exactly. */
export interface ReplayCount {
  /** Stored predictions. */
  readonly predictedCount: number;
  /** Those that come out the same. */
  readonly exactCount: number;
}

/** `no-history`: no sample in the data; `other-history`: the engine had other samples than the data. */
export type ReplayReason = 'no-history-in-the-data' | 'other-history-in-the-data';

/** Execution times that differ are counted by reason, workflow, planner and function. */
export interface NotReplayed {
  readonly reason: ReplayReason;
  readonly workflow: string;
  readonly planner: string;
  readonly function: string;
  readonly count: number;
}

/**
 * A strategy at one level of one quantity.
 * @unit fraction (1 = 100 %): ciLow, ciHigh, loss, lossEngine, tau
 */
export interface Score {
  readonly quantity: BacktestQuantity;
  /** The name of the strategy. */
  readonly strategy: string;
  /** The level asked for, 0…1. */
  readonly tau: number;
  readonly runCount: number;
  /** Pinball loss ÷ actual time of the engine's own predictions: mean over runs, blocks of equal weight. */
  readonly lossEngine: number;
  /** The same of the strategy. */
  readonly loss: number;
  /** 1 − loss ÷ lossEngine: above 0 is better than the engine. */
  readonly skillFraction: number;
  /** 95 % interval of skillFraction over runs; `null`: the design allows none. */
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly intervalMethod: IntervalMethod;
  /** Two-sided p of no skill; `null`: there is no interval. */
  readonly pValue: number | null;
  /** After Holm, over all strategies and levels of the quantity. */
  readonly pAdjusted: number | null;
  /** `different` only where interval and adjusted p agree; `hint`: the interval alone says so. */
  readonly outcome: ContrastOutcome;
  /** Share of items that took at most as long as predicted. */
  readonly coverageFraction: number;
  /** Median of |predicted − actual| ÷ actual over items. */
  readonly mdapeFraction: number;
  /** Tasks, transfers or start-ups that were predicted. */
  readonly itemCount: number;
  /** Items for which the strategy had no history, and took the engine's prediction. */
  readonly fallbackCount: number;
}

/** A score is that of one group of runs. */
export interface GroupScore extends Score {
  /** What the group is told by. */
  readonly by: GroupKey;
  /** The planner, the workflow, or how many earlier runs there were. */
  readonly group: string;
}

/** The key tells groups apart: by planner, by workflow, or by how many earlier runs there were. */
export type GroupKey = 'planner' | 'workflow' | 'history';

/**
 * The engine's predictor on less history.
 * @unit fraction (1 = 100 %): ciLow, ciHigh, tau
 * @unit runs, samples or quantiles: amount
 */
export interface BudgetScore {
  /** What is kept of history. */
  readonly kept: BudgetKind;
  /** Runs, samples or quantiles kept. */
  readonly amount: number;
  readonly quantity: BacktestQuantity;
  readonly tau: number;
  readonly runCount: number;
  /** Against the engine with all history: below 0 something was lost. */
  readonly skillFraction: number;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
}

/** The kind says which runs a history of limited size keeps: the newest, a random sample, or a sketch of their distribution. */
export type BudgetKind = 'newest-runs' | 'reservoir' | 'sketch';
