import { name, right, toSeconds } from '../../view/cells.ts';
import type { Table } from '../../view/view.ts';
import { NOT_MEASURED, readableUnit, wordCount, wordFigure, wordNumber } from '../../view/words.ts';
import type { RunResult, RunTask } from './result.ts';

/** Tasks shown in full at most: of more, one has to be named by its id. */
const MOST_TASKS = 3;

/** Characters of a worker's id that was planned and never came. */
const LONGEST_ID = 12;

/** Planned against observed of the tasks that were asked for: a table each. */
export const tabulateAsked = (result: RunResult, tasks: readonly RunTask[]): Table[] =>
  tasks.slice(0, MOST_TASKS).map((task, i) => {
    const hidden = tasks.length - MOST_TASKS;
    const note =
      hidden > 0 && i === MOST_TASKS - 1
        ? [
            `${wordCount(hidden, 'more task')} of that function: --format json lists their ids, --task takes the beginning of one`,
          ]
        : [];
    return tabulateTask(result, task, note);
  });

function tabulateTask(result: RunResult, task: RunTask, notes: readonly string[]): Table {
  return {
    title:
      `${task.functionName} ${task.nodeId.slice(task.functionName.length + 1, task.functionName.length + 9)}`.trim(),
    columns: [
      name('of', ''),
      right('planned', 'planned'),
      right('observed', 'observed'),
      right('difference', 'observed − planned'),
    ],
    rows: [
      wordWords('worker', wordPlannedWorker(result, task), task.worker),
      wordWords('memory (MB)', null, task.memoryMb === null ? null : String(task.memoryMb)),
      ...rowsOfPhases(result, task),
      wordWords(
        'on the critical path',
        task.planned === null ? null : yesNo(task.onPlannedPath),
        task.recorded === null ? null : yesNo(task.onCriticalPath),
      ),
    ],
    notes,
  };
}

type Row = Record<'of' | 'planned' | 'observed' | 'difference', string>;

const wordWords = (of: string, planned: string | null, observed: string | null): Row => ({
  of,
  planned: planned ?? NOT_MEASURED,
  observed: observed ?? NOT_MEASURED,
  difference: '',
});

/** The label of the planned worker, or the beginning of the id of one that never came. */
function wordPlannedWorker({ workers }: RunResult, { plannedWorkerId: id }: RunTask): string {
  if (id === null) return 'flexible';
  return workers.find(({ workerId }) => workerId === id)?.label ?? id.slice(0, LONGEST_ID);
}

const toMib = (bytes: number | null): string => wordFigure(bytes === null ? null : bytes * readableUnit('bytes').scale);

type Amount = number | null | undefined;

/** A row of a planned and an observed figure; one that is missing has no difference. */
function rowOf(of: string, planned: Amount, observed: Amount, word: (amount: number | null) => string): Row {
  const isKnown = typeof planned === 'number' && typeof observed === 'number';
  return {
    of,
    planned: word(planned ?? null),
    observed: word(observed ?? null),
    difference: isKnown ? signed(observed - planned, word) : NOT_MEASURED,
  };
}

function rowsOfPhases({ zeroAtMs }: RunResult, { recorded, planned }: RunTask): Row[] {
  const toSecondsAt = (atMs: number | null) => toSeconds(atMs === null ? null : atMs - zeroAtMs);
  const rowAt = (of: string, plannedAtMs: Amount, observedAtMs: Amount): Row => ({
    ...rowOf(of, plannedAtMs, observedAtMs, toSeconds),
    planned: toSecondsAt(plannedAtMs ?? null),
    observed: toSecondsAt(observedAtMs ?? null),
  });
  return [
    rowAt('start (s)', planned?.earliestStartAtMs, recorded?.startedAtMs),
    rowOf('wait for inputs (s)', planned?.downloadMs, recorded?.inputWaitMs, toSeconds),
    rowOf('execution (s)', planned?.executionMs, recorded?.executionMs, toSeconds),
    rowOf('downloads (s)', planned?.totalDownloadMs, recorded?.downloadMs, toSeconds),
    rowOf('inputs (MiB)', planned?.inputBytes, recorded?.inputBytes, toMib),
    rowOf('upload (s)', planned?.uploadMs, recorded?.uploadMs, toSeconds),
    rowOf('output (MiB)', planned?.outputBytes, recorded?.outputBytes, toMib),
    rowAt('output there (s)', planned?.completionAtMs, recorded?.outputAvailableAtMs),
  ];
}

const yesNo = (is: boolean): string => (is ? 'yes' : 'no');

const signed = (amount: number, word: (amount: number | null) => string): string =>
  amount > 0 ? `+${word(amount)}` : word(amount);

/** `multiply_chunks: 4 tasks; execution 1.21 s on average, planned 1.10 s`. */
export function wordAsked(tasks: readonly RunTask[]): string {
  const meanOf = (amounts: readonly number[]) =>
    amounts.length === 0 ? null : amounts.reduce((sum, ms) => sum + ms, 0) / amounts.length;
  const observed = meanOf(tasks.flatMap(({ recorded }) => recorded?.executionMs ?? []));
  const planned = meanOf(tasks.flatMap(({ recorded, planned: plan }) => (recorded && plan ? [plan.executionMs] : [])));
  const lost = tasks.filter(({ recorded }) => recorded === null).length;
  return [
    `${tasks[0]?.functionName ?? ''}: ${wordCount(tasks.length, 'task')}${lost > 0 ? `, ${wordNumber(lost, 0)} without metrics` : ''}`,
    ...(observed === null ? [] : [`execution ${toSeconds(observed)} s${tasks.length > 1 ? ' on average' : ''}`]),
    ...(planned === null ? [] : [`planned ${toSeconds(planned)} s`]),
  ].join('; ');
}
