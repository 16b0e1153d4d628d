import { branchOf, groupBy } from '../../model/group-by.ts';
import type { Ledger } from '../../model/ledger.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { codeLevels } from '../../stats/factor-regression.ts';
import { type MedianSummary, summarizeMedian } from '../../stats/median-interval.ts';
import { sampleMedian } from '../../stats/summary.ts';
import type { AccuracyFacts } from './extract.ts';
import type { AccuracyOptions } from './options.ts';
import type { TaskPair } from './pairs.ts';
import type { Quantity, QuantityKey } from './quantities.ts';
import type { SeriesPoint } from './result.ts';

/** Facts whose run was planned and submitted, in order of submission. The others go to the ledger. */
export function keepPredicted(facts: readonly AccuracyFacts[], ledger: Ledger): AccuracyFacts[] {
  for (const { run, leftOut } of facts) if (leftOut !== null) ledger.add(leftOut, 'run', run.origin);
  return facts
    .filter(({ leftOut }) => leftOut === null)
    .sort((a, b) => submittedAtMs(a.run) - submittedAtMs(b.run) || (a.run.runId < b.run.runId ? -1 : 1));
}

const submittedAtMs = (run: RunFacts): number => run.submittedAtMs as number;

/**
 * The predictions and figures of one quantity in order of submission, column by column: a hundred thousand objects would take
 * longer to make than to judge. Groups are lists of places in these columns; `NaN` is what cannot be had.
 */
export interface Series {
  readonly quantity: Quantity;
  /** All runs. */
  readonly attributes: readonly RunAttributes[];
  /** Index of each observation's run in `attributes`; observations of one run stand side by side. */
  readonly runs: Int32Array;
  /** At task level, the task of each observation. */
  readonly tasks: readonly TaskPair[] | null;
  readonly predicted: Float64Array;
  readonly actual: Float64Array;
  /** |predicted − actual| ÷ actual. */
  readonly percentageErrors: Float64Array;
  readonly logRatios: Float64Array;
}

/** The attributes of a run are those of all its observations. */
export interface RunAttributes {
  readonly runId: string;
  readonly workflow: string;
  readonly structure: string;
  readonly planner: string;
  readonly sla: string;
  readonly submittedAtMs: number;
  readonly index: number;
  readonly historyIndex: number;
  /** The same number, from 0, for runs of the same workflow and structure; of the same planner; of the same planner and SLA. */
  readonly workload: number;
  readonly plannerGroup: number;
  readonly slaGroup: number;
  /** The same number, from 0, for runs under the same SLA, whatever the planner. */
  readonly slaLevel: number;
}

/** The series of every quantity. `facts` are in order of submission; what a run lacks goes to the ledger. */
export function composeSeries(
  facts: readonly AccuracyFacts[],
  { quantities, level }: AccuracyOptions,
  ledger: Ledger,
): Series[] {
  const attributes = composeAttributes(facts);
  const collected = level === 'task' ? collectTasks(facts, quantities, ledger) : collectRuns(facts, quantities, ledger);
  return collected.map((columns) => ({ attributes, ...columns, ...compareFigures(columns.predicted, columns.actual) }));
}

function composeAttributes(facts: readonly AccuracyFacts[]): RunAttributes[] {
  const planners = codeLevels(facts.map(({ run }) => run.traits.planner));
  const slas = codeLevels(facts.map(({ run }) => run.traits.sla));
  const [workloads, slaGroups] = [numberGroups(), numberGroups()];
  const [countHistory, countIndex] = [countMembers(), countMembers()];
  return facts.map(({ run }, i): RunAttributes => {
    const { workflow, structure, planner, sla } = run.traits;
    const [workload, slaGroup] = [workloads(workflow, structure), slaGroups(planner, sla)];
    return {
      runId: run.runId,
      workflow,
      structure,
      planner,
      sla,
      submittedAtMs: submittedAtMs(run),
      index: countIndex(workflow, slaGroup),
      historyIndex: countHistory(planner, workload),
      workload,
      plannerGroup: planners[i] as number,
      slaGroup,
      slaLevel: slas[i] as number,
    };
  });
}

