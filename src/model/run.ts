/**
 * A run as wfa sees it, whichever engine recorded it: a reader for each engine makes `Run`s, and all questions are asked of them.
 * Durations are `…Ms`, instants `…AtMs` (epoch, UTC, on the clock of whoever wrote them), memory in MB of 2^20 bytes. `null` means
 * that something did not happen, `NOT_RECORDED` that the record does not say.
 */
import type { NotRecorded, RecordedKind } from './recorded.ts';

/** An origin says where a record was read: the input's URI and the line its text begins on (1-based). */
export interface Origin {
  readonly uri: string;
  readonly line: number;
}

/** The percentile that a planner asked of its predictions (0…100), or `average`. */
export type Sla = number | 'average';

/** A node of the workflow's DAG is a task as it was planned; ids differ from run to run. */
export interface DagNode {
  readonly id: string;
  readonly functionName: string;
  readonly upstream: readonly string[] | NotRecorded;
  readonly downstream: readonly string[] | NotRecorded;
  readonly memoryMb: number | NotRecorded;
  /** `null`: a flexible worker, chosen at run time. */
  readonly workerId: string | null | NotRecorded;
  /** Optimizations that the planner put on this node: PreLoad, PreWarm, TaskDup, … */
  readonly optimizations: readonly string[];
  /** Predicted times of running an upstream task again here against waiting for it, by upstream node id. */
  readonly duplicationPredictions: ReadonlyMap<string, DuplicationPrediction>;
  /** Containers that the node's worker is to launch ahead of other workers. */
  readonly plannedPrewarms: readonly PlannedPrewarm[];
  /** It is recorded to have failed: it began, and left no metrics. Left out where that is not so, or not recorded. */
  readonly hasFailed?: true;
}

/** The planner asked for a container to be launched ahead. */
export interface PlannedPrewarm {
  /** From the instant at which the node's worker is ready. */
  readonly delayMs: number;
  /** The worker that is to find the container; `null`: none in particular. */
  readonly workerId: string | null;
  readonly memoryMb: number;
}

/** The planner predicted these times for an upstream task that is run again here, against waiting for it. */
export interface DuplicationPrediction {
  readonly originalDownloadMs: number;
  readonly originalExecutionMs: number;
  readonly originalUploadMs: number;
  readonly ownOutputDownloadMs: number;
  readonly ownInputsDownloadMs: number;
  readonly ownExecutionMs: number;
}

/** The plan predicted this for one node; instants are ms since submission. */
export interface PlannedNode {
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly downloadableInputBytes: number;
  readonly uploadableOutputBytes: number;
  /** `null`: the node does not start a worker. */
  readonly startupState: StartupState | null;
  readonly startupMs: number;
  /** On the task path, and summed over the inputs. */
  readonly downloadMs: number;
  readonly totalDownloadMs: number;
  readonly executionMs: number;
  readonly uploadMs: number;
  readonly earliestStartMs: number;
  readonly completionMs: number;
}

/** A plan holds the predictions that the planner made before the run. */
export interface Plan {
  readonly plannerName: string;
  readonly sla: Sla;
  readonly nodes: ReadonlyMap<string, PlannedNode>;
  readonly criticalPathNodeIds: readonly string[];
}

/** An input of a task is the output of an upstream task, or data given with the workflow. */
export interface TaskInput {
  /** Node id of the upstream task, or a key that begins with `hardcoded-dep-`. */
  readonly id: string;
  readonly sizeBytes: number | NotRecorded;
  /** `null`: not downloaded by this task: local, came with the invocation, or preloaded. */
  readonly downloadMs: number | null;
  /** The place among the run's tasks of the one whose output it is; -1: that left no metrics, or there is none. */
  readonly taskIndex: number;
}

/** An optimization took place, as the task's metrics record it. */
export type OptimizationEvent =
  | { readonly type: 'PreLoad'; readonly inputId: string }
  | { readonly type: 'TaskDup'; readonly inputId: string }
  | {
      readonly type: 'PreWarm';
      readonly workerId: string | null;
      readonly memoryMb: number;
      readonly answeredAtMs: number;
    };

/** The metrics of one executed task, in the order of its life: wait for inputs, execute, upload, update, invoke. */
export interface Task {
  readonly nodeId: string;
  /** `null`: a flexible worker that was given no id. */
  readonly workerId: string | null | NotRecorded;
  readonly memoryMb: number | NotRecorded;
  /** Stamped before the inputs are awaited. Where one is not recorded, no task's of the run is: `lacks` has `instants`. */
  readonly startedAtMs: number | NotRecorded;
  readonly hardcodedInputBytes: number | NotRecorded;
  /** `null`: it had nothing to wait for. */
  readonly inputWaitMs: number | null | NotRecorded;
  readonly inputs: readonly TaskInput[] | NotRecorded;
  readonly executionMs: number;
  readonly outputBytes: number | NotRecorded;
  /** `null`: not uploaded. */
  readonly uploadMs: number | null | NotRecorded;
  /** `null`: no task depends on it. */
  readonly dependencyUpdateMs: number | null | NotRecorded;
  readonly invocationCount: number | NotRecorded;
  /** `null`: it invoked nothing. */
  readonly invocationMs: number | null | NotRecorded;
  readonly plannerName: string | NotRecorded;
  /** Empty also where `lacks` has `optimizations`. */
  readonly optimizationEvents: readonly OptimizationEvent[];
}

