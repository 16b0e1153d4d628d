import type { Bill } from '../../cost/bill.ts';
import type { PriceTable } from '../../cost/price-table.ts';
import type { CriticalPath, MissingPath } from '../../model/critical-path.ts';
import type { CountedPoint, LifeSign } from '../../model/frontier.ts';
import type { MissingReason } from '../../model/metrics.ts';
import type { StartupState } from '../../model/run.ts';

/** The result of `wfa run`: one run. */
export interface RunResult {
  readonly headline: string;
  readonly runId: string;
  readonly workflow: string;
  readonly structure: string;
  readonly planner: string;
  /** `none` without a plan. */
  readonly sla: string;
  readonly source: string;
  readonly submittedAtMs: number | null;
  /** Instant from which seconds are counted: the submission, or without one the first instant recorded. */
  readonly zeroAtMs: number;
  readonly makespanMs: number | null;
  /** The plan's completion of the sink; `null` without a plan, or where it says nothing of the sink. */
  readonly plannedMakespanMs: number | null;
  readonly nodeCount: number;
  readonly taskCount: number;
  readonly coldStartCount: number;
  readonly warmStartCount: number;
  /** Start-ups without a recorded state. */
  readonly unknownStartCount: number;
  /** `null`: not measured. */
  readonly resourceUsageGbSeconds: number | null;
  /** By `prices`. */
  readonly bill: Bill | { readonly missing: MissingReason };
  readonly prices: PriceTable;
  readonly criticalPath: CriticalPath | { readonly missing: MissingPath };
  /** Where the run broke; `null`: it did not fail, its sink left metrics. */
  readonly failure: RunFailure | null;
  /** In the order of their first instant. */
  readonly workers: readonly RunWorker[];
  /** In the order in which they were requested. */
  readonly startups: readonly RunStartup[];
  /** Every node of the DAG: by start, those without metrics at the end. */
  readonly tasks: readonly RunTask[];
}

/** Where a run that failed had got to. */
export interface RunFailure {
  /** Tasks whose inputs were all there and that left no metrics, and start-ups that never ended. */
  readonly frontier: readonly CountedPoint[];
  /** Tasks without metrics that are not on the frontier: they waited for others. */
  readonly behindCount: number;
  /** `null`: nothing was recorded. */
  readonly lastSign: LifeSign | null;
}

/** A worker of the run. */
export interface RunWorker {
  /** `worker 2`, `flex 1`: numbered in the order of the first instant. Short ids are their own labels. */
  readonly label: string;
  /** `null`: a start-up whose worker nothing tells. */
  readonly workerId: string | null;
  readonly flexible: boolean;
  /** `null`: not recorded. */
  readonly memoryMb: number | null;
  readonly invocationCount: number;
  readonly taskCount: number;
  /** The most tasks of this worker that executed at one time. */
  readonly peakExecutingCount: number;
  readonly executionMs: number;
  readonly firstAtMs: number;
  /** As far as start-ups and tasks show it: the process lives longer. */
  readonly lastAtMs: number;
}

/** A start-up of one of the run's workers. */
export interface RunStartup {
  /** The label of the worker. */
  readonly worker: string;
  readonly workerId: string | null;
  /** `null`: not recorded. */
  readonly memoryMb: number | null;
  readonly requestedAtMs: number;
  /** `null`: it never reported ready. */
  readonly readyAtMs: number | null;
  readonly startupMs: number | null;
  /** `null`: not recorded. */
  readonly state: StartupState | null;
  readonly initialTaskIds: readonly string[];
}

/** A node of the DAG with what was recorded of its task. All fields of the recording are `null` where there is none. */
export interface RunTask {
  readonly nodeId: string;
  readonly functionName: string;
  /** The label of the worker that ran it. */
  readonly worker: string | null;
  readonly workerId: string | null;
  /** `null`: not recorded. */
  readonly memoryMb: number | null;
  readonly onCriticalPath: boolean;
  readonly upstream: readonly string[];
  /** On the critical path of the plan. */
  readonly onPlannedPath: boolean;
  readonly plannedWorkerId: string | null;
  readonly plannedOptimizations: readonly string[];
  readonly recorded: RecordedTask | null;
  readonly planned: PlannedTask | null;
}

/** The phases follow each other in this order; `null` where the engine recorded none, which counts as 0 in the instants. */
export interface RecordedTask {
  readonly startedAtMs: number;
  readonly inputWaitMs: number | null;
  /** The wait was not recorded although inputs were downloaded: the instants after it may be too early. */
  readonly inputWaitLacking: boolean;
  readonly executionStartedAtMs: number;
  readonly executionMs: number;
  readonly executionEndedAtMs: number;
  readonly uploadMs: number | null;
  readonly outputAvailableAtMs: number;
  readonly dependencyUpdateMs: number | null;
  readonly invocationMs: number | null;
  readonly finishedAtMs: number;
  /** The bytes are `null` where they are not recorded. */
  readonly inputBytes: number | null;
  readonly downloadedBytes: number | null;
  /** Of the inputs that it downloaded itself; `null`: it downloaded none, or that was not recorded. */
  readonly downloadMs: number | null;
  readonly outputBytes: number | null;
  readonly uploadedBytes: number | null;
  /** PreLoad, PreWarm, TaskDup: one for each event. */
  readonly optimizations: readonly string[];
}

/** Instants on the clock of the submission. */
export interface PlannedTask {
  readonly earliestStartAtMs: number;
  readonly downloadMs: number;
  readonly totalDownloadMs: number;
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly executionMs: number;
  readonly uploadMs: number;
  readonly completionAtMs: number;
  /** The state that the plan assumed. */
  readonly startupState: StartupState | null;
  readonly startupMs: number;
}

/** One run as its record has it: all that the result is made from, but for the facts that every analysis gets. */
export interface RunDetail {
  readonly plannedMakespanMs: number | null;
  readonly resourceUsageGbSeconds: number | null;
  readonly criticalPath: CriticalPath | MissingPath;
  readonly failure: RunFailure | null;
  /** A task downloaded hard-coded data, for which no phase has the time. */
  readonly hardcodedDownloadCount: number;
  readonly duplicatedInputCount: number;
  /** Workers get their labels when the whole run is laid out. */
  readonly tasks: readonly Omit<RunTask, 'worker'>[];
  readonly startups: readonly Omit<RunStartup, 'worker'>[];
}
