import type { StartupState } from '../../model/run.ts';

/** What is asked of a task; all in ms. */
export const OUTCOMES = ['ready-lag', 'input-wait', 'execution-start', 'start-offset'] as const;
export type OutcomeKey = (typeof OUTCOMES)[number];

/** Where the sum for an outcome stands in a list of sums. */
export const placeOf = (outcome: OutcomeKey): number => OUTCOMES.indexOf(outcome);

/** `duplicated`: the task carries a TaskDup decision. */
export type TaskKind = 'plain' | 'preloaded' | 'duplicated' | 'preloaded-and-duplicated';

/** What the tasks of one cell have in common. */
export interface CellKey {
  readonly position: string;
  /** `null`: not recorded. */
  readonly memoryMb: number | null;
  /** `unknown`: the start-up of the task's worker was not recorded, or it started several times, cold and warm. */
  readonly workerState: StartupState | 'unknown';
  readonly kind: TaskKind;
  /** Downstream of a preloaded task: it inherits what preloading did. */
  readonly afterPreload: boolean;
}

/** In the order of `OUTCOMES`; `null`: one of the tasks has no figure. */
export type OutcomeSums = readonly (number | null)[];

export const addSums = (a: OutcomeSums, b: OutcomeSums): OutcomeSums =>
  a.map((x, i) => {
    const y = b[i] as number | null;
    return x === null || y === null ? null : x + y;
  });

/**
 * The cells of a run, column by column: there is one for nearly every task of every run, so that the room they take decides how
 * long reading takes.
 */
export interface CellColumns {
  /** The keys as JSON: thousands of runs share few such texts. */
  readonly keys: string;
  readonly taskCounts: readonly number[];
  /** One list after the other. */
  readonly sumsMs: OutcomeSums;
}

export const NO_CELLS: CellColumns = { keys: '[]', taskCounts: [], sumsMs: [] };

/** A key with its JSON. */
export interface WrittenKey {
  readonly key: CellKey;
  readonly json: string;
}

const written = new Map<string, WrittenKey[]>();
/** Positions; some hundred bytes each. */
const MOST_WRITTEN = 10_000;

/** The one object that stands for a key: thousands of runs have the same ones, and each is put into JSON once. */
export function writeKey(
  position: string,
  memoryMb: number | null,
  workerState: CellKey['workerState'],
  kind: TaskKind,
  afterPreload: boolean,
): WrittenKey {
  const known = written.get(position) ?? [];
  for (const each of known) {
    const { key } = each;
    if (
      key.memoryMb === memoryMb &&
      key.workerState === workerState &&
      key.kind === kind &&
      key.afterPreload === afterPreload
    ) {
      return each;
    }
  }
  if (written.size >= MOST_WRITTEN) written.clear();
  const key = { position, memoryMb, workerState, kind, afterPreload };
  const added = { key, json: JSON.stringify(key) };
  written.set(position, [...known, added]);
  return added;
}

/** Sums over the tasks of one cell. */
export interface Cell {
  readonly taskCount: number;
  readonly sumsMs: OutcomeSums;
}

export function packCells(cells: ReadonlyMap<WrittenKey, Cell>): CellColumns {
  const keys: string[] = [];
  const taskCounts: number[] = [];
  const sumsMs: (number | null)[] = [];
  for (const [{ json }, cell] of cells) {
    keys.push(json);
    taskCounts.push(cell.taskCount);
    for (const sum of cell.sumsMs) sumsMs.push(sum);
  }
  return { keys: `[${keys.join(',')}]`, taskCounts, sumsMs };
}

/** Reads keys back, the same text once only: equal texts give the same keys. */
export function createKeyReader(): (cells: CellColumns) => readonly CellKey[] {
  const known = new Map<string, readonly CellKey[]>();
  return ({ keys }) => {
    const read = known.get(keys) ?? (JSON.parse(keys) as CellKey[]);
    known.set(keys, read);
    return read;
  };
}

export const sumsAt = ({ sumsMs }: CellColumns, cell: number): OutcomeSums =>
  sumsMs.slice(cell * OUTCOMES.length, (cell + 1) * OUTCOMES.length);
