import {
  type DagDownload,
  type DagNode,
  type DuplicationPrediction,
  gbSecondsOf,
  MOST_EPOCH_MS,
  type OptimizationEvent,
  type Origin,
  type Plan,
  type PlannedNode,
  type PlannedPrewarm,
  type ResourceUsage,
  type Run,
  type Sla,
  type StartupState,
  type Task,
  type TaskInput,
  type WorkerStartup,
} from '../model/run.ts';
import {
  type RunPart,
  UNREAD_DOWNLOADS,
  UNREAD_EDGES,
  UNREAD_NODE_IDS,
  UNREAD_NODES,
  UNREAD_PLANNED_NODES,
} from '../model/run-parts.ts';
import { Scanner } from './scanner.ts';
import {
  either,
  keptIf,
  listOf,
  mapOf,
  NUMBER,
  nullable,
  objectOf,
  oneOf,
  optional,
  type Shape,
  TEXT,
  UNREAD,
} from './shapes.ts';

/**
 * The short way from a record's bytes to a `Run`: builds what is asked for, checks the rest without building it, and leaves
 * every record that is not plain to the long way (`decode-text.ts`, then `parse-run.ts`), to which tests hold it.
 */

/** The run of one record's text of which only these parts are read; `null`: not plain, which says nothing about right or wrong. */
export type ScanRun = (record: Buffer, origin: Origin, sourceLabel: string) => Run | null;

/** `module`: the compiled `assembly/scan.ts`. */
export function prepareScan(parts: ReadonlySet<RunPart>, module: WebAssembly.Module): ScanRun {
  const scanner = new Scanner(module, shapeOfRun(parts));
  return (record, origin, sourceLabel) => {
    if (!scanner.scan(record)) return null;
    try {
      return readRun(scanner, parts, origin, sourceLabel);
    } catch (error) {
      if (error === NOT_PLAIN) return null;
      throw error;
    }
  };
}

/** Of the shape, but out of range. Made once: the trace of a stack costs more than a record. */
const NOT_PLAIN = new Error('not plain');

/** What stands at a slot. */
type Reader<Item> = (scanner: Scanner, slot: number) => Item;

// From here on: for each kind of object its shape, and its reader, which finds the fields in the order of the shape.

const WORKER = objectOf({ memory_mb: NUMBER, worker_id: nullable(TEXT), cpus: UNREAD });

const memoryMbOf: Reader<number> = (scanner, slot) => scanner.number(scanner.content(slot));
const workerIdOf: Reader<string | null> = (scanner, slot) => scanner.textOrNull(scanner.content(slot) + 1);

const STATE = nullable(oneOf('cold', 'warm'));

const readState: Reader<StartupState | null> = (scanner, slot) => scanner.textOrNull(slot) as StartupState | null;

/** An instant that a date can name, in ms. */
function instant(atMs: number): number {
  if (Math.abs(atMs) <= MOST_EPOCH_MS) return atMs;
  throw NOT_PLAIN;
}

function shapeOfRun(parts: ReadonlySet<RunPart>): Shape {
  return objectOf({
    master_dag_id: TEXT,
    dag_name: TEXT,
    dag: objectOf({
      master_dag_structure_hash: TEXT,
      sink_node_id: TEXT,
      root_node_ids: listOf(TEXT),
      nodes: listOf(shapeOfNode(parts.has('nodes'), parts.has('edges'))),
    }),
    submission: nullable(objectOf({ dag_submission_time_ms: NUMBER })),
    plan: nullable(shapeOfPlan(parts.has('plannedNodes'))),
    tasks: listOf(TASK),
    worker_startups: listOf(STARTUP),
    dag_downloads: keptIf(parts.has('dagDownloads'), listOf(DAG_DOWNLOAD)),
    resource_usage: nullable(USAGE),
  });
}

