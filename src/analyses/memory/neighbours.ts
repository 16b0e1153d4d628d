import { groupBy } from '../../model/group-by.ts';
import type { Task } from '../../model/run.ts';
import { executionStartedAtMs } from '../../model/timeline.ts';

interface Execution {
  readonly place: number;
  readonly startAtMs: number;
  readonly endAtMs: number;
}

/**
 * Counts the tasks that execute beside each task in its worker, as a mean over its own execution: the time that executions overlap ÷ its
 * length. `null`: which worker ran it, or whether others did, is not known, or it took no time. O(n log n).
 */
export function countNeighbours(tasks: readonly Task[]): (number | null)[] {
  const counts = tasks.map((): number | null => null);
  const known = tasks.flatMap((task, place) => (typeof task.workerId === 'string' ? [{ task, place }] : []));
  for (const own of groupBy(known, ({ task }) => task.workerId)) {
    const executions = own.map(({ task, place }): Execution => {
      const startAtMs = executionStartedAtMs(task);
      return { place, startAtMs, endAtMs: startAtMs + task.executionMs };
    });
    const overlapsMs = sumOverlaps(executions);
    for (const [i, { place }] of executions.entries()) {
      const { executionMs } = tasks[place] as Task;
      if (executionMs > 0) counts[place] = (overlapsMs[i] as number) / executionMs;
    }
  }
  return counts;
}

/** The time in ms that others of these overlap each: the time that all of them execute within its own, less its own. */
function sumOverlaps(executions: readonly Execution[]): number[] {
  const events = executions.flatMap(({ startAtMs, endAtMs }, i) =>
    endAtMs > startAtMs
      ? [
          { atMs: startAtMs, i, step: 1 },
          { atMs: endAtMs, i, step: -1 },
        ]
      : [],
  );
  const overlapsMs = executions.map(() => 0);
  // Of all since none executed: what lies further back would only cost digits.
  let [executedMs, executingCount, lastAtMs] = [0, 0, 0];
  for (const { atMs, i, step } of events.sort((a, b) => a.atMs - b.atMs || a.step - b.step)) {
    executedMs = executingCount === 0 ? 0 : executedMs + executingCount * (atMs - lastAtMs);
    executingCount += step;
    lastAtMs = atMs;
    overlapsMs[i] = (overlapsMs[i] as number) - step * executedMs;
  }
  // Sums in another order leave next to nothing where there is nothing.
  return executions.map(({ startAtMs, endAtMs }, i) => Math.max(0, (overlapsMs[i] as number) - (endAtMs - startAtMs)));
}
