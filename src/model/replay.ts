import type { BillableSession } from './billable-use.ts';
import { oncePerRun } from './once-per-run.ts';
import { NOT_RECORDED, orNone, orNull } from './recorded.ts';
import type { Run, StartupState, Task, WorkerStartup } from './run.ts';
import { indexStartups } from './task-startup.ts';
import {
  executionStartedAtMs,
  isComplete,
  lacksInputWait,
  makespanMs,
  nodesById,
  outputAvailableAtMs,
  plannerName,
  sinkTask,
  startedAtMs,
  tasksById,
} from './timeline.ts';

/**
 * The replay of a recorded run: `traceReplay` takes a run apart into what waits for what, durations and the lags between them, and
 * `replayRun` plays that forward again, with some durations changed. Nothing changed gives the recorded instants. A worker is asked
 * for, after its lag, when the last output that its first tasks need is there; a task begins, after its lag, when its worker is ready
 * and its inputs are there (Ousterhout et al., NSDI '15: blocked time by replay). Lags stay as recorded: that tasks share a worker's
 * processor, or that one waits for its turn, is not modelled.
 */

/**
 * A worker's start-up: memory in MB (`null`: not recorded), its state, the tasks whose outputs it was asked for after (none: the
 * submission), the lag from there to the request, and from request to ready, in ms.
 */
export type ReplayWorker = readonly [
  memoryMb: number | null,
  state: StartupState | null,
  upstream: readonly number[],
  lagMs: number,
  startupMs: number,
];

/**
 * The tasks of a network, by column, because there are many: places of functions' names and of workers, the tasks whose outputs each
 * waits for, and in ms the lag until it begins, its wait for inputs from then on, execution, upload, and what its worker does for it
 * afterwards (dependency counters, invocations).
 */
export interface ReplayTasks {
  readonly functionIndex: readonly number[];
  readonly worker: readonly number[];
  /** Places of tasks, task after task. */
  readonly upstream: readonly number[];
  /** The place in `upstream` behind those of each task. */
  readonly upstreamEnd: readonly number[];
  readonly lagMs: readonly number[];
  readonly inputWaitMs: readonly number[];
  readonly executionMs: readonly number[];
  readonly uploadMs: readonly number[];
  readonly handoffMs: readonly number[];
}

/** A recorded run as a network of durations and lags: plain JSON. */
export interface ReplayNetwork {
  readonly functions: readonly string[];
  readonly workers: readonly ReplayWorker[];
  /** Every task after those that it or its worker waits for. */
  readonly tasks: ReplayTasks;
  /** The place of the last task of the workflow. */
  readonly sink: number;
  /** As recorded. */
  readonly makespanMs: number;
  /** Mean time in which a worker fetched the DAG, as part of its start-up; `null`: not recorded. */
  readonly dagFetchMs: number | null;
  /** Tasks that downloaded inputs and whose wait for them was not recorded: the wait is part of nothing that can be changed. */
  readonly unrecordedWaitCount: number;
}

/**
 * Why a run cannot be replayed. `invocations-not-recorded`: WUKONG hands tasks on at run time, and records neither who invoked whom
 * nor which worker would have come to run a task. `invoker-not-recorded`: a worker that no recorded invocation of the last output it
 * waited for explains, as where a duplicate had made that output.
 */
export type ReplayRefusal =
  | 'not-submitted'
  | 'sink-without-metrics'
  | 'tasks-without-metrics'
  | 'tasks-without-startup'
  | 'invocations-not-recorded'
  | 'invoker-not-recorded'
  | 'edges-contradict';

/**
 * Takes a run apart, or says why it cannot be replayed. Looks at `nodes`, `edges` and `dagDownloads`; of a source that lacks edges,
 * submissions, start-ups, waits or uploads altogether nothing can be replayed, which the caller has to rule out (`REPLAY_NEEDS`).
 * O(nodes + edges).
 */
export const traceReplay = oncePerRun((run): ReplayNetwork | ReplayRefusal => {
  const { submittedAtMs } = run;
  const sink = sinkTask(run);
  if (!recordsInvocations(run)) return 'invocations-not-recorded';
  if (submittedAtMs === null) return 'not-submitted';
  if (sink === null) return 'sink-without-metrics';
  if (!isComplete(run)) return 'tasks-without-metrics';
  const traced = traceWaits(run, submittedAtMs);
  return typeof traced === 'string' ? traced : buildNetwork(run, traced, sink);
});