function readRun(scanner: Scanner, parts: ReadonlySet<RunPart>, origin: Origin, sourceLabel: string): Run {
  const fields = scanner.content(0);
  const dag = scanner.content(fields + 2);
  const nodes = parts.has('nodes')
    ? readList(scanner, dag + 3, parts.has('edges') ? readNode : readLoneNode)
    : UNREAD_NODES;
  return {
    runId: scanner.text(fields),
    workflow: scanner.text(fields + 1),
    structureHash: scanner.text(dag),
    sinkNodeId: scanner.text(dag + 1),
    rootNodeIds: readTexts(scanner, dag + 2),
    nodeCount: scanner.count(dag + 3),
    plannedOptimizations: readPlannedOptimizations(scanner, dag + 3),
    nodes,
    submittedAtMs: scanner.isNull(fields + 3) ? null : instant(scanner.number(scanner.content(fields + 3))),
    plan: scanner.isNull(fields + 4) ? null : readPlan(scanner, fields + 4, parts.has('plannedNodes')),
    tasks: readPresent(scanner, fields + 5, readTask),
    workerStartups: readList(scanner, fields + 6, readWorkerStartup),
    dagDownloads: parts.has('dagDownloads') ? readList(scanner, fields + 7, readDagDownload) : UNREAD_DOWNLOADS,
    resourceUsage: scanner.isNull(fields + 8) ? null : readResourceUsage(scanner, fields + 8),
    origin,
    sourceLabel,
  };
}

const DUPLICATION = objectOf({
  original_download_time_ms: NUMBER,
  original_exec_time_ms: NUMBER,
  original_upload_time_ms: NUMBER,
  my_download_output_time_ms: NUMBER,
  my_inputs_download_time_ms: NUMBER,
  my_exec_time_ms: NUMBER,
});

const readDuplication: Reader<DuplicationPrediction> = (scanner, slot) => {
  const fields = scanner.content(slot);
  return {
    originalDownloadMs: scanner.number(fields),
    originalExecutionMs: scanner.number(fields + 1),
    originalUploadMs: scanner.number(fields + 2),
    ownOutputDownloadMs: scanner.number(fields + 3),
    ownInputsDownloadMs: scanner.number(fields + 4),
    ownExecutionMs: scanner.number(fields + 5),
  };
};

/** Parameters of a node's optimizations. A target is `[seconds, worker configuration]`. */
const PARAMETERS = objectOf({
  name: optional(TEXT),
  target_resource_configs: optional(listOf(listOf(either(NUMBER, WORKER)))),
});

/** The prewarms among the parameters. */
function readPrewarms(scanner: Scanner, slot: number): readonly PlannedPrewarm[] {
  return readList(scanner, slot, (_, item): readonly PlannedPrewarm[] => {
    const [name, targets] = [scanner.content(item), scanner.content(item) + 1];
    if (scanner.isAbsent(name) || scanner.text(name) !== 'PreWarm' || scanner.isAbsent(targets)) return NO_PREWARMS;
    return readList(scanner, targets, readPrewarm);
  }).flat();
}

const NO_PREWARMS: readonly PlannedPrewarm[] = [];

const readPrewarm: Reader<PlannedPrewarm> = (scanner, slot) => {
  const [delay, worker] = [scanner.content(slot), scanner.content(slot) + 1];
  if (scanner.count(slot) !== 2 || scanner.isContainer(delay) || !scanner.isContainer(worker)) throw NOT_PLAIN;
  return {
    delayMs: scanner.number(delay) * 1000,
    workerId: workerIdOf(scanner, worker),
    memoryMb: memoryMbOf(scanner, worker),
  };
};

/** Of a node that is not wanted only the optimizations are kept. */
const shapeOfNode = (wanted: boolean, withEdges: boolean): Shape =>
  objectOf({
    id: keptIf(wanted, TEXT),
    func_name: keptIf(wanted, TEXT),
    upstream: keptIf(withEdges, listOf(TEXT)),
    downstream: keptIf(withEdges, listOf(TEXT)),
    worker_config: keptIf(wanted, WORKER),
    optimizations: listOf(TEXT),
    duppable_tasks_predictions: optional(keptIf(wanted, nullable(mapOf(DUPLICATION)))),
    optimizations_params: wanted ? optional(nullable(listOf(PARAMETERS))) : UNREAD,
  });
