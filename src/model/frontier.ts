import { groupBy } from './group-by.ts';
import { orNone, orNull } from './recorded.ts';
import type { DagNode, Run, WorkerStartup } from './run.ts';
import { finishedAtMs } from './timeline.ts';

/** The frontier is where a run that failed had got to: what could have gone on, and did not. */

/** A task or a worker's start-up at which a run broke. */
export interface FrontierPoint {
  readonly kind: 'task' | 'startup';
  /** The task's function; of a start-up, those of its initial tasks, joined by `+`. */
  readonly functionName: string;
  /** The task, or the start-up's initial tasks. */
  readonly nodeIds: readonly string[];
}

/**
 * Finds the tasks whose inputs were all there and that left no metrics, those that are recorded to have failed, and the start-ups that never ended. What waited for such a
 * start-up stands there only: its initial tasks, and those planned on a worker none of whose start-ups ended. Without edges no other task is
 * on the frontier, without start-ups no start-up. O(nodes + edges).
 */
export function findFrontier(run: Run): FrontierPoint[] {
  const nodes = new Map(run.nodes.map((node) => [node.id, node]));
  const startups = orNone(run.workerStartups);
  const unended = startups.filter(({ readyAtMs }) => readyAtMs === null);
  const waiting = new Set(unended.flatMap(({ initialTaskIds }) => initialTaskIds));
  const neverReady = findNeverReady(startups);
  const done = new Set(run.tasks.map(({ nodeId }) => nodeId));
  const hasInputs = ({ upstream, hasFailed }: DagNode) =>
    hasFailed || (!run.lacks.has('edges') && orNone(upstream).every((id) => done.has(id)));
  const lost = run.nodes.filter(
    (node) =>
      !done.has(node.id) && !waiting.has(node.id) && !neverReady.has(orNull(node.workerId) ?? '') && hasInputs(node),
  );
  return [
    ...unended.map(({ initialTaskIds }) => ({
      kind: 'startup' as const,
      functionName: joinNames(initialTaskIds.flatMap((id) => nodes.get(id)?.functionName ?? [])),
      nodeIds: initialTaskIds,
    })),
    ...lost.map(({ id, functionName }) => ({ kind: 'task' as const, functionName, nodeIds: [id] })),
  ];
}

const joinNames = (names: readonly string[]): string => [...new Set(names)].sort().join('+') || 'unknown';

/** The workers that were asked for and of which no start-up ended. */
function findNeverReady(startups: readonly WorkerStartup[]): Set<string> {
  const workerIds = (wanted: readonly WorkerStartup[]) => wanted.flatMap(({ workerId }) => workerId ?? []);
  const asked = new Set(workerIds(startups));
  for (const id of workerIds(startups.filter(({ readyAtMs }) => readyAtMs !== null))) asked.delete(id);
  return asked;
}

/** Points of one function and kind, counted. */
export interface CountedPoint {
  readonly function: string;
  readonly count: number;
  readonly kind: FrontierPoint['kind'];
}

/** Counts points by function and kind, the most frequent first; ties stay in their order. */
export const countPoints = (points: readonly Pick<FrontierPoint, 'kind' | 'functionName'>[]): CountedPoint[] =>
  groupBy(
    points,
    ({ functionName }) => functionName,
    ({ kind }) => kind,
  )
    .map((own) => ({ function: own[0]?.functionName ?? '', count: own.length, kind: own[0]?.kind ?? 'task' }))
    .sort((a, b) => b.count - a.count);

/** The last instant that anything in a record tells of. */
export interface LifeSign {
  readonly atMs: number;
  readonly of: 'task-finished' | 'startup-requested' | 'startup-ready';
  readonly functionName: string;
}

/** Finds the last sign of life: a task's end, a worker that was asked for, or one that was ready. `null`: nothing was recorded. */
export function findLastSign(run: Run): LifeSign | null {
  let last: LifeSign | null = null;
  const consider = (sign: LifeSign) => {
    if (last === null || sign.atMs > last.atMs) last = sign;
  };
  const names = new Map(run.nodes.map(({ id, functionName }) => [id, functionName]));
  for (const task of run.lacks.has('instants') ? [] : run.tasks) {
    consider({ atMs: finishedAtMs(task), of: 'task-finished', functionName: names.get(task.nodeId) ?? 'unknown' });
  }
  for (const { requestedAtMs, readyAtMs, initialTaskIds } of orNone(run.workerStartups)) {
    const functionName = joinNames(initialTaskIds.flatMap((id) => names.get(id) ?? []));
    consider({ atMs: requestedAtMs, of: 'startup-requested', functionName });
    if (readyAtMs !== null) consider({ atMs: readyAtMs, of: 'startup-ready', functionName });
  }
  return last;
}

/** Finds the first instant recorded, submission aside: a worker asked for, or a task's start. `null`: nothing was recorded. */
export function findFirstSign(run: Run): number | null {
  const instants = [
    ...orNone(run.workerStartups).map(({ requestedAtMs }) => requestedAtMs),
    ...run.tasks.flatMap(({ startedAtMs }) => orNull(startedAtMs) ?? []),
  ];
  return instants.length === 0 ? null : instants.reduce((first, atMs) => Math.min(first, atMs));
}

/** Lists the functions of the tasks that several start-ups were to begin with: one entry a task. */
export function listInvokedTwice(run: Run): string[] {
  const counts = new Map<string, number>();
  for (const { initialTaskIds } of orNone(run.workerStartups)) {
    for (const id of new Set(initialTaskIds)) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return run.nodes.flatMap(({ id, functionName }) => ((counts.get(id) ?? 0) > 1 ? [functionName] : []));
}
