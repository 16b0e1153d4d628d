/** Rows of a table of tasks, in any engine's columns, come in; a map says which column is what. Runs go out. */

import type { RunLayout } from '../../model/engine-records.ts';
import { bareAttempt, type TaskAttempt } from '../assemble-run.ts';
import { BadCell, readCount, readDuration, readInstant, readMemory, readName, readState, required } from '../cells.ts';
import { GroupedRows } from '../grouped-rows.ts';
import { readOutcome } from '../outcomes.ts';
import { isNativeField, type TaskKey, type TaskMap } from './task-map.ts';

export { isTaskMap, parseTaskMap, TASK_KEYS, type TaskMap } from './task-map.ts';

/** Makes the layout of a table with this map. Runs of one input are told by `run`; a run is within one input. */
export function tableLayout(map: TaskMap): RunLayout {
  const columns = [
    ...new Set([...map.terms.values()].flat().flatMap((term) => ('column' in term ? [term.column] : []))),
  ];
  return {
    looksLike: (names) => names.length > 0 && !names.some(isNativeField),
    columns,
    optionalColumns: [],
    createAssembler: (uri) => new GroupedRows(uri, readingBy(map, columns)),
  };
}

function readingBy(map: TaskMap, columns: readonly string[]) {
  const reader = new RowReader(map, columns);
  return {
    readRun: (cells: readonly unknown[]) => ({
      runId: reader.name(cells, 'run'),
      workflow: reader.optionalName(cells, 'workflow') ?? 'unknown',
    }),
    readAttempt: (cells: readonly unknown[], line: number) => reader.attempt(cells, line),
    hasOutcomes: map.terms.has('status'),
  };
}

/** Reads rows whose cells stand in the order of the columns. */
class RowReader {
  readonly #map: TaskMap;
  readonly #placeOf: ReadonlyMap<string, number>;
  readonly #instant: ReturnType<typeof readInstant>;
  readonly #duration: ReturnType<typeof readDuration>;
  readonly #memory: ReturnType<typeof readMemory>;

  constructor(map: TaskMap, columns: readonly string[]) {
    this.#map = map;
    this.#placeOf = new Map(columns.map((column, place) => [column, place]));
    this.#instant = readInstant(map.timeUnit);
    this.#duration = readDuration(map.durationUnit);
    this.#memory = readMemory(map.memoryUnit);
  }

  /** Gives the cell of a key, and how its column is called in messages. Several terms are joined as texts. */
  #cell(cells: readonly unknown[], key: TaskKey): { readonly cell: unknown; readonly column: string } {
    const terms = this.#map.terms.get(key) ?? [];
    const column = terms.map((term) => ('column' in term ? term.column : `'${term.constant}'`)).join('+');
    const parts = terms.map((term) =>
      'column' in term ? cells[this.#placeOf.get(term.column) as number] : term.constant,
    );
    if (parts.length <= 1) return { cell: parts[0], column };
    const names = parts.map((part) => readName(part, column));
    return { cell: names.includes(null) ? null : names.join('+'), column };
  }

  optionalName(cells: readonly unknown[], key: TaskKey): string | null {
    const { cell, column } = this.#cell(cells, key);
    return readName(cell, column);
  }

  name(cells: readonly unknown[], key: TaskKey): string {
    const { cell, column } = this.#cell(cells, key);
    return required(readName(cell, column), column, 'a name');
  }

  /** Throws `BadCell`. */
  attempt(cells: readonly unknown[], line: number): TaskAttempt | 'skipped-tasks-left-out' {
    const read = <Value>(key: TaskKey, parse: (cell: unknown, column: string) => Value): Value => {
      const { cell, column } = this.#cell(cells, key);
      return parse(cell, column);
    };
    const times = readTimes({
      startAtMs: read('start', this.#instant),
      endAtMs: read('end', this.#instant),
      durationMs: read('duration', this.#duration),
    });
    const status = read('status', readOutcome) ?? (times.executionMs === null ? 'unfinished' : 'done');
    if (status === 'skipped') return 'skipped-tasks-left-out';
    const { column: endColumn } = this.#cell(cells, this.#map.terms.has('end') ? 'end' : 'duration');
    if (status === 'done') required(times.executionMs, endColumn, 'when a task that is done began and ended');
    if ((times.executionMs ?? 0) < 0) {
      throw new BadCell(endColumn, 'an end that is not before the start', `${times.executionMs} ms`);
    }
    const taskId = this.name(cells, 'task');
    return bareAttempt({
      line,
      taskId,
      outcome: status,
      functionName: this.optionalName(cells, 'function') ?? taskId,
      startedAtMs: times.startedAtMs,
      executionMs: times.executionMs,
      attempt: read('attempt', readCount),
      requestedAtMs: read('submitted', this.#instant),
      readyAtMs: read('ready', this.#instant),
      inputBytes: read('in', readCount),
      outputBytes: read('out', readCount),
      workerId: this.optionalName(cells, 'worker'),
      memoryMb: read('memory', this.#memory),
      state: read('cold', readState),
      plannerName: this.optionalName(cells, 'planner'),
      parents: this.#map.terms.has('parents') ? read('parents', readNames) : null,
    });
  }
}

/** Two of the three are recorded. */
function readTimes({
  startAtMs,
  endAtMs,
  durationMs,
}: {
  readonly startAtMs: number | null;
  readonly endAtMs: number | null;
  readonly durationMs: number | null;
}): Pick<TaskAttempt, 'startedAtMs' | 'executionMs'> {
  if (startAtMs !== null) {
    return { startedAtMs: startAtMs, executionMs: durationMs ?? (endAtMs === null ? null : endAtMs - startAtMs) };
  }
  if (endAtMs === null || durationMs === null) return { startedAtMs: null, executionMs: null };
  return { startedAtMs: endAtMs - durationMs, executionMs: durationMs };
}

/** Reads a list of names: JSON, or names between spaces, commas or semicolons. Nothing is an empty list. */
function readNames(cell: unknown, column: string): readonly string[] {
  const list = typeof cell === 'string' && cell.trim().startsWith('[') ? parseList(cell, column) : cell;
  if (!Array.isArray(list)) return (readName(list, column) ?? '').split(/[\s,;]+/).filter((name) => name !== '');
  return list.map((name) => required(readName(name, column), column, 'names'));
}

function parseList(text: string, column: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadCell(column, 'a JSON list of names', text);
  }
}
