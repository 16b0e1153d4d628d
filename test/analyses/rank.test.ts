import { describe, expect, test } from 'vitest';
import { judgePairs, pairOf } from '../../src/analyses/rank/contrasts.ts';
import { judgeDecisions } from '../../src/analyses/rank/decisions.ts';
import type { RankFacts } from '../../src/analyses/rank/extract.ts';
import { gateQuantities } from '../../src/analyses/rank/gates.ts';
import { findFronts } from '../../src/analyses/rank/pareto.ts';
import { computeRegrets } from '../../src/analyses/rank/regret.ts';
import { findMetric, type Metric } from '../../src/model/metrics.ts';
import { plainRun } from './diagnostics/cases.ts';

const factOf = (planner: string, makespan: number, over: object = {}): RankFacts =>
  ({
    run: plainRun({ traits: { planner } }),
    measurements: { makespan, 'resource-usage': makespan },
    predictedMakespanMs: null,
    ...over,
  }) as unknown as RankFacts;

describe('pairs of a family', () => {
  const pair = (second: number, difference: number, half: number, pValue: number | null) => ({
    first: 0,
    second,
    estimate: { difference, ciLow: difference - half, ciHigh: difference + half, method: 'welch' },
    pValue,
  });
  const judge = (...metrics: ReturnType<typeof pair>[][]) => judgePairs(metrics.map((pairs) => ({ pairs })) as never);

  test('are adjusted over all metrics, and one that was not tested counts as 1', () => {
    const judged = judge(
      [pair(1, 1, 0.5, 0.01), pair(2, 0.1, 0.5, null)],
      [pair(1, 1, 0.5, 0.02), pair(2, 1, 0.5, 0.5)],
    );
    expect(judged.map((pairs) => pairs.map(({ pAdjusted }) => pAdjusted))).toEqual([
      [0.04, null],
      [0.06, 1],
    ]);
  });

  test('are told apart by interval and test, the lower one being better', () => {
    const better = (...of: Parameters<typeof pair>) => judge([pair(...of)])[0]?.[0]?.better;
    expect(better(1, 1, 0.5, 0.049)).toBe(0);
    expect(better(1, -1, 0.5, 0.049)).toBe(1);
    expect(better(1, 1, 0.5, 0.05)).toBeNull();
    expect(better(1, 1, 2, 0.01)).toBeNull();
  });

  test('are turned round with their interval', () => {
    const pairs = [pair(1, 1, 0.25, 0.01)] as never;
    expect(pairOf(1, 0, pairs)).toMatchObject({ difference: 1, ciLow: 0.75, ciHigh: 1.25 });
    expect(pairOf(0, 1, pairs)).toMatchObject({ difference: -1, ciLow: -1.25, ciHigh: -0.75 });
    expect(pairOf(0, 0, pairs)).toBeNull();
  });
});

describe('gates', () => {
  const metric = (over: object = {}) => ({
    changeFromBestFraction: 0,
    ciLow: null,
    ciHigh: null,
    pAdjusted: null,
    regretMeanFraction: 0.5,
    regretCorrectedLow: 0.1,
    regretCorrectedHigh: 0.3,
    ...over,
  });
  const gates = (...metrics: object[]) => {
    const arms = metrics.map((makespan, i) => ({ label: `arm ${i}`, metrics: { makespan } }));
    return gateQuantities({ arms, stat: 'mean' } as never);
  };
  const find = (name: string, ...metrics: object[]) => gates(...metrics).find((own) => own.name === name);
  const worse = (pAdjusted: number) => metric({ changeFromBestFraction: 0.2, ciLow: 0.1, ciHigh: 0.3, pAdjusted });

  test('know the best arm for as good as itself, and another one by its interval', () => {
    expect(find('makespan-arm-0', metric(), worse(0.01))).toMatchObject({ low: 0, high: 0, isHint: false });
    expect(find('makespan-arm-1', metric(), worse(0.01))).toMatchObject({ low: 0.1, high: 0.3, isHint: false });
    expect(find('regret-arm-1', metric(), worse(0.01))).toMatchObject({ low: 0.1, high: 0.3 });
  });
  test('are hints where the test does not confirm the interval', () => {
    expect(find('makespan-arm-1', metric(), worse(0.05))).toMatchObject({ isHint: true });
  });
  test('know nothing of an arm without an interval, and of one that is alone', () => {
    const unknown = metric({ changeFromBestFraction: 0.2 });
    expect(find('makespan-arm-1', metric(), unknown)).toMatchObject({ low: null, high: null });
    expect(find('makespan', metric())).toMatchObject({ low: null, high: null });
  });
});

