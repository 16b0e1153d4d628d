import { NOTHING_LACKING } from '../model/recorded.ts';
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
} from '../scanner/shapes.ts';
import type { Slots } from '../scanner/slots.ts';
import { inputWaitOf, invocationsOf } from './lost-values.ts';

/**
 * The short way from a record's bytes to a `Run`: what is asked for is kept, the rest checked only, and every record that is not
 * plain left to the long way (`decode-text.ts`, then `parse-run.ts`), to which tests hold it. Scanning and reading are two steps, so
 * that threads can scan: what is between them is handed over by moving it.
 */

/** The run in what was scanned for these parts of it; `null`: not plain, which says nothing about right or wrong. */
type ReadRun = (slots: Slots, slot: number, origin: Origin, sourceLabel: string) => Run | null;

export const prepareReading =
  (parts: ReadonlySet<RunPart>): ReadRun =>
  (slots, slot, origin, sourceLabel) => {
    try {
      return readRun(slots, slot, parts, origin, sourceLabel);
    } catch (error) {
      if (error === NOT_PLAIN) return null;
      throw error;
    }
  };

/** Of the shape, but out of range. Made once: the trace of a stack costs more than a record. */
const NOT_PLAIN = new Error('not plain');

/** What stands at a slot. */
type Reader<Item> = (slots: Slots, slot: number) => Item;

// From here on: for each kind of object its shape, and its reader, which finds the fields in the order of the shape.

const WORKER = objectOf({ memory_mb: NUMBER, worker_id: nullable(TEXT), cpus: UNREAD });

const memoryMbOf: Reader<number> = (slots, slot) => slots.number(slots.content(slot));
const workerIdOf: Reader<string | null> = (slots, slot) => slots.textOrNull(slots.content(slot) + 1);

const STATE = nullable(oneOf('cold', 'warm'));

const readState: Reader<StartupState | null> = (slots, slot) => slots.textOrNull(slot) as StartupState | null;

/** An instant that a date can name, in ms. */
function instant(atMs: number): number {
  if (Math.abs(atMs) <= MOST_EPOCH_MS) return atMs;
  throw NOT_PLAIN;
}

