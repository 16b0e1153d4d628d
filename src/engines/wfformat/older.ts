import { isObject, type Json } from '../../model/json.ts';

/** Instances of versions 1.3 and 1.4, which have one list of tasks for what is specified and what was executed → the layout of 1.5. */

export const OLDER_VERSIONS: readonly string[] = ['1.3', '1.4'];

/** Splits the tasks of an older instance in specification and execution. What cannot be read is left for the reader of 1.5 to refuse. */
export function modernize(workflow: Json): Json {
  const tasks = listOf(workflow['tasks'] ?? workflow['jobs']);
  const idOf = new Map(
    tasks.flatMap((task) => [task['name'], task['id']].map((name) => [name, task['id'] ?? task['name']])),
  );
  const rename = (names: unknown) => (Array.isArray(names) ? names.map((name) => idOf.get(name) ?? name) : names);
  return {
    specification: {
      tasks: tasks.map(({ name, id, parents, files }) => ({
        name,
        id: id ?? name,
        parents: rename(parents),
        outputFiles: listOf(files).flatMap((file) => (file['link'] === 'output' ? [fileNameOf(file)] : [])),
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
        id: task['id'] ?? task['name'],
        runtimeInSeconds: task['runtimeInSeconds'] ?? task['runtime'],
      })),
    },
  };
}

const listOf = (found: unknown): readonly Json[] => (Array.isArray(found) ? found.filter(isObject) : []);

const fileNameOf = (file: Json): unknown => file['name'] ?? file['id'];
