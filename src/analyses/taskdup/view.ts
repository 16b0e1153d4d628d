import { shortenPlanners } from '../../model/names.ts';
import { name, right, toPercent, toSeconds, wordInterval } from '../../view/cells.ts';
import type { Records, Scalar, Table, View } from '../../view/view.ts';
import type { Outcome } from '../analysis.ts';
import { proposeComparison } from '../design/propose-comparison.ts';
import { drawSavings } from './charts/saving.ts';
import type { PlannerTaskdup, TaskdupResult } from './result.ts';

/** Tables, records and chart of the duplications. */
export function viewTaskdup({ result }: Outcome<TaskdupResult>): View {
  const firing = result.planners.filter(({ duplicationCount }) => duplicationCount > 0);
  return {
    headlines: [result.headline],
    next: proposeComparison(result.planners, ({ duplicationCount }) => duplicationCount > 0),
    tables: [
      tabulatePlanners(result),
      ...(firing.length > 0 ? [tabulateCosts(firing, result), tabulateTargets(result), tabulateConflicts(result)] : []),
    ],
    records: recordPlanners(result),
    charts: [
      {
        kind: 'saving',
        description: `Predicted saving of each duplication against how long the duplicate was ahead of the original. ${result.headline}`,
        draw: (frame) => drawSavings(result, frame),
      },
    ],
  };
}

function tabulatePlanners({ planners }: TaskdupResult): Table {
  const shorten = shortenPlanners(planners);
  return {
    title: 'duplications by planner: whose result was used',
    columns: [
      name('planner', 'planner'),
      right('runs', 'in runs'),
      right('planned', 'allowed on', true),
      right('count', 'fired'),
      right('used', 'used'),
      right('usedPercent', 'used %'),
      right('usedInterval', '95 %', true),
      right('ahead', 'ahead'),
      right('head', 'ahead by (s)'),
      right('headInterval', '95 %', true),
      right('predicted', 'predicted (s)'),
      right('predictedInterval', '95 %', true),
    ],
    rows: planners.map((planner) => ({
      planner: shorten(planner.planner),
      runs: `${planner.runCount}/${planner.plannerRunCount}`,
      planned: String(planner.plannedNodeCount),
      count: String(planner.duplicationCount),
      used: String(planner.duplicateUsedCount),
      usedPercent: toPercent(planner.duplicateUsedFraction?.estimate ?? null),
      usedInterval: wordInterval(planner.duplicateUsedFraction, toPercent),
      ahead: String(planner.aheadCount),
      head: toSeconds(planner.headStartMs?.estimate ?? null),
      headInterval: wordInterval(planner.headStartMs, toSeconds),
      predicted: toSeconds(planner.predictedSavingMs?.estimate ?? null),
      predictedInterval: wordInterval(planner.predictedSavingMs, toSeconds),
    })),
    notes: [
      "used: the local result was used. ahead: used, and the task began before the original's output was there; ahead by: mean over the used, negative when the original had been there for so long already, so that at most its download was saved.",
    ],
  };
}

function tabulateCosts(planners: readonly PlannerTaskdup[], result: TaskdupResult): Table {
  const shorten = shortenPlanners(result.planners);
  return {
    title: 'what the second executions cost, whether tasks waited for them, and when they could begin',
    columns: [
      name('planner', 'planner'),
      right('twice', 'executed twice (s)'),
      right('fraction', 'of execution %', true),
      right('wasted', 'in vain (s)'),
      right('originals', 'originals (s)', true),
      right('lag', 'lag with (s)'),
      right('lagWithout', 'without (s)'),
      right('ready', 'ready after original (s)', true),
      right('began', 'began after ready (s)', true),
    ],
    rows: planners.map((planner) => ({
      planner: shorten(planner.planner),
      twice: toSeconds(planner.predictedDuplicateExecutionMs),
      fraction: toPercent(planner.executionTwiceFraction),
      wasted: toSeconds(planner.wastedExecutionMs),
      originals: toSeconds(planner.originalExecutionMs),
      lag: toSeconds(planner.medianReadyLagUsedMs),
      lagWithout: toSeconds(planner.medianReadyLagWithoutMs),
      ready: toSeconds(planner.medianWorkerReadyAfterOriginalMs),
      began: `${toSeconds(planner.medianBeganEarliestMs)} to ${toSeconds(planner.medianBeganLatestMs)}`,
    })),
    notes: [
      "executed twice, in vain: predicted execution time of the duplicates, and of those that were not used. lag: from a task's last input being there to its execution, medians, with a used duplicate and, for the same functions, without any.",
      {
        column: 'ready',
        text: "ready after original: the worker's readiness after the original's start, median; negative: the worker had been ready before.",
      },
      { column: 'began', text: 'began after ready: bounds, medians.' },
    ],
  };
}

function tabulateTargets({ targets, planners }: TaskdupResult): Table {
  const shorten = shortenPlanners(planners);
  return {
    title: 'on which tasks',
    columns: [
      name('planner', 'planner'),
      name('workflow', 'workflow'),
      name('dependent', 'task'),
      name('duplicated', 'executed again'),
      right('count', 'fired'),
      right('used', 'used'),
      right('ahead', 'ahead'),
      right('head', 'ahead by (s)', true),
      right('predicted', 'predicted (s)', true),
    ],
    rows: targets.map((target) => ({
      planner: shorten(target.planner),
      workflow: target.workflow,
      dependent: target.dependentFunction,
      duplicated: target.duplicatedFunction,
      count: String(target.duplicationCount),
      used: String(target.duplicateUsedCount),
      ahead: String(target.aheadCount),
      head: toSeconds(target.medianHeadStartMs),
      predicted: toSeconds(target.medianPredictedSavingMs),
    })),
    notes: [],
    fold: { rows: 'tasks' },
  };
}

function tabulateConflicts({ conflicts, planners }: TaskdupResult): Table {
  const shorten = shortenPlanners(planners);
  return {
    title: 'where duplications met other optimizations',
    columns: [
      name('planner', 'planner'),
      name('met', 'met'),
      right('runs', 'runs'),
      right('count', 'duplications'),
      right('used', 'used'),
      right('original', 'original'),
      right('ahead', 'ahead'),
    ],
    rows: conflicts.map((conflict) => ({
      planner: shorten(conflict.planner),
      met: conflict.met,
      runs: String(conflict.runCount),
      count: String(conflict.duplicationCount),
      used: String(conflict.duplicateUsedCount),
      original: String(conflict.originalUsedCount),
      ahead: String(conflict.aheadCount),
    })),
    notes: [],
    fold: { rows: 'meetings' },
  };
}

/** One row per planner. */
function recordPlanners({ planners }: TaskdupResult): Records {
  const rows = planners.map(
    ({ duplicateUsedFraction, headStartMs, predictedSavingMs, ...figures }): Record<string, Scalar> => ({
      ...figures,
      duplicateUsedFraction: duplicateUsedFraction?.estimate ?? null,
      duplicateUsedCiLow: duplicateUsedFraction?.ciLow ?? null,
      duplicateUsedCiHigh: duplicateUsedFraction?.ciHigh ?? null,
      headStartMs: headStartMs?.estimate ?? null,
      headStartCiLow: headStartMs?.ciLow ?? null,
      headStartCiHigh: headStartMs?.ciHigh ?? null,
      predictedSavingMs: predictedSavingMs?.estimate ?? null,
      predictedSavingCiLow: predictedSavingMs?.ciLow ?? null,
      predictedSavingCiHigh: predictedSavingMs?.ciHigh ?? null,
    }),
  );
  return { columns: Object.keys(rows[0] ?? {}), rows };
}
