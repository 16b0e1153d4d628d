import type { CriticalPath, MissingPath } from '../../model/critical-path.ts';
import { groupBy } from '../../model/group-by.ts';
import { downloadMs, uploadedBytes } from '../../model/metrics.ts';
import { orNone, orNull } from '../../model/recorded.ts';
import type { Run, Task } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import type { FunctionTotals } from './result.ts';

/** The tasks of one function in one run; bytes are those of transfers whose time is known. */
export interface FunctionFacts {
  readonly functionName: string;
  readonly taskCount: number;
  readonly executionMs: number;
  /** Execution along the critical path; `null`: that could not be followed. */
  readonly pathMs: number | null;
  readonly downloadMs: number;
  readonly downloadBytes: number;
  readonly uploadMs: number;
  readonly uploadBytes: number;
}

/** Sums a run's tasks by function. */
export function sumFunctions(run: Run, path: CriticalPath | MissingPath): FunctionFacts[] {
  const names = new Map(run.nodes.map(({ id, functionName }) => [id, functionName]));
  const onPath = typeof path === 'string' ? null : new Set(path.nodeIds);
  return groupBy(run.tasks, ({ nodeId }) => names.get(nodeId) ?? 'unknown').map((tasks) => {
    const addUp = (amountOf: (task: Task) => number) => tasks.reduce((sum, task) => sum + amountOf(task), 0);
    return {
      functionName: names.get(tasks[0]?.nodeId ?? '') ?? 'unknown',
      taskCount: tasks.length,
      executionMs: addUp(({ executionMs }) => executionMs),
      pathMs: onPath && addUp(({ nodeId, executionMs }) => (onPath.has(nodeId) ? executionMs : 0)),
      downloadMs: addUp((task) => orNull(downloadMs(task)) ?? 0),
      downloadBytes: addUp(timedBytes),
      uploadMs: addUp(({ uploadMs }) => orNull(uploadMs) ?? 0),
      uploadBytes: addUp((task) => orNull(uploadedBytes(task)) ?? 0),
    };
  });
}

/** A preloaded input was downloaded too, but nobody knows how long that took. */
const timedBytes = ({ inputs }: Task): number =>
  orNone(inputs).reduce((sum, input) => sum + (input.downloadMs === null ? 0 : (orNull(input.sizeBytes) ?? 0)), 0);

interface OfRun {
  readonly run: RunFacts;
  readonly path: { readonly makespanMs: number } | MissingPath;
  readonly functions?: readonly FunctionFacts[];
}

/** Adds up functions by workflow over all runs, the one with the longest total first. */
export function totalFunctions(facts: readonly OfRun[]): FunctionTotals[] {
  return groupBy(facts, ({ run }) => run.traits.workflow)
    .flatMap(totalWorkflow)
    .sort((a, b) => b.totalMs - a.totalMs);
}

function totalWorkflow(facts: readonly OfRun[]): FunctionTotals[] {
  const workflow = facts[0]?.run.traits.workflow ?? '';
  // A function that some runs do not have took no part of their makespans.
  const makespansMs = facts.reduce((sum, { path }) => sum + (typeof path === 'string' ? 0 : path.makespanMs), 0);
  const all = facts.flatMap(({ functions = [] }) => functions);
  return groupBy(all, ({ functionName }) => functionName).map((own) => ({ workflow, ...totalOf(own, makespansMs) }));
}

function totalOf(own: readonly FunctionFacts[], makespansMs: number): Omit<FunctionTotals, 'workflow'> {
  const addUp = (amountOf: (of: FunctionFacts) => number) => own.reduce((sum, of) => sum + amountOf(of), 0);
  const [totalMs, taskCount] = [addUp(({ executionMs }) => executionMs), addUp((of) => of.taskCount)];
  return {
    function: own[0]?.functionName ?? '',
    runCount: own.length,
    taskCount,
    totalMs,
    meanRunMs: totalMs / own.length,
    meanTaskMs: totalMs / taskCount,
    criticalPathFraction: makespansMs > 0 ? addUp(({ pathMs }) => pathMs ?? 0) / makespansMs : null,
    downloadBytesPerSecond: speedOf(
      addUp((of) => of.downloadBytes),
      addUp((of) => of.downloadMs),
    ),
    uploadBytesPerSecond: speedOf(
      addUp((of) => of.uploadBytes),
      addUp((of) => of.uploadMs),
    ),
  };
}

/** `null`: nothing was transferred in a recorded time. */
const speedOf = (bytes: number, ms: number): number | null => (ms > 0 ? bytes / (ms / 1000) : null);