const [OPTIMIZATIONS, PREDICTIONS, PARAMETER_LIST] = [5, 6, 7];

const readNode: Reader<DagNode> = (scanner, slot) => {
  const fields = scanner.content(slot);
  return readNodeWith(scanner, fields, readTexts(scanner, fields + 2), readTexts(scanner, fields + 3));
};

const readLoneNode: Reader<DagNode> = (scanner, slot) =>
  readNodeWith(scanner, scanner.content(slot), UNREAD_EDGES, UNREAD_EDGES);

function readNodeWith(
  scanner: Scanner,
  fields: number,
  upstream: readonly string[],
  downstream: readonly string[],
): DagNode {
  return {
    id: scanner.text(fields),
    functionName: scanner.text(fields + 1),
    upstream,
    downstream,
    memoryMb: memoryMbOf(scanner, fields + 4),
    workerId: workerIdOf(scanner, fields + 4),
    optimizations: readTexts(scanner, fields + OPTIMIZATIONS),
    duplicationPredictions: scanner.isContainer(fields + PREDICTIONS)
      ? readMap(scanner, fields + PREDICTIONS, readDuplication)
      : NO_PREDICTIONS,
    plannedPrewarms: scanner.isContainer(fields + PARAMETER_LIST)
      ? readPrewarms(scanner, fields + PARAMETER_LIST)
      : NO_PREWARMS,
  };
}

const NO_PREDICTIONS: ReadonlyMap<string, DuplicationPrediction> = new Map();

/** What was put on any node, each name once. */
function readPlannedOptimizations(scanner: Scanner, nodes: number): readonly string[] {
  const names = new Set<string>();
  for (let left = scanner.count(nodes), node = scanner.content(nodes); left > 0; left--) {
    const list = scanner.content(node) + OPTIMIZATIONS;
    // Most have none.
    if (scanner.count(list) > 0) for (const name of readTexts(scanner, list)) names.add(name);
    node = scanner.behind(node);
  }
  return [...names];
}

const PLANNED_NODE = objectOf({
  serialized_input_size: NUMBER,
  serialized_output_size: NUMBER,
  downloadable_input_size_bytes: NUMBER,
  uploadable_output_size_bytes: NUMBER,
  worker_startup_state: STATE,
  tp_worker_startup_time_ms: NUMBER,
  tp_download_time_ms: NUMBER,
  total_download_time_ms: NUMBER,
  tp_exec_time_ms: NUMBER,
  tp_upload_time_ms: NUMBER,
  earliest_start_ms: NUMBER,
  task_completion_time_ms: NUMBER,
});

const readPlannedNode: Reader<PlannedNode> = (scanner, slot) => {
  const fields = scanner.content(slot);
  return {
    inputBytes: scanner.number(fields),
    outputBytes: scanner.number(fields + 1),
    downloadableInputBytes: scanner.number(fields + 2),
    uploadableOutputBytes: scanner.number(fields + 3),
    startupState: readState(scanner, fields + 4),
    startupMs: scanner.number(fields + 5),
    downloadMs: scanner.number(fields + 6),
    totalDownloadMs: scanner.number(fields + 7),
    executionMs: scanner.number(fields + 8),
    uploadMs: scanner.number(fields + 9),
    earliestStartMs: scanner.number(fields + 10),
    completionMs: scanner.number(fields + 11),
  };
};

const PERCENTILE = objectOf({ percentile: NUMBER });

const readSla: Reader<Sla> = (scanner, slot) => {
  if (!scanner.isContainer(slot)) return 'average';
  const percentile = scanner.number(scanner.content(slot));
  if (percentile >= 0 && percentile <= 100) return percentile;
  throw NOT_PLAIN;
};

const shapeOfPlan = (wanted: boolean): Shape =>
  objectOf({
    planner_name: TEXT,
    sla: either(oneOf('average'), PERCENTILE),
    nodes_info: keptIf(wanted, mapOf(PLANNED_NODE)),
    critical_path_node_ids: keptIf(wanted, listOf(TEXT)),
    prediction_sample_counts: UNREAD,
    total_time_waiting_for_worker_startup_ms: UNREAD,
    total_downloadable_input_size_bytes: UNREAD,
    total_uploadable_output_size_bytes: UNREAD,
  });

