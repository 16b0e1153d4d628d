import { describe, expect, it } from 'vitest';
import { measureBlocks } from '../../src/analyses/design/cells.ts';
import { analyzeSla } from '../../src/analyses/sla/analyze.ts';
import { summarizeLevels } from '../../src/analyses/sla/attainment.ts';
import { contrastLevels, type LevelBlock, traceTrend } from '../../src/analyses/sla/contrast-levels.ts';
import { extractSla, type SlaFacts } from '../../src/analyses/sla/extract.ts';
import { parseSla } from '../../src/analyses/sla/options.ts';
import type { Change } from '../../src/analyses/sla/result.ts';
import { wordAttainment } from '../../src/analyses/sla/wording.ts';
import { findMetric, type Metric } from '../../src/model/metrics.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { slaLabel } from '../../src/model/timeline.ts';
import { regressWithinBlocks } from '../../src/stats/block-regression.ts';
import answers from '../reference/sla-answers.json' with { type: 'json' };
import { readSample, toRun } from '../sample-records.ts';

function analyzeSample(name: 'older' | 'newer') {
  const options = parseSla({ arguments: [], options: {} });
  const runs = readSample(name).map((record, i) => toRun(record, i + 1));
  return analyzeSla(
    runs.map((run) => extractSla(run, describeRun(run), options)),
    options,
    1,
  );
}

function expectClose(figures: readonly (number | null | undefined)[], expected: readonly (number | null)[]) {
  expect(figures.length).toBe(expected.length);
  for (const [i, figure] of figures.entries()) {
    if (figure === expected[i]) continue;
    expect(Math.abs((figure ?? Number.NaN) / (expected[i] as number) - 1)).toBeLessThan(1e-9);
  }
}
const bounds = ({ changeFraction, ciLow, ciHigh }: Change) => [changeFraction, ciLow, ciHigh];

// numpy.linalg.lstsq, scipy.stats.t and binomtest, numpy.percentile: the answers' own provenance says how they were made.
describe.each(['older', 'newer'] as const)('wfa sla on the %s runs, against the reference', (name) => {
  const { result } = analyzeSample(name);

  it.each(answers[name].contrasts)('contrasts $metric at $level', (expected) => {
    const own = result.contrasts.find(({ metric, level }) => metric === expected.metric && level === expected.level);
    if (!own) throw new Error('no such contrast');
    expectClose(
      [...bounds(own), own.pValue, own.degreesOfFreedom, ...bounds(own.adjusted)],
      [...expected.change, expected.pValue, expected.degreesOfFreedom, ...expected.adjusted],
    );
  });

  it.each(answers[name].trends)('draws the trend of $metric', (expected) => {
    const own = result.trends.find(({ metric }) => metric === expected.metric);
    if (!own) throw new Error('no such trend');
    expectClose([...bounds(own.change), ...bounds(own.adjusted)], [...expected.change, ...expected.adjusted]);
  });

  it.each(answers[name].attainment)('judges $quantity at $level', (expected) => {
    const level = result.levels.find((of) => of.level === expected.level);
    const own = level?.attainment.find(({ quantity }) => quantity === expected.quantity);
    expectClose(
      [own?.attainedCount, own?.runCount, own?.ciLow, own?.ciHigh, own?.pValue],
      [...expected.counts, ...expected.interval, expected.pValue],
    );
  });

  it.each(answers[name].dashboard)("counts as the engine's dashboard does at $level", (expected) => {
    const own = result.levels.find((of) => of.level === expected.level)?.dashboardAttainment;
    expect([own?.attainedCount, own?.runCount]).toEqual(expected.counts);
  });
});

