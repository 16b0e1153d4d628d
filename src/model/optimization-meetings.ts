import { NOT_RECORDED, type NotRecorded } from './recorded.ts';
import type { DagNode, OptimizationEvent, Run, Task } from './run.ts';

/** Two optimizations meet on a task, on an input or on a worker. */

/** The index finds the optimizations on a worker of one run. */
export interface OptimizationIndex {
  /** Tasks on the worker that left an event of the type. */
  readonly tasksOnWorker: (workerId: string | null, type: OptimizationEvent['type']) => readonly Task[];
  /** Is true when a container was launched ahead for the worker, as planned or as recorded. */
  readonly isPrewarmed: (workerId: string | null | NotRecorded) => boolean;
}

/** Indexes the optimization events and planned prewarms of one run. */
export function indexOptimizations(run: Run): OptimizationIndex {
  const byWorker = new Map<string, Task[]>();
  const prewarmed = new Set(run.nodes.flatMap(plannedWorkers));
  for (const task of run.tasks) {
    if (task.optimizationEvents.length === 0) continue;
    if (typeof task.workerId === 'string') byWorker.set(task.workerId, [...(byWorker.get(task.workerId) ?? []), task]);
    for (const event of task.optimizationEvents) {
      if (event.type === 'PreWarm' && event.workerId !== null) prewarmed.add(event.workerId);
    }
  }
  return {
    tasksOnWorker: (workerId, type) => (byWorker.get(workerId ?? '') ?? []).filter((task) => hasEvent(task, type)),
    isPrewarmed: (workerId) => workerId !== null && workerId !== NOT_RECORDED && prewarmed.has(workerId),
  };
}

/** The workers that a node's prewarms are planned for. */
const plannedWorkers = ({ plannedPrewarms }: DagNode): string[] =>
  plannedPrewarms.flatMap(({ workerId }) => workerId ?? []);

/** Is true when the task left an event of the type. */
export const hasEvent = (task: Task, type: OptimizationEvent['type']): boolean =>
  task.optimizationEvents.some((event) => event.type === type);

/** Nodes on which the planner put an optimization, whether or not it fired. */
export const countPlannedNodes = (run: Run, type: OptimizationEvent['type']): number =>
  run.nodes.filter(({ optimizations }) => optimizations.some((name) => name === type || name.startsWith(`${type}(`)))
    .length;

/**
 * Groups events by each kind of optimization that they met; an event that met several is in several groups. Those that met none
 * are in the last, `nothing`. Empty groups are left out.
 */
export function groupByMeeting<Event extends { readonly met: readonly string[] }>(
  events: readonly Event[],
): { readonly met: string; readonly events: readonly Event[] }[] {
  const kinds = [...new Set(events.flatMap(({ met }) => met))].sort();
  const groups = kinds.map((kind) => ({ met: kind, events: events.filter(({ met }) => met.includes(kind)) }));
  return [...groups, { met: 'nothing', events: events.filter(({ met }) => met.length === 0) }].filter(
    (group) => group.events.length > 0,
  );
}