/** What must be recorded for every duration of a run to be known. */
export const REPLAY_NEEDS = [
  'instants',
  'edges',
  'submission',
  'workers',
  'startups',
  'input-wait',
  'uploads',
  'dependency-updates',
  'invocations',
] as const;

/** WUKONG records some invocations, but fan-ins go to whichever worker comes last: other times would place them elsewhere. */
const recordsInvocations = (run: Run): boolean =>
  !/wukong/i.test(plannerName(run) ?? '') && run.tasks.every(({ invocationMs }) => invocationMs !== NOT_RECORDED);

/** A started worker; `upstream`: the places of the tasks whose outputs its first tasks need. Instants in ms after submission. */
interface TracedWorker {
  readonly startup: WorkerStartup;
  readonly requestedMs: number;
  readonly readyMs: number;
  readonly upstream: readonly number[];
}

interface TracedTask {
  readonly task: Task;
  readonly executedMs: number;
  readonly outputMs: number;
  readonly functionName: string;
  /** The place of its worker. */
  readonly worker: number;
  readonly upstream: readonly number[];
}

interface Traced {
  readonly workers: readonly TracedWorker[];
  readonly tasks: readonly TracedTask[];
}

/** Finds what waited for what, in the order of the record. */
function traceWaits(run: Run, submittedAtMs: number): Traced | ReplayRefusal {
  const byId = tasksById(run);
  const tasks = [...byId.values()];
  const nodes = nodesById(run);
  const placeOf = new Map(tasks.map(({ nodeId }, place) => [nodeId, place]));
  const upstreamOf = (nodeId: string): number[] =>
    orNone(nodes.get(nodeId)?.upstream ?? []).flatMap((id) => placeOf.get(id) ?? []);
  const workers: TracedWorker[] = [];
  const workerOf = new Map<WorkerStartup, number>();
  for (const startup of orNone(run.workerStartups)) {
    const { requestedAtMs, readyAtMs, initialTaskIds } = startup;
    if (readyAtMs === null) continue;
    const upstream = [...new Set(initialTaskIds.flatMap(upstreamOf))];
    if (!explainsRequest(upstream, tasks, requestedAtMs)) return 'invoker-not-recorded';
    workerOf.set(startup, workers.length);
    workers.push({ startup, requestedMs: requestedAtMs - submittedAtMs, readyMs: readyAtMs - submittedAtMs, upstream });
  }
  const findStartup = indexStartups(run);
  const traced: TracedTask[] = [];
  for (const task of tasks) {
    const startup = findStartup(task);
    const worker = startup && workerOf.get(startup);
    if (worker == null) return 'tasks-without-startup';
    const functionName = nodes.get(task.nodeId)?.functionName ?? task.nodeId;
    const upstream = awaitedBy(task, upstreamOf(task.nodeId), tasks);
    traced.push({ task, ...placeTask(task, submittedAtMs), functionName, worker, upstream });
  }
  return { workers, tasks: traced };
}

/** Subtracts before it adds: an instant since 1970 holds no less than a quarter of a microsecond. */
function placeTask(task: Task, submittedAtMs: number) {
  const { inputWaitMs, executionMs, uploadMs } = task;
  const executedMs = startedAtMs(task) - submittedAtMs + (orNull(inputWaitMs) ?? 0);
  return { executedMs, outputMs: executedMs + executionMs + (orNull(uploadMs) ?? 0) };
}

/** Clocks tick in fractions of this many ms: what is earlier by less is not earlier. */
const CLOCK_TOLERANCE_MS = 1;

/** Whether the task whose output came last may have asked for the worker: it invoked some, after it had updated the counters. */
function explainsRequest(upstream: readonly number[], tasks: readonly Task[], requestedAtMs: number): boolean {
  let last: Task | null = null;
  for (const place of upstream) {
    const task = tasks[place] as Task;
    if (last === null || outputAvailableAtMs(task) > outputAvailableAtMs(last)) last = task;
  }
  if (last === null) return true;
  const updatedAtMs = outputAvailableAtMs(last) + (orNull(last.dependencyUpdateMs) ?? 0);
  return orNull(last.invocationMs) !== null && updatedAtMs <= requestedAtMs + CLOCK_TOLERANCE_MS;
}

