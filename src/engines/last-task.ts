import type { TaskFields } from '../model/create-run.ts';
import type { UpstreamNode } from '../model/hash-structure.ts';
import { NOT_RECORDED, type NotRecorded } from '../model/recorded.ts';

/** Finds the task that ended last: the sink of a run that is known to have come to its end. */
export function findLastTask(tasks: readonly TaskFields[]): string | NotRecorded {
  let last: TaskFields | null = null;
  for (const task of tasks) if (last === null || endOf(task) > endOf(last)) last = task;
  return last?.nodeId ?? NOT_RECORDED;
}

const endOf = ({ startedAtMs, executionMs }: TaskFields): number =>
  (typeof startedAtMs === 'number' ? startedAtMs : 0) + executionMs;

/** Finds a node that left no metrics: the sink of a run that is known not to have come to its end. */
export function findUnfinished(nodes: readonly UpstreamNode[], tasks: readonly TaskFields[]): string | NotRecorded {
  const done = new Set(tasks.map(({ nodeId }) => nodeId));
  return nodes.findLast(({ id }) => !done.has(id))?.id ?? NOT_RECORDED;
}
