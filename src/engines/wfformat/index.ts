/**
 * Read, of WfCommons: an instance in WfFormat 1.0 to 1.6 → a `Run`. Version 1.5 has the runtime of each task and the makespan of the
 * workflow, but not when tasks began: such a run has durations and a structure, and nothing that needs instants. What a task's process
 * had resident in memory is not what its worker had, and is not taken for it.
 */
import { max, min } from 'd3-array';
import { createRun, type RunFields, type TaskFields } from '../../model/create-run.ts';
import type { ReadRun } from '../../model/engine-records.ts';
import { hashStructure, linkDownstream, type UpstreamNode } from '../../model/hash-structure.ts';
import { hashText } from '../../model/hash-text.ts';
import { isObject, type Json } from '../../model/json.ts';
import { NOT_RECORDED } from '../../model/recorded.ts';
import type { Origin, Run } from '../../model/run.ts';
import { amountIn, instantIn, listIn, objectIn, parseIsoMs, readOrWord, refuse, required, textIn } from '../fields.ts';
import { findLastTask } from '../last-task.ts';
import { modernize, OLDER_VERSIONS } from './older.ts';

/** Tells whether a document is meant to be an instance, of whichever version. */
export const looksLikeInstance = (document: unknown): boolean =>
  isObject(document) &&
  isObject(document['workflow']) &&
  ('schemaVersion' in document || 'specification' in document['workflow']);

/** Reads the instance as one run, or as the issue that stands in its way. */
export const readInstance = (document: unknown, origin: Origin, sourceLabel: string): readonly ReadRun[] => [
  readOrWord(origin, () => readRun(document as Json, origin, sourceLabel)),
];

/** What 1.6 added is optional. */
const VERSIONS = ['1.5', '1.6'];

function readRun(instance: Json, origin: Origin, sourceLabel: string): Run {
  const workflow = readWorkflow(instance);
  const specification = required(
    objectIn(workflow, 'specification', 'workflow'),
    'workflow.specification',
    'the tasks and what each waits for',
  );
  const execution = required(
    objectIn(workflow, 'execution', 'workflow'),
    'workflow.execution',
    'an execution: without one this is a workflow that has not run',
  );
  const nodes = linkDownstream(readNodes(specification, indexCategories(execution)));
  const tasks = readTasks(execution, new Set(nodes.map(({ id }) => id)), indexOutputs(specification));
  // Converters write 0 for a makespan that they do not know.
  const makespanMs = secondsIn(execution, 'makespanInSeconds', 'execution') || null;
  const claimsInstants = tasks.every(({ startedAtMs }) => startedAtMs !== NOT_RECORDED);
  const hasInstants = claimsInstants && areStarts(nodes, tasks, makespanMs);
  const submittedAtMs = readSubmission(execution);
  const name = required(textIn(instance, 'name', 'instance'), 'name', 'the name of the instance');
  return createRun({
    runId: `${name}-${hashText(JSON.stringify(execution)).slice(0, 8)}`,
    workflow: name,
    origin,
    sourceLabel,
    ...describeStructure(nodes),
    tasks: hasInstants ? tasks : tasks.map((task) => ({ ...task, startedAtMs: NOT_RECORDED })),
    sinkNodeId: findSink(nodes, tasks, hasInstants),
    ...(submittedAtMs === null ? {} : { submittedAtMs }),
    ...(makespanMs === null || hasInstants ? {} : { statedMakespanMs: makespanMs }),
    ...(claimsInstants && !hasInstants ? { remarks: ['contradictory-instants-left-out'] } : {}),
  });
}

/** Gives the workflow in the layout of 1.5, whatever it was written in. */
function readWorkflow(instance: Json): Json {
  const version = String(instance['schemaVersion'] ?? '1.5');
  const workflow = instance['workflow'] as Json;
  if (VERSIONS.includes(version)) return workflow;
  if (OLDER_VERSIONS.includes(version)) return 'specification' in workflow ? workflow : modernize(workflow);
  return refuse(
    'schemaVersion',
    "1.0 to 1.6, or one that WfCommons' wfcommons-migrate-instance.py brings there",
    version,
  );
}

