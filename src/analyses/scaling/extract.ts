import { isRecorded, orNone } from '../../model/recorded.ts';
import type { DagNode, Run, Task } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { lacksInputWait, makespanMs, outputAvailableAtMs, startedAtMs, tasksById } from '../../model/timeline.ts';

/** What one run tells of growth. */
export interface ScalingFacts {
  readonly run: RunFacts;
  /** `null`: not submitted, no metrics of the sink, or the sink's wait for inputs is unknown. */
  readonly makespanMs: number | null;
  /** Summed over all tasks; `null`: some left no metrics. */
  readonly executionMs: number | null;
  /** Children of the widest fan-out; 1 without any. */
  readonly width: number;
  readonly edgeCount: number;
  /** Mean over its workers' fetches; `null`: none is recorded. */
  readonly dagBytes: number | null;
  readonly fanouts: readonly Fanout[];
  /** Why fan-outs are left out, each reason once. */
  readonly leftOut: readonly LeftOut[];
  /** Children that are left out of fan-outs: they wait for other tasks as well. */
  readonly waitingCount: number;
}

/** A task, or the submission, and what waits for it alone. As a row, because there are many; delays in ms from its output. */
export type Fanout = readonly [width: number, newWorkerCount: number, firstDelayMs: number, lastDelayMs: number];

/** A child or the parent left no metrics, or the parent's output is later than recorded by a wait that was not. */
export type LeftOut = 'fan-out-without-metrics' | 'fan-out-with-unknown-wait';

/** One run's fan-outs, width and DAG. Pure. */
export function extractScaling(run: Run, facts: RunFacts): ScalingFacts {
  const groups = groupChildren(run.nodes);
  const tasks = tasksById(run);
  const roots = run.nodes.filter((node) => orNone(node.upstream).length === 0);
  const fanouts = [
    ...(roots.length > 1 ? [measureFanout(run, roots, run.submittedAtMs, tasks)] : []),
    ...[...groups].flatMap(([parentId, children]) => {
      if (children.length < 2) return [];
      const parent = tasks.get(parentId);
      if (parent && lacksInputWait(parent) && !run.lacks.has('input-wait')) return 'fan-out-with-unknown-wait' as const;
      return [measureFanout(run, children, parent ? outputAvailableAtMs(parent) : null, tasks)];
    }),
  ];
  const downloads = orNone(run.dagDownloads);
  return {
    run: facts,
    makespanMs: facts.traits.sinkWaitMissing ? null : makespanMs(run),
    executionMs: facts.traits.complete ? run.tasks.reduce((sum, task) => sum + task.executionMs, 0) : null,
    width: run.nodes.reduce((most, node) => Math.max(most, orNone(node.downstream).length), Math.max(1, roots.length)),
    edgeCount: run.nodes.reduce((sum, { upstream }) => sum + orNone(upstream).length, 0),
    dagBytes:
      downloads.length === 0 ? null : downloads.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / downloads.length,
    fanouts: fanouts.filter((fanout) => typeof fanout !== 'string'),
    leftOut: [...new Set(fanouts.filter((fanout) => typeof fanout === 'string'))],
    waitingCount: countWaiting(run.nodes),
  };
}

/** The nodes that wait for one task alone, by its id. */
function groupChildren(nodes: readonly DagNode[]): Map<string, DagNode[]> {
  const groups = new Map<string, DagNode[]>();
  for (const node of nodes) {
    const [parentId, ...others] = orNone(node.upstream);
    if (parentId === undefined || others.length > 0) continue;
    const known = groups.get(parentId);
    if (known) known.push(node);
    else groups.set(parentId, [node]);
  }
  return groups;
}

/** Nodes with several parents of which one fans out. */
function countWaiting(nodes: readonly DagNode[]): number {
  const fansOut = new Set(nodes.flatMap(({ id, downstream }) => (orNone(downstream).length > 1 ? [id] : [])));
  return nodes.filter(({ upstream }) => {
    const ids = orNone(upstream);
    return ids.length > 1 && ids.some((id) => fansOut.has(id));
  }).length;
}

function measureFanout(
  run: Run,
  children: readonly DagNode[],
  sinceAtMs: number | null,
  tasks: ReadonlyMap<string, Task>,
): Fanout | LeftOut {
  const ids = new Set(children.map(({ id }) => id));
  const startsAtMs = children.flatMap(({ id }) => {
    const task = tasks.get(id);
    return task === undefined ? [] : startedAtMs(task);
  });
  if (sinceAtMs === null || startsAtMs.length < children.length || !isRecorded(run.workerStartups)) {
    return 'fan-out-without-metrics';
  }
  const started = run.workerStartups.filter(({ initialTaskIds }) => initialTaskIds.some((id) => ids.has(id)));
  const delays = startsAtMs.map((atMs) => atMs - sinceAtMs);
  return [children.length, started.length, Math.min(...delays), Math.max(...delays)];
}
