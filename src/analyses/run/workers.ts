import { isFlexibleWorker } from '../../model/timeline.ts';
import type { RecordedTask, RunDetail, RunStartup, RunTask, RunWorker } from './result.ts';

/** A task with its recording, as the chart and the totals need it. */
interface RanTask {
  readonly memoryMb: number | null;
  readonly recorded: RecordedTask;
}

interface Found {
  readonly workerId: string | null;
  readonly startups: RunDetail['startups'][number][];
  readonly tasks: RanTask[];
}

/** An id that people can read is its own label. */
const LONGEST_OWN_LABEL = 12;

/** The workers, start-ups and tasks of a run, with the labels of their workers. */
export interface LabelledRun {
  readonly workers: readonly RunWorker[];
  readonly startups: readonly RunStartup[];
  readonly tasks: readonly RunTask[];
}

/** Gathers what each worker did, orders the workers by their first instant and labels them. */
export function gatherWorkers(detail: RunDetail): LabelledRun {
  const found = [...collect(detail).values()].map((worker) => ({ worker, ...spanOf(worker) }));
  found.sort((a, b) => a.firstAtMs - b.firstAtMs || compareIds(a.worker.workerId, b.worker.workerId));
  const labels = labelWorkers(found.map(({ worker }) => worker.workerId));
  const labelOf = (workerId: string | null) => labels.get(workerId) ?? null;
  return {
    workers: found.map(({ worker, firstAtMs, lastAtMs }) => ({
      label: labelOf(worker.workerId) ?? '',
      workerId: worker.workerId,
      flexible: isFlexibleWorker(worker.workerId),
      memoryMb: worker.tasks[0]?.memoryMb ?? worker.startups[0]?.memoryMb ?? null,
      invocationCount: worker.startups.length,
      taskCount: worker.tasks.length,
      peakExecutingCount: countPeak(worker.tasks.map(({ recorded }) => recorded)),
      executionMs: worker.tasks.reduce((sum, { recorded }) => sum + recorded.executionMs, 0),
      firstAtMs,
      lastAtMs,
    })),
    startups: detail.startups
      .map((startup) => ({ worker: labelOf(startup.workerId) ?? '', ...startup }))
      .sort((a, b) => a.requestedAtMs - b.requestedAtMs),
    tasks: detail.tasks
      .map((task) => ({ ...task, worker: task.recorded ? labelOf(task.workerId) : null }))
      .sort((a, b) => startOf(a) - startOf(b) || 0),
  };
}

const startOf = ({ recorded }: Pick<RunTask, 'recorded'>): number => recorded?.startedAtMs ?? Number.MAX_VALUE;

const compareIds = (a: string | null, b: string | null): number => ((a ?? '') < (b ?? '') ? -1 : 1);

function collect({ startups, tasks }: RunDetail): Map<string | null, Found> {
  const workers = new Map<string | null, Found>();
  const find = (workerId: string | null): Found => {
    const known = workers.get(workerId) ?? { workerId, startups: [], tasks: [] };
    workers.set(workerId, known);
    return known;
  };
  for (const startup of startups) find(startup.workerId).startups.push(startup);
  for (const { workerId, memoryMb, recorded } of tasks) if (recorded) find(workerId).tasks.push({ memoryMb, recorded });
  return workers;
}

function spanOf({ startups, tasks }: Found): { firstAtMs: number; lastAtMs: number } {
  let [firstAtMs, lastAtMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const cover = (fromAtMs: number, toAtMs: number) => {
    firstAtMs = Math.min(firstAtMs, fromAtMs);
    lastAtMs = Math.max(lastAtMs, fromAtMs, toAtMs);
  };
  for (const { requestedAtMs, readyAtMs } of startups) cover(requestedAtMs, readyAtMs ?? requestedAtMs);
  for (const { recorded } of tasks) cover(recorded.startedAtMs, recorded.finishedAtMs);
  return { firstAtMs, lastAtMs };
}

function labelWorkers(workerIds: readonly (string | null)[]): Map<string | null, string> {
  const counts = { flex: 0, worker: 0 };
  return new Map(
    workerIds.map((workerId) => {
      if (workerId === null) return [workerId, 'not known'];
      if (workerId.length <= LONGEST_OWN_LABEL) return [workerId, workerId];
      const kind = isFlexibleWorker(workerId) ? 'flex' : 'worker';
      counts[kind]++;
      return [workerId, `${kind} ${counts[kind]}`];
    }),
  );
}

/** The most executions at one time; one that ends where another begins is not beside it. */
function countPeak(tasks: readonly RecordedTask[]): number {
  const changes = tasks.flatMap(({ executionStartedAtMs, executionEndedAtMs }) => [
    { atMs: executionStartedAtMs, step: 1 },
    { atMs: executionEndedAtMs, step: -1 },
  ]);
  changes.sort((a, b) => a.atMs - b.atMs || a.step - b.step);
  let [running, peak] = [0, 0];
  for (const { step } of changes) {
    running += step;
    peak = Math.max(peak, running);
  }
  return peak;
}
