import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/analyses/analysis.ts';
import { analyzeComparison } from '../../src/analyses/compare/analyze.ts';
import type { CompareFacts } from '../../src/analyses/compare/extract.ts';
import { parseComparison } from '../../src/analyses/compare/options.ts';
import { analyzeRanking } from '../../src/analyses/rank/analyze.ts';
import type { RankFacts } from '../../src/analyses/rank/extract.ts';
import { wordNext } from '../../src/analyses/rank/next.ts';
import { parseRanking } from '../../src/analyses/rank/options.ts';
import { computeRegrets } from '../../src/analyses/rank/regret.ts';
import { compareToBlocks } from '../../src/analyses/rank/relative.ts';
import type { ArmMetric } from '../../src/analyses/rank/result.ts';
import { wordHeadlines } from '../../src/analyses/rank/wording.ts';
import { findMetric, type Metric } from '../../src/model/metrics.ts';
import { plainRun } from './diagnostics/cases.ts';

interface Told {
  readonly planner: string;
  readonly makespan: number;
  readonly traits?: object;
  readonly atMs?: number;
  readonly predicted?: number;
}

let count = 0;
const factOf = ({ planner, makespan, traits = {}, atMs = count++, predicted }: Told): RankFacts =>
  ({
    run: plainRun({ runId: `r${count}`, submittedAtMs: atMs, traits: { planner, ...traits } }),
    measurements: { makespan, 'resource-usage': 1 },
    predictedMakespanMs: predicted ?? null,
  }) as unknown as RankFacts;
/** A run of each of these makespans, in ms. */
const runsOf = (planner: string, makespans: readonly number[], traits: object = {}): RankFacts[] =>
  makespans.map((makespan) => factOf({ planner, makespan, traits }));

type Asked = Readonly<Record<string, unknown>>;
const rank = (facts: readonly RankFacts[], options: Asked = {}, names: readonly string[] = []) =>
  analyzeRanking(
    facts,
    parseRanking({ arguments: [...names], options: { metric: ['makespan'], ...options } as never }),
    42,
  ) as Outcome<ReturnType<typeof analyzeRanking>['result']>;
const metricOf = (outcome: ReturnType<typeof rank>, arm: string): ArmMetric =>
  outcome.result.arms.find((own) => own.arm === arm)?.metrics['makespan'] as ArmMetric;
const reasonsOf = ({ ledger }: ReturnType<typeof rank>) => ledger.map(({ reason, count: times }) => [reason, times]);

describe('the arms', () => {
  const both = [...runsOf('a', [10, 11]), ...runsOf('b', [20, 21])];

  test('are the planners with two planned runs or more; what is left out is counted by its reason', () => {
    const outcome = rank([
      ...both,
      ...runsOf('alone', [30]),
      ...runsOf('nobody', [5, 6], { planned: false }),
      ...runsOf('a', [1], { workflow: 'other' }),
    ]);
    expect(outcome.result.arms.map(({ arm }) => arm)).toEqual(['a', 'b']);
    expect(reasonsOf(outcome)).toEqual([
      ['arm-with-one-run: alone', 1],
      ['in-no-arm', 1],
      ['without-plan', 2],
      ['block-without-all-arms', 1],
    ]);
  });
  test('are not named by words and by a key at once', () => {
    expect(() => rank(both, { by: 'sla' }, ['a', 'b'])).toThrowError(
      expect.objectContaining({ code: 'bad-option', message: expect.stringContaining('--by sla') }),
    );
  });
  test('that never met are refused, one alone is told as alone', () => {
    const apart = [...runsOf('a', [10, 11]), ...runsOf('b', [20, 21], { workflow: 'other' })];
    expect(() => rank(apart)).toThrowError(expect.objectContaining({ code: 'no-common-block' }));
    expect(rank(runsOf('a', [10, 11])).result.headline).toMatch(/^a is alone/);
  });
  test('of which one ran after the other are named in that order', () => {
    const [first, second] = [runsOf('late', [10, 11, 12]), runsOf('early', [10, 11, 12])];
    const warned = (facts: readonly RankFacts[]) =>
      rank(facts).warnings.find(({ code }) => code === 'arms-apart-in-time')?.args;
    expect(warned([...first, ...second])).toMatchObject({ pairs: [{ first: 'late', second: 'early', auc: 1 }] });
    expect(
      warned([...second, ...first].map((fact, i) => ({ ...fact, run: { ...fact.run, submittedAtMs: i } }))),
    ).toMatchObject({ pairs: [{ first: 'early', second: 'late', auc: 1 }] });
  });
  test.each([
    [2, 5, []],
    [2, 6, ['unbalanced-blocks']],
  ])('of which one has %i and the other %i runs of a block: %j', (few, many, codes) => {
    const facts = [...runsOf('a', Array(few).fill(10)), ...runsOf('b', Array(many).fill(20))];
    const warned = rank(facts).warnings.map(({ code }) => code);
    expect(warned.filter((code) => code === 'unbalanced-blocks')).toEqual(codes);
  });
});

