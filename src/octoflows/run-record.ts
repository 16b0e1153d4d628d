import { NOTHING_LACKING } from '../model/recorded.ts';
import {
  type DagDownload,
  type DagNode,
  type DuplicationPrediction,
  gbSecondsOf,
  type OptimizationEvent,
  type Origin,
  type Plan,
  type PlannedNode,
  type PlannedPrewarm,
  type ResourceUsage,
  type Run,
  type Task,
  type TaskInput,
  type WorkerStartup,
} from '../model/run.ts';
import {
  UNREAD_DOWNLOADS,
  UNREAD_EDGES,
  UNREAD_NODE_IDS,
  UNREAD_NODES,
  UNREAD_PLANNED_NODES,
} from '../model/run-parts.ts';
import * as shapes from '../scanner/shapes.ts';
import {
  always,
  byText,
  EPOCH_MS,
  EPOCH_SECONDS,
  freeForm,
  isObject,
  listOf,
  mapOf,
  NUMBER,
  nullable,
  numberIn,
  numberWithin,
  objectOf,
  oneOf,
  optional,
  partOf,
  recorded,
  TEXT,
  TEXTS,
  textOr,
  valuesOf,
  withIds,
  withNumber,
  withTextsOf,
} from './field-types.ts';
import { isMeasurable, type Schema } from './fields.ts';
import { inputWaitOf, invocationsOf } from './lost-values.ts';

/**
 * The engine's record: for each kind of object in it what is made of it, which is the one list of its fields. Units are converted on
 * the way. Objects are made for every task of every run: plainly, in one literal.
 */

const MS = numberIn('milliseconds');
const BYTES = numberIn('bytes');
const OR_MS = nullable(MS);
const RECORDED_BYTES = recorded(BYTES);
const RECORDED_COUNT = recorded(NUMBER);
const RECORDED_TEXT = recorded(TEXT);
const WORKER_ID = nullable(TEXT, 'null: a flexible worker');
const STARTUP_STATE = nullable(oneOf('cold', 'warm'));

const WORKER = objectOf(
  (f) => ({
    memoryMb: f.number('memory_mb', NUMBER),
    workerId: f.get('worker_id', WORKER_ID),
  }),
  { unread: ['cpus'] },
);

const DUPLICATION_PREDICTION = objectOf(
  (f): DuplicationPrediction => ({
    originalDownloadMs: f.number('original_download_time_ms', MS),
    originalExecutionMs: f.number('original_exec_time_ms', MS),
    originalUploadMs: f.number('original_upload_time_ms', MS),
    ownOutputDownloadMs: f.number('my_download_output_time_ms', MS),
    ownInputsDownloadMs: f.number('my_inputs_download_time_ms', MS),
    ownExecutionMs: f.number('my_exec_time_ms', MS),
  }),
);

/** Parameters of a node's optimizations, as the engine writes them. A target is `[seconds, worker configuration]`. */
const PARAMETERS = freeForm(
  shapes.nullable(
    shapes.listOf(
      shapes.objectOf({
        name: shapes.optional(shapes.TEXT),
        target_resource_configs: shapes.optional(
          shapes.listOf(shapes.listOf(shapes.either(shapes.NUMBER, WORKER.shape(new Set())))),
        ),
      }),
    ),
  ),
);

const NO_PREWARMS: readonly PlannedPrewarm[] = [];

const isAmount = (found: unknown): found is number => typeof found === 'number' && isMeasurable(found);

