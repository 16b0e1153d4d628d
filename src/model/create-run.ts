import { NOT_RECORDED, RECORDED_KINDS, type RecordedKind } from './recorded.ts';
import type { DagNode, Run, Task } from './run.ts';

/** A `Run` from what any engine records: what is left out is not recorded, rather than nothing. */

/** A task as a table of tasks has it: when it began, how long it took, and whatever else is known. */
export type TaskFields = Pick<Task, 'nodeId' | 'executionMs'> & Partial<Task>;

/** A node by its id and function, and whatever else is known. */
export type NodeFields = Pick<DagNode, 'id' | 'functionName'> & Partial<DagNode>;

/** Without nodes every task is one, whose function has its id's name. `structureHash` is needed where workflows have variants. */
export type RunFields = Pick<Run, 'runId' | 'workflow' | 'origin' | 'sourceLabel'> &
  Partial<Omit<Run, 'tasks' | 'nodes' | 'lacks' | 'nodeCount' | 'recordedNodeCount' | 'plannedOptimizations'>> & {
    readonly tasks: readonly TaskFields[];
    readonly nodes?: readonly NodeFields[];
  };

/** Completes the fields to a `Run`, counts its nodes, links inputs to tasks, and notes which kinds of information it lacks. */
export function createRun(fields: RunFields): Run {
  const placeOf = new Map(fields.tasks.map(({ nodeId }, place) => [nodeId, place]));
  const tasks = fields.tasks.map((task) => completeTask(task, placeOf));
  const named = fields.nodes ?? [...placeOf.keys()].map((id) => ({ id, functionName: id }));
  const nodes = named.map(completeNode);
  const run: Run = {
    structureHash: 'unknown',
    sinkNodeId: NOT_RECORDED,
    rootNodeIds: NOT_RECORDED,
    submittedAtMs: null,
    plan: NOT_RECORDED,
    workerStartups: NOT_RECORDED,
    dagDownloads: NOT_RECORDED,
    resourceUsage: NOT_RECORDED,
    ...fields,
    nodes,
    tasks,
    nodeCount: nodes.length,
    recordedNodeCount: placeOf.size,
    plannedOptimizations: [...new Set(nodes.flatMap(({ optimizations }) => optimizations))],
    lacks: new Set(),
  };
  return { ...run, lacks: new Set<RecordedKind>([...findLackingKinds(run), ...findLeftOut(fields)]) };
}

/**
 * Lists the kinds that are absent from the fields: an empty list or `null` in a `Run` can also mean "none", so only the fields
 * tell.
 */
function findLeftOut({ submittedAtMs, tasks }: RunFields): RecordedKind[] {
  return [
    ...(submittedAtMs === undefined ? (['submission'] as const) : []),
    ...(tasks.every(({ optimizationEvents }) => optimizationEvents === undefined) ? (['optimizations'] as const) : []),
  ];
}

function completeTask(task: TaskFields, placeOf: ReadonlyMap<string, number>): Task {
  const completed: Task = {
    startedAtMs: NOT_RECORDED,
    workerId: NOT_RECORDED,
    memoryMb: NOT_RECORDED,
    hardcodedInputBytes: NOT_RECORDED,
    inputWaitMs: NOT_RECORDED,
    inputs: NOT_RECORDED,
    outputBytes: NOT_RECORDED,
    uploadMs: NOT_RECORDED,
    dependencyUpdateMs: NOT_RECORDED,
    invocationCount: NOT_RECORDED,
    invocationMs: NOT_RECORDED,
    plannerName: NOT_RECORDED,
    optimizationEvents: [],
    ...task,
  };
  const { inputs } = completed;
  if (inputs === NOT_RECORDED) return completed;
  return { ...completed, inputs: inputs.map((input) => ({ ...input, taskIndex: placeOf.get(input.id) ?? -1 })) };
}

const completeNode = (node: NodeFields): DagNode => ({
  upstream: NOT_RECORDED,
  downstream: NOT_RECORDED,
  memoryMb: NOT_RECORDED,
  workerId: NOT_RECORDED,
  optimizations: [],
  duplicationPredictions: new Map(),
  plannedPrewarms: [],
  ...node,
});

/** Is true when every task lacks it; a run without tasks lacks nothing. */
const lacking =
  (fieldOf: (task: Task) => unknown) =>
  ({ tasks }: Run): boolean =>
    tasks.length > 0 && tasks.every((task) => fieldOf(task) === NOT_RECORDED);

const KIND_CHECKS: Readonly<Partial<Record<RecordedKind, (run: Run) => boolean>>> = {
  edges: ({ nodes }) => nodes.some(({ upstream }) => upstream === NOT_RECORDED),
  instants: lacking(({ startedAtMs }) => startedAtMs),
  sink: ({ sinkNodeId }) => sinkNodeId === NOT_RECORDED,
  plans: ({ plan }) => plan === NOT_RECORDED,
  memory: lacking(({ memoryMb }) => memoryMb),
  workers: lacking(({ workerId }) => workerId),
  'input-wait': lacking(({ inputWaitMs }) => inputWaitMs),
  downloads: lacking(({ inputs }) => inputs),
  uploads: lacking(({ uploadMs }) => uploadMs),
  sizes: lacking(({ outputBytes }) => outputBytes),
  'dependency-updates': lacking(({ dependencyUpdateMs }) => dependencyUpdateMs),
  invocations: lacking(({ invocationMs }) => invocationMs),
  startups: ({ workerStartups }) => workerStartups === NOT_RECORDED,
  'startup-states': ({ workerStartups }) =>
    workerStartups === NOT_RECORDED ||
    (workerStartups.length > 0 && workerStartups.every(({ state }) => state === NOT_RECORDED)),
  'resource-usage': ({ resourceUsage }) => resourceUsage === NOT_RECORDED,
};

/** The kinds that a run shows to be lacking, in the order of `RECORDED_KINDS`. O(tasks). */
const findLackingKinds = (run: Run): RecordedKind[] =>
  (Object.keys(RECORDED_KINDS) as RecordedKind[]).filter((kind) => KIND_CHECKS[kind]?.(run) ?? false);
