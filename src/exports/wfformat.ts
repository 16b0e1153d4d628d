import { downloadedBytes, uploadedBytes } from '../model/metrics.ts';
import { isRecorded, NOT_RECORDED, type NotRecorded, orNone } from '../model/recorded.ts';
import type { Run, Task } from '../model/run.ts';
import { executionStartedAtMs, makespanMs } from '../model/timeline.ts';

/**
 * Writes a run as an instance in WfFormat 1.5 (Coleman et al., WfCommons: a framework for enabling scientific workflow research and
 * development, FGCS 128, 2022). Ids may hold letters, digits, `-`, `_` and `.` only; what is not recorded is left out.
 */

/** An instance, or why there is none; beside one, what it lacks. */
export type WrittenInstance =
  | { readonly instance: object; readonly note: string | null }
  | { readonly instance: null; readonly note: string };

/** Makes an instance of a run. O(nodes + edges). */
export function toInstance(run: Run): WrittenInstance {
  if (run.nodes.length === 0) return { instance: null, note: 'it has no tasks' };
  if (run.lacks.has('edges')) return { instance: null, note: 'its record does not say which task waits for which' };
  const idOf = nameSafely(
    run.nodes.map(({ id }) => id),
    /[^0-9a-zA-Z._-]/g,
    '_',
  );
  const execution = describeExecution(run, idOf);
  return {
    instance: {
      name: run.workflow || 'unknown',
      description: `Run ${run.runId || 'unknown'}`,
      schemaVersion: '1.5',
      workflow: { specification: specify(run, idOf), ...(execution === null ? {} : { execution }) },
    },
    note:
      execution === null
        ? 'its makespan or submission is not known, without which there is no execution: structure only'
        : null,
  };
}

type NameOf = ReadonlyMap<string, string>;

function specify(run: Run, idOf: NameOf) {
  const outputs = new Map(
    run.tasks.flatMap(({ nodeId, outputBytes }) => (isRecorded(outputBytes) ? [[nodeId, outputBytes]] : [])) as [
      string,
      number,
    ][],
  );
  const known = (ids: readonly string[] | NotRecorded) => orNone(ids).filter((id) => idOf.has(id));
  const children = new Map<string, string[]>(run.nodes.map(({ id }) => [id, []]));
  for (const { id, upstream } of run.nodes) for (const parent of known(upstream)) children.get(parent)?.push(id);
  const toIds = (ids: readonly string[]) => ids.map((id) => idOf.get(id) as string);
  const filesOf = (ids: readonly string[], key: 'inputFiles' | 'outputFiles') =>
    ids.every((id) => outputs.has(id)) && outputs.size > 0
      ? { [key]: ids.map((id) => fileOf(idOf.get(id) as string)) }
      : {};
  const files = [...outputs].flatMap(([id, bytes]) => {
    const task = idOf.get(id);
    return task === undefined ? [] : [{ id: fileOf(task), sizeInBytes: Math.round(bytes) }];
  });
  return {
    tasks: run.nodes.map(({ id, functionName, upstream }) => ({
      name: functionName || 'unknown',
      id: idOf.get(id) as string,
      parents: toIds(known(upstream)),
      children: toIds(children.get(id) ?? []),
      ...filesOf(known(upstream), 'inputFiles'),
      ...filesOf([id], 'outputFiles'),
    })),
    ...(files.length === 0 ? {} : { files }),
  };
}

/** The output of a task as a file. */
const fileOf = (taskId: string): string => `${taskId}.out`;

/** `null`: the format asks for a makespan and an instant of submission, and one of them is not known. */
function describeExecution(run: Run, idOf: NameOf): object | null {
  const makespan = makespanMs(run);
  const tasks = [
    ...new Map(run.tasks.filter(({ nodeId }) => idOf.has(nodeId)).map((task) => [task.nodeId, task])).values(),
  ];
  if (makespan === null || run.submittedAtMs === null || tasks.length === 0) return null;
  const workerIds = [...new Set(tasks.flatMap((task) => workerOf(task) ?? []))];
  const machineOf = nameSafely(workerIds, /[^0-9a-zA-Z-]|^-+|-+$/g, 'x');
  return {
    makespanInSeconds: makespan / 1000,
    executedAt: toIsoUs(run.submittedAtMs),
    tasks: tasks.map((task) => describeTask(task, idOf.get(task.nodeId) as string, machineOf)),
    ...(workerIds.length === 0 ? {} : { machines: workerIds.map((id) => ({ nodeName: machineOf.get(id) as string })) }),
  };
}

function describeTask(task: Task, id: string, machineOf: NameOf): object {
  const { executionMs } = task;
  const [readBytes, writtenBytes, workerId] = [downloadedBytes(task), uploadedBytes(task), workerOf(task)];
  return {
    id,
    runtimeInSeconds: executionMs / 1000,
    // It began with its execution: what it waited for before that is no part of its runtime.
    ...(isRecorded(task.startedAtMs) ? { executedAt: toIsoUs(executionStartedAtMs(task)) } : {}),
    ...(isRecorded(readBytes) ? { readBytes } : {}),
    ...(isRecorded(writtenBytes) ? { writtenBytes } : {}),
    ...(workerId === null ? {} : { machines: [machineOf.get(workerId) as string] }),
  };
}

/** ISO 8601 with microseconds. */
function toIsoUs(atMs: number): string {
  const wholeMs = Math.floor(atMs);
  const us = Math.floor((atMs - wholeMs) * 1000);
  return `${new Date(wholeMs).toISOString().slice(0, -1)}${String(us).padStart(3, '0')}Z`;
}

const workerOf = ({ workerId }: Task): string | null =>
  workerId === NOT_RECORDED || workerId === null || workerId === '' ? null : workerId;

/** The longest label of a host's name. */
const LONGEST_NAME = 63;

/** Replaces what a name may not hold; names that would then be equal get a number. */
function nameSafely(names: readonly string[], banned: RegExp, stand: string): NameOf {
  const safe = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of names) {
    const base = name.replace(banned, stand).slice(0, LONGEST_NAME - 8) || stand;
    let own = base;
    for (let n = 2; taken.has(own); n++) own = `${base}-${n}`;
    taken.add(own);
    safe.set(name, own);
  }
  return safe;
}