/** Numbers groups by two keys, from 0 in the order in which they come in. */
function numberGroups(): (first: string, second: string) => number {
  const numbers = new Map<string, Map<string, number>>();
  let count = 0;
  return (first, second) => {
    const branch = branchOf(numbers, first);
    const number = branch.get(second) ?? count++;
    branch.set(second, number);
    return number;
  };
}

/** Counts the members of each group as they come in, from 1. */
function countMembers(): (name: string, group: number) => number {
  const counts = new Map<string, Map<number, number>>();
  return (name, group) => {
    const branch = branchOf(counts, name);
    const next = (branch.get(group) ?? 0) + 1;
    branch.set(group, next);
    return next;
  };
}

type Collected = Pick<Series, 'quantity' | 'runs' | 'predicted' | 'actual' | 'tasks'>;

function collectTasks(facts: readonly AccuracyFacts[], quantities: readonly Quantity[], ledger: Ledger): Collected[] {
  return quantities.map((quantity) => {
    const [runs, tasks]: [number[], TaskPair[]] = [[], []];
    for (const [i, { run, tasks: byQuantity }] of facts.entries()) {
      const own = byQuantity[quantity.key] ?? [];
      if (own.length === 0) ledger.add('no-task-with-prediction', 'metric', run.origin, quantity.key);
      for (const pair of own) {
        runs.push(i);
        tasks.push(pair);
      }
    }
    const column = (amount: (pair: TaskPair) => number) => Float64Array.from(tasks, amount);
    const [predicted, actual] = [column((pair) => pair.predicted), column((pair) => pair.actual)];
    return { quantity, runs: Int32Array.from(runs), predicted, actual, tasks };
  });
}

/** Facts are gone through once for all quantities: most of the time goes into fetching them from memory. */
function collectRuns(facts: readonly AccuracyFacts[], quantities: readonly Quantity[], ledger: Ledger): Collected[] {
  const predicted = quantities.map(() => new Float64Array(facts.length));
  const actual = quantities.map(() => new Float64Array(facts.length));
  for (let i = 0; i < facts.length; i++) {
    const fact = facts[i] as AccuracyFacts;
    for (let q = 0; q < quantities.length; q++) {
      (predicted[q] as Float64Array)[i] = fact.predicted[q] ?? Number.NaN;
      (actual[q] as Float64Array)[i] = fact.actual[q] ?? Number.NaN;
    }
  }
  return quantities.map((quantity, q) => {
    const figures = actual[q] as Float64Array;
    const there: number[] = [];
    for (let i = 0; i < figures.length; i++) {
      if (Number.isNaN(figures[i])) noteMissing(facts[i], quantity.key, ledger);
      else there.push(i);
    }
    const runs = new Int32Array(there);
    return {
      quantity,
      runs,
      predicted: pick(predicted[q] as Float64Array, runs),
      actual: pick(figures, runs),
      tasks: null,
    };
  });
}

function pick(column: Float64Array, places: Int32Array): Float64Array {
  const picked = new Float64Array(places.length);
  for (let i = 0; i < places.length; i++) picked[i] = column[places[i] as number] as number;
  return picked;
}

function noteMissing(fact: AccuracyFacts | undefined, quantity: QuantityKey, ledger: Ledger): void {
  if (fact) ledger.add(fact.noPairs[quantity] ?? 'no-prediction', 'metric', fact.run.origin, quantity);
}

/** Start-ups measured on two clocks can come out below 0: a ratio to such a figure means nothing. */
function compareFigures(predicted: Float64Array, actual: Float64Array) {
  const ratiosOf = (ratio: (asked: number, figure: number) => number) =>
    actual.map((figure, i) => (figure > 0 ? ratio(predicted[i] as number, figure) : Number.NaN));
  return {
    percentageErrors: ratiosOf((asked, figure) => Math.abs((asked - figure) / figure)),
    logRatios: ratiosOf((asked, figure) => (asked > 0 ? Math.log(asked / figure) : Number.NaN)),
  };
}

/** The observations of all series, as the machine formats hold them. */
export const listPoints = (series: readonly Series[]): SeriesPoint[] =>
  series.flatMap((own) => Array.from(own.runs, (_, i) => toPoint(own, i)));

