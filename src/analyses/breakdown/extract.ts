import { type CriticalPath, type MissingPath, traceCriticalPath } from '../../model/critical-path.ts';
import { findMetric, type Measurement } from '../../model/metrics.ts';
import { isRecorded, orNone, orNull } from '../../model/recorded.ts';
import { replayRun, traceReplay, withoutDagFetch } from '../../model/replay.ts';
import type { Run, StartupState } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { recordsReadiness } from '../../model/task-startup.ts';
import { type FunctionFacts, sumFunctions } from './functions.ts';
import type { BreakdownOptions } from './options.ts';
import { BESIDE_KEYS, TASK_METRIC_KEYS } from './parts.ts';

/** A critical path without its nodes, of which there are many. */
export type PathFacts = Omit<CriticalPath, 'nodeIds'> & { readonly taskCount: number };

export interface BreakdownFacts {
  readonly run: RunFacts;
  readonly path: PathFacts | MissingPath;
  /** By metric key: the parts summed over tasks, and what is shown beside them. */
  readonly measurements: Readonly<Record<string, Measurement>>;
  /** Of a source that does not record everything. */
  readonly waits?: WaitFacts;
  readonly startups: readonly StartupFacts[];
  readonly dag: DagFacts | null;
  /** Left out unless asked for. */
  readonly functions?: readonly FunctionFacts[];
  /** Makespan without fetches of the DAG ÷ the recorded one, by replay; `null`: it cannot be replayed. Left out unless asked for. */
  readonly withoutFetchRatio?: number | null;
}

/** The waits of tasks that had a worker of their own asked for, summed. */
export interface WaitFacts {
  /** From its request to the start of each task, in ms; `null`: not recorded. */
  readonly pendingMs: number | null;
  /** The later part of that, from the worker's readiness on, in ms; `null`: not recorded. */
  readonly queueingMs: number | null;
  /** Is false when start-up and queueing are not told apart. */
  readonly recordsReadiness: boolean;
}

/** One start-up of a worker process; `null`: not recorded, or never ready. */
export interface StartupFacts {
  readonly memoryMb: number | null;
  readonly requestedAtMs: number;
  readonly readyAtMs: number | null;
  readonly state: StartupState | null;
}

/** The fetches of one run's DAG by its workers. */
export interface DagFacts {
  readonly taskCount: number;
  readonly fetchCount: number;
  /** Sums over all fetches, in bytes and in ms. */
  readonly totalBytes: number;
  readonly totalMs: number;
}

const METRICS = [...Object.values(TASK_METRIC_KEYS), ...BESIDE_KEYS].flatMap((key) => findMetric(key) ?? []);

/** One run's parts. Pure. */
export function extractBreakdown(run: Run, facts: RunFacts, { by }: Pick<BreakdownOptions, 'by'>): BreakdownFacts {
  const measurements: Record<string, Measurement> = {};
  for (const { key, measure } of METRICS) measurements[key] = measure(run);
  const path = facts.traits.complete ? traceCriticalPath(run) : 'tasks-without-metrics';
  return {
    run: facts,
    path: withoutNodes(path),
    measurements,
    ...(run.lacks.size === 0 ? {} : { waits: sumWaits(run) }),
    startups: orNone(run.workerStartups).map(({ memoryMb, requestedAtMs, readyAtMs, state }) => ({
      memoryMb: orNull(memoryMb),
      requestedAtMs,
      readyAtMs,
      state: orNull(state),
    })),
    dag: sumFetches(run),
    ...(by === 'function' ? { functions: sumFunctions(run, path) } : {}),
    ...(by === 'startup' ? { withoutFetchRatio: replayWithoutFetch(run) } : {}),
  };
}

function sumWaits(run: Run): WaitFacts {
  const { workerStartups } = run;
  const startedAtMs = new Map(run.tasks.map((task) => [task.nodeId, orNull(task.startedAtMs)]));
  const unknown = { pendingMs: null, queueingMs: null, recordsReadiness: recordsReadiness(run) };
  let [pendingMs, queueingMs] = [0, 0];
  if (!isRecorded(workerStartups) || workerStartups.length < run.nodeCount) return unknown;
  for (const { requestedAtMs, readyAtMs, initialTaskIds } of workerStartups) {
    const beganAtMs = initialTaskIds.length === 1 ? startedAtMs.get(initialTaskIds[0] as string) : null;
    if (beganAtMs == null || readyAtMs === null) return unknown;
    pendingMs += beganAtMs - requestedAtMs;
    queueingMs += beganAtMs - readyAtMs;
  }
  return { ...unknown, pendingMs, queueingMs };
}

/** `null`: no fetch is recorded. */
function sumFetches(run: Run): DagFacts | null {
  const fetches = orNone(run.dagDownloads);
  if (fetches.length === 0) return null;
  return {
    taskCount: run.nodeCount,
    fetchCount: fetches.length,
    totalBytes: fetches.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    totalMs: fetches.reduce((sum, { downloadMs }) => sum + downloadMs, 0),
  };
}

function replayWithoutFetch(run: Run): number | null {
  const network = traceReplay(run);
  const change = typeof network === 'string' ? null : withoutDagFetch(network);
  if (typeof network === 'string' || change === null) return null;
  return replayRun(network, change).makespanMs / replayRun(network).makespanMs;
}

function withoutNodes(path: CriticalPath | MissingPath): BreakdownFacts['path'] {
  if (typeof path === 'string') return path;
  const { nodeIds, ...kept } = path;
  return { ...kept, taskCount: nodeIds.length };
}
