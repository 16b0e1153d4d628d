import type { Run, Task } from './run.ts';
import { isComplete, isFlexibleWorker, makespanMs } from './timeline.ts';

/** What one run amounts to: the metrics by which planners are compared, and when a run has none. */

export type MetricUnit = 'ms' | 'gb-s' | 'bytes' | 'count';

/** Why a run has no figure for a metric; each is a reason in the ledger. */
export type MissingReason =
  | 'not-submitted'
  | 'sink-without-metrics'
  | 'tasks-without-metrics'
  | 'no-resource-usage'
  | 'resource-usage-not-measured'
  | 'input-wait-not-recorded'
  | 'invocations-not-recorded'
  | 'startup-never-ended';

/** A figure in the metric's unit, or the reason why there is none. */
export type Measurement = number | MissingReason;

export interface Metric {
  readonly key: string;
  readonly label: string;
  readonly unit: MetricUnit;
  /** What a smaller and a larger figure are called. */
  readonly lessWord: string;
  readonly moreWord: string;
  readonly measure: (run: Run) => Measurement;
}

/** What a run amounts to in these metrics, by their keys. */
export function measureRun(run: Run, metrics: readonly Metric[]): Record<string, Measurement> {
  const measurements: Record<string, Measurement> = {};
  for (const { key, measure } of metrics) measurements[key] = measure(run);
  return measurements;
}

const sumOf = (run: Run, amount: (task: Task) => number): number => {
  let sum = 0;
  for (const task of run.tasks) sum += amount(task);
  return sum;
};

/** A total over tasks is a total only when every task left metrics: a partial sum would look like a gain. */
const total = (amount: (task: Task) => number) => (run: Run) =>
  isComplete(run) ? sumOf(run, amount) : 'tasks-without-metrics';

function measureMakespan(run: Run): Measurement {
  if (run.submittedAtMs === null) return 'not-submitted';
  return makespanMs(run) ?? 'sink-without-metrics';
}

function measureResourceUsage(run: Run): Measurement {
  if (run.resourceUsage === null) return 'no-resource-usage';
  return run.resourceUsage.gbSeconds > 0 ? run.resourceUsage.gbSeconds : 'resource-usage-not-measured';
}

/** Newer engines never record the wait on flexible workers, even when inputs were downloaded: such a wait is unknown, not 0. */
export const lacksInputWait = (task: Task): boolean =>
  task.inputWaitMs === null &&
  isFlexibleWorker(task.workerId) &&
  task.inputs.some((input) => input.downloadMs !== null && !input.id.startsWith('hardcoded-dep-'));

function measureInputWait(run: Run): Measurement {
  if (run.tasks.some(lacksInputWait)) return 'input-wait-not-recorded';
  return total((task) => task.inputWaitMs ?? 0)(run);
}

function downloadMs(task: Task): number {
  let sum = 0;
  for (const input of task.inputs) sum += input.downloadMs ?? 0;
  return sum;
}

/** What a task downloaded: a preloaded input was downloaded too, although its time is overwritten with null. */
export function downloadedBytes({ inputs, optimizationEvents }: Task): number {
  const isPreloaded = (id: string) =>
    optimizationEvents.some((event) => event.type === 'PreLoad' && event.inputId === id);
  let sum = 0;
  for (const { id, downloadMs, sizeBytes } of inputs) if (downloadMs !== null || isPreloaded(id)) sum += sizeBytes;
  return sum;
}

/** What a task uploaded: nothing where all consumers were on its worker. */
export const uploadedBytes = (task: Task): number => (task.uploadMs === null ? 0 : task.outputBytes);

function measureStartup(run: Run): Measurement {
  let sum = 0;
  for (const startup of run.workerStartups) {
    if (startup.readyAtMs === null) return 'startup-never-ended';
    sum += startup.readyAtMs - startup.requestedAtMs;
  }
  return sum;
}