describe('more runs that would show 5 %', () => {
  const noisy = [...runsOf('a', [1000, 1100, 1250, 1300]), ...runsOf('b', [1020, 1150, 1200, 1400])];

  test('are as many as compare says, and none are said of the best arm', () => {
    const options = parseComparison({ arguments: ['a', 'b'], options: { metric: ['makespan'] } });
    const { result } = analyzeComparison(noisy as unknown as CompareFacts[], options, 42);
    const outcome = rank(noisy);
    expect(metricOf(outcome, 'b').additionalRunsFor5Percent).toBe(
      result.comparisons[0]?.overall.additionalRunsFor5Percent,
    );
    expect(metricOf(outcome, 'b').additionalRunsFor5Percent).toBeGreaterThan(20);
    expect(metricOf(outcome, 'a').additionalRunsFor5Percent).toBeNull();
  });
  test('are not told of a quantile', () => {
    const many = Array.from({ length: 12 }, (_, i) => 1000 + ((i * 37) % 100));
    const outcome = rank(
      [
        ...runsOf('a', many),
        ...runsOf(
          'b',
          many.map((ms) => ms * 1.01),
        ),
      ],
      { stat: 'median' },
    );
    expect(metricOf(outcome, 'b').level).not.toBeNull();
    expect(metricOf(outcome, 'b').additionalRunsFor5Percent).toBeNull();
  });
  test('are needed no more where a difference of 5 % would have been seen', () => {
    const same = [1000, 1000.1, 1000.2, 1000.3, 1000.4];
    const { result } = rank([
      ...runsOf('a', same),
      ...runsOf(
        'b',
        [...same].reverse().map((ms) => ms + 0.05),
      ),
    ]);
    expect(wordNext(result)).toBe('a difference of 5 % in makespan would have been seen');
  });
});

test('a pair is tested although its interval holds no change, where it is held against the best', () => {
  const outcome = rank([...runsOf('a', [1000, 1300]), ...runsOf('b', [1010, 1310]), ...runsOf('c', [1020, 1320])]);
  expect(metricOf(outcome, 'b').ciLow).toBeLessThan(0);
  expect(metricOf(outcome, 'b').pValue).not.toBeNull();
  expect(metricOf(outcome, 'c').pValue).not.toBeNull();
});

describe('decisions', () => {
  const runs = ['a', 'b'].flatMap((planner, i) =>
    [0, 1].flatMap((_) =>
      ['p50', 'p90'].map((sla) => factOf({ planner, makespan: 1000 * (i + 1), predicted: 500, traits: { sla } })),
    ),
  );
  test('are judged where the arms are planners, and no others', () => {
    expect(rank(runs).result.decisions).not.toBeNull();
    const one = runs.filter(({ run }) => run.traits.planner === 'a');
    expect(rank([...one, ...runs], { by: 'sla' }).result.decisions).toBeNull();
  });
});

