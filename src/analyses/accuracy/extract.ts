import type { Plan, Run } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { planOf } from '../../model/timeline.ts';
import { sampleMedian } from '../../stats/summary.ts';
import type { AccuracyOptions } from './options.ts';
import { pairsOfRun, pairTasks, type TaskPair } from './pairs.ts';
import type { NoPair, Pair, QuantityKey } from './quantities.ts';

/** The analysis keeps this of a run. */
export interface AccuracyFacts {
  readonly run: RunFacts;
  /** Why the run has no predictions to judge; `null`: it has. */
  readonly leftOut: string | null;
  /**
   * Predicted and actual of each quantity that was asked for, in turn; `null` where there is no such pair, and then `noPairs` says
   * why. Two lists of numbers take less than half of the room that pairs by name would.
   */
  readonly predicted: readonly (number | null)[];
  readonly actual: readonly (number | null)[];
  readonly noPairs: Readonly<Partial<Record<QuantityKey, NoPair>>>;
  /** At `--level task` only. */
  readonly tasks: Readonly<Partial<Record<QuantityKey, readonly TaskPair[]>>>;
  /** Execution, task by task and along the planned critical path; `null` when a task left no metrics. */
  readonly execution: { readonly tasks: TaskErrors; readonly criticalPath: Pair } | null;
  readonly makespan: Pair | null;
  /** Inputs that were preloaded: predicted to be downloaded, but their time is not recorded. */
  readonly preloadCount: number;
}

/** The tasks of one run as one observation: they are not independent of each other. */
export interface TaskErrors {
  readonly count: number;
  /** Tasks that took at most as long as predicted. */
  readonly coveredCount: number;
  /** Medians over the run's tasks, ln(predicted ÷ actual) and its magnitude as a fraction; `null` without positive figures. */
  readonly logRatio: number | null;
  readonly percentageError: number | null;
}

/** One run's predictions beside its figures. Pure. */
export function extractAccuracy(run: Run, facts: RunFacts, options: AccuracyOptions): AccuracyFacts {
  const leftOut = reasonToLeaveOut(run, facts);
  const plan = planOf(run);
  if (leftOut !== null || plan === null) {
    const nothing = { predicted: [], actual: [], noPairs: {}, tasks: {}, execution: null, makespan: null };
    return { run: facts, leftOut, ...nothing, preloadCount: 0 };
  }
  const pairOf = pairsOfRun(run, plan);
  const makespan = pairOf('makespan');
  return {
    run: facts,
    leftOut,
    ...listPairs(pairOf, options),
    tasks:
      options.level === 'task'
        ? Object.fromEntries(options.quantities.map(({ key }) => [key, pairTasks(run, plan, key)]))
        : {},
    execution: compareExecution(run, plan, facts),
    makespan: typeof makespan === 'string' ? null : makespan,
    preloadCount: countPreloads(run),
  };
}

function listPairs(pairOf: ReturnType<typeof pairsOfRun>, { quantities }: AccuracyOptions) {
  const predicted: (number | null)[] = [];
  const actual: (number | null)[] = [];
  const noPairs: Partial<Record<QuantityKey, NoPair>> = {};
  for (const { key } of quantities) {
    const pair = pairOf(key);
    if (typeof pair === 'string') noPairs[key] = pair;
    predicted.push(typeof pair === 'string' ? null : pair.predicted);
    actual.push(typeof pair === 'string' ? null : pair.actual);
  }
  return { predicted, actual, noPairs };
}

/** WUKONG stores plans but does not schedule by them; a run without plan has no prediction. */
function reasonToLeaveOut(run: Run, facts: RunFacts): string | null {
  if (/wukong/i.test(facts.traits.planner)) return `planner-does-not-predict: ${facts.traits.planner}`;
  if (planOf(run) === null) return 'without-plan';
  return run.submittedAtMs === null ? 'not-submitted' : null;
}

function compareExecution(run: Run, plan: Plan, facts: RunFacts): AccuracyFacts['execution'] {
  if (!facts.traits.complete || plan.nodes.size < run.nodeCount) return null;
  const critical = new Set(plan.criticalPathNodeIds);
  const onPath = { predicted: 0, actual: 0 };
  const logRatios: number[] = [];
  const percentageErrors: number[] = [];
  let coveredCount = 0;
  for (const { nodeId, executionMs: actual } of run.tasks) {
    const predicted = plan.nodes.get(nodeId)?.executionMs ?? 0;
    if (critical.has(nodeId)) {
      onPath.predicted += predicted;
      onPath.actual += actual;
    }
    if (actual <= predicted) coveredCount++;
    if (actual <= 0) continue;
    percentageErrors.push(Math.abs(predicted - actual) / actual);
    if (predicted > 0) logRatios.push(Math.log(predicted / actual));
  }
  const tasks = {
    count: run.tasks.length,
    coveredCount,
    logRatio: sampleMedian(logRatios),
    percentageError: sampleMedian(percentageErrors),
  };
  return { tasks, criticalPath: onPath };
}

function countPreloads(run: Run): number {
  let count = 0;
  for (const task of run.tasks) for (const event of task.optimizationEvents) if (event.type === 'PreLoad') count++;
  return count;
}
