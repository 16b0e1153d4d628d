import { median } from 'd3-array';
import { findChangePoints } from '../../stats/change-point.ts';
import { senSlope, testTrend } from '../../stats/mann-kendall.ts';
import { polishMedians } from '../../stats/median-polish.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import { WORKLOAD_KEYS } from './losses.ts';
import type { ChangePointFound, ChangeTest, SeriesPoint, Signal } from './result.ts';
import { groupBy, groupRuns } from './series.ts';

/** Runs from which change points are looked for; below it a trend, and below that the series is too short to tell. */
const FEWEST_FOR_CHANGE_POINTS = 30;
const FEWEST_FOR_TREND = 10;
const SIGNIFICANCE = 0.05;

const SIGNALS: Readonly<Record<Signal, (point: SeriesPoint) => number | null>> = {
  actual: ({ actual }) => (actual > 0 ? Math.log(actual) : null),
  error: ({ logRatio }) => logRatio,
};

/**
 * Looks for changes in each workload's figures and errors, in order of submission. Planners and SLAs take turns: their additive
 * effects on the log scale are taken out. Holm over all series: a change is one that the whole search supports.
 */
export function findChanges(series: readonly SeriesPoint[]): {
  changeTests: ChangeTest[];
  changePoints: ChangePointFound[];
} {
  const searched = groupBy(series, ...WORKLOAD_KEYS).flatMap((points) => [
    searchSignal(points, 'actual'),
    searchSignal(points, 'error'),
  ]);
  const adjusted = adjustHolm(searched.map(({ test }) => test.pValue));
  const judged = searched.map(({ test, changePoints }, i) => {
    const pAdjusted = adjusted[i] ?? null;
    const changed = pAdjusted !== null && pAdjusted < SIGNIFICANCE;
    return { test: { ...test, pAdjusted, changed }, changePoints: changed ? changePoints : [] };
  });
  return {
    changeTests: judged.map(({ test }) => test),
    changePoints: judged.flatMap(({ changePoints }) => changePoints),
  };
}

interface Searched {
  readonly test: ChangeTest;
  readonly changePoints: readonly ChangePointFound[];
}

/** One run's figure with the run it belongs to. */
interface Observation {
  readonly point: SeriesPoint;
  readonly amount: number;
}

function searchSignal(points: readonly SeriesPoint[], signal: Signal): Searched {
  const { workflow, structure, functionName, quantity } = points[0] as SeriesPoint;
  const observations = groupRuns(points).flatMap(({ point, points: own }): Observation[] => {
    // Most runs have one figure of a kind: a median of one is costly for what it says.
    const amount = own.length === 1 ? SIGNALS[signal](point) : (median(own, SIGNALS[signal]) ?? null);
    return amount === null ? [] : [{ point, amount }];
  });
  const amounts = observations.map(({ amount }) => amount);
  const factors = [observations.map(({ point }) => point.planner), observations.map(({ point }) => point.sla)];
  const head = { workflow, structure, functionName, quantity, signal };
  const unjudged = { ...head, runCount: amounts.length, pAdjusted: null, tau: null, trendRatio: null, changed: false };
  if (amounts.length < FEWEST_FOR_TREND) {
    return { test: { ...unjudged, method: 'too-short', pValue: null }, changePoints: [] };
  }
  if (amounts.length < FEWEST_FOR_CHANGE_POINTS) {
    const residuals = polishMedians(amounts, factors);
    const trend = testTrend([residuals]);
    const slope = senSlope(residuals);
    return {
      test: {
        ...unjudged,
        method: 'mann-kendall',
        pValue: trend?.pValue ?? null,
        tau: trend?.tau ?? null,
        trendRatio: slope === null ? null : Math.exp(slope * (residuals.length - 1)),
      },
      changePoints: [],
    };
  }
  const { pValue, changePoints } = findChangePoints(amounts, factors, SIGNIFICANCE);
  return {
    test: { ...unjudged, method: 'step-regression', pValue },
    changePoints: changePoints.map(({ index, difference, pValue: p }, i) => {
      const first = observations[index]?.point as SeriesPoint;
      return {
        ...head,
        runId: first.runId,
        atMs: first.submittedAtMs,
        index,
        runCountBefore: index - (changePoints[i - 1]?.index ?? 0),
        runCountAfter: (changePoints[i + 1]?.index ?? amounts.length) - index,
        ratio: Math.exp(difference),
        pValue: p,
      };
    }),
  };
}
