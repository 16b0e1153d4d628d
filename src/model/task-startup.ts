import { oncePerRun } from './once-per-run.ts';
import { orNone, orNull } from './recorded.ts';
import type { Run, Task, WorkerStartup } from './run.ts';
import { tasksById } from './timeline.ts';

/** Finds the start-up of the worker process that ran a task: the one made for it, else the worker's latest before it. `null` where no such start-up is recorded. */
export const indexStartups = oncePerRun((run): ((task: Task) => WorkerStartup | null) => {
  const tasks = tasksById(run);
  const byTask = new Map<string, WorkerStartup[]>();
  const byWorker = new Map<string, WorkerStartup[]>();
  const push = (index: Map<string, WorkerStartup[]>, key: string, startup: WorkerStartup) => {
    const known = index.get(key);
    if (known) known.push(startup);
    else index.set(key, [startup]);
  };
  for (const startup of orNone(run.workerStartups)) {
    if (startup.readyAtMs === null) continue;
    for (const id of startup.initialTaskIds) push(byTask, id, startup);
    const workerId = startupWorkerId(startup, tasks);
    if (workerId !== null) push(byWorker, workerId, startup);
  }
  return (task) => {
    const own = byTask.get(task.nodeId);
    if (own) return latestReady(own, Number.POSITIVE_INFINITY);
    return latestReady(
      byWorker.get(orNull(task.workerId) ?? '') ?? [],
      orNull(task.startedAtMs) ?? Number.POSITIVE_INFINITY,
    );
  };
});

/**
 * Is true when the source says when a worker was ready for a task, apart from when the task began: without that, start-up and queueing
 * are one wait. Sources that do not say have the start of the task in its place.
 */
export function recordsReadiness(run: Run): boolean {
  if (run.lacks.size === 0) return true;
  const startedAtMs = new Map(run.tasks.map((task) => [task.nodeId, task.startedAtMs]));
  return orNone(run.workerStartups).some(
    ({ readyAtMs, initialTaskIds }) =>
      readyAtMs !== null && initialTaskIds.every((id) => startedAtMs.get(id) !== readyAtMs),
  );
}

/** Whose start-up it was. Flexible workers have no id there: their initial tasks know it. `null`: neither does. */
export function startupWorkerId(startup: WorkerStartup, tasks: ReadonlyMap<string, Task>): string | null {
  if (startup.workerId !== null) return startup.workerId;
  for (const id of startup.initialTaskIds) {
    const workerId = tasks.get(id)?.workerId;
    if (typeof workerId === 'string' && workerId !== '') return workerId;
  }
  return null;
}

function latestReady(startups: readonly WorkerStartup[], beforeAtMs: number): WorkerStartup | null {
  let latest: WorkerStartup | null = null;
  for (const startup of startups) {
    const readyAtMs = startup.readyAtMs ?? Number.POSITIVE_INFINITY;
    if (readyAtMs <= beforeAtMs && readyAtMs > (latest?.readyAtMs ?? Number.NEGATIVE_INFINITY)) latest = startup;
  }
  return latest;
}
