import { isObject, type Json } from '../../model/json.ts';

/** Instances of versions 1.0 to 1.4, which have one list of tasks for what is specified and what was executed → the layout of 1.5. */

export const OLDER_VERSIONS: readonly string[] = ['1.0', '1.1', '1.2', '1.3', '1.4'];

/**
 * Splits the tasks of an older instance in specification and execution. What cannot be read is left for the reader of 1.5 to refuse.
 * Edges may stand at one of their ends only; of a task that has none, the files that it reads tell, as in WfCommons' own migration.
 */
export function modernize(workflow: Json): Json {
  const tasks = listOf(workflow['tasks'] ?? workflow['jobs']);
  const idOf = new Map(tasks.flatMap((task) => [task['name'], task['id']].map((name) => [name, ownId(task)])));
  const parentsOf = findParents(tasks, (name) => idOf.get(name) ?? name);
  return {
    specification: {
      tasks: tasks.map((task) => ({
        name: task['name'],
        id: ownId(task),
        parents: parentsOf.get(ownId(task)),
        outputFiles: filesOf(task, false),
      })),
      files: tasks.flatMap(({ files }) =>
        listOf(files).map((file) => ({ id: fileNameOf(file), sizeInBytes: file['sizeInBytes'] ?? file['size'] })),
      ),
    },
    execution: {
      makespanInSeconds: workflow['makespanInSeconds'] ?? workflow['makespan'],
      executedAt: workflow['executedAt'],
      tasks: tasks.map((task) => ({
        ...task,
        id: ownId(task),
        runtimeInSeconds: task['runtimeInSeconds'] ?? task['runtime'],
      })),
    },
  };
}

function findParents(
  tasks: readonly Json[],
  idOf: (name: unknown) => unknown,
): ReadonlyMap<unknown, readonly unknown[]> {
  const parentsOf = new Map<unknown, Set<unknown>>(tasks.map((task) => [ownId(task), new Set()]));
  for (const task of tasks) {
    for (const parent of namesIn(task, 'parents')) parentsOf.get(ownId(task))?.add(idOf(parent));
    for (const child of namesIn(task, 'children')) parentsOf.get(idOf(child))?.add(ownId(task));
  }
  const producerOf = new Map(tasks.flatMap((task) => filesOf(task, false).map((file) => [file, ownId(task)] as const)));
  for (const task of tasks) {
    const parents = parentsOf.get(ownId(task));
    if (parents?.size === 0) for (const id of listProducers(task, producerOf)) parents.add(id);
  }
  return new Map([...parentsOf].map(([id, parents]) => [id, [...parents]]));
}

const listProducers = (task: Json, producerOf: ReadonlyMap<unknown, unknown>): readonly unknown[] =>
  filesOf(task, true)
    .map((file) => producerOf.get(file))
    .filter((id) => id !== undefined && id !== ownId(task));

/** Names the files that the task reads, or writes. */
const filesOf = (task: Json, isRead: boolean): readonly unknown[] =>
  listOf(task['files'])
    .filter(({ link }) => (String(link ?? '').toLowerCase() === 'input') === isRead)
    .map(fileNameOf);

const ownId = (task: Json): unknown => task['id'] ?? task['name'];

const namesIn = (task: Json, key: 'parents' | 'children'): readonly unknown[] =>
  Array.isArray(task[key]) ? task[key] : [];

const listOf = (found: unknown): readonly Json[] => (Array.isArray(found) ? found.filter(isObject) : []);

/** Files of one name in different folders are different files. */
const fileNameOf = (file: Json): unknown =>
  typeof file['path'] === 'string' && typeof file['name'] === 'string'
    ? `${file['path']}/${file['name']}`
    : (file['name'] ?? file['id']);
