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

function tabulateTask({ zeroAtMs, workers }: RunResult, task: RunTask, notes: readonly string[]): Table {
  const { recorded, planned } = task;
  const at = (atMs: number | undefined) => (atMs === undefined ? null : atMs - zeroAtMs);
  const labelOf = (id: string | null) =>
    id === null ? 'flexible' : (workers.find(({ workerId }) => workerId === id)?.label ?? id.slice(0, LONGEST_ID));
  const { scale } = readableUnit('bytes');
  const toMib = (bytes: number | null) => wordFigure(bytes === null ? null : bytes * scale);
  const row = (of: string, plannedMs: number | null, observedMs: number | null, word = toSeconds) => ({
    of,
    planned: word(plannedMs),
    observed: word(observedMs),
    difference: plannedMs === null || observedMs === null ? NOT_MEASURED : signed(observedMs - plannedMs, word),
  });
  const words = (of: string, plan: string | null, observation: string | null) => ({
    of,
    planned: plan ?? NOT_MEASURED,
    observed: observation ?? NOT_MEASURED,
    difference: '',
  });
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
      words('worker', labelOf(task.plannedWorkerId), task.worker),
      words('memory (MB)', null, task.memoryMb === null ? null : String(task.memoryMb)),
      row('start (s)', at(planned?.earliestStartAtMs), at(recorded?.startedAtMs)),
      row('wait for inputs (s)', planned?.downloadMs ?? null, recorded?.inputWaitMs ?? null),
      row('execution (s)', planned?.executionMs ?? null, recorded?.executionMs ?? null),
      row('downloads (s)', planned?.totalDownloadMs ?? null, recorded?.downloadMs ?? null),
      row('inputs (MiB)', planned?.inputBytes ?? null, recorded?.inputBytes ?? null, toMib),
      row('upload (s)', planned?.uploadMs ?? null, recorded?.uploadMs ?? null),
      row('output (MiB)', planned?.outputBytes ?? null, recorded?.outputBytes ?? null, toMib),
      row('output there (s)', at(planned?.completionAtMs), at(recorded?.outputAvailableAtMs)),
      words(
        'on the critical path',
        planned === null ? null : yesNo(task.onPlannedPath),
        recorded === null ? null : yesNo(task.onCriticalPath),
      ),
    ],
    notes,
  };
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
