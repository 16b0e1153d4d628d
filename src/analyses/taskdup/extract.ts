import { max } from 'd3-array';
import { functionNames } from '../../model/function-names.ts';
import { countPlannedNodes, indexOptimizations, type OptimizationIndex } from '../../model/optimization-meetings.ts';
import { orNone } from '../../model/recorded.ts';
import type { DagNode, DuplicationPrediction, Run, Task } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { executionStartedAtMs, nodesById, outputAvailableAtMs, startedAtMs, tasksById } from '../../model/timeline.ts';

/** The task used the output of the local duplicate, or of the original after all; `unknown`: the input was not recorded. */
export type DuplicationOutcome = 'duplicate' | 'original' | 'unknown';

/** One decision to duplicate: a dependent task and the upstream task that its worker executed again. */
export interface Duplication {
  readonly dependentFunction: string;
  readonly duplicatedFunction: string;
  readonly outcome: DuplicationOutcome;
  /**
   * Original's output available − dependent's execution start, in ms. Positive: the task began before the original was there,
   * by so much at least the duplicate helped. Negative: the original had been there, so at most its download was saved.
   * `null`: the original left no metrics.
   */
  readonly headStartMs: number | null;
  /**
   * The plan expected so much when both would begin at once: (original's input download + execution + upload + download of its
   * output here) − (input download + execution here). The engine decided later, by the instant at which the original began.
   */
  readonly predictedSavingMs: number | null;
  /** Predicted, on the dependent's worker: the duplicate's own execution is not recorded. */
  readonly predictedExecutionMs: number | null;
  /** The original's own execution, as recorded. */
  readonly originalExecutionMs: number | null;
  /** Worker ready − original's start, in ms; positive: the original had a head start of so much over any duplicate. */
  readonly workerReadyAfterOriginalMs: number | null;
  /**
   * After the worker was ready, in ms: the duplicate began neither before its inputs were there (`earliest`) nor, where its
   * result was used, after the dependent began to execute (`latest`).
   */
  readonly beganEarliestMs: number | null;
  readonly beganLatestMs: number | null;
  /** Other optimizations on the same input, task or worker. */
  readonly met: readonly string[];
}

/** A task whose inputs the planner allowed to be executed again, whether or not that happened. */
export interface Dependent {
  readonly functionName: string;
  /** Execution start − last output of its upstream tasks, in ms; `null`: one of them left no metrics. */
  readonly readyLagMs: number | null;
  /** `used`: with a duplicate whose result was used; `unused`: with others only; `none`: no duplication was decided. */
  readonly duplication: 'used' | 'unused' | 'none';
}

export interface TaskdupFacts {
  readonly run: RunFacts;
  readonly plannedNodeCount: number;
  /** Execution time of all tasks with metrics. */
  readonly executionMs: number;
  readonly duplications: readonly Duplication[];
  readonly dependents: readonly Dependent[];
}

/** One run's duplications. Pure. */
export function extractTaskdup(run: Run, facts: RunFacts): TaskdupFacts {
  const context = {
    run,
    tasks: tasksById(run),
    nodes: nodesById(run),
    index: indexOptimizations(run),
  };
  return {
    run: facts,
    plannedNodeCount: countPlannedNodes(run, 'TaskDup'),
    executionMs: run.tasks.reduce((sum, task) => sum + task.executionMs, 0),
    duplications: run.tasks.flatMap((task) =>
      task.optimizationEvents.flatMap((event) =>
        event.type === 'TaskDup' ? [describeDuplication(task, event.inputId, context)] : [],
      ),
    ),
    dependents: run.tasks.flatMap((task) => {
      const node = context.nodes.get(task.nodeId);
      return node && node.duplicationPredictions.size > 0 ? [describeDependent(task, node, context)] : [];
    }),
  };
}

interface Context {
  readonly run: Run;
  readonly tasks: ReadonlyMap<string, Task>;
  readonly nodes: ReadonlyMap<string, DagNode>;
  readonly index: OptimizationIndex;
}

