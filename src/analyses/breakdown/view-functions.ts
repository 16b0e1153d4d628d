import { name, right, toSeconds } from '../../view/cells.ts';
import type { Records, Table, View } from '../../view/view.ts';
import { NOT_MEASURED, wordCount, wordFigure, wordNumber } from '../../view/words.ts';
import type { BreakdownResult, FunctionTotals } from './result.ts';

/** Rows at most, so that the table fits one screen. */
const MOST_ROWS = 15;

/** The table of functions, with its headline, the next step and records, in place of the planners' tables. */
export function viewFunctions(
  functions: readonly FunctionTotals[],
): Pick<View, 'headlines' | 'next' | 'tables' | 'records'> {
  return {
    headlines: [wordFunctions(functions)],
    next: 'wfa memory tells whether more memory makes them faster, wfa whatif what the half of their time would save',
    tables: [tabulate(functions)],
    records: recordFunctions(functions),
  };
}

/** `execution by function: split 41 % (12 s a run, 18 % of the critical path), …`. */
export function wordFunctions(functions: NonNullable<BreakdownResult['functions']>): string {
  const totalMs = functions.reduce((sum, own) => sum + own.totalMs, 0);
  if (totalMs === 0) return 'no task that executed';
  const largest = functions.slice(0, 3).map((own) => {
    const path =
      own.criticalPathFraction === null
        ? ''
        : `, ${wordNumber(own.criticalPathFraction * 100, 0)} % of its workflow's critical path`;
    return `${own.function} ${wordNumber((own.totalMs / totalMs) * 100, 0)} % (${toSeconds(own.meanRunMs)} s a run${path})`;
  });
  return `execution by function: ${largest.join('; ')}`;
}

const BYTES_PER_MB = 1e6;

function tabulate(functions: readonly FunctionTotals[]): Table {
  const several = new Set(functions.map(({ workflow }) => workflow)).size > 1;
  const hidden = functions.length - MOST_ROWS;
  const toSpeed = (bytes: number | null) => wordFigure(bytes === null ? null : bytes / BYTES_PER_MB);
  return {
    title: 'functions, by the time that their tasks executed in all runs',
    columns: [
      ...(several ? [{ ...name('workflow', 'workflow'), wide: true }] : []),
      name('function', 'function'),
      right('total', 'total (s)'),
      right('path', 'of path %'),
      right('run', 'a run (s)'),
      right('calls', 'calls'),
      right('call', 'a call (ms)'),
      right('down', 'down (MB/s)'),
      right('up', 'up (MB/s)'),
    ],
    rows: functions.slice(0, MOST_ROWS).map((own) => ({
      ...(several ? { workflow: own.workflow } : {}),
      function: own.function,
      total: toSeconds(own.totalMs),
      path: own.criticalPathFraction === null ? NOT_MEASURED : wordNumber(own.criticalPathFraction * 100, 0),
      run: toSeconds(own.meanRunMs),
      calls: String(own.taskCount),
      call: wordFigure(own.meanTaskMs),
      down: toSpeed(own.downloadBytesPerSecond),
      up: toSpeed(own.uploadBytesPerSecond),
    })),
    notes: [
      ...(hidden > 0 ? [`${wordCount(hidden, 'more function')}: --format json or csv`] : []),
      "of path: the function's execution on the critical path ÷ the makespans of its workflow. MB/s: 10^6 bytes a second, of transfers whose time was recorded.",
    ],
  };
}

const BLANK: Readonly<Record<keyof FunctionTotals, null>> = {
  workflow: null,
  function: null,
  runCount: null,
  taskCount: null,
  totalMs: null,
  meanRunMs: null,
  meanTaskMs: null,
  criticalPathFraction: null,
  downloadBytesPerSecond: null,
  uploadBytesPerSecond: null,
};

const recordFunctions = (functions: readonly FunctionTotals[]): Records => ({
  columns: Object.keys(BLANK),
  rows: functions.map((own) => ({ ...BLANK, ...own })),
});
