// biome-ignore-all lint/complexity/noExcessiveCognitiveComplexity: each chain of keys is a table, in the form that runs fastest.
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
import { Cursor, END, Keys, NOT_PLAIN } from './cursor.ts';

/**
 * The short way from a record's bytes to a `Run`: builds what is asked for, checks the rest without building it, and leaves
 * every record that is not plain to the long way (`decode-text.ts`, then `parse-run.ts`), to which tests hold it.
 */

/** The run of one record's text of which only these parts are read; `null`: not plain, which says nothing about right or wrong. */
export type ScanRun = (record: Buffer, origin: Origin, sourceLabel: string) => Run | null;

/** `tokenizer`: the compiled `assembly/tokenize.ts`. */
export function prepareScan(parts: ReadonlySet<RunPart>, tokenizer: WebAssembly.Module): ScanRun {
  const cursor = new Cursor(tokenizer);
  return (record, origin, sourceLabel) => {
    try {
      cursor.start(record);
      const run = readRun(cursor, parts, origin, sourceLabel);
      return cursor.isAtEnd() ? run : null;
    } catch (error) {
      if (error === NOT_PLAIN) return null;
      throw error;
    }
  };
}

/** A reader moves the cursor past one value and gives what it is. */
type Reader<Item> = (cursor: Cursor) => Item;

// Every reader of an object below has the same form: the keys in the order of `Keys`, a variable for each, and an object built in
// one go at the end, so that all of a kind share one layout.

const RUN = new Keys([
  'master_dag_id',
  'dag_name',
  'dag',
  'submission',
  'plan',
  'tasks',
  'worker_startups',
  'dag_downloads',
  'resource_usage',
]);

function readRun(cursor: Cursor, parts: ReadonlySet<RunPart>, origin: Origin, sourceLabel: string): Run {
  let [runId, workflow, seen] = ['', '', 0];
  let dag: Dag | null = null;
  let submittedAtMs: number | null = null;
  let plan: Plan | null = null;
  let tasks: Task[] = [];
  let workerStartups: WorkerStartup[] = [];
  let dagDownloads: readonly DagDownload[] = UNREAD_DOWNLOADS;
  let resourceUsage: ResourceUsage | null = null;
  for (let end = cursor.object(), key = cursor.key(RUN, end); key !== END; key = cursor.key(RUN, end)) {
    seen = RUN.see(seen, key);
    if (key === 0) runId = cursor.text();
    else if (key === 1) workflow = cursor.text();
    else if (key === 2) dag = readDag(cursor, parts);
    else if (key === 3) submittedAtMs = cursor.isNull() ? null : readSubmission(cursor);
    else if (key === 4) plan = cursor.isNull() ? null : readPlan(cursor, parts.has('plannedNodes'));
    else if (key === 5) tasks = readPresent(cursor, readTask);
    else if (key === 6) workerStartups = readList(cursor, readWorkerStartup);
    else if (key === 7) dagDownloads = readDagDownloads(cursor, parts.has('dagDownloads'));
    else if (key === 8) resourceUsage = cursor.isNull() ? null : readResourceUsage(cursor);
    else cursor.skip();
  }
  RUN.expectAll(seen);
  if (dag === null) throw NOT_PLAIN;
  return {
    runId,
    workflow,
    structureHash: dag.structureHash,
    sinkNodeId: dag.sinkNodeId,
    rootNodeIds: dag.rootNodeIds,
    nodeCount: dag.nodeCount,
    plannedOptimizations: dag.plannedOptimizations,
    nodes: dag.nodes,
    submittedAtMs,
    plan,
    tasks,
    workerStartups,
    dagDownloads,
    resourceUsage,
    origin,
    sourceLabel,
  };
}

type Dag = Pick<Run, 'structureHash' | 'sinkNodeId' | 'rootNodeIds' | 'nodes' | 'nodeCount' | 'plannedOptimizations'>;

const DAG = new Keys(['master_dag_structure_hash', 'sink_node_id', 'root_node_ids', 'nodes']);

