import { groupBy } from '../../model/group-by.ts';
import { compareSlas } from '../../model/sla-order.ts';
import { sampleMedian } from '../../stats/summary.ts';
import type { AccuracyFacts } from './extract.ts';
import { askedLevelOf, type Pair, quantityOf } from './quantities.ts';
import type { Stage } from './result.ts';

/** A stage's figures in one run. */
interface StageRun {
  readonly logRatio: number | null;
  readonly percentageError: number | null;
  /** Share of what was within its prediction: of tasks, or of the one figure. */
  readonly coverage: number;
}

const STAGES: readonly { stage: Stage['stage']; judge: (fact: AccuracyFacts) => StageRun | null }[] = [
  { stage: 'task', judge: judgeTasks },
  { stage: 'critical-path', judge: ({ execution }) => (execution ? judgePair(execution.criticalPath) : null) },
  { stage: 'makespan', judge: ({ makespan }) => (makespan ? judgePair(makespan) : null) },
];

/**
 * Decomposes the error of a makespan: execution of single tasks, execution along the planned critical path, makespan, per
 * planner and SLA. A sum of 90th percentiles is no 90th percentile of the sum: independent errors cancel, so that the sum covers more.
 */
export function decomposeErrors(facts: readonly AccuracyFacts[]): Stage[] {
  return groupBy(
    facts,
    ({ run }) => run.traits.planner,
    ({ run }) => run.traits.sla,
  )
    .sort((a, b) => compareGroups(a[0] as AccuracyFacts, b[0] as AccuracyFacts))
    .flatMap((group) => STAGES.flatMap(({ stage, judge }) => summarizeStage(stage, group, judge)));
}

function compareGroups({ run: a }: AccuracyFacts, { run: b }: AccuracyFacts): number {
  if (a.traits.planner !== b.traits.planner) return a.traits.planner < b.traits.planner ? -1 : 1;
  return compareSlas(a.traits.sla, b.traits.sla);
}

function judgeTasks({ execution }: AccuracyFacts): StageRun | null {
  if (!execution || execution.tasks.count === 0) return null;
  const { count, coveredCount, logRatio, percentageError } = execution.tasks;
  return { logRatio, percentageError, coverage: coveredCount / count };
}

function judgePair({ predicted, actual }: Pair): StageRun {
  return {
    logRatio: predicted > 0 && actual > 0 ? Math.log(predicted / actual) : null,
    percentageError: actual > 0 ? Math.abs(predicted - actual) / actual : null,
    coverage: actual <= predicted ? 1 : 0,
  };
}

function summarizeStage(
  stage: Stage['stage'],
  group: readonly AccuracyFacts[],
  judge: (fact: AccuracyFacts) => StageRun | null,
): Stage[] {
  const logRatios: number[] = [];
  const percentageErrors: number[] = [];
  let [runCount, coverage] = [0, 0];
  for (const fact of group) {
    const run = judge(fact);
    if (run === null) continue;
    runCount++;
    coverage += run.coverage;
    if (run.logRatio !== null) logRatios.push(run.logRatio);
    if (run.percentageError !== null) percentageErrors.push(run.percentageError);
  }
  if (runCount === 0) return [];
  const { planner, sla } = (group[0] as AccuracyFacts).run.traits;
  return [
    {
      planner,
      sla,
      stage,
      runCount,
      askedLevel: askedLevelOf(sla, quantityOf('makespan')),
      biasLogRatio: sampleMedian(logRatios),
      mdape: sampleMedian(percentageErrors),
      coverage: coverage / runCount,
    },
  ];
}
