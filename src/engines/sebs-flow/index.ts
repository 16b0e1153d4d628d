/**
 * Measurements of SeBS-Flow come in, a row for each function that ran; each execution of a workflow, by its request's id, is one run.
 * Not in them: which function waits for which, and when workers were asked for. Memory is there once the provider's bill was joined
 * (`…_processed.csv`), which names it in MB on AWS alone.
 */
import type { RunLayout } from '../../model/engine-records.ts';
import { bareAttempt, type TaskAttempt } from '../assemble-run.ts';
import { BadCell, readInstant, readMemory, readName, required } from '../cells.ts';
import { GroupedRows } from '../grouped-rows.ts';

const COLUMNS = ['func', 'start', 'end', 'request_id'] as const;
const OPTIONAL = ['container_id', 'workflow', 'memory', 'billing.mem'] as const;
type Column = (typeof COLUMNS)[number] | (typeof OPTIONAL)[number];
const PLACE_OF = new Map<string, number>([...COLUMNS, ...OPTIONAL].map((column, place) => [column, place]));

/** The layout of the measurements; provider's columns may stand beside these. */
export const sebsFlowMeasurements: RunLayout = {
  looksLike: (columns) => [...COLUMNS, 'is_cold'].every((column) => columns.includes(column)),
  columns: COLUMNS,
  optionalColumns: OPTIONAL,
  createAssembler: (uri) => new GroupedRows(uri, { readRun, readAttempt, nameTasks: numberTasks, hasOutcomes: false }),
};

const seconds = readInstant('s');
const megabytes = readMemory('MB');

/** On Azure the orchestrator leaves a row for its last replay, which is no function of the workflow: SeBS-Flow's own figures leave it out. */
const ORCHESTRATOR = 'run_workflow';

const memoryAt = (cells: readonly unknown[], column: Column): number | null =>
  megabytes(cells[PLACE_OF.get(column) as number], column);

const nameAt = (cells: readonly unknown[], column: Column): string | null =>
  readName(cells[PLACE_OF.get(column) as number], column);

const readRun = (cells: readonly unknown[]) => ({
  runId: required(nameAt(cells, 'request_id'), 'request_id', "the id of the workflow's execution"),
  workflow: nameAt(cells, 'workflow'),
});

/** A cold start is recorded without the instant of its request: it stays out, since how long it took is not known. */
function readAttempt(cells: readonly unknown[], line: number): TaskAttempt | 'orchestrator-left-out' {
  const instantAt = (column: Column) =>
    required(seconds(cells[PLACE_OF.get(column) as number], column), column, 'a number of s');
  const functionName = required(nameAt(cells, 'func'), 'func', 'a name');
  if (functionName === ORCHESTRATOR) return 'orchestrator-left-out';
  const startedAtMs = instantAt('start');
  const executionMs = instantAt('end') - startedAtMs;
  if (executionMs < 0) throw new BadCell('end', 'an end that is not before the start', `${executionMs} ms`);
  return bareAttempt({
    line,
    taskId: functionName,
    functionName,
    outcome: 'done',
    startedAtMs,
    executionMs,
    workerId: nameAt(cells, 'container_id'),
    memoryMb: memoryAt(cells, 'memory') ?? memoryAt(cells, 'billing.mem'),
  });
}

/** Functions that ran several times in one execution are numbered in the order of their starts. */
function numberTasks(attempts: readonly TaskAttempt[]): readonly TaskAttempt[] {
  const count = new Map<string, number>();
  const order = [...attempts].sort((a, b) => (a.startedAtMs ?? 0) - (b.startedAtMs ?? 0) || a.line - b.line);
  return order.map((attempt) => {
    const number = (count.get(attempt.functionName) ?? 0) + 1;
    count.set(attempt.functionName, number);
    return number === 1 ? attempt : { ...attempt, taskId: `${attempt.functionName} #${number}` };
  });
}
