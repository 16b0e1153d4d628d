import { deviation, group, mean } from 'd3-array';
import { groupBy } from '../../model/group-by.ts';
import { type ClusteredSlope, FEWEST_EFFECTIVE_CLUSTERS, regressClustered } from '../../stats/clustered-regression.ts';
import { sortNumbers, thinSorted } from '../../stats/order-statistics.ts';
import { sampleMedian } from '../../stats/summary.ts';
import type { MemoryFacts, TaskRow } from './extract.ts';
import type { Factor, FunctionMemory, MemoryVerdict, SizeTimes, UntoldReason } from './result.ts';

/** A task with what its function's regression asks of it. */
export interface ObservedTask {
  readonly runId: string;
  readonly planner: string;
  readonly position: string;
  readonly submittedAtMs: number | null;
  readonly row: TaskRow;
}

/** One function of one structure, over all runs. */
export interface ObservedFunction {
  readonly workflow: string;
  readonly structure: string;
  readonly functionName: string;
  readonly tasks: readonly ObservedTask[];
  readonly criticalPathFraction: number | null;
}

/** Gathers the tasks of each function over all runs. */
export function gatherFunctions(facts: readonly MemoryFacts[]): ObservedFunction[] {
  const all = facts.flatMap(({ run, functions, pathMakespanMs }) =>
    functions.map((own) => ({ ...own, run, pathMakespanMs })),
  );
  return groupBy(
    all,
    ({ run }) => run.traits.workflow,
    ({ run }) => run.traits.structure,
    ({ functionName }) => functionName,
  ).map((own) => {
    const { run, functionName } = own[0] as (typeof all)[number];
    const makespansMs = new Map<string, number>();
    let pathMs = 0;
    for (const { run: of, pathMakespanMs, pathMs: ownMs } of own) {
      if (pathMakespanMs === null) continue;
      makespansMs.set(of.runId, pathMakespanMs);
      pathMs += ownMs;
    }
    const totalMs = [...makespansMs.values()].reduce((sum, ms) => sum + ms, 0);
    return {
      workflow: run.traits.workflow,
      structure: run.traits.structure,
      functionName,
      tasks: own.flatMap(({ run: of, position, tasks }) =>
        tasks.map((row) => ({
          runId: of.runId,
          planner: of.traits.planner,
          position,
          submittedAtMs: of.submittedAtMs,
          row,
        })),
      ),
      criticalPathFraction: totalMs > 0 ? pathMs / totalMs : null,
    };
  });
}

/** Runs that a regression needs, and different sizes of workers. */
const [FEWEST_RUNS, FEWEST_SIZES] = [12, 2];
/** Standard deviation from which on a covariate is held equal: of neighbours, and of ln bytes. */
const LEAST_DEVIATION = 0.05;
/** An exponent below it is no help: twice the memory for less than 7 % of the time. */
const HELPFUL_EXPONENT = 0.1;
/** Points kept of each size: more would be a smear. */
const MOST_POINTS = 60;

/** Fits one function, and judges whether memory helps it. Cheapest and fastest sizes follow by `usdPerMs`. */
export function fitFunction(
  observed: ObservedFunction,
  driftAtMs: number | null,
  usdPerMs: (memoryMb: number) => number,
): FunctionMemory {
  const { tasks } = observed;
  const runCount = new Set(tasks.map(({ runId }) => runId)).size;
  const memoryMb = [...new Set(tasks.map(({ row }) => row[0]))].sort((a, b) => a - b);
  const design = runCount < FEWEST_RUNS ? 'too-few-runs' : memoryMb.length < FEWEST_SIZES ? 'one-size' : null;
  const { memory, neighbours, drift } = design === null ? regress(tasks, driftAtMs) : NO_SLOPES;
  const { verdict, reason } = judge(memory, design);
  const slope = flip(memory);
  return {
    workflow: observed.workflow,
    structure: observed.structure,
    function: observed.functionName,
    runCount,
    taskCount: tasks.length,
    memoryMb,
    exponent: slope?.estimate ?? null,
    ciLow: slope?.ciLow ?? null,
    ciHigh: slope?.ciHigh ?? null,
    effectiveRunCount: slope?.effectiveClusterCount ?? null,
    neighbourFactor: toFactor(neighbours),
    driftFactor: toFactor(drift),
    criticalPathFraction: observed.criticalPathFraction,
    cheapestMb: findLeast(memoryMb, slope, (size, exponent) => size ** -exponent * usdPerMs(size)),
    fastestMb: findLeast(memoryMb, slope, (size, exponent) => size ** -exponent),
    verdict,
    reason,
    sizes: summarizeSizes(tasks, memoryMb, slope),
  };
}

interface Slopes {
  readonly memory: ClusteredSlope | null;
  readonly neighbours: ClusteredSlope | null;
  readonly drift: ClusteredSlope | null;
}

const NO_SLOPES: Slopes = { memory: null, neighbours: null, drift: null };