function readDag(cursor: Cursor, parts: ReadonlySet<RunPart>): Dag {
  const wanted = parts.has('nodes');
  let [structureHash, sinkNodeId, seen] = ['', '', 0];
  let rootNodeIds: string[] = [];
  let nodes: DagNode[] = [];
  let nodeCount = 0;
  const optimizations = new Set<string>();
  for (let end = cursor.object(), key = cursor.key(DAG, end); key !== END; key = cursor.key(DAG, end)) {
    seen = DAG.see(seen, key);
    if (key === 0) structureHash = cursor.text();
    else if (key === 1) sinkNodeId = cursor.text();
    else if (key === 2) rootNodeIds = readList(cursor, readText);
    else if (key === 3 && wanted) {
      nodes = readList(cursor, parts.has('edges') ? readNode : readLoneNode);
      nodeCount = nodes.length;
      for (const node of nodes) for (const name of node.optimizations) optimizations.add(name);
    } else if (key === 3) {
      const end = cursor.list();
      for (; cursor.isBefore(end); nodeCount++) checkNode(cursor, optimizations);
    } else cursor.skip();
  }
  DAG.expectAll(seen);
  return {
    structureHash,
    sinkNodeId,
    rootNodeIds,
    nodes: wanted ? nodes : UNREAD_NODES,
    nodeCount,
    plannedOptimizations: optimizations.size === 0 ? NONE : [...optimizations],
  };
}

const NONE: readonly string[] = [];

const NODE = new Keys(
  ['id', 'func_name', 'upstream', 'downstream', 'worker_config', 'optimizations'],
  ['duppable_tasks_predictions', 'optimizations_params'],
);

const readNode: Reader<DagNode> = (cursor) => readNodeWith(cursor, readTexts);
/** Without its edges. */
const readLoneNode: Reader<DagNode> = (cursor) => readNodeWith(cursor, checkEdges);

function readNodeWith(cursor: Cursor, readEdges: Reader<readonly string[]>): DagNode {
  let [id, functionName, seen] = ['', '', 0];
  let [upstream, downstream]: (readonly string[])[] = [];
  let optimizations: readonly string[] | undefined;
  let worker = NO_WORKER;
  let duplicationPredictions = NO_PREDICTIONS;
  let plannedPrewarms = NO_PREWARMS;
  for (let end = cursor.object(), key = cursor.key(NODE, end); key !== END; key = cursor.key(NODE, end)) {
    seen = NODE.see(seen, key);
    if (key === 0) id = cursor.text();
    else if (key === 1) functionName = cursor.text();
    else if (key === 2) upstream = readEdges(cursor);
    else if (key === 3) downstream = readEdges(cursor);
    else if (key === 4) worker = readWorkerConfiguration(cursor);
    else if (key === 5) optimizations = readList(cursor, readText);
    else if (key === 6) duplicationPredictions = cursor.isNull() ? NO_PREDICTIONS : readMap(cursor, readDuplication);
    else if (key === 7) plannedPrewarms = cursor.isNull() ? NO_PREWARMS : readPrewarms(cursor);
    else cursor.skip();
  }
  NODE.expectAll(seen);
  if (!upstream || !downstream || !optimizations) throw NOT_PLAIN;
  const { memoryMb, workerId } = worker;
  return {
    id,
    functionName,
    upstream,
    downstream,
    memoryMb,
    workerId,
    optimizations,
    duplicationPredictions,
    plannedPrewarms,
  };
}

/** Checks a node of which only the optimizations are wanted. */
function checkNode(cursor: Cursor, optimizations: Set<string>): void {
  let seen = 0;
  for (let end = cursor.object(), key = cursor.key(NODE, end); key !== END; key = cursor.key(NODE, end)) {
    seen = NODE.see(seen, key);
    if (key === 0 || key === 1) cursor.skipText();
    else if (key === 2 || key === 3) checkTexts(cursor);
    else if (key === 4) checkWorkerConfiguration(cursor);
    else if (key === 5) for (const end = cursor.list(); cursor.isBefore(end); ) optimizations.add(cursor.text());
    else if (key === 6) checkDuplications(cursor);
    else cursor.skip();
  }
  NODE.expectAll(seen);
}

