import { type ChangePoint, findChangePoints } from '../../stats/change-point.ts';
import { findGradualTrend } from '../../stats/gradual-trend.ts';
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
  type RunFigures,
  type Series,
} from './series.ts';

/** Runs from which on a gradual trend shows as change points; below, a test of its own looks for it. */
const ENOUGH_FOR_STEPS = 30;
const SIGNIFICANCE = 0.05;

const SIGNALS: Readonly<Record<Signal, (series: Series, i: number) => number>> = {
  actual: ({ actual }, i) => ((actual[i] as number) > 0 ? Math.log(actual[i] as number) : Number.NaN),
  error: ({ logRatios }, i) => logRatios[i] as number,
};

/**
 * Looks for changes in each workload's figures and errors, in order of submission, with the additive effects of planners and SLAs on
 * the log scale. Holm over the series of one quantity: they are read side by side.
 */
export function findChanges(all: readonly Series[]): {
  changeTests: ChangeTest[];
  changePoints: ChangePointFound[];
} {
  const found = all.flatMap((series) =>
    judgeTogether(
      groupMembers(series, allMembers(series), ({ workload }) => workload).flatMap((members) => [
        searchSignal(series, members, 'actual'),
        searchSignal(series, members, 'error'),
      ]),
    ),
  );
  return {
    changeTests: found.flatMap(({ tests }) => tests),
    changePoints: found.flatMap(({ changePoints }) => changePoints),
  };
}

interface Searched {
  readonly tests: readonly ChangeTest[];
  readonly changePoints: readonly ChangePointFound[];
}

/** A series that has changed in steps has no gradual trend beside: the steps make it. */
function judgeTogether(searched: readonly Searched[]): Searched[] {
  const adjusted = adjustHolm(searched.flatMap(({ tests }) => tests.map(({ pValue }) => pValue)));
  let next = 0;
  return searched.map(({ tests, changePoints }) => {
    const judged = tests.map((test) => {
      const pAdjusted = adjusted[next++] ?? null;
      return { ...test, pAdjusted, changed: pAdjusted !== null && pAdjusted < SIGNIFICANCE };
    });
    const stepped = judged.some(({ method, changed }) => method === 'step-regression' && changed);
    return {
      tests: judged.map((test) => ({
        ...test,
        changed: test.changed && (test.method === 'step-regression' || !stepped),
      })),
      changePoints: stepped ? changePoints : [],
    };
  });
}

/** The tests of one series, that for steps first. */
function searchSignal(series: Series, members: Members, signal: Signal): Searched {
  const first = members[0] as number;
  const { workflow, structure } = attributesAt(series, first);
  const figures = figuresOfRuns(series, members, (i) => SIGNALS[signal](series, i));
  const { firsts, amounts } = figures;
  const functionName = functionAt(series, first);
  const head = { workflow, structure, functionName, quantity: series.quantity.key, signal };
  const unjudged = { ...head, runCount: amounts.length, pAdjusted: null, tau: null, trendRatio: null, changed: false };
  const factors = [
    levelsAt(series, firsts, ({ plannerGroup }) => plannerGroup),
    levelsAt(series, firsts, ({ slaLevel }) => slaLevel),
  ];
  const { pValue, changePoints } = findChangePoints(amounts, factors, SIGNIFICANCE);
  if (pValue === null) return { tests: [{ ...unjudged, method: 'too-short', pValue }], changePoints: [] };
  const trend = amounts.length < ENOUGH_FOR_STEPS ? findGradualTrend(amounts, factors) : null;
  return {
    tests: [
      { ...unjudged, method: 'step-regression', pValue },
      ...(trend
        ? [
            {
              ...unjudged,
              method: 'mann-kendall' as const,
              pValue: trend.pValue,
              tau: trend.tau,
              trendRatio: Math.exp(trend.slope * (amounts.length - 1)),
            },
          ]
        : []),
    ],
    changePoints: locateChanges(series, figures, changePoints).map((point) => ({ ...head, ...point })),
  };
}

type Located = Omit<ChangePointFound, 'workflow' | 'structure' | 'functionName' | 'quantity' | 'signal'>;

function locateChanges(series: Series, { firsts, amounts }: RunFigures, found: readonly ChangePoint[]): Located[] {
  return found.map(({ index, difference, pValue }, i) => {
    const { runId, submittedAtMs } = attributesAt(series, firsts[index] as number);
    return {
      runId,
      atMs: submittedAtMs,
      index,
      runCountBefore: index - (found[i - 1]?.index ?? 0),
      runCountAfter: (found[i + 1]?.index ?? amounts.length) - index,
      ratio: Math.exp(difference),
      pValue,
    };
  });
}

function levelsAt(series: Series, members: Members, levelOf: (head: RunAttributes) => number): Int32Array {
  const levels = new Int32Array(members.length);
  for (let i = 0; i < levels.length; i++) levels[i] = levelOf(attributesAt(series, members[i] as number));
  return levels;
}
