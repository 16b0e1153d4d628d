import { shortPlannerName } from '../../model/names.ts';
import { groupByMeeting } from '../../model/optimization-meetings.ts';
import { bySubmission } from '../../model/run-facts.ts';
import { estimateStratifiedFraction, estimateStratifiedRatio, type FigurePair } from '../../stats/stratified-mean.ts';
import { sampleMedian } from '../../stats/summary.ts';
import { wordCount, wordList } from '../../view/words.ts';
import type { Outcome, Warning } from '../analysis.ts';
import { keepFindings, note } from '../warning.ts';
import type { Duplication, TaskdupFacts } from './extract.ts';
import type {
  PlannerTaskdup,
  TaskdupConflict,
  TaskdupCounts,
  TaskdupPoint,
  TaskdupResult,
  TaskdupTarget,
} from './result.ts';

interface PlacedDuplication extends Duplication {
  readonly planner: string;
  readonly workflow: string;
  readonly runId: string;
}

/** All facts → how often tasks were duplicated and what came of it. */
export function analyzeTaskdup(unordered: readonly TaskdupFacts[]): Outcome<TaskdupResult> {
  const facts = [...unordered].sort(bySubmission);
  const all = facts.flatMap(({ run: { planner, workflow, runId }, duplications }) =>
    duplications.map((duplication): PlacedDuplication => ({ ...duplication, planner, workflow, runId })),
  );
  const planners = [...new Set(facts.map(({ run }) => run.planner))].sort();
  const result = {
    runCount: facts.length,
    duplicationCount: all.length,
    planners: planners.map((planner) => summarizePlanner(planner, facts, all)),
    targets: summarizeTargets(all),
    conflicts: planners.flatMap((planner) => summarizeConflicts(planner, all)),
    duplications: all.map(toPoint),
  };
  return { result: { headline: wordHeadline(result), ...result }, ledger: [], warnings: auditTaskdup(result, all) };
}

const toPoint = (duplication: PlacedDuplication): TaskdupPoint => ({
  runId: duplication.runId,
  planner: duplication.planner,
  workflow: duplication.workflow,
  dependentFunction: duplication.dependentFunction,
  duplicatedFunction: duplication.duplicatedFunction,
  outcome: duplication.outcome,
  predictedSavingMs: duplication.predictedSavingMs,
  headStartMs: duplication.headStartMs,
});

const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
const known = (xs: readonly (number | null)[]): number[] => xs.filter((x) => x !== null);

function summarizeCounts(duplications: readonly PlacedDuplication[]): TaskdupCounts {
  const used = duplications.filter(({ outcome }) => outcome === 'duplicate');
  return {
    duplicationCount: duplications.length,
    runCount: new Set(duplications.map(({ runId }) => runId)).size,
    duplicateUsedCount: used.length,
    originalUsedCount: duplications.filter(({ outcome }) => outcome === 'original').length,
    unknownCount: duplications.filter(({ outcome }) => outcome === 'unknown').length,
    aheadCount: used.filter(({ headStartMs }) => (headStartMs ?? 0) > 0).length,
    originalMissingCount: used.filter(({ headStartMs }) => headStartMs === null).length,
    medianHeadStartMs: sampleMedian(known(used.map(({ headStartMs }) => headStartMs))),
    medianPredictedSavingMs: sampleMedian(known(duplications.map(({ predictedSavingMs }) => predictedSavingMs))),
  };
}

/** Duplications of one run are not independent: a mean over them is the ratio of two sums over runs. */
function sumByRun(
  duplications: readonly PlacedDuplication[],
  amount: (duplication: PlacedDuplication) => number | null,
): FigurePair[] {
  const byRun = new Map<string, FigurePair>();
  for (const duplication of duplications) {
    const added = amount(duplication);
    if (added === null) continue;
    const { numerator, denominator } = byRun.get(duplication.runId) ?? { numerator: 0, denominator: 0 };
    byRun.set(duplication.runId, { numerator: numerator + added, denominator: denominator + 1 });
  }
  return [...byRun.values()];
}

/** Without any run there is nothing to estimate. */
const asStrata = (clusters: readonly FigurePair[]) => (clusters.length === 0 ? [] : [clusters]);

const USED_AS_NUMBER = { duplicate: 1, original: 0, unknown: null } as const;

