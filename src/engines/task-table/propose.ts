import { UserError } from '../../errors.ts';
import { wordInput } from '../../formats/index.ts';
import { createParquetFormat } from '../../formats/parquet/read.ts';
import type { Batch, Format } from '../../formats/record.ts';
import { splitHead } from '../../formats/split-head.ts';
import { isNativeField, type TaskKey } from './task-map.ts';

/** Names that columns of such tables often have, by what they say; the first that is there is proposed. */
const NAMES: Readonly<Partial<Record<TaskKey, readonly string[]>>> = {
  run: [
    'run_id',
    'dag_run_id',
    'run',
    'workflow_id',
    'wf_id',
    'wf_uuid',
    'execution_id',
    'request_id',
    'job_id',
    'trace_id',
  ],
  task: [
    ...['task_id', 'task', 'task_name', 'job_name', 'jobname', 'name', 'key', 'func', 'function', 'activity', 'step'],
  ],
  start: [
    ...['start', 'start_time', 'started_at', 'start_date', 'starttime', 'begin', 'start_ts', 'started', 'time_start'],
    ...['start_time_ms', 'start_ms', 'start_timestamp', 'begin_time', 'task_try_time_running'],
  ],
  end: [
    ...[
      'end',
      'end_time',
      'ended_at',
      'end_date',
      'endtime',
      'finish',
      'finished_at',
      'stop',
      'end_ts',
      'completed_at',
    ],
    ...['end_time_ms', 'end_ms', 'end_timestamp', 'finish_time', 'stop_time', 'time_end', 'task_try_time_returned'],
  ],
  duration: ['duration', 'runtime', 'elapsed', 'duration_ms', 'exec_time', 'execution_time'],
  submitted: [
    ...['submitted', 'submit_time', 'queued_when', 'queued_dttm', 'queued_at', 'submit', 'submitted_at', 'created_at'],
    ...['creation_time_ms', 'task_try_time_launched'],
  ],
  function: ['func_or_class_name', 'task_func_name', 'func_name', 'function_name', 'func', 'function'],
  status: ['state', 'status'],
  worker: ['worker', 'worker_id', 'hostname', 'node', 'host', 'container_id'],
  cold: ['is_cold', 'cold', 'cold_start'],
  memory: ['memory', 'memory_mb', 'memory_size'],
  parents: ['parents', 'upstream', 'deps', 'dependencies', 'depends_on'],
  planner: ['planner', 'scheduler', 'strategy', 'policy'],
  workflow: ['workflow', 'dag_id', 'workflow_name', 'pipeline'],
  attempt: ['try_number', 'attempt', 'try_id', 'retry', 'attempt_number'],
};

/** A table whose columns nothing tells: it is refused, with a map that its header suggests. */
export const unmappedTables: Format = {
  detect: (head) => isHeader(head),
  decode: async function* (bytes, uri): AsyncGenerator<Batch> {
    for await (const chunk of bytes) throw needsMap(uri, splitHead(Buffer.from(chunk).toString('latin1').trimStart()));
    yield { records: [], lineCount: 0 };
  },
};

/** A Parquet table without records of runs, likewise. */
export const unmappedParquet: Format = createParquetFormat({ refuse: needsMap });

/** Cells at least, by which a line is taken for a header. */
const LEAST_COLUMNS = 3;
const COLUMN_NAME = /^[A-Za-z_@#%][\w .@%/()[\]:-]{0,80}$/;

const isHeader = (head: string): boolean => {
  const columns = splitHead(head);
  if (/^[[{]/.test(head)) return areTasks(columns);
  // pandas leaves the column of its index without a name.
  const names = columns.filter((name) => name !== '');
  return names.length >= LEAST_COLUMNS && names.every((name) => COLUMN_NAME.test(name));
};

/** Objects may be anything: those are taken for tasks that have a name and an instant under names that tasks have. */
function areTasks(columns: readonly string[]): boolean {
  const proposed = propose(columns);
  return proposed.has('task') && (proposed.has('start') || proposed.has('end')) && !columns.some(isNativeField);
}

function needsMap(uri: string, header: readonly string[]): UserError {
  const columns = header.filter((name) => name !== '');
  if (OWN_COLUMNS.every((name) => columns.includes(name))) return needsRecords(uri);
  const proposed = propose(columns);
  const map = (['run', 'task', 'start', 'end'] as const).filter(
    (key) => !proposed.has(key) && !(key === 'end' && proposed.has('duration')),
  );
  const entries = [
    ...[...proposed].map(([key, column]) => `${key}=${/[,+'" ]/.test(column) ? `"${column}"` : column}`),
    ...map.map((key) => (key === 'run' ? "run='NAME'" : `${key}=COLUMN`)),
  ];
  const log = ['start', 'end', 'duration'].flatMap((key) => {
    const column = proposed.get(key as TaskKey);
    return column === undefined ? [] : [`${key}=${column}`];
  });
  const unit = wordUnit(proposed.get('start'));
  return new UserError('not-run-records', `${wordInput(uri)} is a table: which column is what has to be said.`, {
    hint: [
      `Of tasks that make runs: --map "${entries.join(',')}" --time-unit ${unit}`,
      `Of invocations that belong to no run: wfa workers --map ${[...log, 'pool=COLUMN'].join(',')} --time-unit iso`,
      `Its columns are ${columns.slice(0, MOST_NAMED).join(', ')}${columns.length > MOST_NAMED ? ', …' : ''}; wfa help formats says what the keys mean.`,
    ],
  });
}

/** Columns that all tables of `wfa convert` have, and that nobody else's do. */
const OWN_COLUMNS = ['run_id', 'structure', 'planner', 'sla', 'submitted_at'];

const needsRecords = (uri: string): UserError =>
  new UserError('not-run-records', `${wordInput(uri)} is a table of wfa convert that holds no run records.`, {
    hint: 'wfa reads tables of runs with their records: wfa convert … --table runs, without --no-records.',
  });

/** The unit that the name of a column ends with, or all there are. */
const wordUnit = (column: string | undefined): string => /_(s|ms|us)$/.exec(column ?? '')?.[1] ?? 'iso (or s, ms, us)';

const MOST_NAMED = 30;

/** Proposes a column for each key that one can be found for; the end makes a duration idle. */
function propose(columns: readonly string[]): ReadonlyMap<TaskKey, string> {
  const found = new Map<TaskKey, string>();
  for (const [key, names] of Object.entries(NAMES) as [TaskKey, readonly string[]][]) {
    if (key === 'duration' && found.has('start') && found.has('end')) continue;
    const column = names.flatMap((name) => columns.find((own) => own.toLowerCase() === name) ?? [])[0];
    if (column !== undefined && ![...found.values()].includes(column)) found.set(key, column);
  }
  return found;
}
