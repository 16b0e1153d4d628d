import type { DagNode, Run, Sla, Task } from './run.ts';

/** Instants and totals that follow from a run's metrics, in one place so that every analysis means the same by them. */

/** When the task began to execute: after its inputs were there. A wait that was not recorded counts as 0. */
export const executionStartedAtMs = (task: Task): number => task.startedAtMs + (task.inputWaitMs ?? 0);

/** When the task's output could be used by others: after execution and upload. */
export const outputAvailableAtMs = (task: Task): number =>
  executionStartedAtMs(task) + task.executionMs + (task.uploadMs ?? 0);

/** When the worker had done with the task: after dependency counters and invocations. */
export const finishedAtMs = (task: Task): number =>
  outputAvailableAtMs(task) + (task.dependencyUpdateMs ?? 0) + (task.invocationMs ?? 0);

/** The sink's metrics; `null` when it left none. */
export const sinkTask = (run: Run): Task | null => run.tasks.find((task) => task.nodeId === run.sinkNodeId) ?? null;

/** Submission to the sink's output; `null` when the run was not submitted or its sink left no metrics. Never 0 for "unknown". */
export function makespanMs(run: Run): number | null {
  const sink = sinkTask(run);
  if (sink === null || run.submittedAtMs === null) return null;
  return outputAvailableAtMs(sink) - run.submittedAtMs;
}

/** The end of the run as far as its tasks show it; `null` without tasks. */
export function lastFinishedAtMs(run: Run): number | null {
  let last: number | null = null;
  for (const task of run.tasks) last = Math.max(last ?? Number.NEGATIVE_INFINITY, finishedAtMs(task));
  return last;
}

/** The planner: the plan's, else the one its tasks name; `null` when neither says. */
export const plannerName = (run: Run): string | null => run.plan?.plannerName ?? run.tasks[0]?.plannerName ?? null;

/** Whether every node of the DAG left metrics. */
export const isComplete = (run: Run): boolean => run.recordedNodeCount >= run.nodeCount;

/** Flexible workers are chosen at run time: their id is made up by the engine and begins so. */
export const isFlexibleWorker = (workerId: string | null): boolean =>
  workerId === null || workerId.startsWith('flexible-') || workerId.startsWith('flex-');

/** `average`, `p50`, `p99.9`; `none` for a run without plan, which has no SLA. */
export function slaLabel(sla: Sla | null): string {
  if (sla === null) return 'none';
  return sla === 'average' ? 'average' : `p${sla}`;
}

/** The run's SLA; `null` without a plan. */
export const slaOf = (run: Run): Sla | null => run.plan?.sla ?? null;

/** The memory sizes of the workers that the run used, smallest first, in MB. */
export function memorySizesMb(run: Run): number[] {
  const sizes: number[] = [];
  for (const { memoryMb } of run.tasks) if (!sizes.includes(memoryMb)) sizes.push(memoryMb);
  return sizes.sort((a, b) => a - b);
}

/** The nodes by id. */
export const nodesById = (run: Run): Map<string, DagNode> => new Map(run.nodes.map((node) => [node.id, node]));

/** The tasks that left metrics, by node id. */
export const tasksById = (run: Run): Map<string, Task> => new Map(run.tasks.map((task) => [task.nodeId, task]));