/** Parameters are free-form: what is not a prewarm as the engine writes it, is none. */
function toPlannedPrewarms(found: unknown): readonly PlannedPrewarm[] {
  if (!Array.isArray(found)) return NO_PREWARMS;
  const targets = found.flatMap((parameters) => {
    const named = isObject(parameters) && parameters['name'] === 'PreWarm';
    return named && Array.isArray(parameters['target_resource_configs']) ? parameters['target_resource_configs'] : [];
  });
  return targets.flatMap((target): PlannedPrewarm[] => {
    const [delayS, configuration] = Array.isArray(target) ? target : [];
    if (!isObject(configuration) || !isAmount(delayS)) return [];
    const { memory_mb: memoryMb, worker_id: workerId } = configuration;
    if (!isAmount(memoryMb)) return [];
    return [{ delayMs: delayS * 1000, workerId: typeof workerId === 'string' ? workerId : null, memoryMb }];
  });
}

const NO_PREDICTIONS: ReadonlyMap<string, DuplicationPrediction> = new Map();

const EDGES = partOf('edges', TEXTS, UNREAD_EDGES);
const ALWAYS_TEXTS = always(TEXTS);
const PREDICTIONS = optional(mapOf(DUPLICATION_PREDICTION));

const NODE = objectOf(
  (f): DagNode => {
    const id = f.text('id', TEXT);
    const functionName = f.text('func_name', TEXT);
    const upstream = f.get('upstream', EDGES);
    const downstream = f.get('downstream', EDGES);
    const { memoryMb, workerId } = f.get('worker_config', WORKER);
    return {
      id,
      functionName,
      upstream,
      downstream,
      memoryMb,
      workerId,
      optimizations: f.get('optimizations', ALWAYS_TEXTS),
      duplicationPredictions: f.get('duppable_tasks_predictions', PREDICTIONS) ?? NO_PREDICTIONS,
      plannedPrewarms: toPlannedPrewarms(f.get('optimizations_params', PARAMETERS)),
    };
  },
  { part: 'nodes' },
);

const NODES = withTextsOf('nodes', NODE, 'optimizations', UNREAD_NODES);

const DAG = objectOf((f) => ({
  structureHash: f.text('master_dag_structure_hash', TEXT),
  sinkNodeId: f.text('sink_node_id', TEXT),
  rootNodeIds: f.get('root_node_ids', TEXTS),
  nodes: f.get('nodes', NODES),
}));

const SUBMITTED_AT_MS = nullable(objectOf((f) => f.get('dag_submission_time_ms', EPOCH_MS)));

const PLANNED_NODE = objectOf(
  (f): PlannedNode => ({
    inputBytes: f.number('serialized_input_size', BYTES),
    outputBytes: f.number('serialized_output_size', BYTES),
    downloadableInputBytes: f.number('downloadable_input_size_bytes', BYTES),
    uploadableOutputBytes: f.number('uploadable_output_size_bytes', BYTES),
    startupState: f.get('worker_startup_state', STARTUP_STATE),
    startupMs: f.number('tp_worker_startup_time_ms', MS),
    downloadMs: f.number('tp_download_time_ms', MS),
    executionMs: f.number('tp_exec_time_ms', MS),
    uploadMs: f.number('tp_upload_time_ms', MS),
    totalDownloadMs: f.number('total_download_time_ms', MS),
    earliestStartMs: f.number('earliest_start_ms', MS),
    completionMs: f.number('task_completion_time_ms', MS),
  }),
);

const PERCENTILE_RANGE = numberWithin(0, 100);
const PERCENTILE = objectOf((f) => f.get('percentile', PERCENTILE_RANGE));
const SLA = textOr('average', PERCENTILE, '"average" or {"percentile": number}');
const PLANNED_NODES = partOf('plannedNodes', mapOf(PLANNED_NODE), UNREAD_PLANNED_NODES);
const PLANNED_NODE_IDS = partOf('plannedNodes', TEXTS, UNREAD_NODE_IDS);

const PLAN = nullable(
  objectOf(
    (f): Plan => ({
      plannerName: f.text('planner_name', TEXT),
      sla: f.get('sla', SLA),
      nodes: f.get('nodes_info', PLANNED_NODES),
      criticalPathNodeIds: f.get('critical_path_node_ids', PLANNED_NODE_IDS),
    }),
    {
      unread: [
        'prediction_sample_counts',
        'total_time_waiting_for_worker_startup_ms',
        'total_downloadable_input_size_bytes',
        'total_uploadable_output_size_bytes',
      ],
    },
  ),
);