/** All upstream tasks, but for one whose duplicate was used before its own output was there. */
function awaitedBy(task: Task, upstream: readonly number[], tasks: readonly Task[]): readonly number[] {
  const replaced = task.optimizationEvents.flatMap((event) => (event.type === 'TaskDup' ? [event.inputId] : []));
  if (replaced.length === 0) return upstream;
  const executedAtMs = executionStartedAtMs(task);
  return upstream.filter((place) => {
    const above = tasks[place] as Task;
    return !replaced.includes(above.nodeId) || outputAvailableAtMs(above) <= executedAtMs;
  });
}

function buildNetwork(run: Run, traced: Traced, sink: Task): ReplayNetwork | ReplayRefusal {
  const order = orderTasks(traced);
  if (order.length < traced.tasks.length) return 'edges-contradict';
  const places = new Map(order.map((place, now) => [place, now]));
  const renumber = (upstream: readonly number[]) => upstream.map((place) => places.get(place) as number);
  const tasks = order.map((place) => traced.tasks[place] as TracedTask);
  const functions = [...new Set(tasks.map(({ functionName }) => functionName))];
  const functionOf = new Map(functions.map((name, place) => [name, place]));
  const last = tasks.findIndex(({ task }) => task.nodeId === sink.nodeId);
  return {
    functions,
    workers: traced.workers.map((worker) => describeWorker(worker, traced.tasks, renumber)),
    tasks: listTasks(tasks, traced, ({ functionName }) => functionOf.get(functionName) as number, renumber),
    sink: last,
    makespanMs: makespanMs(run) as number,
    dagFetchMs: meanFetch(run),
    unrecordedWaitCount: run.tasks.filter(lacksInputWait).length,
  };
}

/** Lists the tasks by column, in their order. */
function listTasks(
  ordered: readonly TracedTask[],
  traced: Traced,
  functionIndexOf: (task: TracedTask) => number,
  renumber: (upstream: readonly number[]) => number[],
): ReplayTasks {
  const upstream: number[] = [];
  const upstreamEnd: number[] = [];
  for (const task of ordered) {
    for (const place of renumber(task.upstream)) upstream.push(place);
    upstreamEnd.push(upstream.length);
  }
  const times = ordered.map((task) => measureTask(task, traced));
  return {
    functionIndex: ordered.map(functionIndexOf),
    worker: ordered.map(({ worker }) => worker),
    upstream,
    upstreamEnd,
    lagMs: times.map(({ lagMs }) => lagMs),
    inputWaitMs: times.map(({ inputWaitMs }) => inputWaitMs),
    executionMs: ordered.map(({ task }) => task.executionMs),
    uploadMs: ordered.map(({ task }) => orNull(task.uploadMs) ?? 0),
    handoffMs: ordered.map(({ task }) => (orNull(task.dependencyUpdateMs) ?? 0) + (orNull(task.invocationMs) ?? 0)),
  };
}

/**
 * Gives the places of the tasks so that each stands after those that it and its worker waited for (Kahn 1962). Those that wait in a
 * circle are left out.
 */
function orderTasks({ workers, tasks }: Traced): number[] {
  // Workers are numbered after the tasks.
  const waiting = [...tasks, ...workers].map((): number[] => []);
  const missing = [
    ...tasks.map(({ upstream }) => upstream.length + 1),
    ...workers.map(({ upstream }) => upstream.length),
  ];
  for (const [place, { worker, upstream }] of tasks.entries()) {
    waiting[tasks.length + worker]?.push(place);
    for (const above of upstream) waiting[above]?.push(place);
  }
  for (const [worker, { upstream }] of workers.entries())
    for (const above of upstream) waiting[above]?.push(tasks.length + worker);
  const due = missing.flatMap((count, item) => (count === 0 ? [item] : []));
  for (let i = 0; i < due.length; i++) {
    for (const item of waiting[due[i] as number] as number[]) {
      missing[item] = (missing[item] as number) - 1;
      if (missing[item] === 0) due.push(item);
    }
  }
  return due.filter((item) => item < tasks.length);
}

