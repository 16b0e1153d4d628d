import { type BillableUse, listBillableUse, type UnbillableReason } from './billable-use.ts';
import { addRecorded, isRecorded, NOT_RECORDED, type NotRecorded, type NotRecordedReason } from './recorded.ts';
import type { Run, Task } from './run.ts';
import type { RunPart } from './run-parts.ts';
import { isComplete, makespanMs } from './timeline.ts';

/** What one run amounts to: the metrics by which planners are compared, and when a run has none. */

/** The unit is the same for every run; `gb-s`: memory in GB (1024 MB) × billed seconds. */
export type MetricUnit = 'ms' | 'gb-s' | 'usd' | 'bytes' | 'count';

/** Why a run has no figure for a metric; each is a reason in the ledger. */
export type MissingReason =
  | 'not-submitted'
  | 'sink-without-metrics'
  | 'tasks-without-metrics'
  | 'no-resource-usage'
  | 'resource-usage-not-measured'
  | NotRecordedReason
  | 'startup-never-ended'
  | UnbillableReason
  | 'prewarm-startup-unknown'
  | 'not-priced';

/** A figure in the metric's unit, or the reason why there is none. */
export type Measurement = number | MissingReason;

/** A metric gives every run a figure in its unit, or the reason why it has none. */
export interface Metric {
  readonly key: string;
  readonly label: string;
  readonly unit: MetricUnit;
  /** Says what it measures, for help. */
  readonly meaning: string;
  /** Words for a smaller and a larger figure. */
  readonly lessWord: string;
  readonly moreWord: string;
  readonly measure: (run: Run) => Measurement;
}

/** Measured is one run, in some metrics. */
export interface Measured {
  /** By metric key: a figure in the metric's unit, or the reason why there is none. */
  readonly measurements: Readonly<Record<string, Measurement>>;
  /** A bill can be made of this once prices are known; left out where no cost is asked for. */
  readonly use?: BillableUse | UnbillableReason;
}

/** Measures a run. A cost is `not-priced` yet: it depends on prices, and on the cold starts of other runs. */
export function measureRun(run: Run, metrics: readonly Metric[]): Measured {
  const measurements: Record<string, Measurement> = {};
  for (const { key, measure } of metrics) measurements[key] = measure(run);
  return { measurements, ...(asksCost(metrics) ? { use: listBillableUse(run) } : {}) };
}

/** Lists the parts of a run that `measureRun` looks at. */
export const partsMeasured = (metrics: readonly Metric[]): RunPart[] => (asksCost(metrics) ? ['nodes'] : []);

/** The key of the metric that needs prices. */
export const COST = 'cost';

/** Is true when one of the metrics is the cost, which needs prices. */
export const asksCost = (metrics: readonly Metric[]): boolean => metrics.some(({ key }) => key === COST);

type Amount = number | null | NotRecorded;

/** Adds up what happened: `null` adds nothing, and one amount that is not recorded makes the sum unknown. */
function sumOf<Item>(items: readonly Item[], amountOf: (item: Item) => Amount): number | NotRecorded {
  let sum = 0;
  for (const item of items) {
    const amount = amountOf(item);
    if (amount === NOT_RECORDED) return NOT_RECORDED;
    sum += amount ?? 0;
  }
  return sum;
}

/** A total over tasks is a total only when every task left metrics: a partial sum would look like a gain. */
const total =
  (amountOf: (task: Task) => Amount, notRecorded: MissingReason = 'tasks-without-metrics') =>
  (run: Run): Measurement => {
    const sum = sumOf(run.tasks, amountOf);
    if (sum === NOT_RECORDED) return notRecorded;
    return isComplete(run) ? sum : 'tasks-without-metrics';
  };

function measureMakespan(run: Run): Measurement {
  if (run.lacks.has('instants')) return run.statedMakespanMs ?? 'instants-not-recorded';
  if (run.submittedAtMs === null) return run.lacks.has('submission') ? 'submission-not-recorded' : 'not-submitted';
  return makespanMs(run) ?? 'sink-without-metrics';
}

