import { describe, expect, test } from 'vitest';
import { KeptHistory } from '../../src/analyses/backtest/budget.ts';
import { EngineSamples } from '../../src/analyses/backtest/engine.ts';
import type { DatedFacts } from '../../src/analyses/backtest/extract.ts';
import { StructureHistory } from '../../src/analyses/backtest/history.ts';
import { type BacktestQuantity, observeRun } from '../../src/analyses/backtest/observations.ts';
import { createPredictor, predictByEngine } from '../../src/analyses/backtest/predict.ts';
import { scoreTallies } from '../../src/analyses/backtest/score.ts';
import { parseStrategy } from '../../src/analyses/backtest/strategies.ts';
import { type RunTally, tallyRun } from '../../src/analyses/backtest/tally.ts';
import type { Run } from '../../src/model/run.ts';
import { createRandom } from '../../src/stats/random.ts';

/** Every figure is worked out by hand, in the comments beside it. */

type Item = readonly [durationMs: number, size: number, memoryMb?: number];

const observe = (items: readonly Item[]) => ({
  kind: 'f',
  durationsMs: items.map(([ms]) => ms),
  sizes: items.map(([, size]) => size),
  memoriesMb: items.map(([, , memoryMb = 2048]) => memoryMb),
});

const factOf = (items: readonly Item[], planner = 'P', quantity: BacktestQuantity = 'execution') =>
  ({
    run: { runId: 'r', traits: { workflow: 'w', structure: 's', planner } },
    observations: { execution: [], download: [], upload: [], startup: [], [quantity]: [observe(items)] },
  }) as unknown as DatedFacts;

const TAUS = [0.5, 0.9];
const tally = (items: readonly Item[]) =>
  tallyRun({ fact: factOf(items), earlierCount: 1, quantity: 'execution', taus: TAUS }, () => () => [100, 120], [
    () => () => null,
    () => () => [80, 150],
  ]) as [RunTally, RunTally, RunTally];

describe('the tally of a run of 90 and 110 ms', () => {
  const [engine, without, other] = tally([
    [90, 1],
    [110, 1],
  ]);

  test('is pinball loss ÷ time, items covered and relative errors by level', () => {
    // At p50 (5 + 5) ÷ 200, at p90 (3 + 1) ÷ 200.
    expect([...engine.losses]).toEqual([0.05, 0.02].map((loss) => expect.closeTo(loss, 12)));
    expect([...engine.coveredCounts]).toEqual([1, 2]);
    const errors = [10 / 90, 10 / 110, 30 / 90, 10 / 110];
    expect([...engine.errors]).toEqual(errors.map((error) => expect.closeTo(error, 12)));
    // (5 + 15) ÷ 200 and (6 + 4) ÷ 200.
    expect([...other.losses]).toEqual([0.1, 0.05].map((loss) => expect.closeTo(loss, 12)));
    expect([...other.coveredCounts]).toEqual([0, 2]);
  });

  test('is that of the engine where a strategy knows nothing, and counts that', () => {
    expect(without).toEqual({ ...engine, fallbackCount: 2 });
    expect(engine.fallbackCount).toBe(0);
  });

  test('gives a score of its own at each level', () => {
    const score = (level: number) =>
      scoreTallies(
        { own: [other], engine: [engine] },
        { quantity: 'execution', strategy: 'x', tau: TAUS[level] as number, level },
      );
    expect(score(0)).toMatchObject({ coverageFraction: 0, skillFraction: expect.closeTo(-1, 12) });
    expect(score(0)?.mdapeFraction).toBeCloseTo((10 / 90 + 30 / 110) / 2, 12);
    expect(score(1)).toMatchObject({ coverageFraction: 1, skillFraction: expect.closeTo(-1.5, 12) });
    expect(score(1)?.mdapeFraction).toBeCloseTo((60 / 90 + 40 / 110) / 2, 12);
  });
});

test('a skill lies between the ends of its interval, which are those of the ratio of losses turned over', () => {
  const pairs = [3, 8, 5, 9, 4, 10].map((loss, i) => ({ loss, engine: 10 + (i % 3) }));
  const tallies = (of: (pair: (typeof pairs)[number]) => number) =>
    pairs.map((pair) => ({ ...tally([[90, 1]])[0], losses: Float64Array.of(of(pair)) }));
  const score = scoreTallies(
    { own: tallies(({ loss }) => loss), engine: tallies(({ engine }) => engine) },
    { quantity: 'execution', strategy: 'x', tau: 0.5, level: 0 },
  );
  // By scipy 1.17.1: ratio 39/66, residuals d = loss − ratio · engine, t(0.975, 5) = 2.570582, half = t · sd(d) / √6 / 11.
  expect(score?.skillFraction).toBeCloseTo(1 - 39 / 66, 12);
  expect([score?.ciLow, score?.ciHigh]).toEqual([expect.closeTo(0.141447021, 6), expect.closeTo(0.676734798, 6)]);
});