/**
 * Reads when the workflow was executed. The format does not say how that is written: what is no ISO 8601 is not taken, nor is the year
 * 1970, which converters write where they do not know.
 */
function readSubmission({ executedAt }: Json): number | null {
  const atMs = typeof executedAt === 'string' ? parseIsoMs(executedAt) : null;
  return atMs === null || atMs < LEAST_SUBMISSION_MS ? null : atMs;
}

const LEAST_SUBMISSION_MS = Date.UTC(1971, 0);

/** Clocks of machines differ by less than this. */
const CLOCKS_MS = 1000;
/** Of the makespan that is stated, starts explain at least this part. */
const LEAST_EXPLAINED = 0.5;

/**
 * Is true when the instants of tasks can be their starts. Some converters write when they themselves made the task's entry: then tasks
 * begin before those ended that they wait for, and all is over long before the makespan that is stated.
 */
function areStarts(nodes: readonly LinkedNode[], tasks: readonly TaskFields[], makespanMs: number | null): boolean {
  const startOf = new Map(tasks.map(({ nodeId, startedAtMs }) => [nodeId, startedAtMs as number]));
  const endOf = new Map(
    tasks.map(({ nodeId, executionMs }) => [nodeId, (startOf.get(nodeId) as number) + executionMs]),
  );
  const gapsMs = nodes.flatMap(({ id, upstream }) =>
    upstream.flatMap((above) => {
      const [startMs, endMs] = [startOf.get(id), endOf.get(above)];
      return startMs === undefined || endMs === undefined ? [] : [startMs - endMs];
    }),
  );
  const earlyCount = gapsMs.filter((gapMs) => gapMs < -CLOCKS_MS).length;
  const spanMs = (max([...endOf.values()]) ?? 0) - (min([...startOf.values()]) ?? 0);
  return earlyCount * 2 <= gapsMs.length && (makespanMs === null || spanMs >= makespanMs * LEAST_EXPLAINED);
}

type LinkedNode = ReturnType<typeof linkDownstream<UpstreamNode>>[number];

/** Several tasks none of which waits for another are what converters write that do not know the edges: then these are not recorded. */
function describeStructure(nodes: readonly LinkedNode[]): Pick<RunFields, 'nodes' | 'structureHash' | 'rootNodeIds'> {
  const roots = nodes.filter(({ upstream }) => upstream.length === 0);
  if (nodes.length > 1 && roots.length === nodes.length)
    return { nodes: nodes.map(({ id, functionName }) => ({ id, functionName })) };
  return { nodes, structureHash: hashStructure(nodes), rootNodeIds: roots.map(({ id }) => id) };
}

/** The task that ended last; without instants, the only one that nothing follows. */
function findSink(
  nodes: readonly { readonly id: string; readonly downstream: readonly string[] }[],
  tasks: readonly TaskFields[],
  hasInstants: boolean,
) {
  if (hasInstants) return findLastTask(tasks);
  const last = nodes.filter(({ downstream }) => downstream.length === 0);
  return last.length === 1 && last[0] !== undefined ? last[0].id : NOT_RECORDED;
}

function readNodes(specification: Json, categoryOf: ReadonlyMap<unknown, string>) {
  const path = 'workflow.specification.tasks';
  const tasks = required(listIn(specification, 'tasks', 'workflow.specification'), path, 'the tasks of the workflow');
  const nodes = tasks.map((found, i) => {
    const own = `${path}[${i}]`;
    if (!isObject(found)) return refuse(own, 'a task', found);
    const id = required(textIn(found, 'id', own), `${own}.id`, 'the id of the task');
    const name = required(textIn(found, 'name', own), `${own}.name`, 'the name of the task');
    return {
      id,
      functionName: categoryOf.get(id) ?? withoutNumber(name),
      upstream: required(listIn(found, 'parents', own), `${own}.parents`, 'the ids of the tasks that it waits for').map(
        String,
      ),
    };
  });
  const ids = new Set(nodes.map(({ id }) => id));
  nodes.forEach(({ upstream }, i) => {
    const stranger = upstream.find((id) => !ids.has(id));
    if (stranger !== undefined) refuse(`${path}[${i}].parents`, 'ids of tasks of the workflow', stranger);
  });
  if (ids.size < nodes.length) refuse(path, 'tasks with different ids', `${nodes.length - ids.size} ids come twice`);
  return nodes;
}

