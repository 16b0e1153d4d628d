import { functionNames } from '../../model/function-names.ts';
import {
  countPlannedNodes,
  hasEvent,
  indexOptimizations,
  type OptimizationIndex,
} from '../../model/optimization-meetings.ts';
import { listLaunchedPrewarms } from '../../model/prewarms.ts';
import { isRecorded, orNone, orNull } from '../../model/recorded.ts';
import type { OptimizationEvent, Run, StartupState, Task, WorkerStartup } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import type { PrewarmOptions } from './options.ts';

/**
 * The worker that a prewarm was meant for started in one of these ways:
 * - `warm`, `cold`: how it started after the container was ready; `unknown` when its state was not recorded;
 * - `late`: it had been asked for before the container was ready;
 * - `never-started`.
 */
export type PrewarmOutcome = 'warm' | 'cold' | 'unknown' | 'late' | 'never-started';

export interface PrewarmEvent {
  readonly triggerFunction: string;
  /** Functions of the worker's initial tasks, joined by `+`; of its other tasks when it never started. */
  readonly targetFunctions: string;
  readonly memoryMb: number;
  readonly outcome: PrewarmOutcome;
  /** Container ready → worker asked for, in ms; negative when late, `null` when it never started. */
  readonly leadMs: number | null;
  /** Asked for → ready, of the worker meant. */
  readonly startupMs: number | null;
  /** Not warm, but a worker that no prewarm was meant for started warm at that size in the meantime: it may have taken it. */
  readonly perhapsTaken: boolean;
  /** Time that the container stood idle for nobody, in ms; `null` when the worker meant, or perhaps another, took it. */
  readonly unusedMs: number | null;
  /** Other optimizations on the same worker or task. */
  readonly met: readonly string[];
}

/** Start-ups that ended, of one size and state. */
export interface EndedStartups {
  readonly memoryMb: number;
  readonly state: StartupState;
  /** Is true when a prewarm was meant for these workers. */
  readonly prewarmed: boolean;
  /** Time of each start-up. */
  readonly startupsMs: readonly number[];
}

export interface PrewarmFacts {
  readonly run: RunFacts;
  readonly plannedNodeCount: number;
  /** As planned, or recorded without a plan; those that were answered in time are the `events`. */
  readonly launchedCount: number;
  readonly events: readonly PrewarmEvent[];
  readonly startups: readonly EndedStartups[];
}

/** One run's prewarms and start-ups. Pure. */
export function extractPrewarm(run: Run, facts: RunFacts, options: PrewarmOptions): PrewarmFacts {
  const index = indexOptimizations(run);
  return {
    run: facts,
    plannedNodeCount: countPlannedNodes(run, 'PreWarm'),
    launchedCount: listLaunchedPrewarms(run).length,
    events: run.tasks.flatMap((task) =>
      task.optimizationEvents.flatMap((event) =>
        event.type === 'PreWarm' ? [describePrewarm(run, facts, task, event, index, options)] : [],
      ),
    ),
    startups: gatherStartups(run, index),
  };
}

/** A run's workers are of few sizes: a list of durations for each takes less room than an object for each worker. */
function gatherStartups(run: Run, index: OptimizationIndex): EndedStartups[] {
  const gathered: (EndedStartups & { readonly startupsMs: number[] })[] = [];
  for (const { memoryMb, state, readyAtMs, requestedAtMs, workerId } of orNone(run.workerStartups)) {
    if (state === null || readyAtMs === null || !isRecorded(state) || !isRecorded(memoryMb)) continue;
    const prewarmed = index.isPrewarmed(workerId);
    const startupMs = readyAtMs - requestedAtMs;
    const known = gathered.find(
      (own) => own.memoryMb === memoryMb && own.state === state && own.prewarmed === prewarmed,
    );
    if (known) known.startupsMs.push(startupMs);
    else gathered.push({ memoryMb, state, prewarmed, startupsMs: [startupMs] });
  }
  return gathered;
}

type Prewarm = Extract<OptimizationEvent, { type: 'PreWarm' }>;

function describePrewarm(
  run: Run,
  facts: RunFacts,
  trigger: Task,
  prewarm: Prewarm,
  index: OptimizationIndex,
  options: PrewarmOptions,
): PrewarmEvent {
  const startup = findStartup(run, prewarm);
  const outcome = judge(prewarm, startup);
  const finishedAtMs = facts.finishedAtMs ?? prewarm.answeredAtMs;
  const neededAtMs = outcome === 'cold' && startup ? startup.requestedAtMs : finishedAtMs;
  const perhapsTaken = outcome !== 'warm' && startedOthers(run, prewarm, neededAtMs, index);
  const standingMs = Math.min(
    Math.max(0, finishedAtMs - prewarm.answeredAtMs),
    options.keepAliveMs ?? Number.POSITIVE_INFINITY,
  );
  return {
    triggerFunction: functionNames(run, [trigger.nodeId]),
    targetFunctions: functionNames(run, startup?.initialTaskIds ?? plannedOn(run, prewarm.workerId)),
    memoryMb: prewarm.memoryMb,
    outcome,
    leadMs: startup && startup.requestedAtMs - prewarm.answeredAtMs,
    startupMs: durationOf(startup),
    perhapsTaken,
    unusedMs: outcome === 'warm' || perhapsTaken ? null : standingMs,
    met: meetings(trigger, prewarm, index),
  };
}

const durationOf = (startup: WorkerStartup | null): number | null =>
  startup === null || startup.readyAtMs === null ? null : startup.readyAtMs - startup.requestedAtMs;

/** The nodes that the planner gave to a worker. */
const plannedOn = (run: Run, workerId: string | null): string[] =>
  workerId === null ? [] : run.nodes.filter((node) => node.workerId === workerId).map((node) => node.id);

/** The worker's next start-up after the container was ready, else its last one before. */
function findStartup(run: Run, { workerId, answeredAtMs }: Prewarm): WorkerStartup | null {
  if (workerId === null) return null;
  const own = orNone(run.workerStartups)
    .filter((startup) => startup.workerId === workerId)
    .sort((a, b) => a.requestedAtMs - b.requestedAtMs);
  return own.find((startup) => startup.requestedAtMs >= answeredAtMs) ?? own.at(-1) ?? null;
}

function judge({ answeredAtMs }: Prewarm, startup: WorkerStartup | null): PrewarmOutcome {
  if (startup === null) return 'never-started';
  if (startup.requestedAtMs < answeredAtMs) return 'late';
  return orNull(startup.state) ?? 'unknown';
}

function startedOthers(
  run: Run,
  { memoryMb, answeredAtMs }: Prewarm,
  untilAtMs: number,
  index: OptimizationIndex,
): boolean {
  return orNone(run.workerStartups).some(
    (startup) =>
      startup.state === 'warm' &&
      startup.memoryMb === memoryMb &&
      startup.requestedAtMs >= answeredAtMs &&
      startup.requestedAtMs <= untilAtMs &&
      !index.isPrewarmed(startup.workerId),
  );
}

function meetings(trigger: Task, { workerId }: Prewarm, index: OptimizationIndex): string[] {
  const kinds = ['PreLoad', 'TaskDup'] as const;
  return [
    ...kinds.flatMap((kind) => (index.tasksOnWorker(workerId, kind).length > 0 ? [`${kind} on the same worker`] : [])),
    ...kinds.flatMap((kind) => (hasEvent(trigger, kind) ? [`${kind} on the triggering task`] : [])),
  ];
}
