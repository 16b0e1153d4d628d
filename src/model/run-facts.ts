import { boundClocks, type ClockBounds, endsBeforeItsSink } from './clock-offsets.ts';
import { orNone, orNull, RECORDED_KINDS, type RecordedKind } from './recorded.ts';
import type { Origin, Remark, ResourceMeasure, Run, Task } from './run.ts';
import {
  executionStartedAtMs,
  isComplete,
  lacksInputWait,
  lastFinishedAtMs,
  memorySizesMb,
  outputAvailableAtMs,
  plannerName,
  sinkTask,
  slaLabel,
  slaOf,
  startedAtMs,
} from './timeline.ts';

/**
 * Traits are what many runs share: there are few kinds of runs, and many runs of each. They are flat, so that runs can be
 * filtered, grouped and selected by them.
 */
export interface RunTraits {
  readonly workflow: string;
  readonly structure: string;
  /** `unknown` when neither the plan nor a task names it. */
  readonly planner: string;
  /** `average`, `p90`, …; `none` without a plan. */
  readonly sla: string;
  readonly source: string;
  /** Memory sizes of the workers used, in MB, joined by `+`. */
  readonly memory: string;
  /** UTC date of submission, `unknown` without one. */
  readonly day: string;
  /** `false`: the planner had no history to plan from. `true` also where plans are not recorded: see `lacks`. */
  readonly planned: boolean;
  readonly complete: boolean;
  readonly nodeCount: number;
  readonly taskCount: number;
  /** PreLoad, PreWarm, TaskDup, …: planned on a node or seen in the metrics. */
  readonly optimizations: readonly string[];
  readonly resourceMeasure: ResourceMeasure | null;
  /** 0 and "not recorded" alike. */
  readonly resourceUsageMeasured: boolean;
  readonly sinkRecorded: boolean;
  /** The sink fetched inputs, but the wait for them was not recorded: the makespan is a lower bound. */
  readonly sinkWaitMissing: boolean;
  /** 0 also where start-ups are not recorded: see `lacks`. */
  readonly unfinishedStartupCount: number;
  /** The run's source does not record these; left out where it records everything. */
  readonly lacks?: readonly RecordedKind[];
}

/** Every analysis needs these facts about a run. */
export interface RunFacts {
  readonly runId: string;
  readonly traits: RunTraits;
  readonly submittedAtMs: number | null;
  /** End of the last task as far as the metrics show. */
  readonly finishedAtMs: number | null;
  /** Instants in the wrong order, which happens when clocks disagree; the gap is in ms, positive. */
  readonly negativeGapCount: number;
  readonly largestNegativeGapMs: number;
  /** Left out where one clock explains all instants. */
  readonly clocks?: ClockBounds;
  /** Its record is odd in these ways; left out where it is not. */
  readonly remarks?: readonly Remark[];
  readonly origin: Origin;
}

/** Order of submission; runs that were never submitted come last. Ties fall by run id, so that the order is always the same. */
export function bySubmission(a: { readonly run: RunFacts }, b: { readonly run: RunFacts }): number {
  const first = a.run.submittedAtMs ?? Number.MAX_VALUE;
  const second = b.run.submittedAtMs ?? Number.MAX_VALUE;
  if (first !== second) return first - second;
  return a.run.runId < b.run.runId ? -1 : Number(a.run.runId > b.run.runId);
}

/** One run's facts. Pure. `share`: gives the traits that equal ones are to have in common. */
export function describeRun(run: Run, share = (traits: RunTraits) => traits): RunFacts {
  const gaps = negativeGapsMs(run);
  // Most runs contradict nothing: only the others are worth the search for paths.
  const clocks = gaps.length > 0 || endsBeforeItsSink(run) ? boundClocks(run) : null;
  return {
    runId: run.runId,
    traits: share(traitsOf(run)),
    submittedAtMs: run.submittedAtMs,
    finishedAtMs: lastFinishedAtMs(run),
    negativeGapCount: gaps.length,
    largestNegativeGapMs: gaps.reduce((largest, gapMs) => Math.max(largest, gapMs), 0),
    ...(clocks === null ? {} : { clocks }),
    ...(run.remarks === undefined ? {} : { remarks: run.remarks }),
    origin: run.origin,
  };
}

const KINDS = Object.keys(RECORDED_KINDS) as RecordedKind[];

function traitsOf(run: Run): RunTraits {
  const sink = sinkTask(run);
  return {
    workflow: run.workflow,
    structure: run.structureHash,
    planner: plannerName(run) ?? 'unknown',
    sla: slaLabel(slaOf(run)),
    source: run.sourceLabel,
    memory: memorySizesMb(run).join('+') || 'unknown',
    day: run.submittedAtMs === null ? 'unknown' : new Date(run.submittedAtMs).toISOString().slice(0, 10),
    planned: run.plan !== null,
    complete: isComplete(run),
    nodeCount: run.nodeCount,
    taskCount: run.tasks.length,
    optimizations: optimizationsOf(run),
    resourceMeasure: orNull(run.resourceUsage)?.measure ?? null,
    resourceUsageMeasured: (orNull(run.resourceUsage)?.gbSeconds ?? 0) > 0,
    // A source that states a makespan saw the end.
    sinkRecorded: sink !== null || run.statedMakespanMs !== undefined,
    sinkWaitMissing: sink !== null && lacksInputWait(sink) && !run.lacks.has('input-wait'),
    unfinishedStartupCount: orNone(run.workerStartups).filter((startup) => startup.readyAtMs === null).length,
    ...(run.lacks.size === 0 ? {} : { lacks: KINDS.filter((kind) => run.lacks.has(kind)) }),
  };
}

function optimizationsOf(run: Run): string[] {
  const names: string[] = [];
  const add = (name: string) => {
    if (!names.includes(name)) names.push(name);
  };
  for (const name of run.plannedOptimizations) add(withoutParameters(name));
  for (const task of run.tasks) for (const event of task.optimizationEvents) add(event.type);
  return names.sort();
}

/** `Wukong(tco=True, …)` → `Wukong`. */
const withoutParameters = (name: string): string => name.split('(', 1)[0] as string;

/** A task cannot execute before its inputs exist, nor a worker be ready before it was asked for, unless clocks differ. */
function negativeGapsMs(run: Run): number[] {
  const gaps: number[] = [];
  for (const { readyAtMs, requestedAtMs } of orNone(run.workerStartups)) {
    if (readyAtMs !== null && readyAtMs < requestedAtMs) gaps.push(requestedAtMs - readyAtMs);
  }
  if (run.lacks.has('instants')) return gaps;
  for (const task of run.tasks) {
    const aheadMs = run.submittedAtMs === null ? 0 : run.submittedAtMs - startedAtMs(task);
    if (aheadMs > 0) gaps.push(aheadMs);
    if (!lacksInputWait(task)) addInputGaps(task, run.tasks, gaps);
  }
  return gaps;
}

/** Only a download proves that the original's output was used, rather than a duplicate's. */
function addInputGaps(task: Task, tasks: readonly Task[], gaps: number[]): void {
  const executedAtMs = executionStartedAtMs(task);
  for (const { taskIndex, downloadMs } of orNone(task.inputs)) {
    if (taskIndex < 0 || downloadMs === null) continue;
    const gapMs = executedAtMs - outputAvailableAtMs(tasks[taskIndex] as Task);
    if (gapMs < 0) gaps.push(-gapMs);
  }
}
