import { isRecorded, orNone, orNull } from './recorded.ts';
import type { Run, Task } from './run.ts';
import { startupWorkerId } from './task-startup.ts';
import {
  executionStartedAtMs,
  lacksInputWait,
  makespanMs,
  outputAvailableAtMs,
  sinkTask,
  startedAtMs,
  tasksById,
} from './timeline.ts';

/**
 * Each worker's clock has bounds against the client's: two instants whose order is certain, on two clocks, are a difference
 * constraint, offset(later) ≤ offset(earlier) + the time between them, and the shortest paths from and to the client bound every
 * offset (Cormen et al., Introduction to Algorithms, Difference constraints and shortest paths).
 */

/** Bounds of one worker's clock against the client's, in ms; positive: ahead. */
export interface ClockOffset {
  readonly workerId: string;
  /** `null`: no bound on that side. */
  readonly lowMs: number | null;
  readonly highMs: number | null;
}

/** The clocks of one run that one clock does not explain. */
export interface ClockBounds {
  /** Number of workers that left instants. */
  readonly workerCount: number;
  /** Those whose clock cannot be the client's, with bounds; `null`: no offsets, however large, explain the records. */
  readonly offWorkers: readonly ClockOffset[] | null;
  /** By at least so much two of the clocks differ, in ms. */
  readonly differenceMs: number;
  /** As recorded, and its bounds on the client's clock; `null`: not recorded, or no bound on that side. */
  readonly makespanMs: number | null;
  readonly makespanLowMs: number | null;
  readonly makespanHighMs: number | null;
}

/** `later` − `earlier` on their own clocks; true time cannot be negative. */
interface Constraint {
  readonly earlier: number;
  readonly later: number;
  readonly gapMs: number;
}

const CLIENT = 0;
/** Rounding of instants of these years, and reading a clock twice, make a difference of up to this, in ms. */
const TOLERANCE_MS = 1;
/** With more workers than that, only neighbours are compared: all pairs would take the cube of it. */
const MOST_PAIRED = 100;

/**
 * Bounds the clocks of one run; `null`: one clock explains all of its instants. O(tasks) where one does, as in most runs, else
 * O(workers × constraints).
 */
export function boundClocks(run: Run): ClockBounds | null {
  const clocks = new ClockIndex();
  const constraints = collectConstraints(run, clocks);
  const worstMs = constraints.reduce((least, { gapMs }) => Math.min(least, gapMs), 0);
  if (worstMs >= -TOLERANCE_MS) return null;
  const workerCount = clocks.workerIds.length;
  const makespan = makespanMs(run);
  const highMs = shortestPaths(clocks.count, constraints);
  const back = shortestPaths(clocks.count, constraints.map(turnRound));
  if (highMs === null || back === null) {
    const unbounded = { makespanMs: makespan, makespanLowMs: null, makespanHighMs: null };
    return { workerCount, offWorkers: null, differenceMs: -worstMs, ...unbounded };
  }
  const offsets = clocks.workerIds.map((workerId, i): ClockOffset => {
    return { workerId, lowMs: orUnbounded(-(back[i + 1] as number)), highMs: orUnbounded(highMs[i + 1] as number) };
  });
  const own = offsets.find(({ workerId }) => workerId === sinkTask(run)?.workerId);
  const lessOffset = (offsetMs: number | null | undefined) =>
    makespan === null || offsetMs == null ? null : makespan - offsetMs;
  return {
    workerCount,
    offWorkers: offsets.filter(isOff),
    differenceMs: largestDifferenceMs(clocks.count, constraints, worstMs),
    makespanMs: makespan,
    makespanLowMs: lessOffset(own?.highMs),
    makespanHighMs: lessOffset(own?.lowMs),
  };
}

const orUnbounded = (ms: number): number | null => (Number.isFinite(ms) ? ms : null);

/** Is true when the bounds exclude 0. */
const isOff = ({ lowMs, highMs }: ClockOffset): boolean =>
  (lowMs !== null && lowMs > TOLERANCE_MS) || (highMs !== null && highMs < -TOLERANCE_MS);

const turnRound = ({ earlier, later, gapMs }: Constraint): Constraint => ({ earlier: later, later: earlier, gapMs });

/** Numbers clocks: the client's is 0, those of workers follow as they occur. */
class ClockIndex {
  readonly #numbers = new Map<string, number>();

  get count(): number {
    return this.#numbers.size + 1;
  }

