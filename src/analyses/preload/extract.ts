import { isRecorded, orNone, orNull } from '../../model/recorded.ts';
import type { DagNode, Run, Task, WorkerStartup } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { listPositions } from '../../model/structural-position.ts';
import {
  executionStartedAtMs,
  isFlexibleWorker,
  lacksInputWait,
  outputAvailableAtMs,
  startedAtMs,
  tasksById,
} from '../../model/timeline.ts';
import { sampleMedian } from '../../stats/summary.ts';
import {
  addSums,
  NO_TASK_GROUPS,
  type OutcomeSums,
  packTaskGroups,
  type TaskGroup,
  type TaskGroupColumns,
  type TaskGroupKey,
  type TaskKind,
  type WrittenKey,
  writeKey,
} from './task-groups.ts';

/** Extracting sums a run's tasks up by position, worker and what was done to them. */

/** The hidden download is an estimate: how long a preloaded download took is not recorded. */
export interface HiddenDownload {
  readonly inputCount: number;
  /** Preloaded inputs that the task fetched again. */
  readonly refetchedCount: number;
  readonly sizeBytes: number;
  /** Size ÷ the median speed of the run's recorded downloads; `null` when it recorded none. */
  readonly estimateMs: number | null;
}

export interface PreloadFacts {
  readonly run: RunFacts;
  readonly preloadedTaskCount: number;
  /** Is empty for runs that can be on neither side: unplanned. */
  readonly taskGroups: TaskGroupColumns;
  /** `null`: nothing was preloaded. */
  readonly hidden: HiddenDownload | null;
}

/** Extracts one run's task groups, whichever planners will be looked at. Pure. */
export function extractPreload(run: Run, facts: RunFacts): PreloadFacts {
  const preloadedTaskCount = run.tasks.filter(isPreloaded).length;
  const { planned } = facts.traits;
  return {
    run: facts,
    preloadedTaskCount,
    taskGroups: planned ? packTaskGroups(gatherTasks(run)) : NO_TASK_GROUPS,
    hidden: planned && preloadedTaskCount > 0 ? estimateHidden(run) : null,
  };
}

function gatherTasks(run: Run): Map<WrittenKey, TaskGroup> {
  const tasks = tasksById(run);
  const positions = listPositions(run.nodes);
  const after = nodesAfterPreload(run);
  const stateOf = workerStates(run, tasks);
  const groups = new Map<WrittenKey, TaskGroup>();
  for (let i = 0; i < run.nodes.length; i++) {
    const { id, upstream } = run.nodes[i] as DagNode;
    const task = tasks.get(id);
    if (task === undefined) continue;
    const key = writeKey(positions[i] as string, orNull(task.memoryMb), stateOf(task), kindOf(task), after.has(id));
    const sumsMs = measureTask(task, orNone(upstream), tasks, run.submittedAtMs);
    const known = groups.get(key);
    groups.set(
      key,
      known ? { taskCount: known.taskCount + 1, sumsMs: addSums(known.sumsMs, sumsMs) } : { taskCount: 1, sumsMs },
    );
  }
  return groups;
}

const preloadedInputs = (task: Task): string[] =>
  task.optimizationEvents.flatMap((event) => (event.type === 'PreLoad' ? [event.inputId] : []));

const isPreloaded = (task: Task): boolean => task.optimizationEvents.some((event) => event.type === 'PreLoad');

function kindOf(task: Task): TaskKind {
  if (task.optimizationEvents.length === 0) return 'plain';
  const duplicated = task.optimizationEvents.some((event) => event.type === 'TaskDup');
  if (!isPreloaded(task)) return duplicated ? 'duplicated' : 'plain';
  return duplicated ? 'preloaded-and-duplicated' : 'preloaded';
}

