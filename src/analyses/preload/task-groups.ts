import type { StartupState } from '../../model/run.ts';

/** The outcomes are asked of every task; all are in ms. */
export const OUTCOMES = ['ready-lag', 'input-wait', 'execution-start', 'start-offset'] as const;
export type OutcomeKey = (typeof OUTCOMES)[number];

/** Gives the place of an outcome's sum in a list of sums. */
const placeOf = (outcome: OutcomeKey): number => OUTCOMES.indexOf(outcome);

/** `duplicated`: the task carries a TaskDup decision. */
export type TaskKind = 'plain' | 'preloaded' | 'duplicated' | 'preloaded-and-duplicated';

/** A task group is the tasks of one run that have all of this in common. */
export interface TaskGroupKey {
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

/** Adds the sums of two task groups: `null` where either is. */
export const addSums = (a: OutcomeSums, b: OutcomeSums): OutcomeSums =>
  a.map((x, i) => {
    const y = b[i] as number | null;
    return x === null || y === null ? null : x + y;
  });

/**
 * The columns hold the task groups of a run: there is one for nearly every task of every run, so that the room they take decides
 * how long reading takes.
 */
export interface TaskGroupColumns {
  /** The keys as JSON: thousands of runs share few such texts. */
  readonly keys: string;
  readonly taskCounts: readonly number[];
  /** One list after the other, with 0 at `unknownPlaces`: a list of nothing but numbers takes a third of the room. */
  readonly sumsMs: readonly number[];
  readonly unknownPlaces: readonly number[];
}

/** A run without task groups is on neither side. */
export const NO_TASK_GROUPS: TaskGroupColumns = { keys: '[]', taskCounts: [], sumsMs: [], unknownPlaces: [] };

/** A key with its JSON. */
export interface WrittenKey {
  readonly key: TaskGroupKey;
  readonly json: string;
}

const written = new Map<string, WrittenKey[]>();
/** Positions; some hundred bytes each. */
const MOST_WRITTEN = 10_000;

/** Gives the one object that stands for a key: thousands of runs have the same ones, and each is put into JSON once. */
export function writeKey(
  position: string,
  memoryMb: number | null,
  workerState: TaskGroupKey['workerState'],
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

/** A task group is summed up over its tasks. */
export interface TaskGroup {
  readonly taskCount: number;
  readonly sumsMs: OutcomeSums;
}

/** Packs task groups into columns. */
export function packTaskGroups(groups: ReadonlyMap<WrittenKey, TaskGroup>): TaskGroupColumns {
  const keys: string[] = [];
  const taskCounts: number[] = [];
  const sumsMs: number[] = [];
  const unknownPlaces: number[] = [];
  for (const [{ json }, group] of groups) {
    keys.push(json);
    taskCounts.push(group.taskCount);
    for (const sum of group.sumsMs) {
      if (sum === null) unknownPlaces.push(sumsMs.length);
      sumsMs.push(sum ?? 0);
    }
  }
  return { keys: `[${keys.join(',')}]`, taskCounts, sumsMs, unknownPlaces };
}

/** Reads keys back, the same text once only: equal texts give the same keys. */
export function createKeyReader(): (groups: TaskGroupColumns) => readonly TaskGroupKey[] {
  const known = new Map<string, readonly TaskGroupKey[]>();
  return ({ keys }) => {
    const read = known.get(keys) ?? (JSON.parse(keys) as TaskGroupKey[]);
    known.set(keys, read);
    return read;
  };
}

/** Gives an outcome's sum over the tasks of some groups, by their places in the columns, in ms; `null`: a task has no figure. */
export function sumAt(
  { sumsMs, unknownPlaces }: TaskGroupColumns,
  places: readonly number[],
  outcome: OutcomeKey,
): number | null {
  let totalMs = 0;
  for (const group of places) {
    const place = group * OUTCOMES.length + placeOf(outcome);
    if (unknownPlaces.includes(place)) return null;
    totalMs += sumsMs[place] as number;
  }
  return totalMs;
}

/** Counts the tasks of some groups. */
export const countTasks = ({ taskCounts }: TaskGroupColumns, places: readonly number[]): number =>
  places.reduce((count, place) => count + (taskCounts[place] as number), 0);