const DUPLICATION = new Keys([
  'original_download_time_ms',
  'original_exec_time_ms',
  'original_upload_time_ms',
  'my_download_output_time_ms',
  'my_inputs_download_time_ms',
  'my_exec_time_ms',
]);
const NO_PREWARMS: readonly PlannedPrewarm[] = [];
const PARAMETERS = new Keys([], ['name', 'target_resource_configs']);

/** The prewarms among the parameters of a node's optimizations. */
function readPrewarms(cursor: Cursor): readonly PlannedPrewarm[] {
  let all = NO_PREWARMS;
  for (const end = cursor.list(); cursor.isBefore(end); ) {
    let [name, seen] = ['', 0];
    let targets = NO_PREWARMS;
    for (let end = cursor.object(), key = cursor.key(PARAMETERS, end); key !== END; key = cursor.key(PARAMETERS, end)) {
      seen = PARAMETERS.see(seen, key);
      if (key === 0) name = cursor.text();
      else if (key === 1) targets = readList(cursor, readPrewarm);
      else cursor.skip();
    }
    if (name === 'PreWarm') all = [...all, ...targets];
  }
  return all;
}

/** `[seconds, worker configuration]`. */
function readPrewarm(cursor: Cursor): PlannedPrewarm {
  const end = cursor.list();
  if (!cursor.isBefore(end)) throw NOT_PLAIN;
  const delayMs = cursor.number() * 1000;
  if (!cursor.isBefore(end)) throw NOT_PLAIN;
  const { workerId, memoryMb } = readWorkerConfiguration(cursor);
  if (cursor.isBefore(end)) throw NOT_PLAIN;
  return { delayMs, workerId, memoryMb };
}

const NO_PREDICTIONS: ReadonlyMap<string, DuplicationPrediction> = new Map();

function readDuplication(cursor: Cursor): DuplicationPrediction {
  const numbers = readNumbers(cursor, DUPLICATION);
  return {
    originalDownloadMs: numbers[0] as number,
    originalExecutionMs: numbers[1] as number,
    originalUploadMs: numbers[2] as number,
    ownOutputDownloadMs: numbers[3] as number,
    ownInputsDownloadMs: numbers[4] as number,
    ownExecutionMs: numbers[5] as number,
  };
}

function checkDuplications(cursor: Cursor): void {
  if (cursor.isNull()) return;
  for (const end = cursor.object(); cursor.isBefore(end); ) {
    cursor.skipEntryKey();
    readNumbers(cursor, DUPLICATION);
  }
}

/** An object of numbers, in the order of the keys. */
function readNumbers(cursor: Cursor, keys: Keys): number[] {
  const numbers: number[] = [];
  let seen = 0;
  for (let end = cursor.object(), key = cursor.key(keys, end); key !== END; key = cursor.key(keys, end)) {
    seen = keys.see(seen, key);
    if (keys.has(key)) numbers[key] = cursor.number();
    else cursor.skip();
  }
  keys.expectAll(seen);
  return numbers;
}

const WORKER = new Keys(['memory_mb', 'worker_id']);
const NO_WORKER: { readonly memoryMb: number; readonly workerId: string | null } = { memoryMb: 0, workerId: null };

function readWorkerConfiguration(cursor: Cursor): typeof NO_WORKER {
  let [memoryMb, seen] = [0, 0];
  let workerId: string | null = null;
  for (let end = cursor.object(), key = cursor.key(WORKER, end); key !== END; key = cursor.key(WORKER, end)) {
    seen = WORKER.see(seen, key);
    if (key === 0) memoryMb = cursor.number();
    else if (key === 1) workerId = cursor.textOrNull();
    else cursor.skip();
  }
  WORKER.expectAll(seen);
  return { memoryMb, workerId };
}

function checkWorkerConfiguration(cursor: Cursor): void {
  let seen = 0;
  for (let end = cursor.object(), key = cursor.key(WORKER, end); key !== END; key = cursor.key(WORKER, end)) {
    seen = WORKER.see(seen, key);
    if (key === 0) cursor.number();
    else if (key === 1) cursor.isNull() || cursor.skipText();
    else cursor.skip();
  }
  WORKER.expectAll(seen);
}