const countStarts = (state: 'cold' | 'warm') => (run: Run) =>
  run.workerStartups.some((startup) => startup.state === null)
    ? 'startup-never-ended'
    : run.workerStartups.filter((startup) => startup.state === state).length;

/** Where WUKONG's optimizations took over, invocations happen but are not recorded: a count of 0 means nothing. */
export const lacksInvocations = (task: Task): boolean => /wukong.*opt/i.test(task.plannerName);

function measureInvocation(run: Run): Measurement {
  if (run.tasks.some(lacksInvocations)) return 'invocations-not-recorded';
  return total((task) => task.invocationMs ?? 0)(run);
}

const [fewer, more] = ['fewer', 'more'];
const [faster, slower] = ['faster', 'slower'];
const [less, moreOf] = ['less', 'more'];

/** All metrics of a run; the first three are the default. Their keys are what `--metric` and `--fail-on` take. */
export const METRICS: readonly Metric[] = [
  { key: 'makespan', label: 'makespan', unit: 'ms', lessWord: faster, moreWord: slower, measure: measureMakespan },
  {
    key: 'execution-time',
    label: 'execution time',
    unit: 'ms',
    lessWord: less,
    moreWord: moreOf,
    measure: total((task) => task.executionMs),
  },
  {
    key: 'resource-usage',
    label: 'resource usage',
    unit: 'gb-s',
    lessWord: 'cheaper',
    moreWord: 'dearer',
    measure: measureResourceUsage,
  },
  { key: 'input-wait', label: 'input wait', unit: 'ms', lessWord: less, moreWord: moreOf, measure: measureInputWait },
  {
    key: 'download-time',
    label: 'download time',
    unit: 'ms',
    lessWord: less,
    moreWord: moreOf,
    measure: total(downloadMs),
  },
  {
    key: 'upload-time',
    label: 'upload time',
    unit: 'ms',
    lessWord: less,
    moreWord: moreOf,
    measure: total((task) => task.uploadMs ?? 0),
  },
  {
    key: 'bytes-downloaded',
    label: 'bytes downloaded',
    unit: 'bytes',
    lessWord: fewer,
    moreWord: more,
    measure: total(downloadedBytes),
  },
  {
    key: 'bytes-uploaded',
    label: 'bytes uploaded',
    unit: 'bytes',
    lessWord: fewer,
    moreWord: more,
    measure: total(uploadedBytes),
  },
  {
    key: 'bytes-transferred',
    label: 'bytes transferred',
    unit: 'bytes',
    lessWord: fewer,
    moreWord: more,
    measure: total((task) => downloadedBytes(task) + uploadedBytes(task)),
  },
  {
    key: 'startup-time',
    label: 'worker start-up time',
    unit: 'ms',
    lessWord: less,
    moreWord: moreOf,
    measure: measureStartup,
  },
  {
    key: 'workers',
    label: 'workers',
    unit: 'count',
    lessWord: fewer,
    moreWord: more,
    measure: (run) => run.workerStartups.length,
  },
  {
    key: 'cold-starts',
    label: 'cold starts',
    unit: 'count',
    lessWord: fewer,
    moreWord: more,
    measure: countStarts('cold'),
  },
  {
    key: 'warm-starts',
    label: 'warm starts',
    unit: 'count',
    lessWord: fewer,
    moreWord: more,
    measure: countStarts('warm'),
  },
  {
    key: 'invocation-time',
    label: 'invocation time',
    unit: 'ms',
    lessWord: less,
    moreWord: moreOf,
    measure: measureInvocation,
  },
  {
    key: 'dependency-update-time',
    label: 'dependency update time',
    unit: 'ms',
    lessWord: less,
    moreWord: moreOf,
    measure: total((task) => task.dependencyUpdateMs ?? 0),
  },
];

/** The metrics that every comparison shows unless asked otherwise. */
export const DEFAULT_METRIC_KEYS = ['makespan', 'execution-time', 'resource-usage'] as const;

/** The metric of that key; `undefined` when there is none. */
export const findMetric = (key: string): Metric | undefined => METRICS.find((metric) => metric.key === key);