  get workerIds(): string[] {
    return [...this.#numbers.keys()];
  }

  numberOf(workerId: string): number {
    const known = this.#numbers.get(workerId) ?? this.count;
    this.#numbers.set(workerId, known);
    return known;
  }
}

type AddConstraint = (earlier: number | null, later: number | null, gapMs: number) => void;

function collectConstraints(run: Run, clocks: ClockIndex): Constraint[] {
  const constraints: Constraint[] = [];
  const add: AddConstraint = (earlier, later, gapMs) => {
    if (earlier !== null && later !== null && Number.isFinite(gapMs)) constraints.push({ earlier, later, gapMs });
  };
  const clockOf = ({ workerId }: Task) => (typeof workerId === 'string' ? clocks.numberOf(workerId) : null);
  constrainTasks(run, clockOf, add);
  constrainStartups(run, clocks, add);
  const sink = sinkTask(run);
  const endedAtMs = clientEndedAtMs(run);
  if (sink !== null && endedAtMs !== null) add(clockOf(sink), CLIENT, endedAtMs - outputAvailableAtMs(sink));
  return constraints;
}

/** A task starts after the submission, and executes after what it downloads is there. */
function constrainTasks(run: Run, clockOf: (task: Task) => number | null, add: AddConstraint): void {
  const { submittedAtMs } = run;
  for (const task of run.tasks) {
    const own = clockOf(task);
    if (submittedAtMs !== null) add(CLIENT, own, startedAtMs(task) - submittedAtMs);
    if (lacksInputWait(task)) continue;
    // Only a download proves that the original's output was used, rather than a duplicate's.
    for (const { taskIndex, downloadMs } of orNone(task.inputs)) {
      if (taskIndex < 0 || downloadMs === null) continue;
      const above = run.tasks[taskIndex] as Task;
      add(clockOf(above), own, executionStartedAtMs(task) - outputAvailableAtMs(above));
    }
  }
}

/** A worker is ready after it was asked for, on the clock of whoever asked: the client for roots, else the one worker above. */
function constrainStartups(run: Run, clocks: ClockIndex, add: AddConstraint): void {
  const tasks = tasksById(run);
  for (const startup of orNone(run.workerStartups)) {
    const { readyAtMs, requestedAtMs } = startup;
    const workerId = startupWorkerId(startup, tasks);
    if (readyAtMs === null || workerId === null) continue;
    const inviters = new Set(startup.initialTaskIds.flatMap((id) => clocksAbove(run, tasks.get(id), clocks)));
    const [only] = inviters;
    if (inviters.size === 1) add(only ?? null, clocks.numberOf(workerId), readyAtMs - requestedAtMs);
  }
}

/** The clocks of the workers that a task's inputs came from; the client's where it has none; none where that is not known. */
function clocksAbove(run: Run, task: Task | undefined, clocks: ClockIndex): (number | null)[] {
  if (task === undefined || !isRecorded(task.inputs)) return [null];
  const above = task.inputs.filter(({ id }) => !id.startsWith('hardcoded-dep-'));
  if (above.length === 0) return [CLIENT];
  return above.map(({ taskIndex }) => {
    const workerId = run.tasks[taskIndex]?.workerId;
    return typeof workerId === 'string' ? clocks.numberOf(workerId) : null;
  });
}

/**
 * The run's end on the client's clock: its creation, which its id begins with, and the run time, which counts from there. In 231 of 231
 * runs of one machine it is 0.1 to 1.2 s after the sink's output.
 */
function clientEndedAtMs({ runId, resourceUsage, submittedAtMs }: Run): number | null {
  const createdAtMs = Number(/^(\d{13})\./.exec(runId)?.[1]);
  const runTimeMs = orNull(resourceUsage)?.runTimeMs ?? 0;
  const plausible = submittedAtMs !== null && createdAtMs <= submittedAtMs && createdAtMs + runTimeMs > submittedAtMs;
  return plausible ? createdAtMs + runTimeMs : null;
}

/** Is true when the client saw the run end before the sink says that it had its output. */
export function endsBeforeItsSink(run: Run): boolean {
  const endedAtMs = clientEndedAtMs(run);
  const sink = endedAtMs === null ? null : sinkTask(run);
  return endedAtMs !== null && sink !== null && endedAtMs < outputAvailableAtMs(sink);
}

/** Bellman and Ford's; `null`: a circle of constraints that contradict each other. */
function shortestPaths(count: number, constraints: readonly Constraint[], from = CLIENT): Float64Array | null {
  const distances = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  distances[from] = 0;
  for (let round = 0; round <= count; round++) {
    let changed = false;
    for (const { earlier, later, gapMs } of constraints) {
      const reachedMs = (distances[earlier] as number) + gapMs;
      // A circle of rounding errors is none.
      if (reachedMs >= (distances[later] as number) - 1e-3) continue;
      distances[later] = reachedMs;
      changed = true;
    }
    if (!changed) return distances;
  }
  return null;
}

/** The most negative shortest path between two clocks, turned positive. */
function largestDifferenceMs(count: number, constraints: readonly Constraint[], worstMs: number): number {
  if (count > MOST_PAIRED) return -worstMs;
  let least = worstMs;
  for (let from = 0; from < count; from++) {
    for (const distance of shortestPaths(count, constraints, from) ?? []) least = Math.min(least, distance);
  }
  return -least;
}