function summarizePlanner(
  planner: string,
  facts: readonly TaskdupFacts[],
  all: readonly PlacedDuplication[],
): PlannerTaskdup {
  const own = facts.filter(({ run }) => run.planner === planner);
  const duplications = all.filter((duplication) => duplication.planner === planner);
  const used = duplications.filter(({ outcome }) => outcome === 'duplicate');
  const unused = duplications.filter(({ outcome }) => outcome === 'original');
  const twiceMs = sum(known(duplications.map(({ predictedExecutionMs }) => predictedExecutionMs)));
  const executionMs = sum(own.flatMap((fact) => (fact.duplications.length > 0 ? [fact.executionMs] : [])));
  const medianOf = (amount: (duplication: PlacedDuplication) => number | null) =>
    sampleMedian(known(duplications.map(amount)));
  return {
    planner,
    plannerRunCount: own.length,
    plannedNodeCount: sum(own.map(({ plannedNodeCount }) => plannedNodeCount)),
    ...summarizeCounts(duplications),
    duplicateUsedFraction: estimateStratifiedFraction(
      asStrata(sumByRun(duplications, ({ outcome }) => USED_AS_NUMBER[outcome])),
    ),
    headStartMs: estimateStratifiedRatio(asStrata(sumByRun(used, ({ headStartMs }) => headStartMs))),
    predictedSavingMs: estimateStratifiedRatio(
      asStrata(sumByRun(duplications, ({ predictedSavingMs }) => predictedSavingMs)),
    ),
    predictedDuplicateExecutionMs: twiceMs,
    wastedExecutionMs: sum(known(unused.map(({ predictedExecutionMs }) => predictedExecutionMs))),
    originalExecutionMs: sum(known(duplications.map(({ originalExecutionMs }) => originalExecutionMs))),
    executionTwiceFraction: executionMs > 0 ? twiceMs / executionMs : null,
    ...compareReadyLags(own),
    medianWorkerReadyAfterOriginalMs: medianOf(({ workerReadyAfterOriginalMs }) => workerReadyAfterOriginalMs),
    medianBeganEarliestMs: medianOf(({ beganEarliestMs }) => beganEarliestMs),
    medianBeganLatestMs: medianOf(({ beganLatestMs }) => beganLatestMs),
  };
}

function compareReadyLags(facts: readonly TaskdupFacts[]) {
  const placed = facts.flatMap(({ run, dependents }) =>
    dependents.map((dependent) => ({ ...dependent, place: `${run.workflow}\n${dependent.functionName}` })),
  );
  const used = placed.filter(({ duplication }) => duplication === 'used');
  const places = new Set(used.map(({ place }) => place));
  const without = placed.filter(({ duplication, place }) => duplication === 'none' && places.has(place));
  const [lagsUsed, lagsWithout] = [used, without].map((tasks) => known(tasks.map(({ readyLagMs }) => readyLagMs)));
  return {
    medianReadyLagUsedMs: sampleMedian(lagsUsed ?? []),
    medianReadyLagWithoutMs: sampleMedian(lagsWithout ?? []),
    readyLagUsedCount: lagsUsed?.length ?? 0,
    readyLagWithoutCount: lagsWithout?.length ?? 0,
  };
}

function summarizeTargets(duplications: readonly PlacedDuplication[]): TaskdupTarget[] {
  const groups = new Map<string, PlacedDuplication[]>();
  for (const duplication of duplications) {
    const { planner, workflow, dependentFunction, duplicatedFunction } = duplication;
    const key = [planner, workflow, dependentFunction, duplicatedFunction].join('\n');
    const group = groups.get(key);
    if (group) group.push(duplication);
    else groups.set(key, [duplication]);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => {
      const { planner, workflow, dependentFunction, duplicatedFunction } = group[0] as PlacedDuplication;
      return { planner, workflow, dependentFunction, duplicatedFunction, ...summarizeCounts(group) };
    });
}

const summarizeConflicts = (planner: string, all: readonly PlacedDuplication[]): TaskdupConflict[] =>
  groupByMeeting(all.filter((duplication) => duplication.planner === planner)).map(({ met, events }) => ({
    planner,
    met,
    ...summarizeCounts(events),
  }));

type Unworded = Omit<TaskdupResult, 'headline'>;

function wordHeadline({ runCount, duplicationCount, planners }: Unworded): string {
  if (duplicationCount === 0) {
    const planned = sum(planners.map(({ plannedNodeCount }) => plannedNodeCount));
    return `no task was duplicated in ${wordCount(runCount, 'run')}${planned > 0 ? `, though ${wordCount(planned, 'task')} could have been` : ''}`;
  }
  return planners
    .filter((planner) => planner.duplicationCount > 0)
    .map(
      (planner) =>
        `${shortPlannerName(planner.planner)}: ${wordCount(planner.duplicationCount, 'duplication')} in ${wordCount(planner.runCount, 'run')}, ${planner.duplicateUsedCount} of them used, ${planner.aheadCount} before the original was there`,
    )
    .join('; ');
}

function auditTaskdup({ planners }: Unworded, all: readonly PlacedDuplication[]): Warning[] {
  if (all.length === 0) return [];
  const none = planners.filter((planner) => planner.duplicationCount === 0);
  const names = none.map(({ planner }) => shortPlannerName(planner));
  const unpredicted = all.filter(({ predictedSavingMs }) => predictedSavingMs === null).length;
  const findings = [
    note(
      'duplicate-not-recorded',
      "the duplicate's own execution is not recorded: its time is the plan's prediction, and its beginning is known only within bounds",
    ),
    note(
      'predicted-saving-at-once',
      'the predicted saving is for a duplicate that begins together with the original; the engine decided later, by when the original began',
    ),
    unpredicted > 0 &&
      note('without-prediction', `${wordCount(unpredicted, 'duplication')} without a prediction`, {
        count: unpredicted,
      }),
    names.length > 0 &&
      note('planners-without', `no task was duplicated under ${wordList(names)}`, { planners: names }),
  ];
  return keepFindings(findings);
}