describe('wfa sla on real runs', () => {
  it('orders the SLAs as every analysis does, and says what it cannot tell', () => {
    const { result, warnings } = analyzeSample('newer');
    expect(result.levels.map(({ level }) => level)).toEqual(['average', 'p50', 'p75', 'p90', 'p95']);
    expect(result.verdict).toContain('cannot tell');
    expect(warnings.map(({ code }) => code)).toContain('sum-of-percentiles');
  });

  it.each([
    [99, false],
    [100, true],
  ])('holds %i percentiles and the average against each other, and no more', (count, isRefused) => {
    const options = parseSla({ arguments: [], options: {} });
    const facts = readSample('newer').map((record, i) => {
      const run = toRun(record, i + 1);
      return extractSla(run, describeRun(run), options);
    });
    const planned = facts.filter(({ sla, run }) => sla !== null && !/^wukong/i.test(run.traits.planner));
    const many = Array.from({ length: count }, (_, i) => {
      const fact = planned[i % planned.length] as SlaFacts;
      const sla = (i + 0.5) / 2;
      return { ...fact, sla, run: { ...fact.run, traits: { ...fact.run.traits, sla: slaLabel(sla) } } };
    });
    const ask = () => analyzeSla(many, options, 1);
    if (isRefused) expect(ask).toThrow('There are 101 SLAs, and wfa sla holds at most 100 against each other.');
    else expect(ask().result.levels).toHaveLength(99);
  });

  it('calls an interval that the test after Holm does not confirm a hint', () => {
    const { contrasts } = analyzeSample('newer').result;
    const hint = contrasts.find(({ metric, level }) => metric === 'execution-time' && level === 'p95');
    expect(hint?.ciHigh).toBeLessThan(0);
    expect(hint?.pAdjusted).toBeGreaterThan(0.05);
    expect(hint?.outcome).toBe('hint');
  });

  it('corrects attainment for the levels that were looked at', () => {
    const { levels } = analyzeSample('newer').result;
    for (const quantity of [0, 1]) {
      const own = levels.flatMap(({ attainment }) => attainment[quantity] ?? []);
      const smallest = own.filter(({ pValue }) => pValue !== null).sort((a, b) => (a.pValue ?? 0) - (b.pValue ?? 0))[0];
      expect(smallest?.pAdjusted).toBeCloseTo(4 * (smallest?.pValue ?? Number.NaN), 12);
      expect(own.find(({ targetFraction }) => targetFraction === null)?.pValue).toBeNull();
    }
  });

  it('leaves planners that do not schedule by predictions out, by name in the ledger', () => {
    const { ledger } = analyzeSample('older');
    const counts = Object.fromEntries(ledger.map(({ reason, count }) => [reason, count]));
    expect(counts).toMatchObject({
      'planner-does-not-predict: WUKONGPlanner': 9,
      'planner-does-not-predict: WUKONGPlanner-opt': 8,
    });
  });
});

/** A block of runs, given as [rank of the level, makespan] in order of submission. */
function blockOf(label: string, runs: readonly (readonly [number, number])[]): LevelBlock {
  const facts = runs.map(([rank, amount], runIndex) => ({ rank, amount, runIndex }));
  const cells = [0, 1, 2].map((arm) => ({ facts: facts.filter(({ rank }) => rank === arm) }));
  const block = { label, names: { workflow: label, structure: 's', planner: 'p' }, cells };
  return measureBlocks([block], ({ amount }) => amount)[0] as LevelBlock;
}
const contrast = (...blocks: readonly LevelBlock[]) =>
  contrastLevels(blocks, findMetric('makespan') as Metric, [50, 75, 90]);

describe('contrastLevels', () => {
  const both = blockOf('a', [
    [0, 100],
    [1, 200],
    [0, 110],
    [1, 190],
  ]);

  it('lets runs of a block with one level tell of the spread, not of the change', () => {
    const [alone] = contrast(both);
    const single = blockOf('b', [
      [1, 50],
      [1, 400],
    ]);
    const [beside] = contrast(both, single);
    expect(beside?.changeFraction).toBeCloseTo(alone?.changeFraction as number, 12);
    expect([alone?.degreesOfFreedom, beside?.degreesOfFreedom]).toEqual([2, 3]);
    expect(beside?.ciHigh).toBeGreaterThan(alone?.ciHigh as number);
    expect(beside?.runCountLevel).toBe(4);
  });

  it('tells a level from the lowest by way of one between, and says that no block has both', () => {
    const link = blockOf('b', [
      [1, 100],
      [2, 300],
      [1, 110],
      [2, 290],
    ]);
    const [p75, p90] = contrast(both, link);
    const ratioOfLink = Math.sqrt((300 * 290) / (100 * 110));
    expect(p90?.changeFraction).toBeCloseTo((1 + (p75?.changeFraction as number)) * ratioOfLink - 1, 10);
    expect(p90?.blockCount).toBe(0);
  });

  it('gives levels that nothing links to the lowest no change', () => {
    const lowest = blockOf('a', [
      [0, 100],
      [0, 110],
    ]);
    const apart = blockOf('b', [
      [1, 100],
      [2, 300],
      [1, 110],
      [2, 290],
    ]);
    expect(contrast(lowest, apart).map(({ changeFraction }) => changeFraction)).toEqual([null, null]);
  });

  it('says no change, without interval, where all figures are equal', () => {
    const equal = blockOf('a', [
      [0, 123.456],
      [1, 123.456],
      [0, 123.456],
      [1, 123.456],
    ]);
    const [p75] = contrast(equal);
    expect(p75).toMatchObject({
      changeFraction: 0,
      ciLow: null,
      ciHigh: null,
      pValue: null,
      intervalMethod: 'none',
      allEqual: true,
    });
  });
});

