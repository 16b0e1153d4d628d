import { max } from 'd3-array';
import { testTrend } from '../../stats/mann-kendall.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import type { LearningCurve, SeriesPoint } from './result.ts';
import { summarizeRuns } from './score.ts';
import { groupBy, groupRuns } from './series.ts';

/**
 * Errors by the number of runs before: per planner and quantity, over all SLAs, because the engine chooses history by structure
 * and planner and never by SLA. Bins double; the trend compares runs of the same workload only.
 */
export function drawLearningCurves(series: readonly SeriesPoint[]): LearningCurve[] {
  const curves = groupBy(
    series,
    ({ quantity }) => quantity,
    ({ planner }) => planner,
    ({ functionName }) => functionName,
  ).map(learningCurve);
  const adjusted = adjustHolm(curves.map(({ pValue }) => pValue));
  return curves
    .map((curve, i) => ({ ...curve, pAdjusted: adjusted[i] ?? null }))
    .sort((a, b) => (a.planner < b.planner ? -1 : a.planner > b.planner ? 1 : 0));
}

function learningCurve(points: readonly SeriesPoint[]): LearningCurve {
  const { planner, quantity, functionName } = points[0] as SeriesPoint;
  const magnitudes = groupBy(
    points,
    ({ workflow }) => workflow,
    ({ structure }) => structure,
  ).map((workload) => workload.flatMap(({ logRatio }) => (logRatio === null ? [] : [Math.abs(logRatio)])));
  // Tasks of one run are not independent: their trend has no honest p.
  const trend = functionName === null ? testTrend(magnitudes) : null;
  return {
    planner,
    quantity,
    functionName,
    runCount: groupRuns(points).length,
    bins: binByHistory(points),
    tau: trend?.tau ?? null,
    pValue: trend?.pValue ?? null,
    pAdjusted: null,
  };
}

/** 1, 2–3, 4–7, 8–15, … */
function binByHistory(points: readonly SeriesPoint[]): LearningCurve['bins'] {
  const binCount = Math.floor(Math.log2(max(points, ({ historyIndex }) => historyIndex) ?? 1)) + 1;
  return Array.from({ length: binCount }, (_, bin) => {
    const [firstIndex, lastIndex] = [2 ** bin, 2 ** (bin + 1) - 1];
    const members = groupRuns(
      points.filter(({ historyIndex }) => historyIndex >= firstIndex && historyIndex <= lastIndex),
    );
    const { median, low, high } = summarizeRuns(members, (point) => point.absolutePercentageError);
    return { firstIndex, lastIndex, runCount: members.length, mdape: median, mdapeLow: low, mdapeHigh: high };
  });
}