function describeDuplication(task: Task, inputId: string, context: Context): Duplication {
  const { run, tasks, nodes } = context;
  const original = tasks.get(inputId) ?? null;
  const prediction = nodes.get(task.nodeId)?.duplicationPredictions.get(inputId) ?? null;
  const outcome = judge(task, inputId);
  const executedAtMs = executionStartedAtMs(task);
  const readyAtMs = findReadyAtMs(run, task);
  return {
    dependentFunction: functionNames(run, [task.nodeId]),
    duplicatedFunction: functionNames(run, [inputId]),
    outcome,
    headStartMs: original && outputAvailableAtMs(original) - executedAtMs,
    predictedSavingMs: prediction && predictSaving(prediction),
    predictedExecutionMs: prediction?.ownExecutionMs ?? null,
    originalExecutionMs: original?.executionMs ?? null,
    workerReadyAfterOriginalMs: readyAtMs === null || original === null ? null : readyAtMs - startedAtMs(original),
    beganEarliestMs: readyAtMs === null ? null : earliestStart(inputId, readyAtMs, context),
    beganLatestMs: readyAtMs === null || outcome !== 'duplicate' ? null : executedAtMs - readyAtMs,
    met: meetings(task, inputId, context.index),
  };
}

function describeDependent(task: Task, node: DagNode, { tasks }: Context): Dependent {
  const outcomes = task.optimizationEvents.flatMap((event) =>
    event.type === 'TaskDup' ? [judge(task, event.inputId)] : [],
  );
  const upstream = orNone(node.upstream).map((id) => tasks.get(id));
  const outputs = upstream.flatMap((input) => (input ? [outputAvailableAtMs(input)] : []));
  return {
    functionName: node.functionName,
    readyLagMs:
      outputs.length < upstream.length ? null : executionStartedAtMs(task) - (max(outputs) ?? Number.NEGATIVE_INFINITY),
    duplication: outcomes.length === 0 ? 'none' : outcomes.includes('duplicate') ? 'used' : 'unused',
  };
}

function judge(task: Task, inputId: string): DuplicationOutcome {
  const input = orNone(task.inputs).find(({ id }) => id === inputId);
  if (!input) return 'unknown';
  return input.downloadMs === null ? 'duplicate' : 'original';
}

const predictSaving = (p: DuplicationPrediction): number =>
  p.originalDownloadMs +
  p.originalExecutionMs +
  p.originalUploadMs +
  p.ownOutputDownloadMs -
  (p.ownInputsDownloadMs + p.ownExecutionMs);

/** Gives the instant at which the process that ran the task was ready: its worker's latest start-up before the task; `null`: not recorded. */
function findReadyAtMs(run: Run, task: Task): number | null {
  let latest: number | null = null;
  for (const { workerId, initialTaskIds, readyAtMs } of orNone(run.workerStartups)) {
    if (readyAtMs === null || readyAtMs > startedAtMs(task)) continue;
    const own = initialTaskIds.includes(task.nodeId) || (workerId !== null && workerId === task.workerId);
    if (own) latest = Math.max(latest ?? Number.NEGATIVE_INFINITY, readyAtMs);
  }
  return latest;
}

/** Not before the worker was ready, nor before the outputs that the duplicated task needs; `null`: one of them is not recorded. */
function earliestStart(inputId: string, readyAtMs: number, { nodes, tasks }: Context): number | null {
  let earliestAtMs = readyAtMs;
  for (const id of orNone(nodes.get(inputId)?.upstream ?? [])) {
    const upstream = tasks.get(id);
    if (!upstream) return null;
    earliestAtMs = Math.max(earliestAtMs, outputAvailableAtMs(upstream));
  }
  return earliestAtMs - readyAtMs;
}

function meetings(task: Task, inputId: string, index: OptimizationIndex): string[] {
  const preloads = task.optimizationEvents.flatMap((event) => (event.type === 'PreLoad' ? [event.inputId] : []));
  return [
    ...(preloads.includes(inputId) ? ['PreLoad of the same input'] : []),
    ...(preloads.some((id) => id !== inputId) ? ['PreLoad of another input'] : []),
    ...(index.isPrewarmed(task.workerId) ? ['PreWarm of the worker'] : []),
  ];
}
