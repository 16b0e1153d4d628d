import { downloadMs, inputBytes } from '../../model/metrics.ts';
import { addRecorded, isRecorded, NOT_RECORDED, type NotRecorded, orNone, orNull } from '../../model/recorded.ts';
import type { Plan, PlannedNode, Run, Task, WorkerStartup } from '../../model/run.ts';
import {
  isComplete,
  isFlexibleWorker,
  makespanMs,
  nodesById,
  outputAvailableAtMs,
  plannedMakespanMs,
} from '../../model/timeline.ts';
import type { NoPair, Pair, QuantityKey } from './quantities.ts';

// Figures of the plan for one run or task, beside those of the metrics.

/** The quantities that add up over tasks. */
type Total = Exclude<QuantityKey, 'makespan' | 'startup-time'>;
type Totals<Amount = number> = Readonly<Record<Total, Amount>>;

const plannedTotals = (node: PlannedNode): Totals => ({
  'execution-time': node.executionMs,
  'download-time': node.totalDownloadMs,
  'upload-time': node.uploadMs,
  'input-bytes': node.inputBytes,
  'output-bytes': node.outputBytes,
});

/** Gives 0 for what did not happen; what is not recorded stays so. */
const orZero = (amount: number | null | NotRecorded): number | NotRecorded => amount ?? 0;

const actualTotals = (task: Task): Totals<number | NotRecorded> => ({
  'execution-time': task.executionMs,
  'download-time': orZero(downloadMs(task)),
  'upload-time': orZero(task.uploadMs),
  'input-bytes': inputBytes(task),
  'output-bytes': task.outputBytes,
});

/** The reason in the ledger where an actual total is not recorded. */
const NOT_RECORDED_REASONS: Readonly<Record<Exclude<Total, 'execution-time'>, NoPair>> = {
  'download-time': 'downloads-not-recorded',
  'upload-time': 'uploads-not-recorded',
  'input-bytes': 'sizes-not-recorded',
  'output-bytes': 'sizes-not-recorded',
};

function addUp<Item>(
  items: Iterable<Item>,
  totalsOf: (item: Item) => Totals<number | NotRecorded>,
): Totals<number | NotRecorded> {
  const sums: Record<Total, number | NotRecorded> = {
    'execution-time': 0,
    'download-time': 0,
    'upload-time': 0,
    'input-bytes': 0,
    'output-bytes': 0,
  };
  for (const item of items) {
    const totals = totalsOf(item);
    sums['execution-time'] = addRecorded(sums['execution-time'], totals['execution-time']);
    sums['download-time'] = addRecorded(sums['download-time'], totals['download-time']);
    sums['upload-time'] = addRecorded(sums['upload-time'], totals['upload-time']);
    sums['input-bytes'] = addRecorded(sums['input-bytes'], totals['input-bytes']);
    sums['output-bytes'] = addRecorded(sums['output-bytes'], totals['output-bytes']);
  }
  return sums;
}

/** Predicted and actual of a whole run by quantity, or why the run has no such pair. Totals are added up when one is asked for. */
export function pairsOfRun(run: Run, plan: Plan): (quantity: QuantityKey) => Pair | NoPair {
  let totals: ReturnType<typeof totalsOfRun> | null = null;
  return (quantity) => {
    if (quantity === 'makespan') return pairMakespan(run);
    if (quantity === 'startup-time') return pairStartups(run, plan);
    totals ??= totalsOfRun(run, plan);
    if (typeof totals === 'string') return totals;
    const predicted = totals.predicted[quantity];
    const actual = totals.actual[quantity];
    if (isRecorded(predicted) && isRecorded(actual)) return { predicted, actual };
    return quantity === 'execution-time' ? 'tasks-without-metrics' : NOT_RECORDED_REASONS[quantity];
  };
}

type RunTotals = Totals<number | NotRecorded>;

function totalsOfRun(run: Run, plan: Plan): NoPair | { readonly predicted: RunTotals; readonly actual: RunTotals } {
  if (!isComplete(run)) return 'tasks-without-metrics';
  if (plan.nodes.size < run.nodeCount) return 'no-prediction';
  return { predicted: addUp(plan.nodes.values(), plannedTotals), actual: addUp(run.tasks, actualTotals) };
}

function pairMakespan(run: Run): Pair | NoPair {
  const predicted = plannedMakespanMs(run);
  const actual = makespanMs(run);
  if (actual === null) return 'sink-without-metrics';
  return predicted === null ? 'no-prediction' : { predicted, actual };
}

/** A start-up that never ended has no duration: the rest of the sum would look like a saving. */
function pairStartups(run: Run, plan: Plan): Pair | NoPair {
  if (run.workerStartups === NOT_RECORDED) return 'startups-not-recorded';
  if (run.workerStartups.some(({ readyAtMs }) => readyAtMs === null)) return 'startup-never-ended';
  const actual = run.workerStartups.reduce((sum, startup) => sum + (startupMs(startup) as number), 0);
  return { predicted: predictedStartupMs(run, plan), actual };
}

const startupMs = ({ readyAtMs, requestedAtMs }: WorkerStartup): number | null =>
  readyAtMs === null ? null : readyAtMs - requestedAtMs;

/** Once per planned worker; a flexible node has a worker for itself. Within a worker the first start-up that is predicted. */
function predictedStartupMs(run: Run, plan: Plan): number {
  const ofWorker = new Map<string, number>();
  let sum = 0;
  for (const node of run.nodes) {
    const predictedMs = plan.nodes.get(node.id)?.startupMs ?? 0;
    const workerId = orNull(node.workerId);
    if (workerId === null || isFlexibleWorker(workerId)) sum += predictedMs;
    else ofWorker.set(workerId, Math.max(ofWorker.get(workerId) ?? 0, predictedMs));
  }
  for (const predictedMs of ofWorker.values()) sum += predictedMs;
  return sum;
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
  const actual = actualTotals(task)[quantity];
  return actual === NOT_RECORDED ? null : { predicted: plannedTotals(planned)[quantity], actual };
}

function startupsByTask(run: Run): Map<string, number> {
  return new Map(
    orNone(run.workerStartups).flatMap((startup) => {
      const durationMs = startupMs(startup);
      return durationMs === null ? [] : startup.initialTaskIds.map((id): [string, number] => [id, durationMs]);
    }),
  );
}
