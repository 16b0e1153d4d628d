import { oncePerRun } from './once-per-run.ts';
import { isRecorded, orNone, orNull, type RecordedKind } from './recorded.ts';
import type { Run, Task, WorkerStartup } from './run.ts';
import { indexStartups, recordsReadiness } from './task-startup.ts';
import {
  executionStartedAtMs,
  lacksInputWait,
  nodesById,
  outputAvailableAtMs,
  sinkTask,
  startedAtMs,
  tasksById,
} from './timeline.ts';

/**
 * The observed critical path of a run: from the sink back, task by task, to the upstream task whose output came last, and what
 * the time between submission and the sink's output was spent on. Every instant of it belongs to exactly one part, so the parts
 * add up to the makespan.
 */

/**
 * - `startup`: the task's worker had been asked for and was not ready.
 * - `queueing`: the worker was there, but had not begun with the task; also the execution of a duplicate, and whatever an engine
 *   that takes over the invocations does not record.
 * - `input-wait`, `execution`, `upload`: of the tasks on the path, as recorded.
 * - `dependency-update`, `invocation`: of the upstream task, as far as the next task had to wait for them.
 * - `other`: before the worker was asked for, by nothing recorded: the client's submission for a root. Negative gaps are in here,
 *   with their sign. Also what lies between two tasks of a source that does not record start-ups.
 */
export const PATH_PARTS = [
  'startup',
  'queueing',
  'input-wait',
  'execution',
  'upload',
  'dependency-update',
  'invocation',
  'other',
] as const;
/** `pending`: the task was asked for and had not begun; instead of start-up and queueing, where a source does not tell these apart. */
export type PathPart = (typeof PATH_PARTS)[number] | 'pending';

/** Lists the parts in their order, with `pending` only where it is recorded. */
export const listPathParts = (hasPending: boolean): readonly PathPart[] =>
  hasPending
    ? PATH_PARTS.flatMap((part): PathPart[] => (part === 'queueing' ? [part, 'pending'] : [part]))
    : PATH_PARTS;

/** In ms; they add up to the makespan. `null`: the source does not record it, and its time is in another part. */
export type PathParts = Readonly<Record<(typeof PATH_PARTS)[number], number | null>> & { readonly pending?: number };

/** The critical path is the chain of tasks that the makespan waited for; its parts add up to the makespan. */
export interface CriticalPath {
  /** From a root to the sink. */
  readonly nodeIds: readonly string[];
  readonly makespanMs: number;
  readonly parts: PathParts;
  /** Tasks that began before the output they follow, or before their worker was ready: clocks differ. */
  readonly negativeGapCount: number;
  /** Sum of the gaps between an output and an earlier execution, 0 or less; it is part of `other`. */
  readonly negativeGapMs: number;
  /** The start-ups that the path waited for, from the sink back. */
  readonly startups: readonly PathStartup[];
  /**
   * Tasks whose wait for inputs was not recorded, of a source that records it of others: it hides in the gap that follows, or shortens
   * the makespan.
   */
  readonly unrecordedWaitCount: number;
}

/** The part of a worker's start-up that lies on the path. */
export interface PathStartup {
  readonly memoryMb: number | null;
  readonly waitMs: number;
}

/** The reason tells why a run has no critical path; each is a reason in the ledger. */
export type MissingPath =
  | 'instants-not-recorded'
  | 'not-submitted'
  | 'submission-not-recorded'
  | 'edges-not-recorded'
  | 'sink-without-metrics'
  | 'tasks-without-metrics';

/** The kind of information that a part's time is taken from. */
const KIND_OF_PART = {
  'input-wait': 'input-wait',
  upload: 'uploads',
  'dependency-update': 'dependency-updates',
  invocation: 'invocations',
} as const satisfies Partial<Record<PathPart, RecordedKind>>;

type Parts = Record<(typeof PATH_PARTS)[number], number>;

/** A task on the path and the one whose output it followed; `null`: it is a root. */
interface Step {
  readonly task: Task;
  readonly previous: Task | null;
}

/** Follows the path of one run; a reason where it cannot be followed. O(nodes + edges). */
export const traceCriticalPath = oncePerRun((run): CriticalPath | MissingPath => {
  if (run.lacks.has('edges')) return 'edges-not-recorded';
  if (run.lacks.has('instants')) return 'instants-not-recorded';
  if (run.submittedAtMs === null) return run.lacks.has('submission') ? 'submission-not-recorded' : 'not-submitted';
  const tasks = tasksById(run);
  const sink = isRecorded(run.sinkNodeId) ? tasks.get(run.sinkNodeId) : sinkTask(run);
  if (!sink) return 'sink-without-metrics';
  const steps = followBack(run, tasks, sink);
  return steps === null ? 'tasks-without-metrics' : divideTime(run, run.submittedAtMs, sink, steps);
});

