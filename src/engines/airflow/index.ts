/**
 * Task instances of Airflow come in, as its REST API gives them or as rows of its table; each DAG run is one run. What is not in them:
 * which task waits for which, memory, and what was moved.
 */
import type { EngineDocuments, RunLayout } from '../../model/engine-records.ts';
import { isObject, type Json } from '../../model/json.ts';
import { bareAttempt, type TaskAttempt } from '../assemble-run.ts';
import { BadCell, readCount, readInstant, readName, required } from '../cells.ts';
import { GroupedRows } from '../grouped-rows.ts';
import { readOutcome } from '../outcomes.ts';

const COLUMNS = ['dag_id', 'task_id', 'state', 'start_date', 'end_date'] as const;
/** Names of the run, of which rows have one: the API's, the table's, and the instant that told runs apart before Airflow 2.2. */
const RUN_NAMES = ['dag_run_id', 'run_id', 'execution_date', 'logical_date'] as const;
const OPTIONAL = [...RUN_NAMES, 'map_index', 'try_number', 'queued_when', 'queued_dttm', 'hostname'] as const;
const ALL = [...COLUMNS, ...OPTIONAL] as const;
type Column = (typeof ALL)[number];
const PLACE_OF = new Map<string, number>(ALL.map((column, place) => [column, place]));

const createAssembler = (uri: string) => new GroupedRows(uri, { readRun, readAttempt, hasOutcomes: true });

const looksLike = (columns: readonly string[]): boolean =>
  COLUMNS.every((column) => columns.includes(column)) && RUN_NAMES.some((column) => columns.includes(column));

/** The layout of rows, or of one JSON object for each task instance. */
export const airflowTaskInstances: RunLayout = {
  looksLike,
  columns: COLUMNS,
  optionalColumns: OPTIONAL,
  createAssembler,
};

const LIST = 'task_instances';

/** Answers of the REST API, versions 1 and 2; one that holds a page of several is read as far as it goes. */
export const airflowAnswers: EngineDocuments = {
  looksLike: (document) => isObject(document) && Array.isArray(document[LIST]) && !('master_dag_id' in document),
  read: (document, { uri, line }, sourceLabel) => {
    const assembler = createAssembler(uri);
    const instances = (document as Json)[LIST] as readonly unknown[];
    const total = (document as Json)['total_entries'];
    if (typeof total === 'number' && total > instances.length) {
      const found = `${instances.length} of ${total}`;
      return [{ issue: { code: 'wrong-field', origin: { uri, line }, path: LIST, expected: ALL_PAGES, found } }];
    }
    if (instances.length === 0) {
      const found = 'an empty list';
      return [{ issue: { code: 'wrong-field', origin: { uri, line }, path: LIST, expected: 'task instances', found } }];
    }
    const issues = instances.flatMap((instance) => {
      const cells = ALL.map((column) => (isObject(instance) ? instance[column] : undefined));
      const issue = assembler.take(cells, line);
      return issue === null ? [] : [{ issue }];
    });
    const reads = assembler.finish().map((read) => ('issue' in read ? read : { run: { ...read.run, sourceLabel } }));
    return [...issues, ...reads];
  },
};

const ALL_PAGES =
  "all of the answer's entries (ask with a higher limit, or join pages: jq -s 'map(.task_instances[])' PAGES > all.json)";

const instant = readInstant('iso');

const cellOf = (cells: readonly unknown[], column: Column): unknown => cells[PLACE_OF.get(column) as number];
const nameAt = (cells: readonly unknown[], column: Column): string | null => readName(cellOf(cells, column), column);

function readRun(cells: readonly unknown[]) {
  const dag = required(nameAt(cells, 'dag_id'), 'dag_id', 'a name');
  const [named = null] = RUN_NAMES.map((column) => nameAt(cells, column)).filter((name) => name !== null);
  const run = required(named, 'dag_run_id', 'a name');
  return { runId: `${dag}/${run}`, workflow: dag };
}

/** Throws `BadCell`. A mapped task has an index from 0 up, any other one −1. */
function readAttempt(cells: readonly unknown[], line: number): TaskAttempt | 'skipped-tasks-left-out' {
  const outcome = readOutcome(cellOf(cells, 'state'), 'state') ?? 'unfinished';
  if (outcome === 'skipped') return 'skipped-tasks-left-out';
  const task = required(nameAt(cells, 'task_id'), 'task_id', 'a name');
  const mapIndex = nameAt(cells, 'map_index');
  const startedAtMs = instant(cellOf(cells, 'start_date'), 'start_date');
  const endedAtMs = instant(cellOf(cells, 'end_date'), 'end_date');
  const executionMs = startedAtMs === null || endedAtMs === null ? null : endedAtMs - startedAtMs;
  // A person said so: it did not run.
  if (outcome === 'done' && startedAtMs === null && endedAtMs === null) return 'skipped-tasks-left-out';
  if (outcome === 'done') required(executionMs, 'end_date', 'when a task that succeeded began and ended');
  if ((executionMs ?? 0) < 0) throw new BadCell('end_date', 'an end that is not before the start', `${executionMs} ms`);
  const queued = cellOf(cells, 'queued_when') ?? cellOf(cells, 'queued_dttm');
  return bareAttempt({
    line,
    taskId: mapIndex === null || Number(mapIndex) < 0 ? task : `${task}[${mapIndex}]`,
    functionName: task,
    outcome,
    attempt: readCount(cellOf(cells, 'try_number'), 'try_number'),
    requestedAtMs: instant(queued, 'queued_when'),
    startedAtMs,
    executionMs,
    // Hosts run many tasks at a time: they are no workers of one task each.
    workerId: nameAt(cells, 'hostname'),
  });
}