function readPlan(scanner: Scanner, slot: number, wanted: boolean): Plan {
  const fields = scanner.content(slot);
  return {
    plannerName: scanner.text(fields),
    sla: readSla(scanner, fields + 1),
    nodes: wanted ? readMap(scanner, fields + 2, readPlannedNode) : UNREAD_PLANNED_NODES,
    criticalPathNodeIds: wanted ? readTexts(scanner, fields + 3) : UNREAD_NODE_IDS,
  };
}

const DOWNLOAD = objectOf({ serialized_size_bytes: NUMBER, time_ms: nullable(NUMBER) });

/** The inputs of a task, from a map. */
function readDownloads(scanner: Scanner, slot: number): TaskInput[] {
  const inputs: TaskInput[] = [];
  for (let left = scanner.count(slot), key = scanner.content(slot); left > 0; left--) {
    const fields = scanner.content(key + 1);
    inputs.push({
      id: scanner.text(key),
      sizeBytes: scanner.number(fields),
      downloadMs: scanner.numberOrNull(fields + 1),
    });
    key = scanner.behind(key + 1);
  }
  return inputs;
}

/** Only what the event's type needs is there. */
const EVENT = objectOf({
  type: TEXT,
  preloaded: optional(TEXT),
  dupped: optional(TEXT),
  resource_config: optional(WORKER),
  absolute_trigger_timestamp_s: optional(NUMBER),
});

/** `null`: an optimization that wfa does not know. */
const readOptimizationEvent: Reader<OptimizationEvent | null> = (scanner, slot) => {
  const fields = scanner.content(slot);
  const type = scanner.text(fields);
  const expect = (field: number) => {
    if (scanner.isAbsent(fields + field)) throw NOT_PLAIN;
    return fields + field;
  };
  if (type === 'PreLoad') return { type, inputId: scanner.text(expect(1)) };
  if (type === 'TaskDup') return { type, inputId: scanner.text(expect(2)) };
  if (type !== 'PreWarm') return null;
  const worker = expect(3);
  return {
    type,
    workerId: workerIdOf(scanner, worker),
    memoryMb: memoryMbOf(scanner, worker),
    answeredAtMs: instant(scanner.number(expect(4)) * 1000),
  };
};

const METRICS = objectOf({
  worker_resource_configuration: WORKER,
  started_at_timestamp_s: NUMBER,
  input_metrics: objectOf({
    hardcoded_input_size_bytes: NUMBER,
    tp_total_time_waiting_for_inputs_ms: nullable(NUMBER),
    input_download_metrics: mapOf(DOWNLOAD),
  }),
  tp_execution_time_ms: NUMBER,
  update_dependency_counters_time_ms: nullable(NUMBER),
  output_metrics: objectOf({ serialized_size_bytes: NUMBER, tp_time_ms: nullable(NUMBER) }),
  total_invocations_count: NUMBER,
  total_invocation_time_ms: nullable(NUMBER),
  planner_used_name: TEXT,
  optimization_metrics: listOf(EVENT),
  execution_time_per_input_byte_ms: UNREAD,
});

const TASK = objectOf({ internal_task_id: TEXT, metrics: nullable(METRICS), global_task_id: UNREAD });

/** `null`: the task left no metrics. */
const readTask: Reader<Task | null> = (scanner, slot) => {
  const task = scanner.content(slot);
  if (scanner.isNull(task + 1)) return null;
  const fields = scanner.content(task + 1);
  const inputs = scanner.content(fields + 2);
  const output = scanner.content(fields + 5);
  return {
    nodeId: scanner.text(task),
    workerId: workerIdOf(scanner, fields),
    memoryMb: memoryMbOf(scanner, fields),
    startedAtMs: instant(scanner.number(fields + 1) * 1000),
    hardcodedInputBytes: scanner.number(inputs),
    inputWaitMs: scanner.numberOrNull(inputs + 1),
    inputs: readDownloads(scanner, inputs + 2),
    executionMs: scanner.number(fields + 3),
    outputBytes: scanner.number(output),
    uploadMs: scanner.numberOrNull(output + 1),
    dependencyUpdateMs: scanner.numberOrNull(fields + 4),
    invocationCount: scanner.number(fields + 6),
    invocationMs: scanner.numberOrNull(fields + 7),
    plannerName: scanner.text(fields + 8),
    optimizationEvents: readPresent(scanner, fields + 9, readOptimizationEvent),
  };
};