/** Slopes of ln time by ln memory, neighbours and the step, ln input bytes held equal. */
function regress(tasks: readonly ObservedTask[], driftAtMs: number | null): Slopes {
  const covariates = [
    { name: 'neighbours' as const, column: columnOf(tasks, ({ row: [, , count] }) => count) },
    { name: 'bytes' as const, column: columnOf(tasks, ({ row: [, , , bytes] }) => logOf(bytes)) },
    { name: 'drift' as const, column: driftAtMs === null ? null : stepAt(tasks, driftAtMs) },
  ].flatMap(({ name, column }) => (column === null ? [] : [{ name, column }]));
  const { slopes } = regressClustered({
    responses: tasks.map(({ row: [, ms] }) => Math.log(ms)),
    predictors: [tasks.map(({ row: [memoryMb] }) => Math.log(memoryMb)), ...covariates.map(({ column }) => column)],
    clusters: tasks.map(({ runId }) => runId),
    groups: tasks.map(({ position }) => position),
  });
  const slopeOf = (name: string): ClusteredSlope | null => {
    const place = covariates.findIndex((own) => own.name === name);
    return place === -1 ? null : (slopes[1 + place] ?? null);
  };
  return { memory: slopes[0] ?? null, neighbours: slopeOf('neighbours'), drift: slopeOf('drift') };
}

const logOf = (bytes: number | null): number | null => (bytes === null ? null : Math.log(Math.max(1, bytes)));

/** `null`: not known of every task, or it hardly varies. */
function columnOf(tasks: readonly ObservedTask[], amountOf: (task: ObservedTask) => number | null): number[] | null {
  const column = tasks.flatMap((task) => amountOf(task) ?? []);
  return column.length === tasks.length && (deviation(column) ?? 0) > LEAST_DEVIATION ? column : null;
}

/** `null`: all runs lie on one side of the instant, or one was never submitted. */
function stepAt(tasks: readonly ObservedTask[], driftAtMs: number): number[] | null {
  const column = tasks.flatMap(({ submittedAtMs }) =>
    submittedAtMs === null ? [] : [Number(submittedAtMs >= driftAtMs)],
  );
  return column.length === tasks.length && new Set(column).size > 1 ? column : null;
}

/** The exponent is the slope with its sign turned. */
function flip(slope: ClusteredSlope | null): ClusteredSlope | null {
  if (slope === null) return null;
  const { estimate, ciLow, ciHigh, effectiveClusterCount } = slope;
  const turn = (x: number | null) => (x === null ? null : 0 - x);
  return { estimate: 0 - estimate, ciLow: turn(ciHigh), ciHigh: turn(ciLow), effectiveClusterCount };
}

const toFactor = (slope: ClusteredSlope | null): Factor | null =>
  slope && {
    factor: Math.exp(slope.estimate),
    effectiveRunCount: slope.effectiveClusterCount,
    ciLow: slope.ciLow === null ? null : Math.exp(slope.ciLow),
    ciHigh: slope.ciHigh === null ? null : Math.exp(slope.ciHigh),
  };

/** By the interval alone, and in this order: an exponent that is certain and tiny is no help. */
function judge(
  memory: ClusteredSlope | null,
  design: UntoldReason | null,
): { verdict: MemoryVerdict; reason: UntoldReason | null } {
  const untold = (reason: UntoldReason) => ({ verdict: 'cannot-tell' as const, reason });
  if (design !== null) return untold(design);
  const slope = flip(memory);
  if (slope === null) return untold('confounded');
  if (slope.ciLow === null || slope.ciHigh === null) return untold('no-interval');
  if (isCarriedByFew(slope.effectiveClusterCount)) return untold('few-runs-decide');
  if (slope.ciHigh < HELPFUL_EXPONENT) return { verdict: 'no-help', reason: null };
  if (slope.ciLow > 0) return { verdict: 'helps', reason: null };
  return untold('interval-too-wide');
}

/** Whether so few runs tell a slope that its interval is too narrow. */
export const isCarriedByFew = (effectiveRunCount: number): boolean => effectiveRunCount < FEWEST_EFFECTIVE_CLUSTERS;

/** The size with the least amount, the smallest of equal ones; `null`: the two ends of the interval do not agree. */
function findLeast(
  sizes: readonly number[],
  slope: ClusteredSlope | null,
  amountOf: (size: number, exponent: number) => number,
): number | null {
  if (slope === null || slope.ciLow === null || slope.ciHigh === null) return null;
  if (isCarriedByFew(slope.effectiveClusterCount)) return null;
  const leastAt = (exponent: number) =>
    sizes.reduce(
      (best, size) => (amountOf(size, exponent) < amountOf(best, exponent) ? size : best),
      sizes[0] as number,
    );
  const [low, high] = [leastAt(slope.ciLow), leastAt(slope.ciHigh)];
  return low === high ? low : null;
}

function summarizeSizes(
  tasks: readonly ObservedTask[],
  memoryMb: readonly number[],
  slope: ClusteredSlope | null,
): SizeTimes[] {
  const meanOf = (amountOf: (row: TaskRow) => number) => mean(tasks, ({ row }) => amountOf(row)) as number;
  const [middle, level] = [meanOf(([size]) => Math.log(size)), meanOf(([, ms]) => Math.log(ms))];
  const bySize = group(tasks, ({ row: [size] }) => size);
  return memoryMb.map((size) => {
    const own = (bySize.get(size) ?? []).map(({ row: [, ms] }) => ms);
    return {
      memoryMb: size,
      taskCount: own.length,
      medianMs: sampleMedian(own) as number,
      fittedMs: slope && Math.exp(level - slope.estimate * (Math.log(size) - middle)),
      sortedMs: thinSorted(sortNumbers(own), MOST_POINTS),
    };
  });
}