const SUBMISSION = new Keys(['dag_submission_time_ms']);
const readSubmission: Reader<number> = (cursor) => instant(readNumbers(cursor, SUBMISSION)[0] as number);

/** An instant that a date can name, in ms. */
function instant(atMs: number): number {
  if (Math.abs(atMs) <= MOST_EPOCH_MS) return atMs;
  throw NOT_PLAIN;
}

const PLAN = new Keys(['planner_name', 'sla', 'nodes_info', 'critical_path_node_ids']);

function readPlan(cursor: Cursor, wanted: boolean): Plan {
  let [plannerName, seen] = ['', 0];
  let sla: Sla = 'average';
  let nodes = UNREAD_PLANNED_NODES;
  let criticalPathNodeIds = UNREAD_NODE_IDS;
  for (let end = cursor.object(), key = cursor.key(PLAN, end); key !== END; key = cursor.key(PLAN, end)) {
    seen = PLAN.see(seen, key);
    if (key === 0) plannerName = cursor.text();
    else if (key === 1) sla = readSla(cursor);
    else if (key === 2 && wanted) nodes = readMap(cursor, readPlannedNode);
    else if (key === 2) checkPlannedNodes(cursor);
    else if (key === 3 && wanted) criticalPathNodeIds = readList(cursor, readText);
    else if (key === 3) checkTexts(cursor);
    else cursor.skip();
  }
  PLAN.expectAll(seen);
  return { plannerName, sla, nodes, criticalPathNodeIds };
}

const PERCENTILE = new Keys(['percentile']);

function readSla(cursor: Cursor): Sla {
  if (cursor.isText()) {
    if (cursor.text() === 'average') return 'average';
    throw NOT_PLAIN;
  }
  const percentile = readNumbers(cursor, PERCENTILE)[0] as number;
  if (percentile >= 0 && percentile <= 100) return percentile;
  throw NOT_PLAIN;
}

const PLANNED_NODE = new Keys([
  'serialized_input_size',
  'serialized_output_size',
  'downloadable_input_size_bytes',
  'uploadable_output_size_bytes',
  'tp_worker_startup_time_ms',
  'tp_download_time_ms',
  'total_download_time_ms',
  'tp_exec_time_ms',
  'tp_upload_time_ms',
  'earliest_start_ms',
  'task_completion_time_ms',
  'worker_startup_state',
]);
const PLANNED_STATE = 11;
/** Reused by every node: all of it is written before any of it is read. */
const plannedNumbers = new Float64Array(PLANNED_STATE);

function readPlannedNode(cursor: Cursor): PlannedNode {
  const numbers = plannedNumbers;
  let startupState: StartupState | null = null;
  let seen = 0;
  for (
    let end = cursor.object(), key = cursor.key(PLANNED_NODE, end);
    key !== END;
    key = cursor.key(PLANNED_NODE, end)
  ) {
    seen = PLANNED_NODE.see(seen, key);
    if (key === PLANNED_STATE) startupState = readStartupState(cursor);
    else if (PLANNED_NODE.has(key)) numbers[key] = cursor.number();
    else cursor.skip();
  }
  PLANNED_NODE.expectAll(seen);
  return {
    inputBytes: numbers[0] as number,
    outputBytes: numbers[1] as number,
    downloadableInputBytes: numbers[2] as number,
    uploadableOutputBytes: numbers[3] as number,
    startupState,
    startupMs: numbers[4] as number,
    downloadMs: numbers[5] as number,
    totalDownloadMs: numbers[6] as number,
    executionMs: numbers[7] as number,
    uploadMs: numbers[8] as number,
    earliestStartMs: numbers[9] as number,
    completionMs: numbers[10] as number,
  };
}

function checkPlannedNodes(cursor: Cursor): void {
  for (const mapEnd = cursor.object(); cursor.isBefore(mapEnd); ) {
    cursor.skipEntryKey();
    let seen = 0;
    for (
      let end = cursor.object(), key = cursor.key(PLANNED_NODE, end);
      key !== END;
      key = cursor.key(PLANNED_NODE, end)
    ) {
      seen = PLANNED_NODE.see(seen, key);
      if (key === PLANNED_STATE) readStartupState(cursor);
      else if (PLANNED_NODE.has(key)) cursor.number();
      else cursor.skip();
    }
    PLANNED_NODE.expectAll(seen);
  }
}

