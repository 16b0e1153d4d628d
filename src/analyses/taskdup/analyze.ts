import { groupBy, jointKey } from '../../model/group-by.ts';
import { groupByMeeting } from '../../model/optimization-meetings.ts';
import { bySubmission } from '../../model/run-facts.ts';
import { estimateStratifiedFraction, estimateStratifiedRatio, type FigurePairs } from '../../stats/stratified-mean.ts';
import { sampleMedian } from '../../stats/summary.ts';
import type { Outcome } from '../analysis.ts';
import { auditTaskdup } from './diagnostics.ts';
import type { Dependent, Duplication, TaskdupFacts } from './extract.ts';
import type {
  PlannerTaskdup,
  TaskdupConflict,
  TaskdupCounts,
  TaskdupPoint,
  TaskdupResult,
  TaskdupTarget,
} from './result.ts';
import { wordHeadline } from './wording.ts';

interface PlacedDuplication extends Duplication {
  readonly planner: string;
  readonly workflow: string;
  readonly runId: string;
}

/** All facts → how often tasks were duplicated and what came of it. */
export function analyzeTaskdup(unordered: readonly TaskdupFacts[]): Outcome<TaskdupResult> {
  const facts = [...unordered].sort(bySubmission);
  const all = facts.flatMap(
    ({
      run: {
        traits: { planner, workflow },
        runId,
      },
      duplications,
    }) => duplications.map((duplication): PlacedDuplication => ({ ...duplication, planner, workflow, runId })),
  );
  const planners = groupPlanners(facts, all);
  const result = {
    runCount: facts.length,
    duplicationCount: all.length,
    planners: planners.map(summarizePlanner),
    targets: summarizeTargets(all),
    conflicts: planners.flatMap(summarizeConflicts),
    duplications: all.map(toPoint),
  };
  return { result: { headline: wordHeadline(result), ...result }, ledger: [], warnings: auditTaskdup(result, all) };
}

interface PlannerFacts {
  readonly planner: string;
  readonly facts: readonly TaskdupFacts[];
  readonly duplications: readonly PlacedDuplication[];
}

/** Sorted by name, those without duplications included. */
function groupPlanners(facts: readonly TaskdupFacts[], all: readonly PlacedDuplication[]): PlannerFacts[] {
  const duplicationsOf = new Map(groupBy(all, ({ planner }) => planner).map((own) => [own[0]?.planner, own]));
  return groupBy(facts, ({ run }) => run.traits.planner)
    .map((own) => ({ planner: own[0]?.run.traits.planner ?? '', facts: own }))
    .map((own) => ({ ...own, duplications: duplicationsOf.get(own.planner) ?? [] }))
    .sort((a, b) => (a.planner < b.planner ? -1 : 1));
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
  const counts = { duplicate: 0, original: 0, unknown: 0 };
  const runIds = new Set<string>();
  const [headStartsMs, savingsMs]: [number[], number[]] = [[], []];
  let [aheadCount, originalMissingCount] = [0, 0];
  for (const { runId, outcome, headStartMs, predictedSavingMs } of duplications) {
    runIds.add(runId);
    counts[outcome]++;
    if (predictedSavingMs !== null) savingsMs.push(predictedSavingMs);
    if (outcome !== 'duplicate') continue;
    if (headStartMs === null) originalMissingCount++;
    else headStartsMs.push(headStartMs);
    if ((headStartMs ?? 0) > 0) aheadCount++;
  }
  return {
    duplicationCount: duplications.length,
    runCount: runIds.size,
    duplicateUsedCount: counts.duplicate,
    originalUsedCount: counts.original,
    unknownCount: counts.unknown,
    aheadCount,
    originalMissingCount,
    medianHeadStartMs: sampleMedian(headStartsMs),
    medianPredictedSavingMs: sampleMedian(savingsMs),
  };
}

