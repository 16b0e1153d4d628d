/**
 * Read, of WfCommons: an instance in WfFormat 1.5 or 1.6 → a `Run`. Version 1.5 has the runtime of each task and the makespan of the
 * workflow, but not when tasks began: such a run has durations and a structure, and nothing that needs instants. What a task's process
 * had resident in memory is not what its worker had, and is not taken for it.
 */
import { createRun, type TaskFields } from '../../model/create-run.ts';
import type { ReadRun } from '../../model/engine-records.ts';
import { hashStructure, linkDownstream } from '../../model/hash-structure.ts';
import { hashText } from '../../model/hash-text.ts';
import { NOT_RECORDED } from '../../model/recorded.ts';
import type { Origin, Run } from '../../model/run.ts';
import {
  amountIn,
  instantIn,
  isObject,
  type Json,
  listIn,
  objectIn,
  readOrWord,
  refuse,
  required,
  textIn,
} from '../fields.ts';
import { findLastTask } from '../last-task.ts';

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
  const version = String(instance['schemaVersion'] ?? '1.5');
  if (!VERSIONS.includes(version)) {
    refuse('schemaVersion', "1.5 or 1.6 (WfCommons' wfcommons-migrate-instance.py brings older ones there)", version);
  }
  const workflow = instance['workflow'] as Json;
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
  const nodes = linkDownstream(readNodes(specification));
  const tasks = readTasks(execution, new Set(nodes.map(({ id }) => id)), indexOutputs(specification));
  const makespanMs = secondsIn(execution, 'makespanInSeconds', 'execution');
  const hasInstants = tasks.every(({ startedAtMs }) => startedAtMs !== NOT_RECORDED);
  const submittedAtMs = instantIn(execution, 'executedAt', 'execution');
  const name = required(textIn(instance, 'name', 'instance'), 'name', 'the name of the instance');
  return createRun({
    runId: `${name}-${hashText(JSON.stringify(execution)).slice(0, 8)}`,
    workflow: name,
    origin,
    sourceLabel,
    structureHash: hashStructure(nodes),
    nodes,
    rootNodeIds: nodes.flatMap(({ id, upstream }) => (upstream.length === 0 ? [id] : [])),
    tasks: hasInstants ? tasks : tasks.map((task) => ({ ...task, startedAtMs: NOT_RECORDED })),
    sinkNodeId: findSink(nodes, tasks, hasInstants),
    ...(submittedAtMs === null ? {} : { submittedAtMs }),
    ...(makespanMs === null || hasInstants ? {} : { statedMakespanMs: makespanMs }),
  });
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

function readNodes(specification: Json) {
  const path = 'workflow.specification.tasks';
  const tasks = required(listIn(specification, 'tasks', 'workflow.specification'), path, 'the tasks of the workflow');
  const nodes = tasks.map((found, i) => {
    const own = `${path}[${i}]`;
    if (!isObject(found)) return refuse(own, 'a task', found);
    return {
      id: required(textIn(found, 'id', own), `${own}.id`, 'the id of the task'),
      functionName: required(textIn(found, 'name', own), `${own}.name`, 'the name of the task'),
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

/** The bytes that each task wrote, by its id; a task one of whose files has no size is not there. */
function indexOutputs(specification: Json): ReadonlyMap<string, number> {
  const sizes = new Map<unknown, number>();
  for (const file of listIn(specification, 'files', 'workflow.specification') ?? []) {
    const bytes = isObject(file) ? amountIn(file, 'sizeInBytes', 'files') : null;
    if (isObject(file) && bytes !== null) sizes.set(file['id'], bytes);
  }
  const outputs = new Map<string, number>();
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

function readTasks(execution: Json, ids: ReadonlySet<string>, outputs: ReadonlyMap<string, number>): TaskFields[] {
  const path = 'workflow.execution.tasks';
  const tasks = required(listIn(execution, 'tasks', 'workflow.execution'), path, 'the tasks that were executed');
  return tasks.map((found, i) => {
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