function measureResourceUsage(run: Run): Measurement {
  if (!isRecorded(run.resourceUsage)) return 'resource-usage-not-recorded';
  if (run.resourceUsage === null) return 'no-resource-usage';
  return run.resourceUsage.gbSeconds > 0 ? run.resourceUsage.gbSeconds : 'resource-usage-not-measured';
}

/** The time of a task's downloads in ms; `null` when it downloaded nothing. */
export function downloadMs({ inputs }: Task): number | null | NotRecorded {
  if (inputs === NOT_RECORDED) return NOT_RECORDED;
  let sum: number | null = null;
  for (const input of inputs) if (input.downloadMs !== null) sum = (sum ?? 0) + input.downloadMs;
  return sum;
}

/** Adds up a task's downloads, in bytes: a preloaded input was downloaded too, although its time is overwritten with null. */
export function downloadedBytes({ inputs, optimizationEvents }: Task): number | NotRecorded {
  if (inputs === NOT_RECORDED) return NOT_RECORDED;
  const isPreloaded = (id: string) =>
    optimizationEvents.some((event) => event.type === 'PreLoad' && event.inputId === id);
  return sumOf(inputs, (input) => (input.downloadMs !== null || isPreloaded(input.id) ? input.sizeBytes : 0));
}

/** Adds up a task's inputs, in bytes: the outputs of others, and data given with the workflow. */
export const inputBytes = ({ inputs, hardcodedInputBytes }: Task): number | NotRecorded =>
  inputs === NOT_RECORDED
    ? NOT_RECORDED
    : addRecorded(
        hardcodedInputBytes,
        sumOf(inputs, ({ sizeBytes }) => sizeBytes),
      );

/** Gives a task's upload, in bytes: 0 where all consumers were on its worker. */
export function uploadedBytes({ uploadMs, outputBytes }: Task): number | NotRecorded {
  if (uploadMs === NOT_RECORDED) return NOT_RECORDED;
  return uploadMs === null ? 0 : outputBytes;
}

/** Why bytes are not known: the transfers themselves are not, or else their sizes. */
const measureBytes =
  (amountOf: (task: Task) => Amount, transfers: readonly ('downloads' | 'uploads')[]) =>
  (run: Run): Measurement => {
    const lacking = transfers.find((kind) => run.lacks.has(kind));
    return total(amountOf, lacking ? `${lacking}-not-recorded` : 'sizes-not-recorded')(run);
  };

function measureStartup({ workerStartups }: Run): Measurement {
  if (workerStartups === NOT_RECORDED) return 'startups-not-recorded';
  let sum = 0;
  for (const startup of workerStartups) {
    if (startup.readyAtMs === null) return 'startup-never-ended';
    sum += startup.readyAtMs - startup.requestedAtMs;
  }
  return sum;
}

const countWorkers = ({ workerStartups }: Run): Measurement =>
  workerStartups === NOT_RECORDED ? 'startups-not-recorded' : workerStartups.length;

const countStarts =
  (state: 'cold' | 'warm') =>
  ({ workerStartups }: Run): Measurement => {
    if (workerStartups === NOT_RECORDED) return 'startups-not-recorded';
    if (workerStartups.some((startup) => startup.state === NOT_RECORDED)) return 'startup-states-not-recorded';
    if (workerStartups.some((startup) => startup.state === null)) return 'startup-never-ended';
    return workerStartups.filter((startup) => startup.state === state).length;
  };

/** The time of a task's invocations; a count that was lost means that some are missing from the time. */
const invocationMs = (task: Task): Amount => (task.invocationCount === NOT_RECORDED ? NOT_RECORDED : task.invocationMs);

const [fewer, more] = ['fewer', 'more'];
const [faster, slower] = ['faster', 'slower'];
const [less, moreOf] = ['less', 'more'];

