import { max } from 'd3-array';
import { hasEvent, indexOptimizations } from '../../model/optimization-meetings.ts';
import { orNone } from '../../model/recorded.ts';
import type { Run, Task } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { listPositions } from '../../model/structural-position.ts';
import { executionStartedAtMs, lacksInputWait, outputAvailableAtMs, tasksById } from '../../model/timeline.ts';

/** What one run tells of optimizations and of how soon tasks began. */
export interface ConflictsFacts {
  readonly run: RunFacts;
  readonly tasks: readonly OptimizedTask[];
  /** Is true when tasks are left out: their own wait for inputs is unknown, or the last output of their upstream tasks. */
  readonly lacksLags: boolean;
}

export const OPTIMIZATIONS = ['PreLoad', 'PreWarm', 'TaskDup'] as const;
export type Optimization = (typeof OPTIMIZATIONS)[number];

/** A task that waits for others; PreWarm stands on the tasks of the worker that a container was launched for. */
export interface OptimizedTask {
  readonly position: string;
  readonly optimizations: readonly Optimization[];
  /** From the last output of its upstream tasks to the start of its execution. */
  readonly readyLagMs: number;
}

/** One run's tasks with their optimizations and ready lags. Pure. */
export function extractConflicts(run: Run, facts: RunFacts): ConflictsFacts {
  const index = indexOptimizations(run);
  const tasks = tasksById(run);
  const positions = listPositions(run.nodes);
  const waiting = run.nodes.flatMap(({ id, upstream }, i) => {
    const task = tasks.get(id);
    const ids = orNone(upstream);
    return task && ids.length > 0
      ? [{ task, position: positions[i] as string, sinceAtMs: lastOutputAtMs(ids, tasks) }]
      : [];
  });
  const measured = waiting.flatMap(({ task, position, sinceAtMs }): OptimizedTask[] => {
    if (sinceAtMs === null || lacksInputWait(task)) return [];
    const took = (type: Optimization) => (type === 'PreWarm' ? index.isPrewarmed(task.workerId) : hasEvent(task, type));
    return [
      { position, optimizations: OPTIMIZATIONS.filter(took), readyLagMs: executionStartedAtMs(task) - sinceAtMs },
    ];
  });
  return { run: facts, tasks: measured, lacksLags: measured.length < waiting.length };
}

/** `null`: one of them left no metrics, or its wait for inputs is unknown. */
function lastOutputAtMs(upstream: readonly string[], tasks: ReadonlyMap<string, Task>): number | null {
  const outputs = upstream.flatMap((id) => {
    const task = tasks.get(id);
    return task && !lacksInputWait(task) ? [outputAvailableAtMs(task)] : [];
  });
  return outputs.length < upstream.length ? null : (max(outputs) ?? null);
}
