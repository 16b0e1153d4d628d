import type { Warning } from '../../../src/analyses/analysis.ts';

/** Facts as plain JSON: only what the checks look at. */
export type Facts = Readonly<Record<string, unknown>>;

/** `always`: there are no facts on which the finding is left out. */
export interface Case {
  readonly code: string;
  readonly fires: Facts;
  /** Facts just on the other side: they differ from `fires` in three figures at most. */
  readonly quiet: Facts | 'always';
}

/** The cases of one analysis; `diagnose` lays the facts of a case over inconspicuous ones and asks the real checks. */
export interface CaseTable {
  readonly analysis: string;
  readonly diagnose: (facts: Facts) => readonly Warning[];
  readonly cases: readonly Case[];
}

/** Lays what a case says over what is inconspicuous, level by level; lists are replaced. */
export function lay(plain: unknown, over: unknown): unknown {
  if (!isObject(plain) || !isObject(over)) return over === undefined ? plain : over;
  const keys = new Set([...Object.keys(plain), ...Object.keys(over)]);
  return Object.fromEntries([...keys].map((key) => [key, lay(plain[key], over[key])]));
}

const isObject = (value: unknown): value is Facts =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A run's facts about which nothing is to be said. */
export const plainRun = (over: Facts = {}): unknown =>
  lay(
    {
      runId: 'r',
      submittedAtMs: 0,
      finishedAtMs: 1,
      negativeGapCount: 0,
      largestNegativeGapMs: 0,
      origin: { uri: 'input', line: 1 },
      traits: {
        workflow: 'gemm',
        structure: 's1',
        planner: 'UniformPlanner',
        sla: 'p50',
        source: 'input',
        memory: '512',
        day: '2026-01-01',
        planned: true,
        complete: true,
        nodeCount: 1,
        taskCount: 1,
        optimizations: [],
        resourceMeasure: null,
        resourceUsageMeasured: true,
        sinkRecorded: true,
        sinkWaitMissing: false,
        unfinishedStartupCount: 0,
      },
    },
    over,
  );

/** Clocks that differ: what a run's facts hold of them. */
export const CLOCKS = {
  workerCount: 2,
  offWorkers: [],
  differenceMs: 1,
  makespanMs: 10,
  makespanLowMs: 9,
  makespanHighMs: 11,
};

/** How many figures, words and absences two facts do not have in common. */
export function countDifferences(one: unknown, other: unknown): number {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    return Number(!Object.is(one, other));
  }
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].reduce((count, key) => count + countDifferences((one as Facts)[key], (other as Facts)[key]), 0);
}