/** The last of these outputs, in ms after submission; `sinceMs` without any. */
const lastOutputMs = (upstream: readonly number[], tasks: readonly TracedTask[], sinceMs: number): number =>
  upstream.reduce((ms, place) => Math.max(ms, (tasks[place] as TracedTask).outputMs), sinceMs);

function describeWorker(
  { startup, requestedMs, readyMs, upstream }: TracedWorker,
  tasks: readonly TracedTask[],
  renumber: (upstream: readonly number[]) => number[],
): ReplayWorker {
  const sinceMs = upstream.length === 0 ? 0 : lastOutputMs(upstream, tasks, Number.NEGATIVE_INFINITY);
  const { memoryMb, state } = startup;
  return [orNull(memoryMb), orNull(state), renumber(upstream), requestedMs - sinceMs, readyMs - requestedMs];
}

/** A wait that began before worker and inputs were there is one for transfers only from then on. */
function measureTask({ task, executedMs, worker, upstream }: TracedTask, { workers, tasks }: Traced) {
  const sinceMs = lastOutputMs(upstream, tasks, (workers[worker] as TracedWorker).readyMs);
  const waitedMs = orNull(task.inputWaitMs) ?? 0;
  const coversMore = executedMs - waitedMs < sinceMs && executedMs >= sinceMs;
  const inputWaitMs = coversMore ? executedMs - sinceMs : waitedMs;
  return { lagMs: executedMs - inputWaitMs - sinceMs, inputWaitMs };
}

function meanFetch(run: Run): number | null {
  const fetches = orNone(run.dagDownloads);
  if (fetches.length === 0) return null;
  return fetches.reduce((sum, { downloadMs }) => sum + downloadMs, 0) / fetches.length;
}

/** What a replay changes, each from what was recorded, in ms; left out: as recorded. */
export interface ReplayChange {
  readonly startupMs?: (startupMs: number, worker: ReplayWorker, network: ReplayNetwork) => number;
  readonly inputWaitMs?: (inputWaitMs: number) => number;
  readonly executionMs?: (executionMs: number, functionName: string, memoryMb: number | null, place: number) => number;
  readonly uploadMs?: (uploadMs: number) => number;
  /** Lags before requests and before tasks. */
  readonly lagMs?: (lagMs: number) => number;
}

/** Starts every worker without its fetch of the DAG; `null`: no fetch is recorded. */
export const withoutDagFetch = ({ dagFetchMs }: ReplayNetwork): ReplayChange | null =>
  dagFetchMs === null ? null : { startupMs: (startupMs) => Math.max(0, startupMs - dagFetchMs) };

/** A replayed run, in ms after its submission; columns as those of the network. */
export interface ReplayedRun {
  readonly makespanMs: number;
  readonly tasks: ReturnType<typeof createTaskColumns>;
  readonly workers: ReturnType<typeof createWorkerColumns>;
}

const createTaskColumns = (length: number) => ({
  startedMs: new Float64Array(length),
  executionStartedMs: new Float64Array(length),
  executionEndedMs: new Float64Array(length),
  outputMs: new Float64Array(length),
  finishedMs: new Float64Array(length),
});

const createWorkerColumns = (length: number) => ({
  requestedMs: new Float64Array(length),
  readyMs: new Float64Array(length),
  /** The end of its last task; the instant at which it was ready where it ran none. */
  lastFinishedMs: new Float64Array(length),
});

const asRecorded = (ms: number): number => ms;

