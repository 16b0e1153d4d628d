import { describe, expect, it } from 'vitest';
import { analyzeCampaign } from '../../src/analyses/plan-campaign/analyze.ts';
import {
  countAffordable,
  countRunsPerCell,
  detectableFraction,
  poolSpread,
} from '../../src/analyses/plan-campaign/detect.ts';
import { extractCampaign } from '../../src/analyses/plan-campaign/extract.ts';
import { parseCampaign } from '../../src/analyses/plan-campaign/options.ts';
import { orderRuns } from '../../src/analyses/plan-campaign/order.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { sampleRuns } from '../sample-records.ts';

const plan = (options: Record<string, string>, seed = 1) => {
  const parsed = parseCampaign({ arguments: [], options });
  const facts = sampleRuns().map((run) => extractCampaign(run, describeRun(run), parsed));
  return analyzeCampaign(facts, parsed, seed).result;
};

describe('the change that is detected', () => {
  // Python 3, scipy: math.expm1((t.ppf(.975, df) + t.ppf(.8, df)) * math.sqrt(variance * share)), df = Σ (n₁ + n₂ − 2),
  // share = Σ (1/n₁ + 1/n₂) ÷ blocks².
  it.each([
    [0.01, [[2, 2]], 0.7097228650412692],
    [
      0.04,
      [
        [3, 5],
        [1, 2],
        [10, 10],
      ],
      0.33708991503922253,
    ],
    [0.0225, Array.from({ length: 23 }, () => [11, 11]), 0.03815290736254197],
  ] as const)('at a variance of %d', (variance, counts, expected) => {
    expect(detectableFraction({ variance }, counts as never)).toBeCloseTo(expected, 10);
  });

  it('is nothing without a block, or with one run in each cell', () => {
    expect(detectableFraction({ variance: 1 }, [])).toBeNull();
    expect(detectableFraction({ variance: 1 }, [[1, 1]])).toBeNull();
  });

  it.each([
    [0.0225, 23, 0.05, 7],
    [0.04, 1, 0.1, 71],
    [0.01, 8, 0.05, 9],
    [1e-6, 3, 0.05, 2],
  ])('takes so many runs a cell at a variance of %d in %d blocks', (variance, blockCount, effect, expected) => {
    expect(countRunsPerCell({ variance, degreesOfFreedom: 10 }, blockCount, effect)).toBe(expected);
  });

  it('is refused where it would take more than a thousand', () => {
    expect(countRunsPerCell({ variance: 100, degreesOfFreedom: 10 }, 1, 0.001)).toBeNull();
  });
});

it('pools the variance within cells', () => {
  // ((1 + 1) + (0.5 + 0.5)) ÷ (2 + 1 + 0) by hand.
  expect(poolSpread([[1, 2, 3], [4, 5], [9]])).toEqual({ variance: 2.5 / 3, degreesOfFreedom: 3 });
  expect(poolSpread([[1], [2]])).toBeNull();
});

it('tops cells up alike within a budget', () => {
  expect(countAffordable([0, 1, 5], 0)).toBe(0);
  expect(countAffordable([0, 1, 5], 1)).toBe(1);
  expect(countAffordable([0, 1, 5], 3)).toBe(2);
  expect(countAffordable([0, 1, 5], 4)).toBe(2);
});

describe('the order', () => {
  const cells = [3, 1, 2, 0].map((toRunCount, i) => ({
    block: `b${i}`,
    keys: {},
    planner: 'p',
    label: 'p',
    runCount: 0,
    toRunCount,
  }));

  it('goes round by round through the cells that need a run', () => {
    const order = orderRuns(cells, 1);
    const rounds = [1, 2, 3].map((round) =>
      order
        .filter((run) => run.round === round)
        .map(({ block }) => block)
        .sort(),
    );
    expect(rounds).toEqual([['b0', 'b1', 'b2'], ['b0', 'b2'], ['b0']]);
    expect(order.map(({ place }) => place)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('is the same for the same seed, and another for another', () => {
    const many = Array.from({ length: 50 }, (_, i) => ({ ...cells[0], block: `b${i}` }) as (typeof cells)[number]);
    expect(orderRuns(many, 7)).toEqual(orderRuns(many, 7));
    expect(orderRuns(many, 7)).not.toEqual(orderRuns(many, 8));
  });
});

describe('a campaign for the bundled runs', () => {
  it('gives every cell as many runs as it takes, and no more', () => {
    const result = plan({});
    const { runsPerCell, cells, pairs } = result;
    expect(cells.every(({ runCount, toRunCount }) => toRunCount === Math.max(0, (runsPerCell ?? 0) - runCount))).toBe(
      true,
    );
    expect(pairs.every((pair) => (pair.detectableFraction ?? 1) <= 0.05)).toBe(true);
    expect(pairs).toHaveLength(15);
    const spread = { variance: (result.logDeviation ?? 0) ** 2 };
    const balanced = Array.from(
      { length: result.blockCount },
      () => [(runsPerCell ?? 0) - 1, (runsPerCell ?? 0) - 1] as const,
    );
    expect(detectableFraction(spread, balanced)).toBeGreaterThan(0.05);
    expect(result.order).toHaveLength(result.toRunCount);
  });

  it('keeps to its budget', () => {
    const { toRunCount, headline } = plan({ budget: '100' });
    expect(toRunCount).toBeLessThanOrEqual(100);
    expect(headline).toContain('more runs');
  });

  it('needs fewer runs for a larger effect', () => {
    expect(plan({ effect: '20' }).toRunCount).toBeLessThan(plan({ effect: '5 %' }).toRunCount);
  });
});

it.each([{ effect: '0' }, { effect: 'x' }, { budget: '1.5' }, { budget: '0' }, { metric: 'cost' }, { metric: 'all' }])(
  'refuses %j',
  (options) => {
    expect(() => parseCampaign({ arguments: [], options })).toThrow(/no percentage|no number|one metric/);
  },
);