const TASK = new Keys(['internal_task_id', 'metrics']);

/** `null`: the task left no metrics. */
function readTask(cursor: Cursor): Task | null {
  let [nodeId, seen] = ['', 0];
  let metrics: Metrics | null = null;
  for (let end = cursor.object(), key = cursor.key(TASK, end); key !== END; key = cursor.key(TASK, end)) {
    seen = TASK.see(seen, key);
    if (key === 0) nodeId = cursor.text();
    else if (key === 1) metrics = cursor.isNull() ? null : readMetrics(cursor);
    else cursor.skip();
  }
  TASK.expectAll(seen);
  if (metrics === null) return null;
  metrics.nodeId = nodeId;
  return metrics;
}

/** The id stands outside the metrics, and may come after them. */
type Metrics = Omit<Task, 'nodeId'> & { nodeId: string };

const METRICS = new Keys([
  'worker_resource_configuration',
  'started_at_timestamp_s',
  'input_metrics',
  'tp_execution_time_ms',
  'update_dependency_counters_time_ms',
  'output_metrics',
  'total_invocations_count',
  'total_invocation_time_ms',
  'planner_used_name',
  'optimization_metrics',
]);

function readMetrics(cursor: Cursor): Metrics {
  let [startedAtS, executionMs, invocationCount, seen] = [0, 0, 0, 0];
  let dependencyUpdateMs: number | null = null;
  let invocationMs: number | null = null;
  let worker = NO_WORKER;
  let inputs = NO_INPUTS;
  let output = NO_OUTPUT;
  let plannerName = '';
  let optimizationEvents = NO_EVENTS;
  for (let end = cursor.object(), key = cursor.key(METRICS, end); key !== END; key = cursor.key(METRICS, end)) {
    seen = METRICS.see(seen, key);
    if (key === 0) worker = readWorkerConfiguration(cursor);
    else if (key === 1) startedAtS = cursor.number();
    else if (key === 2) inputs = readInputs(cursor);
    else if (key === 3) executionMs = cursor.number();
    else if (key === 4) dependencyUpdateMs = cursor.numberOrNull();
    else if (key === 5) output = readOutput(cursor);
    else if (key === 6) invocationCount = cursor.number();
    else if (key === 7) invocationMs = cursor.numberOrNull();
    else if (key === 8) plannerName = cursor.text();
    else if (key === 9) optimizationEvents = readPresent(cursor, readOptimizationEvent);
    else cursor.skip();
  }
  METRICS.expectAll(seen);
  return {
    nodeId: '',
    workerId: worker.workerId,
    memoryMb: worker.memoryMb,
    startedAtMs: instant(startedAtS * 1000),
    hardcodedInputBytes: inputs.hardcodedInputBytes,
    inputWaitMs: inputs.inputWaitMs,
    inputs: inputs.inputs,
    executionMs,
    outputBytes: output.outputBytes,
    uploadMs: output.uploadMs,
    dependencyUpdateMs,
    invocationCount,
    invocationMs,
    plannerName,
    optimizationEvents,
  };
}

const NO_EVENTS: OptimizationEvent[] = [];

const INPUTS = new Keys([
  'hardcoded_input_size_bytes',
  'tp_total_time_waiting_for_inputs_ms',
  'input_download_metrics',
]);
type Inputs = Pick<Task, 'hardcodedInputBytes' | 'inputWaitMs' | 'inputs'>;
const NO_INPUTS: Inputs = { hardcodedInputBytes: 0, inputWaitMs: null, inputs: [] };