/** Plays a run forward, with the changes of `change`; without any its recorded instants come out. O(tasks + edges). */
export function replayRun(network: ReplayNetwork, change: ReplayChange = {}): ReplayedRun {
  const { startupMs, inputWaitMs = asRecorded, executionMs, uploadMs = asRecorded, lagMs = asRecorded } = change;
  const { functions, tasks: recorded } = network;
  const taskCount = recorded.worker.length;
  const tasks = createTaskColumns(taskCount);
  const workers = createWorkerColumns(network.workers.length);
  const latest = (upstream: readonly number[], from: number, to: number, sinceMs: number): number => {
    let ms = sinceMs;
    for (let i = from; i < to; i++) ms = Math.max(ms, tasks.outputMs[upstream[i] as number] as number);
    return ms;
  };
  const started = new Uint8Array(network.workers.length);
  const start = (place: number): void => {
    if (started[place] === 1) return;
    started[place] = 1;
    const worker = network.workers[place] as ReplayWorker;
    const [, , upstream, lag, recordedMs] = worker;
    const sinceMs = upstream.length === 0 ? 0 : latest(upstream, 0, upstream.length, Number.NEGATIVE_INFINITY);
    const requestedMs = sinceMs + lagMs(lag);
    const readyMs = requestedMs + (startupMs ? startupMs(recordedMs, worker, network) : recordedMs);
    workers.requestedMs[place] = requestedMs;
    workers.readyMs[place] = readyMs;
    workers.lastFinishedMs[place] = readyMs;
  };
  let from = 0;
  for (let place = 0; place < taskCount; place++) {
    const worker = recorded.worker[place] as number;
    const to = recorded.upstreamEnd[place] as number;
    start(worker);
    const availableMs = latest(recorded.upstream, from, to, workers.readyMs[worker] as number);
    from = to;
    const startedMs = availableMs + lagMs(recorded.lagMs[place] as number);
    const executionStartedMs = startedMs + inputWaitMs(recorded.inputWaitMs[place] as number);
    const recordedMs = recorded.executionMs[place] as number;
    const name = functions[recorded.functionIndex[place] as number] as string;
    const memoryMb = (network.workers[worker] as ReplayWorker)[0];
    const ownMs = executionMs ? executionMs(recordedMs, name, memoryMb, place) : recordedMs;
    const outputMs = executionStartedMs + ownMs + uploadMs(recorded.uploadMs[place] as number);
    const finishedMs = outputMs + (recorded.handoffMs[place] as number);
    tasks.startedMs[place] = startedMs;
    tasks.executionStartedMs[place] = executionStartedMs;
    tasks.executionEndedMs[place] = executionStartedMs + ownMs;
    tasks.outputMs[place] = outputMs;
    tasks.finishedMs[place] = finishedMs;
    workers.lastFinishedMs[worker] = Math.max(workers.lastFinishedMs[worker] as number, finishedMs);
  }
  for (let place = 0; place < network.workers.length; place++) start(place);
  return { makespanMs: tasks.outputMs[network.sink] as number, tasks, workers };
}

/**
 * Lists what a replayed run would be billed for. `null`: memory or state of a worker is not recorded. `isWarm`: whether its start-up
 * counts as a warm one in the replay, which no platform bills.
 */
export function listReplayedSessions(
  { workers }: ReplayNetwork,
  { workers: { requestedMs, readyMs, lastFinishedMs } }: ReplayedRun,
  isWarm: (worker: ReplayWorker) => boolean = ([, state]) => state === 'warm',
): BillableSession[] | null {
  const sessions: BillableSession[] = [];
  for (const [place, worker] of workers.entries()) {
    const [memoryMb, state] = worker;
    if (memoryMb === null || state === null) return null;
    const ready = readyMs[place] as number;
    const ranMs = Math.max(0, (lastFinishedMs[place] as number) - ready);
    sessions.push([memoryMb, ranMs, isWarm(worker) ? null : Math.max(0, ready - (requestedMs[place] as number))]);
  }
  return sessions;
}

/** Finds the longest path of executions alone that ends in the sink, in ms: no run with these tasks can be quicker. */
export function longestExecutionMs(network: ReplayNetwork, executionMs?: ReplayChange['executionMs']): number {
  const { functions, workers, tasks } = network;
  const toEndMs = new Float64Array(tasks.worker.length);
  let from = 0;
  for (const [place, worker] of tasks.worker.entries()) {
    const to = tasks.upstreamEnd[place] as number;
    let sinceMs = 0;
    for (; from < to; from++) sinceMs = Math.max(sinceMs, toEndMs[tasks.upstream[from] as number] as number);
    const recordedMs = tasks.executionMs[place] as number;
    const name = functions[tasks.functionIndex[place] as number] as string;
    const memoryMb = (workers[worker] as ReplayWorker)[0];
    toEndMs[place] = sinceMs + (executionMs ? executionMs(recordedMs, name, memoryMb, place) : recordedMs);
  }
  return toEndMs[network.sink] as number;
}