const TASK_INPUT = objectOf(
  (f): TaskInput => ({
    id: f.id,
    sizeBytes: f.recordedNumber('serialized_size_bytes', RECORDED_BYTES),
    downloadMs: f.numberOrNull('time_ms', OR_MS),
    taskIndex: f.idPlace,
  }),
);

const TASK_INPUTS = valuesOf(TASK_INPUT);

const INPUTS = objectOf(
  (f): Pick<Task, 'hardcodedInputBytes'> & { waitMs: number | null; inputs: readonly TaskInput[] } => ({
    hardcodedInputBytes: f.recordedNumber('hardcoded_input_size_bytes', RECORDED_BYTES),
    waitMs: f.numberOrNull('tp_total_time_waiting_for_inputs_ms', OR_MS),
    inputs: f.get('input_download_metrics', TASK_INPUTS),
  }),
);

const OUTPUT = objectOf((f): Pick<Task, 'outputBytes'> & { uploadMs: number | null } => ({
  outputBytes: f.recordedNumber('serialized_size_bytes', RECORDED_BYTES),
  uploadMs: f.numberOrNull('tp_time_ms', OR_MS),
}));

const OPTIMIZATION = byText<OptimizationEvent>(
  'type',
  {
    PreLoad: objectOf((f) => ({ type: 'PreLoad', inputId: f.text('preloaded', TEXT) })),
    TaskDup: objectOf((f) => ({ type: 'TaskDup', inputId: f.text('dupped', TEXT) })),
    PreWarm: objectOf((f) => {
      const { workerId, memoryMb } = f.get('resource_config', WORKER);
      return {
        type: 'PreWarm',
        workerId,
        memoryMb,
        answeredAtMs: f.get('absolute_trigger_timestamp_s', EPOCH_SECONDS),
      };
    }),
  },
  'an optimization that wfa does not know: ignored',
);

const OPTIMIZATIONS = listOf(OPTIMIZATION);

const METRICS = objectOf(
  (f): Task & { nodeId: string } => {
    const { workerId, memoryMb } = f.get('worker_resource_configuration', WORKER);
    const startedAtMs = f.get('started_at_timestamp_s', EPOCH_SECONDS);
    const { hardcodedInputBytes, waitMs, inputs } = f.get('input_metrics', INPUTS);
    const executionMs = f.number('tp_execution_time_ms', MS);
    const dependencyUpdateMs = f.numberOrNull('update_dependency_counters_time_ms', OR_MS);
    const { outputBytes, uploadMs } = f.get('output_metrics', OUTPUT);
    const count = f.recordedNumber('total_invocations_count', RECORDED_COUNT);
    const totalInvocationMs = f.numberOrNull('total_invocation_time_ms', OR_MS);
    const plannerName = f.get('planner_used_name', RECORDED_TEXT);
    const { invocationCount, invocationMs } = invocationsOf(plannerName, count, totalInvocationMs);
    return {
      // The task around it puts its own here.
      nodeId: '',
      workerId,
      memoryMb,
      startedAtMs,
      hardcodedInputBytes,
      inputWaitMs: inputWaitOf(waitMs, workerId, inputs),
      inputs,
      executionMs,
      outputBytes,
      uploadMs,
      dependencyUpdateMs,
      invocationCount,
      invocationMs,
      plannerName,
      optimizationEvents: f.get('optimization_metrics', OPTIMIZATIONS),
    };
  },
  { unread: ['execution_time_per_input_byte_ms'] },
);

const OR_METRICS = nullable(METRICS);