describe('the 2 × 2', () => {
  const PRELOAD = { optimizations: ['PreLoad'] };
  /** Makespans of the plain planner, its -opt, the refined planner and its -opt. */
  const four = ([plain, opt, refined, refinedOpt]: readonly [number, number, number, number], of: object = PRELOAD) => [
    ...runsOf('NonUniformPlanner', [refined, refined * 1.01]),
    ...runsOf('NonUniformPlanner-opt', [refinedOpt, refinedOpt * 1.01], of),
    ...runsOf('UniformPlanner', [plain, plain * 1.01]),
    ...runsOf('UniformPlanner-opt', [opt, opt * 1.01], of),
  ];

  test('tells both main effects and the interaction as ratios, the refined planner against the other one', () => {
    const { factors, factorial } = rank(four([1000, 900, 800, 600])).result;
    expect(factors).toEqual({
      planners: ['UniformPlanner', 'NonUniformPlanner'],
      optimizations: ['PreLoad'],
    });
    const { planner, optimizations, interaction } = factorial?.['makespan'] ?? {};
    expect(planner?.changeFraction).toBeCloseTo(Math.sqrt((800 / 1000) * (600 / 900)) - 1, 9);
    expect(optimizations?.changeFraction).toBeCloseTo(Math.sqrt((900 / 1000) * (600 / 800)) - 1, 9);
    expect(interaction?.changeFraction).toBeCloseTo(600 / 800 / (900 / 1000) - 1, 9);
  });
  test('does not count an -opt that recorded no optimization', () => {
    expect(rank(four([1000, 900, 800, 600], {})).result.factors).toBeNull();
  });
  test('is not told of three planners, which are named', () => {
    const { result, warnings } = rank([
      ...four([1000, 900, 800, 600]),
      ...runsOf('Third', [1, 2]),
      ...runsOf('Third-opt', [1, 2], PRELOAD),
    ]);
    expect(result.factors).toBeNull();
    expect(warnings.map(({ message }) => message).join()).toMatch(/Third/i);
  });
});

test('the corrected regret has the interval of the paired t over its blocks', () => {
  // Runs that do not differ: every split says the same. 0.1, 0.2 and 0.3: mean 0.2, sd 0.1, t(0.975, 2) = 4.302652729911275.
  const logs = [0.1, 0.2, 0.3].map((regret) => [
    [0, 0],
    [Math.log1p(regret), Math.log1p(regret)],
  ]);
  const worse = computeRegrets({ logs }, 2, 1)[1];
  expect(worse?.regretCorrected).toBeCloseTo(0.2, 12);
  expect(worse?.regretCorrectedHigh).toBeCloseTo(0.2 + (4.302652729911275 * 0.1) / Math.sqrt(3), 9);
  expect(worse?.regretCorrectedLow).toBe(0);
});

test('a quantile of the relative runs is told from just enough runs on', () => {
  const of = (runCount: number) => {
    const cell = Array.from({ length: runCount }, (_, i) => i / 100);
    return compareToBlocks({ logs: [[cell]] }, 1)[0]?.quantiles.find(({ quantile }) => quantile === 0.9);
  };
  const fewest = of(1)?.fewestRuns ?? 0;
  expect(of(fewest - 1)?.ratio).toBeNull();
  expect(of(fewest)?.ratio).not.toBeNull();
});

describe('the headline', () => {
  const arm = (label: string, over: object) => ({
    arm: label,
    label,
    metrics: { makespan: { level: 1000, unit: 'ms', ciLow: null, ciHigh: null, pAdjusted: null, ...over } },
  });
  const best = arm('a', { changeFromBestFraction: 0 });
  const hint = arm('b', { changeFromBestFraction: 0.2, ciLow: 0.1, ciHigh: 0.3, pAdjusted: 0.2 });
  const worse = arm('c', { changeFromBestFraction: 0.3, ciLow: 0.1, ciHigh: 0.5, pAdjusted: 0.01 });
  const open = arm('d', { changeFromBestFraction: 0.3, ciLow: -0.1, ciHigh: 0.7, pAdjusted: 0.01 });
  const say = (...arms: object[]) =>
    wordHeadlines(
      { arms, blockCount: 4, pareto: [], stat: 'mean', quantiles: null, costMetric: 'resource-usage' } as never,
      [findMetric('makespan') as Metric],
    )[0];
  test('calls an arm best that every other one is told worse than', () => {
    expect(say(best, worse)).toMatch(/^makespan: a is best .*; c is worse by/);
  });
  test('calls it lowest where another one is only a hint', () => {
    expect(say(best, hint, worse)).toMatch(/^makespan: a is lowest .*; b may be worse by .* \(a hint\); c is worse by/);
  });
  test('calls arms with the same level equal, none of them the lowest', () => {
    const same = arm('e', { changeFromBestFraction: 0 });
    expect(say(best, same, worse)).toMatch(/^makespan: a and e are equally low \(1\.00 s\); c is worse by/);
    expect(say(best, same, open)).toMatch(/; d cannot be told from them; /);
  });
  test('calls no hint what the interval does not tell', () => {
    expect(say(best, open)).toMatch(/^makespan: a is lowest .*; d cannot be told from it/);
  });
});