/** The state says whether a container was made for the invocation (`cold`) or was there (`warm`). */
export type StartupState = 'cold' | 'warm';

/** One worker invocation (one worker process), not one container. */
export interface WorkerStartup {
  /** `null`: a flexible worker, which only its initial tasks name. */
  readonly workerId: string | null;
  readonly memoryMb: number | NotRecorded;
  readonly initialTaskIds: readonly string[];
  /** On the invoker's clock, just before the request. */
  readonly requestedAtMs: number;
  /** On the worker's clock, when it is ready; `null`: it never was. */
  readonly readyAtMs: number | null;
  /** `null`: it never was ready. */
  readonly state: StartupState | null | NotRecorded;
}

/** A worker fetched the description of the DAG from storage. */
export interface DagDownload {
  readonly downloadMs: number;
  readonly sizeBytes: number;
}

/** Which shape of `resource_usage` the engine wrote: `gb-seconds` (newer) or `byte-seconds` (older). */
export type ResourceMeasure = 'gb-seconds' | 'byte-seconds';

/** The engine measured what the whole run used. */
export interface ResourceUsage {
  /** Allocated memory × time. 0 means that the engine measured nothing. */
  readonly gbSeconds: number;
  readonly measure: ResourceMeasure;
  /** Includes planning. */
  readonly runTimeMs: number;
}

/** A code for the ledger. */
export const REMARKS = [
  'tasks-recorded-twice',
  'start-ups-recorded-twice',
  'numbers-not-finite',
  /** Tasks were tried again: what earlier attempts took is in no figure. */
  'earlier-attempts-left-out',
  /** Results of an earlier run were used instead of running tasks: these are no part of the run. */
  'cached-tasks-left-out',
  /** Tasks were left out of the run by its own conditions: they are no part of it. */
  'skipped-tasks-left-out',
  /** The engine recorded its own orchestration among the tasks, which it is none of. */
  'orchestrator-left-out',
  /** The record does not say when the run was submitted: its first task's start, or the request for it, is taken. */
  'submission-taken-from-first-task',
  /** The recorded instants of tasks contradict the order of tasks, or how long the run took: they are no starts, and are not taken. */
  'contradictory-instants-left-out',
  /** Tasks failed, and the workflow went on by itself: they count as tasks that ended. */
  'failures-handled',
  /** The run had not ended when it was recorded. */
  'still-running',
] as const;
/** A remark is one of `REMARKS`. */
export type Remark = (typeof REMARKS)[number];

/** The user says this of runs whose source does not. */
export interface StatedTraits {
  readonly planner?: string;
  readonly sla?: Sla;
}

/** A run is one execution of a workflow. */
export interface Run {
  readonly runId: string;
  readonly workflow: string;
  /** Equal for runs of one structure of the workflow; `unknown` where the record does not tell. */
  readonly structureHash: string;
  /** The sink is the workflow's last task. Where it is not recorded, the task that ended last is taken for it, if all tasks left metrics. */
  readonly sinkNodeId: string | NotRecorded;
  readonly rootNodeIds: readonly string[] | NotRecorded;
  readonly nodeCount: number;
  /** The planner put these on nodes; each name is here once. */
  readonly plannedOptimizations: readonly string[];
  readonly nodes: readonly DagNode[];
  /** On the client's clock; `null`: the run was never submitted, or failed before it said so; or `lacks` has `submission`. */
  readonly submittedAtMs: number | null;
  /** The makespan as the source states it, for want of instants. Left out where instants tell. */
  readonly statedMakespanMs?: number;
  /** What its user says of it, which its source does not. */
  readonly stated?: StatedTraits;
  /** `null`: the planner had no history to plan from. `NOT_RECORDED`: the engine does not plan, or does not say what. */
  readonly plan: Plan | null | NotRecorded;
  /** Those that left metrics. */
  readonly tasks: readonly Task[];
  /** Number of nodes that left metrics: fewer than tasks where a node was recorded twice. */
  readonly recordedNodeCount: number;
  readonly workerStartups: readonly WorkerStartup[] | NotRecorded;
  readonly dagDownloads: readonly DagDownload[] | NotRecorded;
  /** `null`: the run failed before it was measured. */
  readonly resourceUsage: ResourceUsage | null | NotRecorded;
  /** Its source never records these; other single values may be lost too. */
  readonly lacks: ReadonlySet<RecordedKind>;
  /** Its record is odd in these ways, though it can be read; left out where it is not. */
  readonly remarks?: readonly Remark[];
  readonly origin: Origin;
  /** The label of the input it came from: what `--data label=uri` said, else the URI. */
  readonly sourceLabel: string;
}

/** Further from 1970 there are no dates (ECMA-262). */
export const MOST_EPOCH_MS = 8.64e15;

const BYTES_PER_GB = 2 ** 30;

/** Byte-seconds (older engines) to GB-seconds, 1 GB = 2^30 bytes. */
export const gbSecondsOf = (byteSeconds: number): number => byteSeconds / BYTES_PER_GB;
