import type { PathPart } from '../../model/critical-path.ts';
import type { EngineVersion } from '../../model/engine-version.ts';
import type { MeanIntervalMethod } from '../../stats/stratified-mean.ts';

/** The result of `wfa breakdown`: what makespans and execution of tasks are made of, by planner. */
export interface BreakdownResult {
  readonly headline: string;
  readonly blockKeys: readonly string[];
  readonly criticalPath: Balance;
  readonly tasks: Balance;
  readonly planners: readonly PlannerBreakdown[];
  /** By engine and memory size, smallest first. */
  readonly startupParts: readonly StartupParts[];
  /** By engine, workflow and structure. */
  readonly dagFetches: readonly DagFetches[];
  /** By workflow, the one that executed longest first; `null`: not asked for (`--by function`). */
  readonly functions: readonly FunctionTotals[] | null;
}

/** The tasks of a function over all runs. */
export interface FunctionTotals {
  readonly workflow: string;
  readonly function: string;
  readonly runCount: number;
  readonly taskCount: number;
  /** Execution time of all of them. */
  readonly totalMs: number;
  readonly meanRunMs: number;
  readonly meanTaskMs: number;
  /** Execution on critical paths ÷ makespans, over the runs of the workflow whose path could be followed. */
  readonly criticalPathFraction: number | null;
  /** Of transfers whose time was recorded; `null`: there is none. */
  readonly downloadBytesPerSecond: number | null;
  readonly uploadBytesPerSecond: number | null;
}

/**
 * What a cold start is made of, from records alone. A warm start that no other start-up of the engine overlaps is boot (interpreter,
 * imports, DAG); what a cold one takes longer is the launch of its container; what cold starts take longer on average than one alone
 * they lose to others: they wait for other launches, and boot more slowly beside them. By pools' own logs the slower boots are little
 * of it where few workers start at once, and half of it where ten do on two cores.
 */
export interface StartupParts {
  readonly engine: EngineVersion;
  /** `null`: not recorded. */
  readonly memoryMb: number | null;
  /** What others cost, mean over cold starts; `null`, like the other parts: without both kinds of starts alone it cannot be told. */
  readonly waitMs: number | null;
  readonly launchMs: number | null;
  readonly bootMs: number | null;
  readonly coldCount: number;
  readonly aloneColdCount: number;
  readonly aloneWarmCount: number;
  /** Boot on critical paths ÷ makespans, over the runs that started workers of this size. A boot counts as long as it takes alone. */
  readonly bootShareOfMakespan: number | null;
}

/** What fetching the DAG takes. */
export interface DagFetches {
  readonly engine: EngineVersion;
  readonly workflow: string;
  readonly structure: string;
  readonly runCount: number;
  readonly fetchCount: number;
  /** Mean size of a fetch ÷ tasks of the DAG. */
  readonly bytesPerTask: number;
  /** Mean time of a worker's fetch. */
  readonly fetchMs: number;
  /**
   * Change of the makespan if no worker fetched the DAG, by replay of the planned runs that can be replayed; `null`: not asked for
   * (`--by startup`), or there is none.
   */
  readonly withoutFetch: WithoutFetch | null;
}

/**
 * The makespan without fetches of the DAG.
 * @unit fraction (1 = 100 %): ciLow, ciHigh
 */
export interface WithoutFetch {
  readonly runCount: number;
  /** Geometric mean of replayed ÷ recorded − 1, each planner and SLA with equal weight. */
  readonly changeFraction: number;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
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

/** The parts of one planner's time: along critical paths, and over all tasks. */
export interface PlannerBreakdown {
  readonly planner: string;
  /** `null`: no run of this planner has what it takes. */
  readonly criticalPath: PathBreakdown | null;
  readonly tasks: Breakdown | null;
  readonly beside: readonly BesideFigure[];
}

/** A breakdown splits the mean of a time into parts that add up to it. */
export interface Breakdown {
  readonly runCount: number;
  readonly blockCount: number;
  /** Sum of the parts, in ms, mean over runs with equal weight to each block. */
  readonly totalMs: number;
  readonly totalCiLow: number | null;
  readonly totalCiHigh: number | null;
  /** Where the variance of every interval comes from; `none`: too many blocks have one run. */
  readonly intervalMethod: MeanIntervalMethod;
  readonly parts: readonly PartShare[];
}

/** The total is the makespan. */
export interface PathBreakdown extends Breakdown {
  readonly meanTaskCount: number;
  readonly negativeGapCount: number;
  readonly negativeGapMs: number;
  readonly unrecordedWaitCount: number;
}

/**
 * A part's time and its share of the total.
 * @unit ms: ciLow, ciHigh
 */
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

/**
 * A figure beside the parts, mean over runs.
 * @unit in the unit of `unit`: ciLow, ciHigh
 */
export interface BesideFigure {
  readonly metric: string;
  readonly unit: string;
  readonly runCount: number;
  /** Over the blocks of the critical path; `null`: a block has no run that measured it. */
  readonly mean: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
}