function measureTask(
  task: Task,
  upstreamIds: readonly string[],
  tasks: ReadonlyMap<string, Task>,
  submittedAtMs: number | null,
): OutcomeSums {
  const waitUnknown = lacksInputWait(task);
  const executionAtMs = waitUnknown ? null : executionStartedAtMs(task);
  const readyAtMs = inputsReadyAtMs(upstreamIds, tasks);
  const readyLag = executionAtMs === null || readyAtMs === null ? null : executionAtMs - readyAtMs;
  const inputWait = waitUnknown ? null : (orNull(task.inputWaitMs) ?? 0);
  const executionStart = executionAtMs === null || submittedAtMs === null ? null : executionAtMs - submittedAtMs;
  const startOffset = submittedAtMs === null ? null : startedAtMs(task) - submittedAtMs;
  return [readyLag, inputWait, executionStart, startOffset];
}

/** Gives the instant at which the last upstream output was there; `null` for roots, and when an upstream task left no metrics or an unknown wait. */
function inputsReadyAtMs(upstreamIds: readonly string[], tasks: ReadonlyMap<string, Task>): number | null {
  let lastAtMs: number | null = null;
  for (const id of upstreamIds) {
    const upstream = tasks.get(id);
    if (!upstream || lacksInputWait(upstream)) return null;
    lastAtMs = Math.max(lastAtMs ?? Number.NEGATIVE_INFINITY, outputAvailableAtMs(upstream));
  }
  return lastAtMs;
}

/** Finds everything downstream of a preloaded task, by node id. */
function nodesAfterPreload(run: Run): Set<string> {
  const reached = new Set<string>();
  const preloaded = run.tasks.filter(isPreloaded).map((task) => task.nodeId);
  if (preloaded.length === 0) return reached;
  const downstream = new Map(run.nodes.map((node) => [node.id, orNone(node.downstream)]));
  const waiting = preloaded.flatMap((id) => downstream.get(id) ?? []);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    for (const next of downstream.get(id) ?? []) waiting.push(next);
  }
  return reached;
}

/**
 * Tells how the worker of each task started. Start-ups of flexible workers carry no worker id: they are found through their initial
 * tasks, whose metrics name the worker.
 */
function workerStates(run: Run, tasks: ReadonlyMap<string, Task>): (task: Task) => TaskGroupKey['workerState'] {
  const workersOf = ({ workerId, initialTaskIds }: WorkerStartup) =>
    isFlexibleWorker(workerId) ? initialTaskIds.map((id) => orNull(tasks.get(id)?.workerId ?? null)) : [workerId];
  const states = new Map<string | null, TaskGroupKey['workerState']>();
  for (const startup of orNone(run.workerStartups)) {
    const state = orNull(startup.state) ?? 'unknown';
    for (const id of workersOf(startup)) states.set(id, (states.get(id) ?? state) === state ? state : 'unknown');
  }
  return (task) => {
    const workerId = orNull(task.workerId);
    return workerId === null ? 'unknown' : (states.get(workerId) ?? 'unknown');
  };
}

function estimateHidden(run: Run): HiddenDownload | null {
  const preloaded = run.tasks.flatMap((task) => {
    const ids = new Set(preloadedInputs(task));
    return ids.size === 0 ? [] : orNone(task.inputs).filter((input) => ids.has(input.id));
  });
  if (preloaded.length === 0) return null;
  const speeds = run.tasks.flatMap((task) =>
    orNone(task.inputs).flatMap(({ sizeBytes, downloadMs }) =>
      downloadMs !== null && downloadMs > 0 && isRecorded(sizeBytes) && sizeBytes > 0 ? [sizeBytes / downloadMs] : [],
    ),
  );
  const bytesPerMs = sampleMedian(speeds);
  const hidden = preloaded.filter((input) => input.downloadMs === null);
  const sizeBytes = hidden.reduce((sum, input) => sum + (orNull(input.sizeBytes) ?? 0), 0);
  return {
    inputCount: preloaded.length,
    refetchedCount: preloaded.length - hidden.length,
    sizeBytes,
    estimateMs: bytesPerMs === null ? null : sizeBytes / bytesPerMs,
  };
}
