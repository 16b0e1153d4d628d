import type { Ledger } from '../../model/ledger.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import type { AccuracyFacts } from './extract.ts';
import type { AccuracyOptions } from './options.ts';
import type { TaskPair } from './pairs.ts';
import type { Pair, Quantity } from './quantities.ts';
import type { SeriesPoint } from './result.ts';

/** Facts whose run was planned and submitted, in order of submission. The others go to the ledger. */
export function keepPredicted(facts: readonly AccuracyFacts[], ledger: Ledger): AccuracyFacts[] {
  for (const { run, leftOut } of facts) if (leftOut !== null) ledger.add(leftOut, 'run', run.origin);
  return facts
    .filter(({ leftOut }) => leftOut === null)
    .sort((a, b) => submittedAtMs(a.run) - submittedAtMs(b.run) || (a.run.runId < b.run.runId ? -1 : 1));
}

const submittedAtMs = (run: RunFacts): number => run.submittedAtMs as number;

/** Counts the members of each group as they come in, from 1. */
function numberMembers(): (key: string) => number {
  const counts = new Map<string, number>();
  return (key) => {
    const next = (counts.get(key) ?? 0) + 1;
    counts.set(key, next);
    return next;
  };
}

/** The series of every quantity. `facts` are in order of submission; what a run lacks goes to the ledger. */
export function composeSeries(
  facts: readonly AccuracyFacts[],
  { quantities, level }: AccuracyOptions,
  ledger: Ledger,
): SeriesPoint[] {
  const [numberRun, numberHistory] = [numberMembers(), numberMembers()];
  const heads = facts.map(({ run }) => ({
    runId: run.runId,
    workflow: run.workflow,
    structure: run.structure,
    planner: run.planner,
    sla: run.sla,
    submittedAtMs: submittedAtMs(run),
    index: numberRun([run.workflow, run.planner, run.sla].join('\n')),
    historyIndex: numberHistory([run.workflow, run.structure, run.planner].join('\n')),
  }));
  const pointsOf = level === 'task' ? taskPoints : runPoints;
  return quantities.flatMap((quantity) =>
    facts.flatMap((fact, i) => pointsOf(fact, heads[i] as Head, quantity, ledger)),
  );
}

function taskPoints({ run, tasks }: AccuracyFacts, head: Head, quantity: Quantity, ledger: Ledger): SeriesPoint[] {
  const pairs = tasks[quantity.key] ?? [];
  if (pairs.length === 0) ledger.add('no-task-with-prediction', 'metric', run.origin, quantity.key);
  return pairs.map((pair) => toPoint(head, quantity, pair, pair));
}

function runPoints({ run, pairs }: AccuracyFacts, head: Head, quantity: Quantity, ledger: Ledger): SeriesPoint[] {
  const pair = pairs[quantity.key] ?? 'no-prediction';
  if (typeof pair !== 'string') return [toPoint(head, quantity, pair, null)];
  ledger.add(pair, 'metric', run.origin, quantity.key);
  return [];
}

type Head = Pick<
  SeriesPoint,
  'runId' | 'workflow' | 'structure' | 'planner' | 'sla' | 'submittedAtMs' | 'index' | 'historyIndex'
>;

function toPoint(head: Head, quantity: Quantity, { predicted, actual }: Pair, task: TaskPair | null): SeriesPoint {
  // Start-ups measured on two clocks can come out below 0: a ratio to such a figure means nothing.
  const relativeError = actual > 0 ? (predicted - actual) / actual : null;
  return {
    runId: head.runId,
    workflow: head.workflow,
    structure: head.structure,
    planner: head.planner,
    sla: head.sla,
    submittedAtMs: head.submittedAtMs,
    index: head.index,
    historyIndex: head.historyIndex,
    quantity: quantity.key,
    functionName: task?.functionName ?? null,
    nodeId: task?.nodeId ?? null,
    actual,
    predicted,
    relativeError,
    absolutePercentageError: relativeError === null ? null : Math.abs(relativeError),
    logRatio: actual > 0 && predicted > 0 ? Math.log(predicted / actual) : null,
  };
}

/** Groups by several keys, in the order in which the first member of each comes. */
export function groupBy<Item>(items: readonly Item[], ...keys: readonly ((item: Item) => unknown)[]): Item[][] {
  const root: Branch<Item> = new Map();
  const groups: Item[][] = [];
  for (const item of items) {
    // A tree of maps: joining the keys to one text would cost more than everything that is done with the groups.
    let branch = root;
    for (const key of keys.slice(0, -1)) branch = branchOf(branch, key(item));
    const last = keys.at(-1)?.(item);
    const known = branch.get(last) as Item[] | undefined;
    if (known) known.push(item);
    else {
      const group = [item];
      branch.set(last, group);
      groups.push(group);
    }
  }
  return groups;
}

type Branch<Item> = Map<unknown, Branch<Item> | Item[]>;

function branchOf<Item>(branch: Branch<Item>, key: unknown): Branch<Item> {
  const known = branch.get(key) as Branch<Item> | undefined;
  if (known) return known;
  const next: Branch<Item> = new Map();
  branch.set(key, next);
  return next;
}

/** One run's part of a series: at run level its one point, at task level all tasks of one function. */
export interface RunPoint {
  readonly point: SeriesPoint;
  readonly points: readonly SeriesPoint[];
}

/** The points of each run together, in order of submission. */
export function groupRuns(points: readonly SeriesPoint[]): RunPoint[] {
  // At run level a quantity has one point a run.
  if (points[0]?.functionName === null) return points.map((point) => ({ point, points: [point] }));
  return groupBy(points, ({ runId }) => runId).map((members) => ({
    point: members[0] as SeriesPoint,
    points: members,
  }));
}
