import { oncePerRun } from './once-per-run.ts';
import { orNone } from './recorded.ts';
import type { PlannedPrewarm, Run, Task, WorkerStartup } from './run.ts';
import { indexStartups } from './task-startup.ts';
import { nodesById, tasksById } from './timeline.ts';

/**
 * The containers that a run launched ahead of workers. The engine launches what it planned; it records that only where the worker that
 * triggers it lives until the launch is answered. In 232 runs with their pool's log every planned prewarm was launched, and 86 of 99
 * were recorded.
 */

/** A container that a run launched ahead of a worker. */
export interface LaunchedPrewarm {
  /** The node whose worker triggers it. */
  readonly triggerNodeId: string;
  /** The worker that is to find it; `null`: none in particular. */
  readonly workerId: string | null;
  readonly memoryMb: number;
  /** When the plan wants it launched: its trigger's worker ready, and the delay over; `null`: no plan names it. */
  readonly dueAtMs: number | null;
  /** When the launch was answered; `null`: not recorded. */
  readonly answeredAtMs: number | null;
  /** Other prewarms that the same node is to trigger. */
  readonly rivalCount: number;
}

/**
 * Lists what the run launched ahead of workers: what was planned where the triggering worker became ready, as recorded where it is, and
 * what was recorded without a plan. O(n log n) in nodes and start-ups.
 */
export const listLaunchedPrewarms = oncePerRun((run): readonly LaunchedPrewarm[] => {
  const tasks = tasksById(run);
  const planning = run.nodes.filter(({ plannedPrewarms }) => plannedPrewarms.length > 0);
  if (planning.length === 0 && run.tasks.every(({ optimizationEvents }) => !optimizationEvents.some(isPrewarm)))
    return [];
  const readyAtMs = indexTriggers(run, tasks);
  const nodes = nodesById(run);
  const triggers = new Set([...planning.map(({ id }) => id), ...run.tasks.map(({ nodeId }) => nodeId)]);
  return [...triggers].flatMap((id) =>
    matchPrewarms(id, nodes.get(id)?.plannedPrewarms ?? [], recordedOf(tasks.get(id)), readyAtMs(id)),
  );
});

interface RecordedPrewarm {
  readonly type: 'PreWarm';
  readonly workerId: string | null;
  readonly memoryMb: number;
  readonly answeredAtMs: number;
}

const isPrewarm = (event: { readonly type: string }): event is RecordedPrewarm => event.type === 'PreWarm';

const recordedOf = (task: Task | undefined): readonly RecordedPrewarm[] =>
  (task?.optimizationEvents ?? []).filter(isPrewarm);

/** Planned ones each with the record of the same worker and size, if there is one; then records that no plan explains. */
function matchPrewarms(
  triggerNodeId: string,
  planned: readonly PlannedPrewarm[],
  recorded: readonly RecordedPrewarm[],
  readyAtMs: number | null,
): LaunchedPrewarm[] {
  const left = [...recorded];
  const rivalCount = Math.max(planned.length, recorded.length) - 1;
  const launched = planned.flatMap(({ workerId, memoryMb, delayMs }): LaunchedPrewarm[] => {
    const place = left.findIndex((event) => event.workerId === workerId && event.memoryMb === memoryMb);
    const [event] = place === -1 ? [] : left.splice(place, 1);
    if (event === undefined && readyAtMs === null) return [];
    const dueAtMs = readyAtMs === null ? null : readyAtMs + delayMs;
    return [{ triggerNodeId, workerId, memoryMb, dueAtMs, answeredAtMs: event?.answeredAtMs ?? null, rivalCount }];
  });
  const unplanned = left.map(({ workerId, memoryMb, answeredAtMs }): LaunchedPrewarm => {
    return { triggerNodeId, workerId, memoryMb, dueAtMs: null, answeredAtMs, rivalCount };
  });
  return [...launched, ...unplanned];
}

/** Finds when the worker that was to run a node was ready, be it that the node's task left no metrics; `null`: it never was. */
function indexTriggers(run: Run, tasks: ReadonlyMap<string, Task>): (nodeId: string) => number | null {
  const findStartup = indexStartups(run);
  const nodes = nodesById(run);
  const byPlace = new Map<string, WorkerStartup>();
  for (const startup of orNone(run.workerStartups)) {
    if (startup.readyAtMs === null) continue;
    for (const id of startup.initialTaskIds) byPlace.set(id, startup);
    if (startup.workerId !== null && !byPlace.has(startup.workerId)) byPlace.set(startup.workerId, startup);
  }
  return (nodeId) => {
    const task = tasks.get(nodeId);
    const workerId = nodes.get(nodeId)?.workerId;
    const own = byPlace.get(nodeId) ?? (typeof workerId === 'string' ? byPlace.get(workerId) : undefined);
    return (task && findStartup(task)?.readyAtMs) ?? own?.readyAtMs ?? null;
  };
}
