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
 * length. `null`: which worker ran it, or whether others did, is not known, or it took no time. O(n log n + overlaps).
 */
export function countNeighbours(tasks: readonly Task[]): (number | null)[] {
  const counts = tasks.map((): number | null => null);
  const known = tasks.flatMap((task, place) => (typeof task.workerId === 'string' ? [{ task, place }] : []));
  for (const own of groupBy(known, ({ task }) => task.workerId)) {
    const executions = own
      .map(({ task, place }): Execution => {
        const startAtMs = executionStartedAtMs(task);
        return { place, startAtMs, endAtMs: startAtMs + task.executionMs };
      })
      .sort((a, b) => a.startAtMs - b.startAtMs);
    const overlapsMs = sumOverlaps(executions);
    for (const [i, { place }] of executions.entries()) {
      const { executionMs } = tasks[place] as Task;
      if (executionMs > 0) counts[place] = (overlapsMs[i] as number) / executionMs;
    }
  }
  return counts;
}

/** The time in ms that others of these, in order of their starts, overlap each. */
function sumOverlaps(executions: readonly Execution[]): number[] {
  const overlapsMs = executions.map(() => 0);
  for (const [i, { endAtMs }] of executions.entries()) {
    for (let j = i + 1; j < executions.length; j++) {
      const other = executions[j] as Execution;
      if (other.startAtMs >= endAtMs) break;
      const overlapMs = Math.min(endAtMs, other.endAtMs) - other.startAtMs;
      overlapsMs[i] = (overlapsMs[i] as number) + overlapMs;
      overlapsMs[j] = (overlapsMs[j] as number) + overlapMs;
    }
  }
  return overlapsMs;
}