export function shapeOfRun(parts: ReadonlySet<RunPart>): Shape {
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

function readRun(slots: Slots, slot: number, parts: ReadonlySet<RunPart>, origin: Origin, sourceLabel: string): Run {
  const fields = slots.content(slot);
  const dag = slots.content(fields + 2);
  const nodes = parts.has('nodes')
    ? readList(slots, dag + 3, parts.has('edges') ? readNode : readLoneNode)
    : UNREAD_NODES;
  return {
    runId: slots.text(fields),
    workflow: slots.text(fields + 1),
    structureHash: slots.text(dag),
    sinkNodeId: slots.text(dag + 1),
    rootNodeIds: readTexts(slots, dag + 2),
    nodeCount: slots.count(dag + 3),
    plannedOptimizations: readPlannedOptimizations(slots, dag + 3),
    nodes,
    submittedAtMs: slots.isNull(fields + 3) ? null : instant(slots.number(slots.content(fields + 3))),
    plan: slots.isNull(fields + 4) ? null : readPlan(slots, fields + 4, parts.has('plannedNodes')),
    // Before the tasks, whose inputs ask for the places.
    recordedNodeCount: listTasks(slots, fields + 5),
    tasks: readPresent(slots, fields + 5, readTask),
    workerStartups: readList(slots, fields + 6, readWorkerStartup),
    dagDownloads: parts.has('dagDownloads') ? readList(slots, fields + 7, readDagDownload) : UNREAD_DOWNLOADS,
    resourceUsage: slots.isNull(fields + 8) ? null : readResourceUsage(slots, fields + 8),
    lacks: NOTHING_LACKING,
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

const readDuplication: Reader<DuplicationPrediction> = (slots, slot) => {
  const fields = slots.content(slot);
  return {
    originalDownloadMs: slots.number(fields),
    originalExecutionMs: slots.number(fields + 1),
    originalUploadMs: slots.number(fields + 2),
    ownOutputDownloadMs: slots.number(fields + 3),
    ownInputsDownloadMs: slots.number(fields + 4),
    ownExecutionMs: slots.number(fields + 5),
  };
};

/** Parameters of a node's optimizations. A target is `[seconds, worker configuration]`. */
const PARAMETERS = objectOf({
  name: optional(TEXT),
  target_resource_configs: optional(listOf(listOf(either(NUMBER, WORKER)))),
});

/** The prewarms among the parameters. */
function readPrewarms(slots: Slots, slot: number): readonly PlannedPrewarm[] {
  return readList(slots, slot, (_, item): readonly PlannedPrewarm[] => {
    const [name, targets] = [slots.content(item), slots.content(item) + 1];
    if (slots.isAbsent(name) || slots.text(name) !== 'PreWarm' || slots.isAbsent(targets)) return NO_PREWARMS;
    return readList(slots, targets, readPrewarm);
  }).flat();
}

const NO_PREWARMS: readonly PlannedPrewarm[] = [];

const readPrewarm: Reader<PlannedPrewarm> = (slots, slot) => {
  const [delay, worker] = [slots.content(slot), slots.content(slot) + 1];
  if (slots.count(slot) !== 2 || slots.isContainer(delay) || !slots.isContainer(worker)) throw NOT_PLAIN;
  return {
    delayMs: slots.number(delay) * 1000,
    workerId: workerIdOf(slots, worker),
    memoryMb: memoryMbOf(slots, worker),
  };
};

/** Of a node that is not wanted only the optimizations are kept. */
const shapeOfNode = (wanted: boolean, withEdges: boolean): Shape =>
  objectOf({
    optimizations: listOf(TEXT),
    id: keptIf(wanted, TEXT),
    func_name: keptIf(wanted, TEXT),
    upstream: keptIf(withEdges, listOf(TEXT)),
    downstream: keptIf(withEdges, listOf(TEXT)),
    worker_config: keptIf(wanted, WORKER),
    duppable_tasks_predictions: optional(keptIf(wanted, nullable(mapOf(DUPLICATION)))),
    optimizations_params: wanted ? optional(nullable(listOf(PARAMETERS))) : UNREAD,
  });

const readNode: Reader<DagNode> = (slots, slot) => {
  const fields = slots.content(slot);
  return readNodeWith(slots, fields, readTexts(slots, fields + 3), readTexts(slots, fields + 4));
};

const readLoneNode: Reader<DagNode> = (slots, slot) =>
  readNodeWith(slots, slots.content(slot), UNREAD_EDGES, UNREAD_EDGES);

function readNodeWith(
  slots: Slots,
  fields: number,
  upstream: readonly string[],
  downstream: readonly string[],
): DagNode {
  return {
    id: slots.text(fields + 1),
    functionName: slots.text(fields + 2),
    upstream,
    downstream,
    memoryMb: memoryMbOf(slots, fields + 5),
    workerId: workerIdOf(slots, fields + 5),
    optimizations: readTexts(slots, fields),
    duplicationPredictions: slots.isContainer(fields + 6)
      ? readMap(slots, fields + 6, readDuplication)
      : NO_PREDICTIONS,
    plannedPrewarms: slots.isContainer(fields + 7) ? readPrewarms(slots, fields + 7) : NO_PREWARMS,
  };
}

const NO_PREDICTIONS: ReadonlyMap<string, DuplicationPrediction> = new Map();

/** What was put on any node, each name once. */
function readPlannedOptimizations(slots: Slots, nodes: number): readonly string[] {
  const names: string[] = [];
  for (let left = slots.count(nodes), node = slots.content(nodes); left > 0; left--) {
    const list = slots.content(node);
    for (let i = slots.count(list), text = slots.content(list); i > 0; i--) {
      const name = slots.text(text++);
      if (!names.includes(name)) names.push(name);
    }
    node = slots.behind(node);
  }
  return names;
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

const readPlannedNode: Reader<PlannedNode> = (slots, slot) => {
  const fields = slots.content(slot);
  return {
    inputBytes: slots.number(fields),
    outputBytes: slots.number(fields + 1),
    downloadableInputBytes: slots.number(fields + 2),
    uploadableOutputBytes: slots.number(fields + 3),
    startupState: readState(slots, fields + 4),
    startupMs: slots.number(fields + 5),
    downloadMs: slots.number(fields + 6),
    totalDownloadMs: slots.number(fields + 7),
    executionMs: slots.number(fields + 8),
    uploadMs: slots.number(fields + 9),
    earliestStartMs: slots.number(fields + 10),
    completionMs: slots.number(fields + 11),
  };
};

const PERCENTILE = objectOf({ percentile: NUMBER });

const readSla: Reader<Sla> = (slots, slot) => {
  if (!slots.isContainer(slot)) return 'average';
  const percentile = slots.number(slots.content(slot));
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

function readPlan(slots: Slots, slot: number, wanted: boolean): Plan {
  const fields = slots.content(slot);
  return {
    plannerName: slots.text(fields),
    sla: readSla(slots, fields + 1),
    nodes: wanted ? readMap(slots, fields + 2, readPlannedNode) : UNREAD_PLANNED_NODES,
    criticalPathNodeIds: wanted ? readTexts(slots, fields + 3) : UNREAD_NODE_IDS,
  };
}

const DOWNLOAD = objectOf({ serialized_size_bytes: NUMBER, time_ms: nullable(NUMBER) });

/** The inputs of a task, from a map. */
function readDownloads(slots: Slots, slot: number): TaskInput[] {
  const inputs: TaskInput[] = [];
  for (let left = slots.count(slot), key = slots.content(slot); left > 0; left--) {
    const fields = slots.content(key + 1);
    inputs.push({
      id: slots.text(key),
      sizeBytes: slots.number(fields),
      downloadMs: slots.numberOrNull(fields + 1),
      taskIndex: slots.placeInList(key),
    });
    key = slots.behind(key + 1);
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
const readOptimizationEvent: Reader<OptimizationEvent | null> = (slots, slot) => {
  const fields = slots.content(slot);
  const type = slots.text(fields);
  const expect = (field: number) => {
    if (slots.isAbsent(fields + field)) throw NOT_PLAIN;
    return fields + field;
  };
  if (type === 'PreLoad') return { type, inputId: slots.text(expect(1)) };
  if (type === 'TaskDup') return { type, inputId: slots.text(expect(2)) };
  if (type !== 'PreWarm') return null;
  const worker = expect(3);
  return {
    type,
    workerId: workerIdOf(slots, worker),
    memoryMb: memoryMbOf(slots, worker),
    answeredAtMs: instant(slots.number(expect(4)) * 1000),
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

/** Lists the ids of the tasks that left metrics, in order. Gives how many nodes they are of. */
function listTasks(slots: Slots, slot: number): number {
  let nodeCount = 0;
  slots.startList();
  for (let left = slots.count(slot), item = slots.content(slot); left > 0; left--) {
    const task = slots.content(item);
    if (!slots.isNull(task + 1) && slots.addToList(task)) nodeCount++;
    item = slots.behind(item);
  }
  return nodeCount;
}

const TASK = objectOf({ internal_task_id: TEXT, metrics: nullable(METRICS), global_task_id: UNREAD });

/** `null`: the task left no metrics. */
const readTask: Reader<Task | null> = (slots, slot) => {
  const task = slots.content(slot);
  if (slots.isNull(task + 1)) return null;
  const fields = slots.content(task + 1);
  const inputs = slots.content(fields + 2);
  const output = slots.content(fields + 5);
  const workerId = workerIdOf(slots, fields);
  const downloads = readDownloads(slots, inputs + 2);
  const plannerName = slots.text(fields + 8);
  const invocations = invocationsOf(plannerName, slots.number(fields + 6), slots.numberOrNull(fields + 7));
  return {
    nodeId: slots.text(task),
    workerId,
    memoryMb: memoryMbOf(slots, fields),
    startedAtMs: instant(slots.number(fields + 1) * 1000),
    hardcodedInputBytes: slots.number(inputs),
    inputWaitMs: inputWaitOf(slots.numberOrNull(inputs + 1), workerId, downloads),
    inputs: downloads,
    executionMs: slots.number(fields + 3),
    outputBytes: slots.number(output),
    uploadMs: slots.numberOrNull(output + 1),
    dependencyUpdateMs: slots.numberOrNull(fields + 4),
    invocationCount: invocations.invocationCount,
    invocationMs: invocations.invocationMs,
    plannerName,
    optimizationEvents: readPresent(slots, fields + 9, readOptimizationEvent),
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

const readWorkerStartup: Reader<WorkerStartup> = (slots, slot) => {
  const fields = slots.content(slot);
  return {
    workerId: workerIdOf(slots, fields),
    memoryMb: memoryMbOf(slots, fields),
    initialTaskIds: readTexts(slots, fields + 1),
    requestedAtMs: instant(slots.number(fields + 2)),
    readyAtMs: slots.isNull(fields + 3) ? null : instant(slots.number(fields + 3)),
    state: readState(slots, fields + 4),
  };
};

const DAG_DOWNLOAD = objectOf({
  download_time_ms: NUMBER,
  serialized_size_bytes: NUMBER,
  create_subdags_time_ms: UNREAD,
});

const readDagDownload: Reader<DagDownload> = (slots, slot) => {
  const fields = slots.content(slot);
  return { downloadMs: slots.number(fields), sizeBytes: slots.number(fields + 1) };
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
function readResourceUsage(slots: Slots, slot: number): ResourceUsage {
  const fields = slots.content(slot);
  const runTimeMs = slots.number(fields) * 1000;
  if (!slots.isAbsent(fields + 1)) {
    return { gbSeconds: slots.number(fields + 1), measure: 'gb-seconds', runTimeMs };
  }
  if (slots.isAbsent(fields + 2)) throw NOT_PLAIN;
  return { gbSeconds: gbSecondsOf(slots.number(fields + 2)), measure: 'byte-seconds', runTimeMs };
}

function readTexts(slots: Slots, slot: number): string[] {
  const texts: string[] = [];
  for (let left = slots.count(slot), text = slots.content(slot); left > 0; left--) texts.push(slots.text(text++));
  return texts;
}

function readList<Item>(slots: Slots, slot: number, read: Reader<Item>): Item[] {
  const items: Item[] = [];
  for (let left = slots.count(slot), item = slots.content(slot); left > 0; left--) {
    items.push(read(slots, item));
    item = slots.behind(item);
  }
  return items;
}

/** The items that are not `null`. */
function readPresent<Item>(slots: Slots, slot: number, read: Reader<Item | null>): Item[] {
  const items: Item[] = [];
  for (let left = slots.count(slot), item = slots.content(slot); left > 0; left--) {
    const present = read(slots, item);
    if (present !== null) items.push(present);
    item = slots.behind(item);
  }
  return items;
}

function readMap<Item>(slots: Slots, slot: number, read: Reader<Item>): Map<string, Item> {
  const items = new Map<string, Item>();
  for (let left = slots.count(slot), key = slots.content(slot); left > 0; left--) {
    items.set(slots.text(key), read(slots, key + 1));
    key = slots.behind(key + 1);
  }
  return items;
}