function readInputs(cursor: Cursor): Inputs {
  let [hardcodedInputBytes, seen] = [0, 0];
  let inputWaitMs: number | null = null;
  let inputs: readonly TaskInput[] = [];
  for (let end = cursor.object(), key = cursor.key(INPUTS, end); key !== END; key = cursor.key(INPUTS, end)) {
    seen = INPUTS.see(seen, key);
    if (key === 0) hardcodedInputBytes = cursor.number();
    else if (key === 1) inputWaitMs = cursor.numberOrNull();
    else if (key === 2) inputs = readDownloads(cursor);
    else cursor.skip();
  }
  INPUTS.expectAll(seen);
  return { hardcodedInputBytes, inputWaitMs, inputs };
}

function readDownloads(cursor: Cursor): TaskInput[] {
  const inputs: TaskInput[] = [];
  for (const end = cursor.object(); cursor.isBefore(end); ) {
    const id = readEntryKey(cursor);
    if (inputs.some((input) => input.id === id)) throw NOT_PLAIN;
    inputs.push(readDownload(cursor, id));
  }
  return inputs;
}

const DOWNLOAD = new Keys(['serialized_size_bytes', 'time_ms']);

function readDownload(cursor: Cursor, id: string): TaskInput {
  let [sizeBytes, seen] = [0, 0];
  let downloadMs: number | null = null;
  for (let end = cursor.object(), key = cursor.key(DOWNLOAD, end); key !== END; key = cursor.key(DOWNLOAD, end)) {
    seen = DOWNLOAD.see(seen, key);
    if (key === 0) sizeBytes = cursor.number();
    else if (key === 1) downloadMs = cursor.numberOrNull();
    else cursor.skip();
  }
  DOWNLOAD.expectAll(seen);
  return { id, sizeBytes, downloadMs };
}

const OUTPUT = new Keys(['serialized_size_bytes', 'tp_time_ms']);
type Output = Pick<Task, 'outputBytes' | 'uploadMs'>;
const NO_OUTPUT: Output = { outputBytes: 0, uploadMs: null };

function readOutput(cursor: Cursor): Output {
  let [outputBytes, seen] = [0, 0];
  let uploadMs: number | null = null;
  for (let end = cursor.object(), key = cursor.key(OUTPUT, end); key !== END; key = cursor.key(OUTPUT, end)) {
    seen = OUTPUT.see(seen, key);
    if (key === 0) outputBytes = cursor.number();
    else if (key === 1) uploadMs = cursor.numberOrNull();
    else cursor.skip();
  }
  OUTPUT.expectAll(seen);
  return { outputBytes, uploadMs };
}

const EVENT = new Keys(['type'], ['preloaded', 'dupped', 'resource_config', 'absolute_trigger_timestamp_s']);

/** `null`: an optimization that wfa does not know. */
function readOptimizationEvent(cursor: Cursor): OptimizationEvent | null {
  let [type, seen] = ['', 0];
  let preloaded: string | null = null;
  let dupped: string | null = null;
  let worker: typeof NO_WORKER | null = null;
  let answeredAtS: number | null = null;
  for (let end = cursor.object(), key = cursor.key(EVENT, end); key !== END; key = cursor.key(EVENT, end)) {
    seen = EVENT.see(seen, key);
    if (key === 0) type = cursor.text();
    else if (key === 1) preloaded = cursor.text();
    else if (key === 2) dupped = cursor.text();
    else if (key === 3) worker = readWorkerConfiguration(cursor);
    else if (key === 4) answeredAtS = cursor.number();
    else cursor.skip();
  }
  EVENT.expectAll(seen);
  if (type === 'PreLoad' && preloaded !== null) return { type, inputId: preloaded };
  if (type === 'TaskDup' && dupped !== null) return { type, inputId: dupped };
  if (type === 'PreWarm' && worker !== null && answeredAtS !== null) {
    return { type, workerId: worker.workerId, memoryMb: worker.memoryMb, answeredAtMs: instant(answeredAtS * 1000) };
  }
  if (type === 'PreLoad' || type === 'TaskDup' || type === 'PreWarm') throw NOT_PLAIN;
  return null;
}

const STARTUP = new Keys(['resource_configuration', 'initial_task_ids', 'start_time_ms', 'end_time_ms', 'state']);

