import { NOTHING_LACKING, orNone } from '../model/recorded.ts';
import type {
  DagDownload,
  DagNode,
  DuplicationPrediction,
  OptimizationEvent,
  Origin,
  Plan,
  PlannedNode,
  PlannedPrewarm,
  ResourceUsage,
  Run,
  Sla,
  StartupState,
  Task,
  TaskInput,
  WorkerStartup,
} from '../model/run.ts';
import { gbSecondsOf, MOST_EPOCH_MS } from '../model/run.ts';
import { inputWaitOf, invocationsOf } from './lost-values.ts';

/**
 * Raw record → `Run`. This is the reader's hot path: it checks by hand what `record-schema.ts` says, converts units on the
 * way and stops at the first field that does not fit. It never throws on bad data.
 */

/** Why a record is no run: the path of the first field that does not fit, what belongs there and what is there. */
export interface RecordMismatch {
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

export type ParsedRecord = { readonly run: Run } | { readonly mismatch: RecordMismatch };

type Json = Record<string, unknown>;

/** Thrown and caught inside this file only; the path grows while the stack unwinds, so that good records pay nothing. */
class Mismatch extends Error {
  readonly path: (string | number)[];
  readonly expected: string;
  readonly found: unknown;

  constructor(key: string | number | null, expected: string, found: unknown) {
    super(expected);
    this.path = key === null ? [] : [key];
    this.expected = expected;
    this.found = found;
  }
}

/** Whether `raw` is meant to be a run record at all: it has at least two of the three fields that make one. */
export function looksLikeRun(raw: unknown): boolean {
  return isObject(raw) && ['master_dag_id', 'dag', 'tasks'].filter((key) => key in raw).length >= 2;
}

/** Checks and converts one record. */
export function parseRun(raw: unknown, origin: Origin, sourceLabel: string): ParsedRecord {
  try {
    return { run: toRun(asObject(raw), origin, sourceLabel) };
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    return {
      mismatch: { path: wordPath(error.path), expected: error.expected, found: describeJson(error.found) },
    };
  }
}

function toRun(record: Json, origin: Origin, sourceLabel: string): Run {
  const dag = nested(record['dag'], 'dag', toDag);
  const run = {
    runId: text(record['master_dag_id'], 'master_dag_id'),
    workflow: text(record['dag_name'], 'dag_name'),
    structureHash: dag.structureHash,
    sinkNodeId: dag.sinkNodeId,
    rootNodeIds: dag.rootNodeIds,
    nodeCount: dag.nodes.length,
    plannedOptimizations: [...new Set(dag.nodes.flatMap((node) => node.optimizations))],
    nodes: dag.nodes,
    submittedAtMs: nullable(record['submission'], 'submission', toSubmittedAtMs),
    plan: nullable(record['plan'], 'plan', toPlan),
    tasks: list(record['tasks'], 'tasks', toTask),
    workerStartups: list(record['worker_startups'], 'worker_startups', toWorkerStartup),
    dagDownloads: list(record['dag_downloads'], 'dag_downloads', toDagDownload),
    resourceUsage: nullable(record['resource_usage'], 'resource_usage', toResourceUsage),
    lacks: NOTHING_LACKING,
    origin,
    sourceLabel,
  };
  return { ...run, ...linkTasks(run.tasks) };
}

function linkTasks(tasks: readonly Task[]): Pick<Run, 'tasks' | 'recordedNodeCount'> {
  const indexOf = new Map(tasks.map(({ nodeId }, i) => [nodeId, i]));
  const link = (input: TaskInput): TaskInput => ({ ...input, taskIndex: indexOf.get(input.id) ?? -1 });
  return {
    tasks: tasks.map((task) => ({ ...task, inputs: orNone(task.inputs).map(link) })),
    recordedNodeCount: indexOf.size,
  };
}

function toDag(dag: Json) {
  return {
    structureHash: text(dag['master_dag_structure_hash'], 'master_dag_structure_hash'),
    sinkNodeId: text(dag['sink_node_id'], 'sink_node_id'),
    rootNodeIds: texts(dag['root_node_ids'], 'root_node_ids'),
    nodes: list(dag['nodes'], 'nodes', toNode),
  };
}

const toSubmittedAtMs = (submission: Json): number =>
  epochMs(submission['dag_submission_time_ms'], 'dag_submission_time_ms');

function toNode(node: Json): DagNode {
  const worker = nested(node['worker_config'], 'worker_config', toWorkerConfiguration);
  return {
    id: text(node['id'], 'id'),
    functionName: text(node['func_name'], 'func_name'),
    upstream: texts(node['upstream'], 'upstream'),
    downstream: texts(node['downstream'], 'downstream'),
    memoryMb: worker.memoryMb,
    workerId: worker.workerId,
    optimizations: texts(node['optimizations'], 'optimizations'),
    duplicationPredictions:
      node['duppable_tasks_predictions'] == null
        ? NO_PREDICTIONS
        : entries(node['duppable_tasks_predictions'], 'duppable_tasks_predictions', toDuplicationPrediction),
    plannedPrewarms: toPlannedPrewarms(node['optimizations_params']),
  };
}

const NO_PREWARMS: readonly PlannedPrewarm[] = [];

/** Parameters are free-form: what is not a prewarm as the engine writes it, `[seconds, {memory_mb}]`, is none. */
function toPlannedPrewarms(found: unknown): readonly PlannedPrewarm[] {
  if (!Array.isArray(found)) return NO_PREWARMS;
  const targets = found.flatMap((parameters) => {
    const named = isObject(parameters) && parameters['name'] === 'PreWarm';
    return named && Array.isArray(parameters['target_resource_configs']) ? parameters['target_resource_configs'] : [];
  });
  return targets.flatMap((target): PlannedPrewarm[] => {
    const [delayS, configuration] = Array.isArray(target) ? target : [];
    if (!isObject(configuration) || typeof delayS !== 'number') return [];
    const { memory_mb: memoryMb, worker_id: workerId } = configuration;
    if (typeof memoryMb !== 'number') return [];
    return [{ delayMs: delayS * 1000, workerId: typeof workerId === 'string' ? workerId : null, memoryMb }];
  });
}

const NO_PREDICTIONS: ReadonlyMap<string, DuplicationPrediction> = new Map();

function toDuplicationPrediction(prediction: Json): DuplicationPrediction {
  return {
    originalDownloadMs: number(prediction['original_download_time_ms'], 'original_download_time_ms'),
    originalExecutionMs: number(prediction['original_exec_time_ms'], 'original_exec_time_ms'),
    originalUploadMs: number(prediction['original_upload_time_ms'], 'original_upload_time_ms'),
    ownOutputDownloadMs: number(prediction['my_download_output_time_ms'], 'my_download_output_time_ms'),
    ownInputsDownloadMs: number(prediction['my_inputs_download_time_ms'], 'my_inputs_download_time_ms'),
    ownExecutionMs: number(prediction['my_exec_time_ms'], 'my_exec_time_ms'),
  };
}

function toWorkerConfiguration(configuration: Json): { memoryMb: number; workerId: string | null } {
  return {
    memoryMb: number(configuration['memory_mb'], 'memory_mb'),
    workerId: textOrNull(configuration['worker_id'], 'worker_id'),
  };
}

function toPlan(plan: Json): Plan {
  return {
    plannerName: text(plan['planner_name'], 'planner_name'),
    sla: toSla(plan),
    nodes: entries(plan['nodes_info'], 'nodes_info', toPlannedNode),
    criticalPathNodeIds: texts(plan['critical_path_node_ids'], 'critical_path_node_ids'),
  };
}

function toSla(plan: Json): Sla {
  if (plan['sla'] === 'average') return 'average';
  if (!isObject(plan['sla'])) throw new Mismatch('sla', '"average" or {"percentile": number}', plan['sla']);
  return nested(plan['sla'], 'sla', toPercentile);
}

function toPercentile(sla: Json): number {
  const percentile = number(sla['percentile'], 'percentile');
  if (percentile >= 0 && percentile <= 100) return percentile;
  throw new Mismatch('percentile', 'a number from 0 to 100', percentile);
}

function toPlannedNode(node: Json): PlannedNode {
  return {
    inputBytes: number(node['serialized_input_size'], 'serialized_input_size'),
    outputBytes: number(node['serialized_output_size'], 'serialized_output_size'),
    downloadableInputBytes: number(node['downloadable_input_size_bytes'], 'downloadable_input_size_bytes'),
    uploadableOutputBytes: number(node['uploadable_output_size_bytes'], 'uploadable_output_size_bytes'),
    startupState: startupState(node['worker_startup_state'], 'worker_startup_state'),
    startupMs: number(node['tp_worker_startup_time_ms'], 'tp_worker_startup_time_ms'),
    downloadMs: number(node['tp_download_time_ms'], 'tp_download_time_ms'),
    totalDownloadMs: number(node['total_download_time_ms'], 'total_download_time_ms'),
    executionMs: number(node['tp_exec_time_ms'], 'tp_exec_time_ms'),
    uploadMs: number(node['tp_upload_time_ms'], 'tp_upload_time_ms'),
    earliestStartMs: number(node['earliest_start_ms'], 'earliest_start_ms'),
    completionMs: number(node['task_completion_time_ms'], 'task_completion_time_ms'),
  };
}

/** `null`: the task left no metrics (a duplicate finished its work, or the run failed). */
function toTask(task: Json): Task | null {
  const nodeId = text(task['internal_task_id'], 'internal_task_id');
  const metrics = task['metrics'];
  if (metrics === null) return null;
  if (!isObject(metrics)) throw new Mismatch('metrics', 'an object or null', metrics);
  try {
    return toMetrics(nodeId, metrics);
  } catch (error) {
    throw under('metrics', error);
  }
}

function toMetrics(nodeId: string, metrics: Json): Task {
  const worker = nested(
    metrics['worker_resource_configuration'],
    'worker_resource_configuration',
    toWorkerConfiguration,
  );
  const inputs = nested(metrics['input_metrics'], 'input_metrics', toInputs);
  const output = nested(metrics['output_metrics'], 'output_metrics', toOutput);
  return {
    nodeId,
    workerId: worker.workerId,
    memoryMb: worker.memoryMb,
    startedAtMs: epochMs(metrics['started_at_timestamp_s'], 'started_at_timestamp_s', 1000),
    hardcodedInputBytes: inputs.hardcodedInputBytes,
    inputWaitMs: inputWaitOf(inputs.inputWaitMs, worker.workerId, inputs.inputs),
    inputs: inputs.inputs,
    executionMs: number(metrics['tp_execution_time_ms'], 'tp_execution_time_ms'),
    outputBytes: output.outputBytes,
    uploadMs: output.uploadMs,
    dependencyUpdateMs: numberOrNull(
      metrics['update_dependency_counters_time_ms'],
      'update_dependency_counters_time_ms',
    ),
    ...toInvocations(metrics),
    optimizationEvents: list(metrics['optimization_metrics'], 'optimization_metrics', toOptimizationEvent),
  };
}

function toInvocations(metrics: Json): Pick<Task, 'invocationCount' | 'invocationMs' | 'plannerName'> {
  const count = number(metrics['total_invocations_count'], 'total_invocations_count');
  const invocationMs = numberOrNull(metrics['total_invocation_time_ms'], 'total_invocation_time_ms');
  const plannerName = text(metrics['planner_used_name'], 'planner_used_name');
  return { ...invocationsOf(plannerName, count, invocationMs), plannerName };
}

function toInputs(inputs: Json) {
  return {
    hardcodedInputBytes: number(inputs['hardcoded_input_size_bytes'], 'hardcoded_input_size_bytes'),
    inputWaitMs: numberOrNull(inputs['tp_total_time_waiting_for_inputs_ms'], 'tp_total_time_waiting_for_inputs_ms'),
    inputs: nested(inputs['input_download_metrics'], 'input_download_metrics', toInputList),
  };
}

/** A key that zod passes over in maps by id, and that no id is. */
const NO_ID = '__proto__';

function toInputList(downloads: Json): TaskInput[] {
  const inputs: TaskInput[] = [];
  let id = '';
  try {
    for (id in downloads) if (id !== NO_ID) inputs.push(toInput(id, downloads[id]));
  } catch (error) {
    throw under(id, error);
  }
  return inputs;
}

function toInput(id: string, download: unknown): TaskInput {
  if (!isObject(download)) throw new Mismatch(null, 'an object', download);
  return {
    id,
    sizeBytes: number(download['serialized_size_bytes'], 'serialized_size_bytes'),
    downloadMs: numberOrNull(download['time_ms'], 'time_ms'),
    taskIndex: -1,
  };
}

function toOutput(output: Json): { outputBytes: number; uploadMs: number | null } {
  return {
    outputBytes: number(output['serialized_size_bytes'], 'serialized_size_bytes'),
    uploadMs: numberOrNull(output['tp_time_ms'], 'tp_time_ms'),
  };
}

/** `null`: an optimization that wfa does not know. */
function toOptimizationEvent(metric: Json): OptimizationEvent | null {
  const type = text(metric['type'], 'type');
  if (type === 'PreLoad') return { type, inputId: text(metric['preloaded'], 'preloaded') };
  if (type === 'TaskDup') return { type, inputId: text(metric['dupped'], 'dupped') };
  if (type !== 'PreWarm') return null;
  const { workerId, memoryMb } = nested(metric['resource_config'], 'resource_config', toWorkerConfiguration);
  return {
    type,
    workerId,
    memoryMb,
    answeredAtMs: epochMs(metric['absolute_trigger_timestamp_s'], 'absolute_trigger_timestamp_s', 1000),
  };
}

function toWorkerStartup(startup: Json): WorkerStartup {
  const worker = nested(startup['resource_configuration'], 'resource_configuration', toWorkerConfiguration);
  return {
    workerId: worker.workerId,
    memoryMb: worker.memoryMb,
    initialTaskIds: texts(startup['initial_task_ids'], 'initial_task_ids'),
    requestedAtMs: epochMs(startup['start_time_ms'], 'start_time_ms'),
    readyAtMs: startup['end_time_ms'] === null ? null : epochMs(startup['end_time_ms'], 'end_time_ms', 1, OR_NULL),
    state: startupState(startup['state'], 'state'),
  };
}

function toDagDownload(download: Json): DagDownload {
  return {
    downloadMs: number(download['download_time_ms'], 'download_time_ms'),
    sizeBytes: number(download['serialized_size_bytes'], 'serialized_size_bytes'),
  };
}

function toResourceUsage(usage: Json): ResourceUsage {
  const runTimeMs = number(usage['run_time_seconds'], 'run_time_seconds') * 1000;
  if (Number.isFinite(usage['gb_seconds']) || !('memory_bytes' in usage)) {
    return { gbSeconds: number(usage['gb_seconds'], 'gb_seconds'), measure: 'gb-seconds', runTimeMs };
  }
  return { gbSeconds: gbSecondsOf(number(usage['memory_bytes'], 'memory_bytes')), measure: 'byte-seconds', runTimeMs };
}

function startupState(found: unknown, key: string): StartupState | null {
  if (found === 'cold' || found === 'warm' || found === null) return found;
  throw new Mismatch(key, '"cold", "warm" or null', found);
}

// The readers of one field. They take what stands there rather than its container: a constant property at each place of use is
// what the engine can look up fast.

const isObject = (raw: unknown): raw is Json => typeof raw === 'object' && raw !== null && !Array.isArray(raw);

function asObject(raw: unknown): Json {
  if (isObject(raw)) return raw;
  throw new Mismatch(null, 'an object', raw);
}

function object(found: unknown, key: string): Json {
  if (isObject(found)) return found;
  throw new Mismatch(key, 'an object', found);
}

function text(found: unknown, key: string): string {
  if (typeof found === 'string') return found;
  throw new Mismatch(key, 'a string', found);
}

function textOrNull(found: unknown, key: string): string | null {
  if (typeof found === 'string' || found === null) return found;
  throw new Mismatch(key, 'a string or null', found);
}

function number(found: unknown, key: string): number {
  if (typeof found === 'number' && Number.isFinite(found)) return found;
  throw new Mismatch(key, 'a number', found);
}

function numberOrNull(found: unknown, key: string): number | null {
  if (found === null || (typeof found === 'number' && Number.isFinite(found))) return found;
  throw new Mismatch(key, 'a number or null', found);
}

const OR_NULL = ' or null';

/** An instant that a date can name, in ms; `perUnit`: ms in a unit of what stands there. */
function epochMs(found: unknown, key: string, perUnit = 1, also = ''): number {
  if (typeof found !== 'number' || !Number.isFinite(found)) throw new Mismatch(key, `a number${also}`, found);
  if (Math.abs(found) * perUnit <= MOST_EPOCH_MS) return found * perUnit;
  throw new Mismatch(key, `an instant within ${MOST_EPOCH_MS / perUnit} of 1970${also}`, found);
}

function texts(found: unknown, key: string): string[] {
  if (!Array.isArray(found)) throw new Mismatch(key, 'an array', found);
  for (let i = 0; i < found.length; i++) {
    if (typeof found[i] !== 'string') throw under(key, new Mismatch(i, 'a string', found[i]));
  }
  return found;
}

/** The converted items; those that convert to `null` are left out. */
function list<Item>(found: unknown, key: string, convert: (item: Json) => Item | null): Item[] {
  if (!Array.isArray(found)) throw new Mismatch(key, 'an array', found);
  let index = 0;
  try {
    const items: Item[] = [];
    for (; index < found.length; index++) {
      const item = convert(asObject(found[index]));
      if (item !== null) items.push(item);
    }
    return items;
  } catch (error) {
    throw under(key, under(index, error));
  }
}

function entries<Item>(raw: unknown, key: string, convert: (item: Json) => Item): Map<string, Item> {
  const found = object(raw, key);
  let name = '';
  try {
    const items = new Map<string, Item>();
    for (name in found) if (name !== NO_ID) items.set(name, convert(asObject(found[name])));
    return items;
  } catch (error) {
    throw under(key, under(name, error));
  }
}

function nested<Item>(raw: unknown, key: string, convert: (item: Json) => Item): Item {
  const found = object(raw, key);
  try {
    return convert(found);
  } catch (error) {
    throw under(key, error);
  }
}

function nullable<Item>(found: unknown, key: string, convert: (item: Json) => Item): Item | null {
  if (found === null) return null;
  if (!isObject(found)) throw new Mismatch(key, 'an object or null', found);
  return nested(found, key, convert);
}

function under(key: string | number, error: unknown): unknown {
  if (error instanceof Mismatch) error.path.unshift(key);
  return error;
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** `tasks[3].metrics.started_at_timestamp_s`; keys that are no identifiers stand in brackets, quoted. */
function wordPath(path: readonly (string | number)[]): string {
  if (path.length === 0) return '(record)';
  return path
    .map((step, i) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!IDENTIFIER.test(step)) return `[${JSON.stringify(step)}]`;
      return i === 0 ? step : `.${step}`;
    })
    .join('');
}

function describeJson(found: unknown): string {
  if (found === undefined) return 'nothing';
  if (Array.isArray(found)) return 'an array';
  if (typeof found === 'number') return String(found);
  if (typeof found === 'object' && found !== null) return 'an object';
  const json = JSON.stringify(found);
  return json.length > 40 ? `${json.slice(0, 39)}…` : json;
}