describe('the front', () => {
  const front = ['makespan', 'resource-usage'].map((key) => findMetric(key)) as [Metric, Metric];
  // By arm: [makespan, cost]; runs differ by 1 % and less.
  const statuses = (points: readonly (readonly [number, number])[], runCount = 5) => {
    const blocks = ['a', 'b'].map((label) => ({
      label,
      names: { workflow: 'w' },
      cells: points.map(([makespan, cost], arm) => ({
        facts: Array.from({ length: runCount }, (_, i) => {
          const noise = runCount === 1 ? 1 : 1 + 0.001 * ((i * 2 + arm) % 5);
          return factOf('p', makespan * noise, {
            measurements: { makespan: makespan * noise, 'resource-usage': cost * noise },
          });
        }),
      })),
    }));
    return findFronts(blocks as never, front, 1).map(({ status }) => status);
  };
  test('holds what no arm beats in both, and says what is beaten for certain', () => {
    expect(
      statuses([
        [1, 2],
        [2, 1],
        [4, 4],
      ]),
    ).toEqual(['front', 'front', 'dominated-for-certain']);
    expect(
      statuses([
        [4, 4],
        [1, 1],
      ]),
    ).toEqual(['dominated-for-certain', 'front']);
  });
  test('does not hold an arm that is as good in one and worse in the other', () => {
    expect(
      statuses(
        [
          [1, 1],
          [1, 2],
        ],
        1,
      ),
    ).toEqual(['front', 'dominated']);
    expect(
      statuses(
        [
          [1, 1],
          [1, 1],
        ],
        1,
      ),
    ).toEqual(['front', 'front']);
  });
});

describe('regret', () => {
  test('counts blocks of equal means as won by both, and has an interval from three blocks on', () => {
    // The means of the logarithms differ in their last bits.
    const block = [
      [0.1, 0.2, 0.3],
      [0.3, 0.2, 0.1],
    ];
    const regrets = (count: number) => computeRegrets({ logs: Array.from({ length: count }, () => block) }, 2, 1);
    expect(regrets(3).map(({ blocksWon }) => blocksWon)).toEqual([3, 3]);
    expect(regrets(3)[0]?.regretCorrectedLow).not.toBeNull();
    expect(regrets(2)[0]?.regretCorrectedLow).toBeNull();
    expect(regrets(3).every(({ regretCorrected }) => (regretCorrected ?? -1) >= 0)).toBe(true);
  });
});

describe('decisions by plans', () => {
  const runs = (planner: string, actual: number, predicted: number, count = 2) =>
    Array.from({ length: count }, () => factOf(planner, actual, { predictedMakespanMs: predicted }));
  test('order pairs, and cost what the chosen planner takes longer than the best', () => {
    const decisions = judgeDecisions([...runs('a', 2000, 100), ...runs('b', 1000, 200), ...runs('c', 4000, 400)]);
    expect(decisions).toMatchObject({ pairCount: 3, orderedRightCount: 2 });
    expect(decisions?.regretMeanFraction).toBeCloseTo(1, 12);
    expect(decisions?.byWorkflow).toMatchObject([{ chosen: 'a', best: 'b' }]);
  });
  test('order no pair by equal plans, and none with a planner of one run or alone', () => {
    expect(judgeDecisions([...runs('a', 2000, 100), ...runs('b', 1000, 100)])).toMatchObject({ orderedRightCount: 0 });
    expect(judgeDecisions([...runs('a', 2000, 100), ...runs('b', 1000, 100, 1)])).toBeNull();
    expect(judgeDecisions(runs('a', 2000, 100))).toBeNull();
  });
});