function readWorkerStartup(cursor: Cursor): WorkerStartup {
  let [requestedAtMs, seen] = [0, 0];
  let readyAtMs: number | null = null;
  let worker = NO_WORKER;
  let initialTaskIds: string[] = [];
  let state: StartupState | null = null;
  for (let end = cursor.object(), key = cursor.key(STARTUP, end); key !== END; key = cursor.key(STARTUP, end)) {
    seen = STARTUP.see(seen, key);
    if (key === 0) worker = readWorkerConfiguration(cursor);
    else if (key === 1) initialTaskIds = readList(cursor, readText);
    else if (key === 2) requestedAtMs = instant(cursor.number());
    else if (key === 3) readyAtMs = cursor.isNull() ? null : instant(cursor.number());
    else if (key === 4) state = readStartupState(cursor);
    else cursor.skip();
  }
  STARTUP.expectAll(seen);
  return { workerId: worker.workerId, memoryMb: worker.memoryMb, initialTaskIds, requestedAtMs, readyAtMs, state };
}

function readStartupState(cursor: Cursor): StartupState | null {
  if (cursor.isNull()) return null;
  const state = cursor.text();
  if (state === 'cold' || state === 'warm') return state;
  throw NOT_PLAIN;
}

const DAG_DOWNLOAD = new Keys(['download_time_ms', 'serialized_size_bytes']);

function readDagDownloads(cursor: Cursor, wanted: boolean): readonly DagDownload[] {
  const downloads = readList(cursor, (item): DagDownload => {
    const numbers = readNumbers(item, DAG_DOWNLOAD);
    return { downloadMs: numbers[0] as number, sizeBytes: numbers[1] as number };
  });
  return wanted ? downloads : UNREAD_DOWNLOADS;
}

const USAGE = new Keys(['run_time_seconds'], ['gb_seconds', 'memory_bytes']);

/** `gb_seconds` of newer engines goes before `memory_bytes` (byte-seconds) of older ones. */
function readResourceUsage(cursor: Cursor): ResourceUsage {
  const numbers = readNumbers(cursor, USAGE);
  const [runTimeSeconds, gbSeconds, byteSeconds] = numbers;
  const runTimeMs = (runTimeSeconds as number) * 1000;
  if (gbSeconds !== undefined) return { gbSeconds, measure: 'gb-seconds', runTimeMs };
  if (byteSeconds === undefined) throw NOT_PLAIN;
  return { gbSeconds: gbSecondsOf(byteSeconds), measure: 'byte-seconds', runTimeMs };
}

const readText: Reader<string> = (cursor) => cursor.text();
const readTexts: Reader<readonly string[]> = (cursor) => readList(cursor, readText);

function checkEdges(cursor: Cursor): readonly string[] {
  checkTexts(cursor);
  return UNREAD_EDGES;
}

function checkTexts(cursor: Cursor): void {
  for (const end = cursor.list(); cursor.isBefore(end); ) cursor.skipText();
}

function readList<Item>(cursor: Cursor, read: Reader<Item>): Item[] {
  const items: Item[] = [];
  for (const end = cursor.list(); cursor.isBefore(end); ) items.push(read(cursor));
  return items;
}

/** The items that are not `null`. */
function readPresent<Item>(cursor: Cursor, read: Reader<Item | null>): Item[] {
  const items: Item[] = [];
  for (const end = cursor.list(); cursor.isBefore(end); ) {
    const item = read(cursor);
    if (item !== null) items.push(item);
  }
  return items;
}

function readMap<Item>(cursor: Cursor, read: Reader<Item>): Map<string, Item> {
  const items = new Map<string, Item>();
  for (const end = cursor.object(); cursor.isBefore(end); ) {
    const key = readEntryKey(cursor);
    if (items.has(key)) throw NOT_PLAIN;
    items.set(key, read(cursor));
  }
  return items;
}

/** Objects put keys that are whole numbers first, and `__proto__` is no key of theirs: such maps are not plain. */
const ODD_KEY = /^(?:\d+|__proto__)$/;

function readEntryKey(cursor: Cursor): string {
  const key = cursor.entryKey();
  if (ODD_KEY.test(key)) throw NOT_PLAIN;
  return key;
}