describe('traceTrend', () => {
  const trace = (...blocks: readonly LevelBlock[]) =>
    traceTrend(blocks, findMetric('makespan') as Metric, [50, 75, 90], 1);

  it('looks at blocks of several levels only', () => {
    const several = blockOf('a', [
      [0, 100],
      [1, 200],
      [2, 310],
      [0, 110],
    ]);
    const single = blockOf('b', [
      [1, 50],
      [1, 400],
    ]);
    const [trend] = trace(several);
    expect(trend).toMatchObject({ runCount: 4, blockCount: 1 });
    expect(trend?.change.changeFraction).toBeGreaterThan(1);
    expect(trace(several, single)).toEqual([trend]);
  });
});

describe('attainment', () => {
  it('is kept by a run that takes as long as was predicted, or as the earlier runs did', () => {
    const factOf = (actualMs: number): SlaFacts => {
      const pair = { predictedMs: 100, actualMs };
      const attainment = { makespan: pair, 'execution-time': pair };
      return { run: { traits: { workflow: 'w' } }, sla: 50, measurements: {}, attainment } as unknown as SlaFacts;
    };
    const facts = [100, 100, 100.001].map(factOf);
    const [level] = summarizeLevels(facts, facts, [50], []);
    expect(level?.attainment.map(({ attainedCount, runCount }) => [attainedCount, runCount])).toEqual([
      [2, 3],
      [2, 3],
    ]);
    expect(level?.dashboardAttainment).toMatchObject({ attainedCount: 1, runCount: 2 });
  });
});

describe('regressWithinBlocks', () => {
  const line = { responses: [1, 2.1, 2.9, 4.2], predictors: [[0, 1, 2, 3]] };

  it('gives no coefficient to predictors that cannot be told apart, and one to the others', () => {
    const predictors = [
      [0, 1, 2, 3],
      [0, 2, 4, 6],
      [1, 0, 0, 1],
    ];
    const [first, second, third] = regressWithinBlocks([{ ...line, predictors }]);
    expect([first, second]).toEqual([null, null]);
    expect(third?.estimate).toBeCloseTo(0.1, 12);
    expect(regressWithinBlocks([line])[0]?.estimate).toBeCloseTo(1.04, 12);
  });

  it('tells predictors apart of which 1e-9 of the sum of squares is their own', () => {
    // x and x + e·u with Σx² = 5, Σu² = 4, Σxu = 0: the second has 0.8 e² of x's sum of squares for itself.
    const beside = (e: number) =>
      regressWithinBlocks([{ ...line, predictors: [line.predictors[0] as number[], [e, 1 - e, 2 - e, 3 + e]] }]);
    expect(beside(3e-5)).toEqual([null, null]);
    expect(beside(4e-5)[1]?.estimate).toBeCloseTo(0.05 / 4e-5, 2);
  });

  it('takes no degree of freedom for a covariate that never varies', () => {
    const covariate = { group: 'g', numbers: [3, 3, 3, 3] };
    expect(regressWithinBlocks([{ ...line, covariate }])).toEqual(regressWithinBlocks([line]));
  });

  it('gives none to a predictor that the covariate of its group explains', () => {
    const covariate = { group: 'g', numbers: [5, 6, 7, 8] };
    expect(regressWithinBlocks([{ ...line, covariate }])).toEqual([null]);
  });

  it('gives no interval without a degree of freedom or without variation', () => {
    const none = { ciLow: null, ciHigh: null, pValue: null };
    expect(regressWithinBlocks([{ responses: [1, 2], predictors: [[0, 1]] }])[0]).toMatchObject({
      estimate: 1,
      ...none,
    });
    expect(regressWithinBlocks([{ responses: [1, 1, 1], predictors: [[0, 1, 3]] }])[0]).toMatchObject(none);
  });
});

describe('the sentence on attainment', () => {
  it('names the levels that are told to be kept by another share of runs than asked for, and none by chance', () => {
    const { result } = analyzeSample('newer');
    const [sentence] = wordAttainment(result);
    for (const { level, attainment } of result.levels) {
      const isNamed = new RegExp(`\\b${level} by`).test(sentence ?? '');
      expect([level, isNamed]).toEqual([level, (attainment[0]?.pAdjusted ?? 1) < 0.05]);
    }
    expect(sentence).toMatch(
      /^predicted makespans were not kept as often as the percentile says: p75 by \d+ % of runs \[/,
    );
    const none = result.levels.map((of) => ({
      ...of,
      attainment: of.attainment.map((share) => ({ ...share, pAdjusted: share.pAdjusted === null ? null : 0.05 })),
    }));
    expect(wordAttainment({ levels: none })).toEqual([
      'no level is told to keep its predicted makespans more or less often than its percentile says',
    ]);
    expect(wordAttainment({ levels: result.levels.filter(({ level }) => level === 'average') })).toEqual([]);
  });
});
