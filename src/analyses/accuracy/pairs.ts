import type { Plan, PlannedNode, Run, Task, WorkerStartup } from '../../model/run.ts';
import { isComplete, isFlexibleWorker, makespanMs, nodesById, outputAvailableAtMs } from '../../model/timeline.ts';
import type { NoPair, Pair, QuantityKey } from './quantities.ts';

/** What the plan said of one run or task, beside what the metrics say. */

/** A total over tasks: its prediction, its figure, and both for one task. */
interface TaskTotal {
  readonly predicted: (node: PlannedNode) => number;
  readonly actual: (task: Task) => number;
}

const sumOf = <Item>(items: Iterable<Item>, amount: (item: Item) => number): number => {
  let sum = 0;
  for (const item of items) sum += amount(item);
  return sum;
};

const TASK_TOTALS: Readonly<Partial<Record<QuantityKey, TaskTotal>>> = {
  'execution-time': { predicted: (node) => node.executionMs, actual: (task) => task.executionMs },
  'download-time': {
    predicted: (node) => node.totalDownloadMs,
    actual: (task) => sumOf(task.inputs, (input) => input.downloadMs ?? 0),
  },
  'upload-time': { predicted: (node) => node.uploadMs, actual: (task) => task.uploadMs ?? 0 },
  'input-bytes': {
    predicted: (node) => node.inputBytes,
    actual: (task) => sumOf(task.inputs, (input) => input.sizeBytes) + task.hardcodedInputBytes,
  },
  'output-bytes': { predicted: (node) => node.outputBytes, actual: (task) => task.outputBytes },
};

/** Predicted and actual of a whole run, or why the run has no such pair. */
export function pairRun(run: Run, plan: Plan, quantity: QuantityKey): Pair | NoPair {
  if (quantity === 'makespan') return pairMakespan(run, plan);
  if (quantity === 'startup-time') return pairStartups(run, plan);
  const total = TASK_TOTALS[quantity] as TaskTotal;
  if (!isComplete(run)) return 'tasks-without-metrics';
  if (plan.nodes.size < run.nodeCount) return 'no-prediction';
  return { predicted: sumOf(plan.nodes.values(), total.predicted), actual: sumOf(run.tasks, total.actual) };
}

function pairMakespan(run: Run, plan: Plan): Pair | NoPair {
  const predicted = plan.nodes.get(run.sinkNodeId)?.completionMs;
  const actual = makespanMs(run);
  if (actual === null) return 'sink-without-metrics';
  return predicted === undefined ? 'no-prediction' : { predicted, actual };
}

/** A start-up that never ended has no duration: the rest of the sum would look like a saving. */
function pairStartups(run: Run, plan: Plan): Pair | NoPair {
  if (run.workerStartups.some(({ readyAtMs }) => readyAtMs === null)) return 'startup-never-ended';
  return {
    predicted: predictedStartupMs(run, plan),
    actual: sumOf(run.workerStartups, (startup) => startupMs(startup) as number),
  };
}

const startupMs = ({ readyAtMs, requestedAtMs }: WorkerStartup): number | null =>
  readyAtMs === null ? null : readyAtMs - requestedAtMs;

/** Once per planned worker; a flexible node has a worker for itself. Within a worker the first start-up that is predicted. */
function predictedStartupMs(run: Run, plan: Plan): number {
  const ofWorker = new Map<string, number>();
  let sum = 0;
  for (const node of run.nodes) {
    const predictedMs = plan.nodes.get(node.id)?.startupMs ?? 0;
    if (node.workerId === null || isFlexibleWorker(node.workerId)) sum += predictedMs;
    else ofWorker.set(node.workerId, Math.max(ofWorker.get(node.workerId) ?? 0, predictedMs));
  }
  return sum + sumOf(ofWorker.values(), (predictedMs) => predictedMs);
}

/** A task's pair, with the function that it ran. */
export interface TaskPair extends Pair {
  readonly nodeId: string;
  readonly functionName: string;
}

/**
 * Predicted and actual of each task that left metrics and was planned. A task's makespan is its completion since submission;
 * its start-up that of the worker that began with it.
 */
export function pairTasks(run: Run, plan: Plan, quantity: QuantityKey): TaskPair[] {
  const nodes = nodesById(run);
  const startups = quantity === 'startup-time' ? startupsByTask(run) : null;
  return run.tasks.flatMap((task): TaskPair[] => {
    const planned = plan.nodes.get(task.nodeId);
    const pair = planned ? pairTask(run, task, planned, quantity, startups) : null;
    return pair ? [{ ...pair, nodeId: task.nodeId, functionName: nodes.get(task.nodeId)?.functionName ?? '' }] : [];
  });
}

function pairTask(
  run: Run,
  task: Task,
  planned: PlannedNode,
  quantity: QuantityKey,
  startups: ReadonlyMap<string, number> | null,
): Pair | null {
  if (quantity === 'makespan') {
    return { predicted: planned.completionMs, actual: outputAvailableAtMs(task) - (run.submittedAtMs as number) };
  }
  if (quantity === 'startup-time') {
    const actual = startups?.get(task.nodeId);
    return actual === undefined || planned.startupState === null ? null : { predicted: planned.startupMs, actual };
  }
  const total = TASK_TOTALS[quantity] as TaskTotal;
  return { predicted: total.predicted(planned), actual: total.actual(task) };
}

function startupsByTask(run: Run): Map<string, number> {
  return new Map(
    run.workerStartups.flatMap((startup) => {
      const durationMs = startupMs(startup);
      return durationMs === null ? [] : startup.initialTaskIds.map((id): [string, number] => [id, durationMs]);
    }),
  );
}
