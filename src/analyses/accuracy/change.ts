import { findChangePoints } from '../../stats/change-point.ts';
import { senSlope, testTrend } from '../../stats/mann-kendall.ts';
import { polishMedians } from '../../stats/median-polish.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import type { ChangePointFound, ChangeTest, Signal } from './result.ts';
import {
  allMembers,
  attributesAt,
  figuresOfRuns,
  functionAt,
  groupMembers,
  type Members,
  type RunAttributes,
  type Series,
} from './series.ts';

/** Runs from which change points are looked for; below it a trend, and below that the series is too short to tell. */
const FEWEST_FOR_CHANGE_POINTS = 30;
const FEWEST_FOR_TREND = 10;
const SIGNIFICANCE = 0.05;

const SIGNALS: Readonly<Record<Signal, (series: Series, i: number) => number>> = {
  actual: ({ actual }, i) => ((actual[i] as number) > 0 ? Math.log(actual[i] as number) : Number.NaN),
  error: ({ logRatios }, i) => logRatios[i] as number,
};

/**
 * Looks for changes in each workload's figures and errors, in order of submission. Planners and SLAs take turns: their additive
 * effects on the log scale are taken out. Holm over all series: a change is one that the whole search supports.
 */
export function findChanges(all: readonly Series[]): {
  changeTests: ChangeTest[];
  changePoints: ChangePointFound[];
} {
  const searched = all.flatMap((series) =>
    groupMembers(series, allMembers(series), ({ workload }) => workload).flatMap((members) => [
      searchSignal(series, members, 'actual'),
      searchSignal(series, members, 'error'),
    ]),
  );
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

function searchSignal(series: Series, members: Members, signal: Signal): Searched {
  const { workflow, structure } = attributesAt(series, members[0] as number);
  const { firsts, amounts } = figuresOfRuns(series, members, (i) => SIGNALS[signal](series, i));
  const factors = [
    levelsAt(series, firsts, ({ plannerGroup }) => plannerGroup),
    levelsAt(series, firsts, ({ slaLevel }) => slaLevel),
  ];
  const functionName = functionAt(series, members[0] as number);
  const quantity = series.quantity.key;
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
      const first = attributesAt(series, firsts[index] as number);
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

function levelsAt(series: Series, members: Members, levelOf: (head: RunAttributes) => number): Int32Array {
  const levels = new Int32Array(members.length);
  for (let i = 0; i < levels.length; i++) levels[i] = levelOf(attributesAt(series, members[i] as number));
  return levels;
}
