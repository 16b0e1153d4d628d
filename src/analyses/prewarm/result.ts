import type { ResourceMeasure } from '../../model/run.ts';
import type { StratifiedEstimate } from '../../stats/stratified-mean.ts';

/** The result of `wfa prewarm`. */
export interface PrewarmResult {
  readonly headline: string;
  readonly runCount: number;
  readonly eventCount: number;
  readonly planners: readonly PlannerPrewarm[];
  /** Per planner, workflow, triggering function, target functions and memory size. */
  readonly targets: readonly PrewarmTarget[];
  /** Which other optimizations were on the same worker or task, and how those prewarms came out. */
  readonly conflicts: readonly PrewarmConflict[];
  /** Cold starts by engine version and memory size, against which savings are reckoned. */
  readonly coldStarts: readonly ColdStarts[];
  /** Per planner, engine version and memory size that prewarms were for: what start-ups took. */
  readonly startups: readonly StartupGroup[];
}

/** A group compares start-ups and leads of one planner, engine version and memory size. */
export interface StartupGroup {
  readonly planner: string;
  readonly resourceMeasure: ResourceMeasure | null;
  readonly memoryMb: number;
  /** Start-ups of this planner's prewarmed workers, and how long their containers had been ready when they were asked for. */
  readonly prewarmedWarm: Durations;
  readonly prewarmedNotWarm: Durations;
  readonly leadWarm: Durations;
  readonly leadNotWarm: Durations;
  /** Start-ups of every planner: warm ones that no prewarm was meant for, and all cold ones. */
  readonly warm: Durations;
  readonly cold: Durations;
}

/** A sample in ms; of a large one evenly spaced order statistics. */
export interface Durations {
  readonly count: number;
  readonly medianMs: number | null;
  readonly sortedMs: readonly number[];
}

/** The counts sort recorded prewarms by the start of the worker that each was meant for. */
export interface PrewarmCounts {
  readonly eventCount: number;
  readonly runCount: number;
  readonly warmCount: number;
  readonly coldCount: number;
  readonly unknownCount: number;
  readonly lateCount: number;
  readonly neverStartedCount: number;
  /** Not warm, while a worker that was not meant started warm at that size. */
  readonly perhapsTakenCount: number;
  readonly unusedCount: number;
}

/** The prewarms of one planner. */
export interface PlannerPrewarm extends PrewarmCounts {
  readonly planner: string;
  /** Containers launched ahead: what the plans wanted, recorded or not. */
  readonly launchedCount: number;
  /** Those of them that were answered before their trigger exited: what became of the others is not known. */
  readonly recordedCount: number;
  /** Runs that launched any. */
  readonly runCount: number;
  /** Runs of the planner, with and without prewarms. */
  readonly plannerRunCount: number;
  readonly plannedNodeCount: number;
  /** Warm ÷ all events; runs are the unit of the interval. */
  readonly warmFraction: StratifiedEstimate | null;
  /** Warm ÷ all of the start-ups that no prewarm was meant for, of the same workflows and memory sizes; `null`: none. */
  readonly warmFractionWithout: number | null;
  readonly startupCountWithout: number;
  readonly medianLeadMs: number | null;
  /** Mean over the warm events: median cold start of that memory size − own start-up; runs are the unit of the interval. */
  readonly savedMs: StratifiedEstimate | null;
  readonly savedEventCount: number;
  /** Container ready → worker asked for, of the warm events, × memory. */
  readonly idleGbSeconds: number;
  readonly unusedGbSeconds: number;
}

/** The prewarms that one function triggers for the same functions and memory size. */
export interface PrewarmTarget extends PrewarmCounts {
  readonly planner: string;
  readonly workflow: string;
  readonly triggerFunction: string;
  readonly targetFunctions: string;
  readonly memoryMb: number;
  readonly medianLeadMs: number | null;
  readonly meanSavedMs: number | null;
}

/** The prewarms of a planner that met the same other optimizations. */
export interface PrewarmConflict extends PrewarmCounts {
  readonly planner: string;
  /** `nothing`: the prewarms that met no other optimization. */
  readonly met: string;
  readonly medianStartupMs: number | null;
}

/** The cold starts of one engine version and memory size. */
export interface ColdStarts {
  /** By the shape of its resource usage: versions of the engine start workers differently. `null`: not recorded. */
  readonly resourceMeasure: ResourceMeasure | null;
  readonly memoryMb: number;
  readonly count: number;
  readonly medianMs: number;
}