/** Divides the time along the steps of the path into its parts. */
function divideTime(run: Run, submittedAtMs: number, sink: Task, steps: readonly Step[]): CriticalPath {
  const findStartup = indexStartups(run);
  const parts = Object.fromEntries(PATH_PARTS.map((part) => [part, 0])) as Parts;
  const startups: PathStartup[] = [];
  let [negativeGapCount, negativeGapMs] = [0, 0];
  for (const { task, previous } of steps) {
    const sinceAtMs = previous === null ? submittedAtMs : outputAvailableAtMs(previous);
    const startup = findStartup(task);
    const gapMs = executionStartedAtMs(task) - sinceAtMs;
    if (gapMs < 0 || beganUnready(task, startup)) negativeGapCount++;
    negativeGapMs += Math.min(0, gapMs);
    parts.other += Math.min(0, gapMs);
    parts.execution += task.executionMs;
    parts.upload += orNull(task.uploadMs) ?? 0;
    if (gapMs <= 0) continue;
    const before = parts.startup;
    divideGap(parts, sinceAtMs, task, previous, startup);
    const waitMs = parts.startup - before;
    if (startup && waitMs > 0) startups.push({ memoryMb: orNull(startup.memoryMb), waitMs });
  }
  return {
    nodeIds: steps.map(({ task }) => task.nodeId).reverse(),
    makespanMs: outputAvailableAtMs(sink) - submittedAtMs,
    parts: tellApart(run, parts),
    negativeGapCount,
    negativeGapMs,
    startups,
    unrecordedWaitCount: countUnrecordedWaits(run, steps),
  };
}

/** Empties the parts that the source does not record, and joins those that it does not tell apart. */
function tellApart(run: Run, parts: Parts): PathParts {
  const unrecorded = Object.entries(KIND_OF_PART).flatMap(([part, kind]) =>
    run.lacks.has(kind) ? [[part, null]] : [],
  );
  const told: PathParts = { ...parts, ...Object.fromEntries(unrecorded) };
  if (recordsReadiness(run)) return told;
  return {
    ...told,
    startup: null,
    queueing: null,
    other: parts.other + parts.queueing,
    ...(run.lacks.has('startups') ? {} : { pending: parts.startup }),
  };
}

const countUnrecordedWaits = ({ lacks }: Run, steps: readonly Step[]): number =>
  lacks.has('input-wait') ? 0 : steps.filter(({ task }) => lacksInputWait(task)).length;

const beganUnready = (task: Task, startup: WorkerStartup | null): boolean =>
  startup?.readyAtMs != null && startup.readyAtMs > startedAtMs(task);

/** From the sink to a root. `null`: without one upstream's metrics nobody knows whose output came last. */
function followBack(run: Run, tasks: ReadonlyMap<string, Task>, sink: Task): Step[] | null {
  const nodes = nodesById(run);
  const steps: Step[] = [];
  for (let task: Task | null = sink; task !== null; ) {
    const upstream = orNone(nodes.get(task.nodeId)?.upstream ?? []).map((id) => tasks.get(id));
    // More steps than nodes: the record has a circle.
    if (upstream.includes(undefined) || steps.length >= nodes.size) return null;
    const previous: Task | null = findLast(upstream as Task[], task);
    steps.push({ task, previous });
    task = previous;
  }
  return steps;
}

/** The upstream whose output came last; one whose duplicate was used instead counts only when there is no other. */
function findLast(upstream: readonly Task[], task: Task): Task | null {
  const replaced = new Set(
    task.optimizationEvents.flatMap((event) => (event.type === 'TaskDup' ? [event.inputId] : [])),
  );
  for (const { id, downloadMs } of orNone(task.inputs)) if (downloadMs !== null) replaced.delete(id);
  const used = upstream.filter(({ nodeId }) => !replaced.has(nodeId));
  let last: Task | null = null;
  for (const candidate of used.length > 0 ? used : upstream) {
    if (last === null || outputAvailableAtMs(candidate) > outputAvailableAtMs(last)) last = candidate;
  }
  return last;
}

/** Divides the time from the output that the task follows to its execution. */
function divideGap(
  parts: Parts,
  sinceAtMs: number,
  task: Task,
  previous: Task | null,
  startup: WorkerStartup | null,
): void {
  const executedAtMs = executionStartedAtMs(task);
  const takenUpAtMs = Math.max(sinceAtMs, Math.min(startedAtMs(task), executedAtMs));
  parts['input-wait'] += executedAtMs - takenUpAtMs;
  const inGap = (atMs: number) => Math.min(takenUpAtMs, Math.max(sinceAtMs, atMs));
  const readyAtMs = inGap(startup?.readyAtMs ?? sinceAtMs);
  const requestedAtMs = Math.min(readyAtMs, inGap(startup?.requestedAtMs ?? sinceAtMs));
  const startsUp = readyAtMs > requestedAtMs;
  // The upstream's own duties come first where no worker had to be started; the rest is waiting for one's turn.
  const askedAtMs = startsUp ? requestedAtMs : takenUpAtMs;
  const updatedAtMs = Math.min(askedAtMs, sinceAtMs + (orNull(previous?.dependencyUpdateMs ?? null) ?? 0));
  const invokedAtMs = Math.min(askedAtMs, updatedAtMs + (orNull(previous?.invocationMs ?? null) ?? 0));
  parts['dependency-update'] += updatedAtMs - sinceAtMs;
  parts.invocation += invokedAtMs - updatedAtMs;
  parts[startsUp ? 'other' : 'queueing'] += askedAtMs - invokedAtMs;
  if (!startsUp) return;
  parts.startup += readyAtMs - requestedAtMs;
  parts.queueing += takenUpAtMs - readyAtMs;
}
