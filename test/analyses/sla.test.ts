import { describe, expect, it } from 'vitest';
import { analyzeSla } from '../../src/analyses/sla/analyze.ts';
import { extractSla } from '../../src/analyses/sla/extract.ts';
import { parseSla } from '../../src/analyses/sla/options.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { regressWithinBlocks } from '../../src/stats/block-regression.ts';
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

const expectClose = (figures: readonly (number | null | undefined)[], expected: readonly number[]) =>
  figures.forEach((figure, i) => {
    expect(Math.abs((figure ?? Number.NaN) / (expected[i] as number) - 1)).toBeLessThan(1e-9);
  });
const bounds = (change: { changeFraction: number | null; ciLow: number | null; ciHigh: number | null } | undefined) => [
  change?.changeFraction,
  change?.ciLow,
  change?.ciHigh,
];

describe('wfa sla on real runs', () => {
  // Python 3, numpy.linalg.lstsq, scipy.stats.t, scipy.stats.binomtest(...).proportion_ci('wilson'), numpy.percentile:
  // python3 test/reference/sla_reference.py samples/newer.ndjson.gz
  it('agrees with the reference', () => {
    const { result } = analyzeSample('newer');
    const [trend] = result.trends;
    expectClose(bounds(trend?.change), [0.03269555682600418, -0.04610864862049174, 0.11801004542694171]);
    expectClose(bounds(trend?.adjusted), [0.039664878231569514, -0.032496814435432696, 0.11720878562019899]);
    const contrast = result.contrasts.find(({ metric, level }) => metric === 'makespan' && level === 'p95');
    expectClose(bounds(contrast), [0.039037715009463944, -0.057940199142517496, 0.14599877017299126]);
    const p90 = result.levels.find(({ level }) => level === 'p90');
    expectClose([p90?.attainment[0]?.ciLow, p90?.attainment[0]?.ciHigh], [0.1914951274513508, 0.5896046683519693]);
    expect(p90?.attainment[0]).toMatchObject({ quantity: 'makespan', attainedCount: 7, runCount: 19 });
    expect(p90?.dashboardAttainment).toMatchObject({ attainedCount: 18, runCount: 19 });
    expect(result.levels.map(({ level }) => level)).toEqual(['p50', 'p75', 'p90', 'p95', 'average']);
    expect(result.verdict).toContain('cannot tell');
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

describe('regressWithinBlocks', () => {
  it('gives no coefficient to a predictor that an earlier one explains', () => {
    const block = {
      responses: [1, 2.1, 2.9, 4.2],
      predictors: [
        [0, 1, 2, 3],
        [0, 2, 4, 6],
      ],
    };
    const [first, second] = regressWithinBlocks([block], 2);
    expect(first?.estimate).toBeCloseTo(1.04, 12);
    expect(second).toBeNull();
  });

  it('gives nothing without a degree of freedom or without variation', () => {
    expect(regressWithinBlocks([{ responses: [1, 2], predictors: [[0, 1]] }], 1)).toEqual([null]);
    expect(regressWithinBlocks([{ responses: [1, 1, 1], predictors: [[0, 1, 3]] }], 1)).toEqual([null]);
  });
});
