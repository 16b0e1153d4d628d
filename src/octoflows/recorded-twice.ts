import { orNone } from '../model/recorded.ts';
import type { Remark, Run, Task, WorkerStartup } from '../model/run.ts';

/**
 * Tasks and start-ups that a record holds more than once, as joined exports, retried uploads and deliveries at least once make them:
 * the last of each counts.
 */
export function countOnce(run: Run): Run {
  const startups = orNone(run.workerStartups);
  const isTaskTwice = run.recordedNodeCount < run.tasks.length;
  const isStartupTwice = haveOneInstant(startups);
  if (!isTaskTwice && !isStartupTwice) return run;
  const workerStartups = lastOfEach(startups, wordStartup);
  const remarks: Remark[] = [
    ...(isTaskTwice ? (['tasks-recorded-twice'] as const) : []),
    ...(workerStartups.length < startups.length ? (['start-ups-recorded-twice'] as const) : []),
  ];
  return {
    ...run,
    tasks: isTaskTwice ? linkTasks(lastOfEach(run.tasks, ({ nodeId }) => nodeId)) : run.tasks,
    workerStartups,
    ...(remarks.length === 0 ? {} : { remarks }),
  };
}

/** Is true when two of them were asked for at the same instant. */
function haveOneInstant(startups: readonly WorkerStartup[]): boolean {
  const instants = new Set<number>();
  for (const { requestedAtMs } of startups) instants.add(requestedAtMs);
  return instants.size < startups.length;
}

/** A worker may be started for the same tasks again, but not by the same request. */
const wordStartup = ({ workerId, memoryMb, initialTaskIds, requestedAtMs }: WorkerStartup): string =>
  JSON.stringify([workerId, String(memoryMb), initialTaskIds, requestedAtMs]);

function lastOfEach<Item>(items: readonly Item[], key: (item: Item) => string): Item[] {
  const last = new Map(items.map((item) => [key(item), item]));
  return items.filter((item) => last.get(key(item)) === item);
}

function linkTasks(tasks: readonly Task[]): Task[] {
  const places = new Map(tasks.map(({ nodeId }, place) => [nodeId, place]));
  return tasks.map((task) => ({
    ...task,
    inputs: orNone(task.inputs).map((input) => ({ ...input, taskIndex: places.get(input.id) ?? -1 })),
  }));
}