const STARTUP = objectOf({
  resource_configuration: WORKER,
  initial_task_ids: listOf(TEXT),
  start_time_ms: NUMBER,
  end_time_ms: nullable(NUMBER),
  state: STATE,
  master_dag_id: UNREAD,
});

const readWorkerStartup: Reader<WorkerStartup> = (scanner, slot) => {
  const fields = scanner.content(slot);
  return {
    workerId: workerIdOf(scanner, fields),
    memoryMb: memoryMbOf(scanner, fields),
    initialTaskIds: readTexts(scanner, fields + 1),
    requestedAtMs: instant(scanner.number(fields + 2)),
    readyAtMs: scanner.isNull(fields + 3) ? null : instant(scanner.number(fields + 3)),
    state: readState(scanner, fields + 4),
  };
};

const DAG_DOWNLOAD = objectOf({
  download_time_ms: NUMBER,
  serialized_size_bytes: NUMBER,
  create_subdags_time_ms: UNREAD,
});

const readDagDownload: Reader<DagDownload> = (scanner, slot) => {
  const fields = scanner.content(slot);
  return { downloadMs: scanner.number(fields), sizeBytes: scanner.number(fields + 1) };
};

const USAGE = objectOf({
  run_time_seconds: NUMBER,
  gb_seconds: optional(NUMBER),
  memory_bytes: optional(NUMBER),
  master_dag_id: UNREAD,
  cpu_seconds: UNREAD,
  cost: UNREAD,
});

/** `gb_seconds` of newer engines goes before `memory_bytes` (byte-seconds) of older ones. */
function readResourceUsage(scanner: Scanner, slot: number): ResourceUsage {
  const fields = scanner.content(slot);
  const runTimeMs = scanner.number(fields) * 1000;
  if (!scanner.isAbsent(fields + 1)) {
    return { gbSeconds: scanner.number(fields + 1), measure: 'gb-seconds', runTimeMs };
  }
  if (scanner.isAbsent(fields + 2)) throw NOT_PLAIN;
  return { gbSeconds: gbSecondsOf(scanner.number(fields + 2)), measure: 'byte-seconds', runTimeMs };
}

function readTexts(scanner: Scanner, slot: number): string[] {
  const texts: string[] = [];
  for (let left = scanner.count(slot), text = scanner.content(slot); left > 0; left--) texts.push(scanner.text(text++));
  return texts;
}

function readList<Item>(scanner: Scanner, slot: number, read: Reader<Item>): Item[] {
  const items: Item[] = [];
  for (let left = scanner.count(slot), item = scanner.content(slot); left > 0; left--) {
    items.push(read(scanner, item));
    item = scanner.behind(item);
  }
  return items;
}

/** The items that are not `null`. */
function readPresent<Item>(scanner: Scanner, slot: number, read: Reader<Item | null>): Item[] {
  const items: Item[] = [];
  for (let left = scanner.count(slot), item = scanner.content(slot); left > 0; left--) {
    const present = read(scanner, item);
    if (present !== null) items.push(present);
    item = scanner.behind(item);
  }
  return items;
}

function readMap<Item>(scanner: Scanner, slot: number, read: Reader<Item>): Map<string, Item> {
  const items = new Map<string, Item>();
  for (let left = scanner.count(slot), key = scanner.content(slot); left > 0; left--) {
    items.set(scanner.text(key), read(scanner, key + 1));
    key = scanner.behind(key + 1);
  }
  return items;
}