/** Duplications of one run are not independent: a mean over them is the ratio of two sums over runs. */
function sumByRun(
  duplications: readonly PlacedDuplication[],
  amount: (duplication: PlacedDuplication) => number | null,
): FigurePairs {
  const byRun = new Map<string, { numerator: number; denominator: number }>();
  for (const duplication of duplications) {
    const added = amount(duplication);
    if (added === null) continue;
    const sums = byRun.get(duplication.runId) ?? { numerator: 0, denominator: 0 };
    byRun.set(duplication.runId, sums);
    sums.numerator += added;
    sums.denominator++;
  }
  const sums = [...byRun.values()];
  return {
    numerators: sums.map(({ numerator }) => numerator),
    denominators: sums.map(({ denominator }) => denominator),
  };
}

/** Without any run there is nothing to estimate. */
const asStrata = (clusters: FigurePairs) => (clusters.numerators.length === 0 ? [] : [clusters]);

const USED_AS_NUMBER = { duplicate: 1, original: 0, unknown: null } as const;

function summarizePlanner({ planner, facts, duplications }: PlannerFacts): PlannerTaskdup {
  const used = duplications.filter(({ outcome }) => outcome === 'duplicate');
  const unused = duplications.filter(({ outcome }) => outcome === 'original');
  const twiceMs = sum(known(duplications.map(({ predictedExecutionMs }) => predictedExecutionMs)));
  const executionMs = sum(facts.flatMap((fact) => (fact.duplications.length > 0 ? [fact.executionMs] : [])));
  const medianOf = (amount: (duplication: PlacedDuplication) => number | null) =>
    sampleMedian(known(duplications.map(amount)));
  return {
    planner,
    plannerRunCount: facts.length,
    plannedNodeCount: sum(facts.map(({ plannedNodeCount }) => plannedNodeCount)),
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
    ...compareReadyLags(facts),
    medianWorkerReadyAfterOriginalMs: medianOf(({ workerReadyAfterOriginalMs }) => workerReadyAfterOriginalMs),
    medianBeganEarliestMs: medianOf(({ beganEarliestMs }) => beganEarliestMs),
    medianBeganLatestMs: medianOf(({ beganLatestMs }) => beganLatestMs),
  };
}

/** Compares ready lags of tasks whose duplicate was used with those of the same functions without one. */
function compareReadyLags(facts: readonly TaskdupFacts[]) {
  const [used, without] = [gatherLags(facts, 'used'), gatherLags(facts, 'none')];
  const lagsUsed = [...used.values()].flat();
  const lagsWithout = [...used.keys()].flatMap((place) => without.get(place) ?? []);
  return {
    medianReadyLagUsedMs: sampleMedian(lagsUsed),
    medianReadyLagWithoutMs: sampleMedian(lagsWithout),
    readyLagUsedCount: lagsUsed.length,
    readyLagWithoutCount: lagsWithout.length,
  };
}

/** By workflow and function; a place whose lags are not known has an empty list. */
function gatherLags(facts: readonly TaskdupFacts[], wanted: Dependent['duplication']): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const { run, dependents } of facts) {
    for (const { functionName, readyLagMs, duplication } of dependents) {
      if (duplication !== wanted) continue;
      const place = jointKey(run.traits.workflow, functionName);
      const lags = places.get(place) ?? [];
      places.set(place, lags);
      if (readyLagMs !== null) lags.push(readyLagMs);
    }
  }
  return places;
}

function summarizeTargets(duplications: readonly PlacedDuplication[]): TaskdupTarget[] {
  const groups = groupBy(
    duplications,
    ({ planner }) => planner,
    ({ workflow }) => workflow,
    ({ dependentFunction }) => dependentFunction,
    ({ duplicatedFunction }) => duplicatedFunction,
  );
  return groups
    .map((group) => {
      const { planner, workflow, dependentFunction, duplicatedFunction } = group[0] as PlacedDuplication;
      return { target: { planner, workflow, dependentFunction, duplicatedFunction }, group };
    })
    .map(({ target, group }) => ({ name: Object.values(target).join('\n'), target, group }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ target, group }) => ({ ...target, ...summarizeCounts(group) }));
}

const summarizeConflicts = ({ planner, duplications }: PlannerFacts): TaskdupConflict[] =>
  groupByMeeting(duplications).map(({ met, events }) => ({ planner, met, ...summarizeCounts(events) }));