/** All metrics of a run; the first three are the default. Their keys are what `--metric` and `--fail-on` take. */
export const METRICS: readonly Metric[] = [
  {
    key: 'makespan',
    label: 'makespan',
    unit: 'ms',
    meaning: 'from submission until the sink has put its result',
    lessWord: faster,
    moreWord: slower,
    measure: measureMakespan,
  },
  {
    key: 'execution-time',
    label: 'execution time',
    unit: 'ms',
    meaning: 'time of the functions, summed over tasks',
    lessWord: less,
    moreWord: moreOf,
    measure: total((task) => task.executionMs),
  },
  {
    key: 'resource-usage',
    label: 'resource usage',
    unit: 'gb-s',
    meaning: 'memory × time of the workers, as the engine measured it',
    lessWord: 'cheaper',
    moreWord: 'dearer',
    measure: measureResourceUsage,
  },
  {
    key: COST,
    label: 'cost',
    unit: 'usd',
    meaning: "what a platform would bill for the run's workers, by --prices",
    lessWord: 'cheaper',
    moreWord: 'dearer',
    measure: () => 'not-priced',
  },
  {
    key: 'input-wait',
    label: 'input wait',
    unit: 'ms',
    meaning: 'waiting for inputs, summed over tasks',
    lessWord: less,
    moreWord: moreOf,
    measure: total((task) => task.inputWaitMs, 'input-wait-not-recorded'),
  },
  {
    key: 'download-time',
    label: 'download time',
    unit: 'ms',
    meaning: 'time of downloads, summed over tasks',
    lessWord: less,
    moreWord: moreOf,
    measure: total(downloadMs, 'downloads-not-recorded'),
  },
  {
    key: 'upload-time',
    label: 'upload time',
    unit: 'ms',
    meaning: 'time of uploads, summed over tasks',
    lessWord: less,
    moreWord: moreOf,
    measure: total((task) => task.uploadMs, 'uploads-not-recorded'),
  },
  {
    key: 'bytes-downloaded',
    label: 'bytes downloaded',
    unit: 'bytes',
    meaning: 'bytes that tasks downloaded',
    lessWord: fewer,
    moreWord: more,
    measure: measureBytes(downloadedBytes, ['downloads']),
  },
  {
    key: 'bytes-uploaded',
    label: 'bytes uploaded',
    unit: 'bytes',
    meaning: 'bytes that tasks uploaded',
    lessWord: fewer,
    moreWord: more,
    measure: measureBytes(uploadedBytes, ['uploads']),
  },
  {
    key: 'bytes-transferred',
    label: 'bytes transferred',
    unit: 'bytes',
    meaning: 'bytes downloaded and uploaded',
    lessWord: fewer,
    moreWord: more,
    measure: measureBytes((task) => addRecorded(downloadedBytes(task), uploadedBytes(task)), ['downloads', 'uploads']),
  },
  {
    key: 'startup-time',
    label: 'worker start-up time',
    unit: 'ms',
    meaning: 'from request to ready, summed over workers',
    lessWord: less,
    moreWord: moreOf,
    measure: measureStartup,
  },
  {
    key: 'workers',
    label: 'workers',
    unit: 'count',
    meaning: 'start-ups of workers',
    lessWord: fewer,
    moreWord: more,
    measure: countWorkers,
  },
  {
    key: 'cold-starts',
    label: 'cold starts',
    unit: 'count',
    meaning: 'workers that started in a new container',
    lessWord: fewer,
    moreWord: more,
    measure: countStarts('cold'),
  },
  {
    key: 'warm-starts',
    label: 'warm starts',
    unit: 'count',
    meaning: 'workers that started in a container that was there',
    lessWord: fewer,
    moreWord: more,
    measure: countStarts('warm'),
  },
  {
    key: 'invocation-time',
    label: 'invocation time',
    unit: 'ms',
    meaning: 'invoking of downstream workers, summed over tasks',
    lessWord: less,
    moreWord: moreOf,
    measure: total(invocationMs, 'invocations-not-recorded'),
  },
  {
    key: 'dependency-update-time',
    label: 'dependency update time',
    unit: 'ms',
    meaning: 'updating of dependencies, summed over tasks',
    lessWord: less,
    moreWord: moreOf,
    measure: total((task) => task.dependencyUpdateMs, 'dependency-updates-not-recorded'),
  },
];

/** The metrics that every comparison shows unless asked otherwise. */
export const DEFAULT_METRIC_KEYS = ['makespan', 'execution-time', 'resource-usage'] as const;

/** The metric of that key; `undefined` when there is none. */
export const findMetric = (key: string): Metric | undefined => METRICS.find((metric) => metric.key === key);
