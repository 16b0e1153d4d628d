import { type BillableUse, listBillableUse, type UnbillableReason } from '../../model/billable-use.ts';
import { traceCriticalPath } from '../../model/critical-path.ts';
import { countPoints, findFrontier, findLastSign } from '../../model/frontier.ts';
import { downloadedBytes, downloadMs, inputBytes, uploadedBytes } from '../../model/metrics.ts';
import { orNone, orNull } from '../../model/recorded.ts';
import type { DagNode, PlannedNode, Run, Task, WorkerStartup } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { startupWorkerId } from '../../model/task-startup.ts';
import {
  executionStartedAtMs,
  finishedAtMs,
  lacksInputWait,
  makespanMs,
  outputAvailableAtMs,
  plannedMakespanMs,
  planOf,
  startedAtMs,
  tasksById,
} from '../../model/timeline.ts';
import { type CompactDetail, packDetail } from './compact.ts';
import type { RunOptions } from './options.ts';
import type { PlannedTask, RecordedTask, RunDetail, RunFailure } from './result.ts';

export interface RunSummary {
  readonly run: RunFacts;
  readonly makespanMs: number | null;
  /** Every run has its use here: the cold starts of all runs tell what those cost that were launched ahead. */
  readonly use: BillableUse | UnbillableReason;
  /** `null`: this run is not asked for. */
  readonly detail: CompactDetail | null;
}

/** One run's tasks where it may be the one that is asked for; of the others only what they are found by. Pure. */
export function extractRunDetail(run: Run, facts: RunFacts, { choice }: RunOptions): RunSummary {
  const wanted = !('prefix' in choice) || run.runId.startsWith(choice.prefix);
  return {
    run: facts,
    makespanMs: makespanMs(run),
    use: listBillableUse(run),
    detail: wanted ? packDetail(describeInDetail(run, facts)) : null,
  };
}

function describeInDetail(run: Run, facts: RunFacts): RunDetail {
  const criticalPath = traceCriticalPath(run);
  const onPath = new Set(typeof criticalPath === 'string' ? [] : criticalPath.nodeIds);
  const onPlannedPath = new Set(planOf(run)?.criticalPathNodeIds ?? []);
  const tasks = tasksById(run);
  return {
    plannedMakespanMs: plannedMakespanMs(run),
    resourceUsageGbSeconds: facts.traits.resourceUsageMeasured ? (orNull(run.resourceUsage)?.gbSeconds ?? null) : null,
    criticalPath,
    failure: facts.traits.sinkRecorded ? null : describeFailure(run, tasks),
    hardcodedDownloadCount: run.tasks.filter(downloadedHardcoded).length,
    duplicatedInputCount: countEvents(run, 'TaskDup'),
    tasks: run.nodes.map((node) => ({
      ...describeNode(node, tasks.get(node.id), run.lacks.has('input-wait')),
      onCriticalPath: onPath.has(node.id),
      onPlannedPath: onPlannedPath.has(node.id),
      planned: describePlan(planOf(run)?.nodes.get(node.id), run.submittedAtMs),
    })),
    startups: orNone(run.workerStartups).map((startup) => describeStartup(startup, tasks)),
  };
}

function describeFailure(run: Run, tasks: ReadonlyMap<string, Task>): RunFailure {
  const points = findFrontier(run);
  const onFrontier = new Set(points.flatMap(({ nodeIds }) => nodeIds));
  return {
    frontier: countPoints(points),
    behindCount: run.nodes.filter(({ id }) => !tasks.has(id) && !onFrontier.has(id)).length,
    lastSign: findLastSign(run),
  };
}

const downloadedHardcoded = (task: Task): boolean =>
  orNone(task.inputs).some(({ id, downloadMs }) => id.startsWith('hardcoded-dep-') && downloadMs !== null);

const countEvents = (run: Run, type: string): number =>
  run.tasks.reduce((sum, task) => sum + task.optimizationEvents.filter((event) => event.type === type).length, 0);

function describeNode(node: DagNode, task: Task | undefined, waitsLacking: boolean) {
  return {
    nodeId: node.id,
    functionName: node.functionName,
    workerId: orNull(task?.workerId ?? null),
    memoryMb: orNull(task?.memoryMb ?? node.memoryMb),
    upstream: orNone(node.upstream),
    plannedWorkerId: orNull(node.workerId),
    plannedOptimizations: node.optimizations,
    recorded: task ? describeTask(task, waitsLacking) : null,
  };
}

function describeTask(task: Task, waitsLacking: boolean): RecordedTask {
  return {
    startedAtMs: startedAtMs(task),
    inputWaitMs: orNull(task.inputWaitMs),
    inputWaitLacking: lacksInputWait(task) && !waitsLacking,
    executionStartedAtMs: executionStartedAtMs(task),
    executionMs: task.executionMs,
    executionEndedAtMs: executionStartedAtMs(task) + task.executionMs,
    uploadMs: orNull(task.uploadMs),
    outputAvailableAtMs: outputAvailableAtMs(task),
    dependencyUpdateMs: orNull(task.dependencyUpdateMs),
    invocationMs: orNull(task.invocationMs),
    finishedAtMs: finishedAtMs(task),
    inputBytes: orNull(inputBytes(task)),
    downloadedBytes: orNull(downloadedBytes(task)),
    downloadMs: orNull(downloadMs(task)),
    outputBytes: orNull(task.outputBytes),
    uploadedBytes: orNull(uploadedBytes(task)),
    optimizations: task.optimizationEvents.map(({ type }) => type).sort(),
  };
}

/** A plan counts from the submission: without one its times have no place. */
function describePlan(node: PlannedNode | undefined, submittedAtMs: number | null): PlannedTask | null {
  if (!node || submittedAtMs === null) return null;
  return {
    earliestStartAtMs: submittedAtMs + node.earliestStartMs,
    downloadMs: node.downloadMs,
    totalDownloadMs: node.totalDownloadMs,
    inputBytes: node.inputBytes,
    outputBytes: node.outputBytes,
    executionMs: node.executionMs,
    uploadMs: node.uploadMs,
    completionAtMs: submittedAtMs + node.completionMs,
    startupState: node.startupState,
    startupMs: node.startupMs,
  };
}

function describeStartup(startup: WorkerStartup, tasks: ReadonlyMap<string, Task>) {
  const { requestedAtMs, readyAtMs, memoryMb, state, initialTaskIds } = startup;
  return {
    workerId: startupWorkerId(startup, tasks),
    memoryMb: orNull(memoryMb),
    requestedAtMs,
    readyAtMs,
    startupMs: readyAtMs === null ? null : readyAtMs - requestedAtMs,
    state: orNull(state),
    initialTaskIds,
  };
}
