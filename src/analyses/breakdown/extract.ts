import {
  type CriticalPath,
  type MissingPath,
  PATH_PARTS,
  type PathPart,
  traceCriticalPath,
} from '../../model/critical-path.ts';
import { findMetric, type Measurement, type MissingReason } from '../../model/metrics.ts';
import { isRecorded, orNone, orNull } from '../../model/recorded.ts';
import { replayRun, traceReplay, withoutDagFetch } from '../../model/replay.ts';
import type { Run, StartupState, WorkerStartup } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { recordsReadiness } from '../../model/task-startup.ts';
import { type FunctionFacts, sumFunctions } from './functions.ts';
import type { BreakdownOptions } from './options.ts';
import { BESIDE_KEYS, TASK_METRIC_KEYS } from './parts.ts';

/** A critical path without its nodes, of which there are many; its parts and start-ups as lists of numbers. */
export interface PathFacts extends Omit<CriticalPath, 'nodeIds' | 'parts' | 'startups'> {
  readonly taskCount: number;
  /** In the order of `PARTS_OF_PATH`; `pending` is left out where the path has none. */
  readonly partsMs: readonly (number | null)[];
  /** Memory and wait of each start-up on the path. */
  readonly startups: { readonly memoryMb: readonly (number | null)[]; readonly waitMs: readonly number[] };
}

export interface BreakdownFacts {
  readonly run: RunFacts;
  readonly path: PathFacts | MissingPath;
  /** The parts summed over tasks, and what is shown beside them: in the order of `METRICS`, 0 where there is a reason for none. */
  readonly figures: readonly number[];
  /** By metric key: why there is no figure. Left out where there are all. */
  readonly missing?: Readonly<Record<string, MissingReason>>;
  /** Of a source that does not record everything. */
  readonly waits?: WaitFacts;
  readonly startups: StartupColumns;
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

/** The columns hold the start-ups of worker processes; `null`: not recorded, or never ready. */
export interface StartupColumns {
  readonly memoryMb: readonly (number | null)[];
  readonly requestedAtMs: readonly number[];
  readonly readyAtMs: readonly (number | null)[];
  readonly states: readonly (StartupState | null)[];
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

const PLACES = new Map(METRICS.map(({ key }, place) => [key, place]));

/** Gives what looks a metric up: a run's figure, or why there is none. */
export function measurementOf(key: string): (fact: BreakdownFacts) => Measurement {
  const place = PLACES.get(key) as number;
  return ({ figures, missing }) => missing?.[key] ?? (figures[place] as number);
}

/** The parts of a critical path, in the order in which facts list them. */
export const PARTS_OF_PATH: readonly PathPart[] = [...PATH_PARTS, 'pending'];

/** One run's parts. Pure. */
export function extractBreakdown(run: Run, facts: RunFacts, { by }: Pick<BreakdownOptions, 'by'>): BreakdownFacts {
  const path = facts.traits.complete ? traceCriticalPath(run) : 'tasks-without-metrics';
  return {
    run: facts,
    path: withoutNodes(path),
    ...measureRun(run),
    ...(run.lacks.size === 0 ? {} : { waits: sumWaits(run) }),
    startups: listStartups(orNone(run.workerStartups)),
    dag: sumFetches(run),
    ...(by === 'function' ? { functions: sumFunctions(run, path) } : {}),
    ...(by === 'startup' ? { withoutFetchRatio: replayWithoutFetch(run) } : {}),
  };
}

function measureRun(run: Run): Pick<BreakdownFacts, 'figures' | 'missing'> {
  const missing: [string, MissingReason][] = [];
  const figures = METRICS.map(({ key, measure }) => {
    const measurement = measure(run);
    if (typeof measurement === 'number') return measurement;
    missing.push([key, measurement]);
    return 0;
  });
  return missing.length === 0 ? { figures } : { figures, missing: Object.fromEntries(missing) };
}

const listStartups = (startups: readonly WorkerStartup[]): StartupColumns => ({
  memoryMb: startups.map(({ memoryMb }) => orNull(memoryMb)),
  requestedAtMs: startups.map(({ requestedAtMs }) => requestedAtMs),
  readyAtMs: startups.map(({ readyAtMs }) => readyAtMs),
  states: startups.map(({ state }) => orNull(state)),
});

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
  const { nodeIds, parts, startups, ...kept } = path;
  return {
    ...kept,
    taskCount: nodeIds.length,
    partsMs: PARTS_OF_PATH.flatMap((part) => parts[part] ?? (part === 'pending' ? [] : null)),
    startups: {
      memoryMb: startups.map(({ memoryMb }) => memoryMb),
      waitMs: startups.map(({ waitMs }) => waitMs),
    },
  };
}
