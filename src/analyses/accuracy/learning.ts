import { testTrend } from '../../stats/mann-kendall.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import type { LearningCurve } from './result.ts';
import {
  allMembers,
  attributesAt,
  countRuns,
  functionAt,
  groupMembers,
  type Members,
  type Series,
  summarizeRuns,
} from './series.ts';

/**
 * Errors by the number of runs before: per planner and quantity, over all SLAs, because the engine chooses history by structure
 * and planner and never by SLA. Bins double; the trend compares runs of the same workload only.
 */
export function drawLearningCurves(all: readonly Series[]): LearningCurve[] {
  const curves = all.flatMap((series) =>
    groupMembers(series, allMembers(series), ({ plannerGroup }) => plannerGroup).map((members) =>
      learningCurve(series, members),
    ),
  );
  const adjusted = adjustHolm(curves.map(({ pValue }) => pValue));
  return curves
    .map((curve, i) => ({ ...curve, pAdjusted: adjusted[i] ?? null }))
    .sort((a, b) => (a.planner < b.planner ? -1 : a.planner > b.planner ? 1 : 0));
}

function learningCurve(series: Series, members: Members): LearningCurve {
  const functionName = functionAt(series, members[0] as number);
  // Tasks of one run are not independent: their trend has no honest p.
  const trend = functionName === null ? testTrend(magnitudesOf(series, members)) : null;
  return {
    planner: attributesAt(series, members[0] as number).planner,
    quantity: series.quantity.key,
    functionName,
    runCount: countRuns(series, members),
    bins: binByHistory(series, members),
    tau: trend?.tau ?? null,
    pValue: trend?.pValue ?? null,
    pAdjusted: null,
  };
}

/** Errors without their sign, workload by workload. */
const magnitudesOf = (series: Series, members: Members): number[][] =>
  groupMembers(series, members, ({ workload }) => workload).map((own) =>
    own.map((i) => Math.abs(series.logRatios[i] as number)).filter((magnitude) => !Number.isNaN(magnitude)),
  );

/** 1, 2–3, 4–7, 8–15, … */
function binByHistory(series: Series, members: Members): LearningCurve['bins'] {
  const bins: number[][] = [];
  for (const i of members) {
    const bin = 31 - Math.clz32(attributesAt(series, i).historyIndex);
    while (bins.length <= bin) bins.push([]);
    bins[bin]?.push(i);
  }
  return bins.map((own, bin) => {
    const { median, low, high } = summarizeRuns(series, own, series.percentageErrors);
    return {
      firstIndex: 2 ** bin,
      lastIndex: 2 ** (bin + 1) - 1,
      runCount: countRuns(series, own),
      mdape: median,
      mdapeLow: low,
      mdapeHigh: high,
    };
  });
}
