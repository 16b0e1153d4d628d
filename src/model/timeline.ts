import { oncePerRun } from './once-per-run.ts';
import { isRecorded, NOT_RECORDED, type NotRecorded, orNull } from './recorded.ts';
import type { DagNode, Plan, Run, Sla, Task } from './run.ts';

/** Instants and totals that follow from a run's metrics, in one place so that every analysis means the same by them. */

/** A phase in ms as far as it moves the instants after it: 0 when it did not happen and when it was not recorded. */
const shownMs = (durationMs: number | null | NotRecorded): number => orNull(durationMs) ?? 0;

/** When the worker took up the task. Nobody may ask for it where `lacks` has `instants`: analyses that do name that as a need. */
export function startedAtMs(task: Task): number {
  if (task.startedAtMs === NOT_RECORDED) throw new Error('asked for an instant that is not recorded');
  return task.startedAtMs;
}

/** When the task began to execute: after its inputs were there. A wait that was not recorded counts as 0. */
export const executionStartedAtMs = (task: Task): number => startedAtMs(task) + shownMs(task.inputWaitMs);

/**
 * Is true when the wait for inputs is unknown: what follows it is placed too early. Where no wait is ever recorded, the times of
 * a task hold it.
 */
export const lacksInputWait = (task: Task): boolean => task.inputWaitMs === NOT_RECORDED;

/** When the task's output could be used by others: after execution and upload. */
export const outputAvailableAtMs = (task: Task): number =>
  executionStartedAtMs(task) + task.executionMs + shownMs(task.uploadMs);

/** When the worker had done with the task: after dependency counters and invocations. */
export const finishedAtMs = (task: Task): number =>
  outputAvailableAtMs(task) + shownMs(task.dependencyUpdateMs) + shownMs(task.invocationMs);

/**
 * The sink's metrics; `null` when it left none. Where the sink is not recorded, those of the task that ended last, or `null` when a
 * task left none: it might have been the last.
 */
export function sinkTask(run: Run): Task | null {
  const { sinkNodeId, tasks } = run;
  if (sinkNodeId === NOT_RECORDED) return isComplete(run) ? lastTask(run) : null;
  return tasks.find((task) => task.nodeId === sinkNodeId) ?? null;
}

/** The task whose output was there last; `null` without tasks or without their instants. */
function lastTask({ tasks, lacks }: Run): Task | null {
  if (lacks.has('instants')) return null;
  let last: Task | null = null;
  for (const task of tasks) if (last === null || outputAvailableAtMs(task) > outputAvailableAtMs(last)) last = task;
  return last;
}

/** The plan; `null` when there was no history to plan from, and when plans are not recorded. */
export const planOf = (run: Run): Plan | null => orNull(run.plan);

/** The sink's completion as planned, in ms since submission; `null` when the plan, or the record, does not tell. */
export function plannedMakespanMs(run: Run): number | null {
  const { sinkNodeId } = run;
  return (isRecorded(sinkNodeId) ? planOf(run)?.nodes.get(sinkNodeId)?.completionMs : null) ?? null;
}

/**
 * Submission to the sink's output; `null` when the run was not submitted or its sink left no metrics. Never 0 for "unknown". Without
 * instants, what the source states.
 */
export function makespanMs(run: Run): number | null {
  if (run.lacks.has('instants')) return run.statedMakespanMs ?? null;
  const sink = sinkTask(run);
  if (sink === null || run.submittedAtMs === null) return null;
  return outputAvailableAtMs(sink) - run.submittedAtMs;
}

/** The end of the run as far as its tasks show it; `null` without tasks or without their instants. */
export function lastFinishedAtMs(run: Run): number | null {
  if (run.lacks.has('instants')) return null;
  let last: number | null = null;
  for (const task of run.tasks) last = Math.max(last ?? Number.NEGATIVE_INFINITY, finishedAtMs(task));
  return last;
}

/** The planner: the plan's, else what its user states, else the one its tasks name; `null` when none says. */
export const plannerName = (run: Run): string | null =>
  planOf(run)?.plannerName ??
  run.stated?.planner ??
  orNull(run.tasks.find((task) => isRecorded(task.plannerName))?.plannerName ?? NOT_RECORDED);

/** Is true when every node of the DAG left metrics. */
export const isComplete = (run: Run): boolean => run.recordedNodeCount >= run.nodeCount;

/** Flexible workers are chosen at run time: their id is made up by the engine and begins so. */
export const isFlexibleWorker = (workerId: string | null): boolean =>
  workerId === null || workerId.startsWith('flexible-') || workerId.startsWith('flex-');

/** `average`, `p50`, `p99.9`; `none` for a run without an SLA. */
export function slaLabel(sla: Sla | null): string {
  if (sla === null) return 'none';
  return sla === 'average' ? 'average' : `p${sla}`;
}

/** The run's SLA: the plan's, else what its user states; `null` without either. */
export const slaOf = (run: Run): Sla | null => planOf(run)?.sla ?? run.stated?.sla ?? null;

/** The memory sizes of the workers that the run used, smallest first, in MB; empty where none is recorded. */
export function memorySizesMb(run: Run): number[] {
  const sizes = new Set<number>();
  for (const { memoryMb } of run.tasks) if (isRecorded(memoryMb)) sizes.add(memoryMb);
  return [...sizes].sort((a, b) => a - b);
}

/** The nodes by id. */
export const nodesById = oncePerRun(
  ({ nodes }): ReadonlyMap<string, DagNode> => new Map(nodes.map((node) => [node.id, node])),
);

/** The tasks that left metrics, by node id. */
export const tasksById = oncePerRun(
  ({ tasks }): ReadonlyMap<string, Task> => new Map(tasks.map((task) => [task.nodeId, task])),
);