/** Names the kind of each task, by its id, where the execution says it. */
const indexCategories = (execution: Json): ReadonlyMap<unknown, string> =>
  new Map(
    (listIn(execution, 'tasks', 'workflow.execution') ?? []).flatMap((task) =>
      isObject(task) && typeof task['category'] === 'string' && task['category'] !== ''
        ? [[task['id'], task['category']] as const]
        : [],
    ),
  );

/** Takes off the number of a task, which generators and Pegasus add to the name of its kind: `mProject_ID0000001`. */
const withoutNumber = (name: string): string => name.replace(/(?<=.)[_-](ID)?\d{5,}$/, '');

/**
 * The bytes that each task wrote, by its id; a task one of whose files has no size is not there. Empty lists are what converters write
 * that know of no files: where no task of the instance has one, nothing is known of any.
 */
function indexOutputs(specification: Json): ReadonlyMap<string, number> {
  const sizes = indexSizes(specification);
  const outputs = new Map<string, number>();
  if (sizes.size === 0) return outputs;
  for (const task of (specification['tasks'] as readonly Json[]) ?? []) {
    const files = listIn(task, 'outputFiles', 'tasks');
    if (files === null || !files.every((id) => sizes.has(id))) continue;
    outputs.set(
      String(task['id']),
      files.reduce<number>((sum, id) => sum + (sizes.get(id) as number), 0),
    );
  }
  return outputs;
}

/** The bytes of each file that has a size, by its id. */
function indexSizes(specification: Json): ReadonlyMap<unknown, number> {
  const sizes = new Map<unknown, number>();
  for (const file of listIn(specification, 'files', 'workflow.specification') ?? []) {
    const bytes = isObject(file) ? amountIn(file, 'sizeInBytes', 'files') : null;
    if (isObject(file) && bytes !== null) sizes.set(file['id'], bytes);
  }
  return sizes;
}

function readTasks(execution: Json, ids: ReadonlySet<string>, outputs: ReadonlyMap<string, number>): TaskFields[] {
  const path = 'workflow.execution.tasks';
  const tasks = required(listIn(execution, 'tasks', 'workflow.execution'), path, 'the tasks that were executed');
  const read = tasks.map((found, i): TaskFields => {
    const own = `${path}[${i}]`;
    if (!isObject(found)) return refuse(own, 'a task', found);
    const nodeId = required(textIn(found, 'id', own), `${own}.id`, 'the id of the task');
    if (!ids.has(nodeId)) refuse(`${own}.id`, 'the id of a task of the specification', nodeId);
    const runtime = secondsIn(found, 'runtimeInSeconds', own);
    const machine = machineIn(found);
    return {
      nodeId,
      startedAtMs: instantIn(found, 'executedAt', own) ?? NOT_RECORDED,
      executionMs: required(runtime, `${own}.runtimeInSeconds`, 'how many seconds the task took'),
      outputBytes: outputs.get(nodeId) ?? NOT_RECORDED,
      ...(machine === null ? {} : { workerId: machine }),
    };
  });
  if (read.every(({ executionMs }) => executionMs === 0))
    refuse(path, 'a task that took some time', read.length === 0 ? [] : '0 s for each of them');
  return read;
}

/** Its only machine; a task on several has no one worker. */
function machineIn(task: Json): string | null {
  const { machine, machines } = task;
  if (typeof machine === 'string') return machine;
  return Array.isArray(machines) && machines.length === 1 && typeof machines[0] === 'string' ? machines[0] : null;
}

/** Seconds in ms; `null`: they are absent. */
function secondsIn(from: Json, key: string, path: string): number | null {
  const seconds = amountIn(from, key, path);
  return seconds === null ? null : seconds * 1000;
}