/** `null`: the task left no metrics (a duplicate finished its work, or the run failed). */
const TASK = objectOf(
  (f): Task | null => {
    const nodeId = f.text('internal_task_id', TEXT);
    const metrics = f.get('metrics', OR_METRICS);
    if (metrics !== null) metrics.nodeId = nodeId;
    return metrics;
  },
  { unread: ['global_task_id'] },
);

const TASKS = withIds<Task>(TASK, 'internal_task_id', 'metrics');

const OR_EPOCH_MS = nullable(EPOCH_MS);

const WORKER_STARTUP = objectOf(
  (f): WorkerStartup => {
    const { workerId, memoryMb } = f.get('resource_configuration', WORKER);
    return {
      workerId,
      memoryMb,
      initialTaskIds: f.get('initial_task_ids', TEXTS),
      requestedAtMs: f.get('start_time_ms', EPOCH_MS),
      readyAtMs: f.get('end_time_ms', OR_EPOCH_MS),
      state: f.get('state', STARTUP_STATE),
    };
  },
  { unread: ['master_dag_id'] },
);

const DAG_DOWNLOAD = objectOf(
  (f): DagDownload => ({
    downloadMs: f.number('download_time_ms', MS),
    sizeBytes: f.number('serialized_size_bytes', BYTES),
  }),
  { unread: ['create_subdags_time_ms'] },
);

/** `gb_seconds` of newer engines goes before `memory_bytes` (byte-seconds) of older ones. */
const RESOURCE_USAGE = nullable(
  withNumber(
    objectOf((f) => f.number('run_time_seconds', NUMBER) * 1000, { unread: ['master_dag_id', 'cpu_seconds', 'cost'] }),
    [
      { key: 'gb_seconds', meaning: 'newer engines' },
      { key: 'memory_bytes', unit: 'byte-seconds', meaning: 'older engines' },
    ],
    (runTimeMs, key, amount): ResourceUsage =>
      key === 'gb_seconds'
        ? { gbSeconds: amount, measure: 'gb-seconds', runTimeMs }
        : { gbSeconds: gbSecondsOf(amount), measure: 'byte-seconds', runTimeMs },
  ),
);

const WORKER_STARTUPS = listOf(WORKER_STARTUP);
const DAG_DOWNLOADS = partOf('dagDownloads', listOf(DAG_DOWNLOAD), UNREAD_DOWNLOADS);

const NOWHERE: Origin = { uri: '', line: 0 };

/** One run: one execution of one workflow. It does not know where it was read. */
export const RUN_RECORD = objectOf((f): Run & { origin: Origin; sourceLabel: string } => {
  const runId = f.text('master_dag_id', TEXT);
  const workflow = f.text('dag_name', TEXT);
  const { structureHash, sinkNodeId, rootNodeIds, nodes } = f.get('dag', DAG);
  const submittedAtMs = f.get('submission', SUBMITTED_AT_MS);
  const plan = f.get('plan', PLAN);
  const tasks = f.get('tasks', TASKS);
  return {
    runId,
    workflow,
    structureHash,
    sinkNodeId,
    rootNodeIds,
    nodeCount: nodes.count,
    plannedOptimizations: nodes.texts,
    nodes: nodes.items,
    submittedAtMs,
    plan,
    tasks: tasks.items,
    recordedNodeCount: tasks.idCount,
    workerStartups: f.get('worker_startups', WORKER_STARTUPS),
    dagDownloads: f.get('dag_downloads', DAG_DOWNLOADS),
    resourceUsage: f.get('resource_usage', RESOURCE_USAGE),
    lacks: NOTHING_LACKING,
    // Whoever reads it puts its own here.
    origin: NOWHERE,
    sourceLabel: '',
  };
});

/** The JSON Schema of a record. Fields that wfa does not read are not listed; unknown fields are ignored. */
export const RUN_SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  ...RUN_RECORD.schema,
  description: 'A run record of the engine: one execution of one workflow',
};
