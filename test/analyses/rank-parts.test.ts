import { describe, expect, test } from 'vitest';
import { type JudgedPair, rankArms } from '../../src/analyses/rank/contrasts.ts';
import { contrastFactors } from '../../src/analyses/rank/factorial.ts';
import { computeRegrets } from '../../src/analyses/rank/regret.ts';
import { compareToBlocks } from '../../src/analyses/rank/relative.ts';

/** Every figure is worked out by hand, in the comments beside it. */

test('ranks lie between those told better and those told worse', () => {
  const pair = (first: number, second: number, better: number | null) => ({ first, second, better }) as JudgedPair;
  // 0 is better than 2, and 1 than 2; nothing else is told.
  expect(rankArms(3, [pair(0, 1, null), pair(0, 2, 0), pair(1, 2, 1)])).toEqual([
    { low: 1, high: 2 },
    { low: 1, high: 2 },
    { low: 3, high: 3 },
  ]);
});

describe('runs beside their block', () => {
  test('are divided by the geometric mean of its cells, whatever their numbers of runs', () => {
    // Cells of 100 (twice) and 400: 200 is the mean of the block, not 159.
    const [first, second] = compareToBlocks({ logs: [[[100, 100].map(Math.log), [Math.log(400)]]] }, 2);
    expect(first?.ratios).toEqual([expect.closeTo(0.5, 12), expect.closeTo(0.5, 12)]);
    expect(second?.ratios).toEqual([expect.closeTo(2, 12)]);
  });

  test('have a quantile from the fewest runs on that its interval takes', () => {
    const median = (count: number) =>
      compareToBlocks({ logs: [[Array.from({ length: count }, () => 0)]] }, 1)[0]?.quantiles[0];
    // The interval of the median takes 6 runs: 2 × (1/2)^6 is below 5 %, 2 × (1/2)^5 is not.
    expect(median(5)).toMatchObject({ quantile: 0.5, ratio: null, fewestRuns: 6 });
    expect(median(6)).toMatchObject({ ratio: 1 });
  });
});

test('the interval of the corrected regret is that of t with a degree of freedom less than blocks', () => {
  // Equal runs in each cell: every split chooses the first arm, and regrets are 10, 20 and 60 %.
  const logs = [1.1, 1.2, 1.6].map((ratio) => [
    [0, 0],
    [Math.log(ratio), Math.log(ratio)],
  ]);
  const [, other] = computeRegrets({ logs }, 2, 1);
  // scipy 1.17: t(0.975, 2) = 4.302653; mean 0.3, standard deviation 0.264575, ÷ √3, half 0.657241.
  expect(other?.regretCorrected).toBeCloseTo(0.3, 9);
  expect(other?.regretCorrectedHigh).toBeCloseTo(0.3 + 0.657241, 5);
  expect(other?.regretCorrectedLow).toBe(0);
});

test('effects of a 2 × 2 are those of planners, of optimizations and of both together', () => {
  // ln times 0, 0.1 with optimizations; 0.4, and 0.9 with: planner (0.4 + 0.8) ÷ 2, optimizations (0.1 + 0.5) ÷ 2, together 0.4.
  const cells = [0, 0.1, 0.4, 0.9].map((log) => ({ facts: [{ measurements: { makespan: Math.exp(log) } }] }));
  const blocks = ['x', 'y', 'z'].map((label) => ({ label, names: {}, cells }));
  const design = { places: [0, 1, 2, 3], planners: ['u', 'n'], optimizations: ['PreLoad'] };
  const makespan = contrastFactors(design as never, blocks as never, [{ key: 'makespan' } as never], 1)['makespan'];
  const logOf = (effect: { readonly changeFraction: number } | undefined) => Math.log1p(effect?.changeFraction ?? 0);
  expect(logOf(makespan?.planner)).toBeCloseTo(0.6, 9);
  expect(logOf(makespan?.optimizations)).toBeCloseTo(0.3, 9);
  expect(logOf(makespan?.interaction)).toBeCloseTo(0.4, 9);
});
