import { findFirstSign, findFrontier, findLastSign, type LifeSign, listInvokedTwice } from '../../model/frontier.ts';
import { orNull } from '../../model/recorded.ts';
import type { Run } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { makespanMs, outputAvailableAtMs } from '../../model/timeline.ts';
import { joinSessions } from '../../model/worker-sessions.ts';

/** One run tells this about failures. Whether it failed is among the traits: its sink left no metrics. */
export interface FailuresFacts {
  readonly run: RunFacts;
  readonly makespanMs: number | null;
  /** Functions of the tasks that several start-ups were to begin with: one entry a task. */
  readonly invokedTwice: readonly string[];
  /**
   * By function: its last output, in ms from the first instant recorded; only functions all of whose tasks left metrics.
   */
  readonly outputAfterMs: Readonly<Record<string, number>>;
  /** `null`: the run did not fail. */
  readonly failure: Failure | null;
}

/** A failed run left this behind. */
export interface Failure {
  readonly frontier: readonly PointFacts[];
  readonly lastSign: LifeSign | null;
  readonly firstSignAtMs: number | null;
  /** As recorded; `null`: not measured. */
  readonly gbSeconds: number | null;
  /** Memory × time of its worker processes as far as instants were recorded: a lower bound. `null`: nothing to tell it by. */
  readonly seenGbSeconds: number | null;
}

export interface PointFacts {
  readonly kind: 'task' | 'startup';
  readonly functionName: string;
}

/** One run's failure, if it is one, and what others are held against. Pure. */
export function extractFailures(run: Run, facts: RunFacts): FailuresFacts {
  return {
    run: facts,
    makespanMs: makespanMs(run),
    invokedTwice: listInvokedTwice(run),
    outputAfterMs: findOutputs(run),
    failure: facts.traits.sinkRecorded ? null : describeFailure(run),
  };
}

function describeFailure(run: Run): Failure {
  const gbSeconds = orNull(run.resourceUsage)?.gbSeconds ?? 0;
  return {
    frontier: findFrontier(run).map(({ kind, functionName }) => ({ kind, functionName })),
    lastSign: findLastSign(run),
    firstSignAtMs: findFirstSign(run),
    // 0 means that nothing was measured.
    gbSeconds: gbSeconds > 0 ? gbSeconds : null,
    seenGbSeconds: sumSessions(run),
  };
}

const [MB_PER_GB, MS_PER_SECOND] = [1024, 1000];

function sumSessions(run: Run): number | null {
  let [sum, count] = [0, 0];
  for (const { memoryMb, requestedAtMs, readyAtMs, lastFinishedAtMs } of joinSessions(run).sessions) {
    const untilAtMs = Math.max(readyAtMs ?? requestedAtMs, lastFinishedAtMs ?? requestedAtMs);
    if (memoryMb === null || untilAtMs <= requestedAtMs) continue;
    sum += (memoryMb / MB_PER_GB) * ((untilAtMs - requestedAtMs) / MS_PER_SECOND);
    count++;
  }
  return count === 0 ? null : sum;
}

function findOutputs(run: Run): Record<string, number> {
  const firstAtMs = findFirstSign(run);
  if (firstAtMs === null) return {};
  const outputs = new Map(run.tasks.map((task) => [task.nodeId, outputAvailableAtMs(task) - firstAtMs]));
  const last = new Map<string, number>();
  for (const { id, functionName } of run.nodes) {
    last.set(functionName, Math.max(last.get(functionName) ?? 0, outputs.get(id) ?? Number.POSITIVE_INFINITY));
  }
  return Object.fromEntries([...last].filter(([, afterMs]) => Number.isFinite(afterMs)));
}