function toPoint({ quantity, attributes, runs, tasks, ...columns }: Series, i: number): SeriesPoint {
  const own = attributes[runs[i] as number] as RunAttributes;
  const [predicted, actual] = [columns.predicted[i] as number, columns.actual[i] as number];
  return {
    runId: own.runId,
    workflow: own.workflow,
    structure: own.structure,
    planner: own.planner,
    sla: own.sla,
    submittedAtMs: own.submittedAtMs,
    index: own.index,
    historyIndex: own.historyIndex,
    quantity: quantity.key,
    functionName: tasks?.[i]?.functionName ?? null,
    nodeId: tasks?.[i]?.nodeId ?? null,
    actual,
    predicted,
    relativeError: actual > 0 ? (predicted - actual) / actual : null,
    absolutePercentageError: unlessNaN(columns.percentageErrors[i] as number),
    logRatio: unlessNaN(columns.logRatios[i] as number),
  };
}

const unlessNaN = (x: number): number | null => (Number.isNaN(x) ? null : x);

/** Places in the columns of a series. */
export type Members = readonly number[];

/** Finds the attributes of the run of observation i. */
export const attributesAt = ({ attributes, runs }: Series, i: number): RunAttributes =>
  attributes[runs[i] as number] as RunAttributes;
/** Finds the function of observation i; `null` at run level. */
export const functionAt = ({ tasks }: Series, i: number): string | null => tasks?.[i]?.functionName ?? null;

/** The members in groups whose runs have the same number, and at task level the same function, in order of their first members. */
export function groupMembers(series: Series, members: Members, numberOf: (own: RunAttributes) => number): number[][] {
  const { attributes, runs, tasks } = series;
  const numberAt = (i: number) => numberOf(attributes[runs[i] as number] as RunAttributes);
  if (tasks !== null) return groupBy(members, numberAt, (i) => functionAt(series, i));
  const groups: number[][] = [];
  const known: (number[] | undefined)[] = [];
  for (const i of members) {
    const number = numberAt(i);
    const group = known[number];
    if (group) {
      group.push(i);
      continue;
    }
    const first = [i];
    known[number] = first;
    groups.push(first);
  }
  return groups;
}

/** Lists the indices of all observations. */
export const allMembers = ({ runs }: Series): Members => Array.from(runs, (_, i) => i);

/** Finds the end, exclusive, of the members of the same run as the one at `from`. */
export function endOfRun({ runs }: Series, members: Members, from: number): number {
  const run = runs[members[from] as number];
  let to = from + 1;
  while (to < members.length && runs[members[to] as number] === run) to++;
  return to;
}

/** The members of each run. */
export function splitRuns(series: Series, members: Members): Members[] {
  const own: Members[] = [];
  for (let from = 0, to = 0; from < members.length; from = to) {
    to = endOfRun(series, members, from);
    own.push(members.slice(from, to));
  }
  return own;
}

/** Counts the runs of the members. */
export function countRuns({ runs, tasks }: Series, members: Members): number {
  return tasks === null ? members.length : new Set(members.map((i) => runs[i])).size;
}

/** One figure a run, with the first of its members; runs without any are left out. */
export interface RunFigures {
  readonly firsts: readonly number[];
  readonly amounts: readonly number[];
}

/** At task level the median over the run's tasks. `amountAt`: `NaN` where there is none. */
export function figuresOfRuns(series: Series, members: Members, amountAt: (i: number) => number): RunFigures {
  const [firsts, amounts]: [number[], number[]] = [[], []];
  const add = (first: number, amount: number | null) => {
    if (amount === null || Number.isNaN(amount)) return;
    firsts.push(first);
    amounts.push(amount);
  };
  if (series.tasks === null) for (const i of members) add(i, amountAt(i));
  else {
    for (const own of splitRuns(series, members)) {
      add(own[0] as number, sampleMedian(own.map(amountAt).filter((amount) => !Number.isNaN(amount))));
    }
  }
  return { firsts, amounts };
}

/** The median over runs of each run's figure, with its interval. */
export const summarizeRuns = (series: Series, members: Members, column: Float64Array): MedianSummary =>
  summarizeMedian(figuresOfRuns(series, members, (i) => column[i] as number).amounts);

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
