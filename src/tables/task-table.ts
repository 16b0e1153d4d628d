import type { TableColumn } from '../formats/table-column.ts';
import { traceCriticalPath } from '../model/critical-path.ts';
import { downloadedBytes, downloadMs, inputBytes, uploadedBytes } from '../model/metrics.ts';
import { NOT_RECORDED, type NotRecorded, orNull } from '../model/recorded.ts';
import type { DagNode, PlannedNode, Run, Task } from '../model/run.ts';
import type { RunFacts } from '../model/run-facts.ts';
import { structuralPositions } from '../model/structural-position.ts';
import {
  executionStartedAtMs,
  finishedAtMs,
  lacksInputWait,
  nodesById,
  outputAvailableAtMs,
  planOf,
  tasksById,
} from '../model/timeline.ts';
import { joinNames, unlessUnknown } from './names.ts';

/** The table of tasks for other tools: one row a task, also for those that left no metrics. */

export interface TaskRow {
  readonly facts: RunFacts;
  readonly nodeId: string;
  /** `null`: metrics of a task that the DAG does not know. */
  readonly node: DagNode | null;
  /** `null`: the task left no metrics. */
  readonly task: Task | null;
  /** `null`: the run has no plan, or the plan does not know the task. */
  readonly planned: PlannedNode | null;
  readonly plannedOnCriticalPath: boolean | null;
  readonly position: string | null;
  /** `null`: the run's path cannot be followed. */
  readonly onCriticalPath: boolean | null;
}

/** The tasks of one run: those with metrics as they stand in the record, then those without in the order of the DAG. */
export function listTaskRows(run: Run, facts: RunFacts): TaskRow[] {
  const nodes = nodesById(run);
  const recorded = tasksById(run);
  const positions = run.lacks.has('edges') ? null : structuralPositions(run.nodes);
  const path = traceCriticalPath(run);
  const onPath = typeof path === 'string' ? null : new Set(path.nodeIds);
  const plan = planOf(run);
  const onPlannedPath = plan === null ? null : new Set(plan.criticalPathNodeIds);
  const toRow = (nodeId: string, task: Task | null): TaskRow => ({
    facts,
    nodeId,
    node: nodes.get(nodeId) ?? null,
    task,
    planned: plan?.nodes.get(nodeId) ?? null,
    plannedOnCriticalPath: onPlannedPath?.has(nodeId) ?? null,
    position: positions?.get(nodeId) ?? null,
    onCriticalPath: onPath?.has(nodeId) ?? null,
  });
  const lacking = [...nodes.keys()].filter((nodeId) => !recorded.has(nodeId));
  return [...run.tasks.map((task) => toRow(task.nodeId, task)), ...lacking.map((nodeId) => toRow(nodeId, null))];
}

type Column = TableColumn<TaskRow>;

const measured = (
  name: string,
  type: Column['type'],
  cell: (task: Task) => ReturnType<Column['cell']> | NotRecorded,
): Column => ({
  name,
  type,
  cell: ({ task }) => (task === null ? null : orNull(cell(task))),
});

/** An instant that follows from when the task began. */
const whereInstants =
  (instantOf: (task: Task) => number) =>
  (task: Task): number | NotRecorded =>
    task.startedAtMs === NOT_RECORDED ? NOT_RECORDED : instantOf(task);

const planned = (name: string, cell: (node: PlannedNode) => number): Column => ({
  name: `planned_${name}`,
  type: 'number',
  cell: (row) => (row.planned === null ? null : cell(row.planned)),
});

export const TASK_COLUMNS: readonly Column[] = [
  { name: 'run_id', type: 'text', cell: ({ facts }) => facts.runId },
  { name: 'workflow', type: 'text', cell: ({ facts }) => facts.traits.workflow },
  { name: 'structure', type: 'text', cell: ({ facts }) => facts.traits.structure },
  { name: 'planner', type: 'text', cell: ({ facts }) => unlessUnknown(facts.traits.planner) },
  { name: 'sla', type: 'text', cell: ({ facts }) => facts.traits.sla },
  { name: 'submitted_at', type: 'instant', cell: ({ facts }) => facts.submittedAtMs },
  { name: 'node_id', type: 'text', cell: ({ nodeId }) => nodeId },
  { name: 'function_name', type: 'text', cell: ({ node }) => node?.functionName ?? null },
  { name: 'structural_position', type: 'text', cell: ({ position }) => position },
  { name: 'recorded', type: 'flag', cell: ({ task }) => task !== null },
  { name: 'on_critical_path', type: 'flag', cell: ({ onCriticalPath }) => onCriticalPath },
  measured('worker_id', 'text', (task) => task.workerId),
  measured('memory_mb', 'number', (task) => task.memoryMb),
  measured('started_at', 'instant', (task) => task.startedAtMs),
  measured('execution_started_at', 'instant', whereInstants(executionStartedAtMs)),
  measured('output_available_at', 'instant', whereInstants(outputAvailableAtMs)),
  measured('finished_at', 'instant', finishedAtMs),
  measured('input_wait_ms', 'number', (task) => task.inputWaitMs),
  measured('input_wait_missing', 'flag', lacksInputWait),
  measured('download_ms', 'number', downloadMs),
  measured('execution_ms', 'number', (task) => task.executionMs),
  measured('upload_ms', 'number', (task) => task.uploadMs),
  measured('dependency_update_ms', 'number', (task) => task.dependencyUpdateMs),
  measured('invocation_ms', 'number', (task) => task.invocationMs),
  measured('invocation_count', 'number', (task) => task.invocationCount),
  measured('input_bytes', 'number', inputBytes),
  measured('downloaded_bytes', 'number', downloadedBytes),
  measured('output_bytes', 'number', (task) => task.outputBytes),
  measured('uploaded_bytes', 'number', uploadedBytes),
  measured('optimizations', 'text', (task) => joinNames(task.optimizationEvents.map(({ type }) => type))),
  { name: 'planned_optimizations', type: 'text', cell: ({ node }) => node && joinNames(node.optimizations) },
  { name: 'planned_worker_id', type: 'text', cell: ({ node }) => orNull(node?.workerId ?? null) },
  { name: 'planned_memory_mb', type: 'number', cell: ({ node }) => orNull(node?.memoryMb ?? null) },
  { name: 'planned_startup_state', type: 'text', cell: (row) => row.planned?.startupState ?? null },
  planned('startup_ms', (node) => node.startupMs),
  planned('download_ms', (node) => node.downloadMs),
  planned('total_download_ms', (node) => node.totalDownloadMs),
  planned('execution_ms', (node) => node.executionMs),
  planned('upload_ms', (node) => node.uploadMs),
  planned('input_bytes', (node) => node.inputBytes),
  planned('output_bytes', (node) => node.outputBytes),
  planned('downloaded_bytes', (node) => node.downloadableInputBytes),
  planned('uploaded_bytes', (node) => node.uploadableOutputBytes),
  planned('earliest_start_ms', (node) => node.earliestStartMs),
  planned('completion_ms', (node) => node.completionMs),
  { name: 'planned_on_critical_path', type: 'flag', cell: ({ plannedOnCriticalPath }) => plannedOnCriticalPath },
];