describe('history', () => {
  const history = new StructureHistory();
  for (const [ms, planner] of [
    [100, 'P'],
    [200, 'Q'],
    [300, 'P'],
  ] as const)
    history.add(factOf([[ms, 1000]], planner));
  const weigh = (strategy: string, planner = 'P') => {
    const { durationsMs, weights } = history.weigh(parseStrategy(strategy), 'execution', 'f', planner);
    return durationsMs.map((ms, i) => [ms, weights[i]]);
  };

  test('is weighed by age and planner, the newest run first', () => {
    expect(weigh('pooled,half-life=2,per-byte')).toEqual([
      [300, 1],
      [200, expect.closeTo(Math.SQRT1_2, 12)],
      [100, 0.5],
    ]);
    expect(weigh('weighted,per-byte')).toEqual([
      [300, 1],
      [200, 0.5],
      [100, 1],
    ]);
    expect(weigh('weighted,per-byte', 'Q')).toEqual([
      [300, 0.5],
      [200, 1],
      [100, 0.5],
    ]);
    expect(weigh('own,per-byte')).toEqual([
      [300, 1],
      [100, 1],
    ]);
    expect(weigh('own,per-byte', 'Q')).toEqual([[200, 1]]);
    expect(weigh('pooled,last=2,per-byte')).toEqual([
      [300, 1],
      [200, 1],
    ]);
  });
});

describe('predictors', () => {
  const predict = (strategy: string, items: readonly Item[], [size, memoryMb = 2048]: readonly [number, number?]) => {
    const history = new StructureHistory();
    for (const item of items) history.add(factOf([item], 'P', 'download'));
    const asker = { history, planner: 'P', engine: 'newer' } as const;
    return createPredictor(parseStrategy(strategy), 'download', 'f', asker, [0.5])(size, memoryMb)?.[0] ?? null;
  };

  test('by regression follow a power law of size and memory, from six observations on', () => {
    const law = (size: number, memoryMb: number) => (2000 * Math.sqrt(size)) / memoryMb;
    const items = [100, 400, 900, 1600, 2500, 3600].map((size, i): Item => {
      const memoryMb = 1024 * (1 + (i % 2));
      return [law(size, memoryMb), size, memoryMb];
    });
    expect(predict('pooled,regression', items, [6400, 4096])).toBeCloseTo(law(6400, 4096), 6);
    expect(predict('pooled,regression', items.slice(1), [6400, 4096])).toBeNull();
  });

  test('by latency and bandwidth follow a line, of the newest 60, and none that falls', () => {
    const line = (count: number, latencyMs: number, perByte: number) =>
      Array.from({ length: count }, (_, i): Item => [latencyMs + perByte * (100 + i), 100 + i]);
    const strategy = 'pooled,latency-bandwidth';
    expect(predict(strategy, [...line(100, 900, 3), ...line(60, 10, 0.5)], [1000])).toBeCloseTo(510, 6);
    // Falling from 100 to 96 ms: their median, whatever the size.
    expect(predict(strategy, line(5, 200, -1), [1000])).toBeCloseTo(98, 9);
    // 5 ms at 1000 bytes and 20 ms at 2000: −8.5 ms at 100, and nothing takes less than none.
    const rising: Item[] = [
      [5, 1000],
      [20, 2000],
    ];
    expect(predict(strategy, rising, [3000])).toBeCloseTo(35, 9);
    expect(predict(strategy, rising, [100])).toBe(0);
  });

  test('of the engine ask for a percentile of speed, reversed for one of time', () => {
    const samples = new EngineSamples('download');
    samples.addAll(observe([10, 20, 30, 40, 50, 60].map((ms): Item => [ms, 600])));
    const predictAt = (reversed: boolean) =>
      predictByEngine(samples, [0.9], { quantity: 'download', engine: 'newer', reversed })(600, 2048)?.[0];
    // Speeds 10, 12, 15, 20, 30 and 60 bytes a ms: the 90 % quantile is 45, the 10 % quantile 11.
    expect(predictAt(false)).toBeCloseTo(600 / 45, 9);
    expect(predictAt(true)).toBeCloseTo(600 / 11, 9);
  });
});

test('a sketch is linear between evenly spaced quantiles', () => {
  const kept = new KeptHistory(1);
  // Rates 1, 4, 9 … 81; the five that are kept are 1, 9, 25, 49 and 81.
  kept.add(factOf([1, 4, 9, 16, 25, 36, 49, 64, 81].map((ms): Item => [ms, 1])));
  expect(kept.sketchQuantile('execution', 'f', 'P', 5, 0.3)).toBeCloseTo(9 + 0.2 * 16, 12);
  expect(kept.sketchQuantile('execution', 'f', 'P', 5, 1)).toBeCloseTo(81, 12);
});

test('cold starts under way are those requested before, and not ready by then', () => {
  const random = createRandom(3);
  const startups = Array.from({ length: 200 }, (_, i) => {
    // On a coarse grid many coincide; some were never ready, some were ready before they were requested.
    const requestedAtMs = Math.floor(20 * random());
    const readyAtMs = random() < 0.1 ? null : requestedAtMs + Math.floor(12 * random()) - 2;
    return { state: i % 3 === 0 ? 'warm' : 'cold', requestedAtMs, readyAtMs, memoryMb: 1024 };
  });
  const cold = startups.filter(({ state }) => state === 'cold');
  const countOne = (atMs: number) =>
    cold.filter((own) => own.requestedAtMs < atMs && (own.readyAtMs === null || own.readyAtMs > atMs)).length;
  const counted = startups.filter(({ readyAtMs, requestedAtMs }) => readyAtMs !== null && readyAtMs > requestedAtMs);
  const expected = ['cold', 'warm'].map((kind) =>
    counted.filter(({ state }) => state === kind).map(({ requestedAtMs }) => countOne(requestedAtMs)),
  );
  const { startup } = observeRun({ nodes: [], tasks: [], workerStartups: startups } as unknown as Run);
  const sizesOf = (kind: string) => startup.find((own) => own.kind === kind)?.sizes;
  expect([sizesOf('cold'), sizesOf('warm')]).toEqual(expected);
  expect(Math.max(...(expected[1] as number[]))).toBeGreaterThan(10);
});
