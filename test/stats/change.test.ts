import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findChangePoints } from '../../src/stats/change-point.ts';
import { codeLevels, layOutFactors, takeOutFactors } from '../../src/stats/factor-regression.ts';
import { findGradualTrend } from '../../src/stats/gradual-trend.ts';
import { senSlope, testTrend } from '../../src/stats/mann-kendall.ts';

const SERIES = [5, 3, 8, 1, 9, 2, 7, 7, 4, 10, 6, 12];

describe('testTrend', () => {
  it('is Mann–Kendall with tie correction', () => {
    // By its definition in numpy 2.4.6: S = 21, var = (12·11·29 − 2·1·9)/18, p = 2 * scipy.stats.norm.sf((21 - 1) / sqrt(var))
    const trend = testTrend([SERIES]);
    expect(trend?.score).toBe(21);
    expect(trend?.pValue).toBeCloseTo(0.16922856738967296, 12);
    expect(trend?.tau).toBeCloseTo(21 / 66, 12);
  });

  it('compares inside blocks only', () => {
    expect(
      testTrend([
        [1, 2, 3],
        [1, 2, 3],
      ])?.score,
    ).toBe(6);
    expect(testTrend([[1], [2], [3]])).toBeNull();
  });

  it('changes its sign with the direction, and does not see scale', () => {
    const whole = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(whole, (series) => {
        const trend = testTrend([series]);
        const mirrored = testTrend([[...series].reverse()]);
        expect(mirrored?.score).toBe(-(trend?.score ?? 0) + 0);
        expect(testTrend([series.map((x) => 3 * x + 7)])).toEqual(trend);
      }),
    );
  });
});

// scipy 1.17.1: stats.theilslopes(SERIES).slope
describe('senSlope', () => it('is the median of pairwise slopes', () => expect(senSlope(SERIES)).toBe(0.5)));

// One series of 20 runs, four planners and three SLAs; ten times as slow from the eleventh on.
const PLANNERS = codeLevels([...'abcdbacddcbaabcdcabd']);
const SLAS = codeLevels([...'xyzxyzzyxxzyxyzzxyxy']);
const SLOWED = Array.from({ length: 20 }, (_, i) => 7 + Math.sin(i * i) / 5 + (i < 10 ? 0 : Math.log(10)));

describe('findChangePoints', () => {
  it('divides where the t of a step beside the factors is largest, and shrinks it', () => {
    // python3 test/reference/change_points.py: numpy.linalg.pinv on dense designs, scipy.stats.t
    const { pValue, changePoints } = findChangePoints(SLOWED, [PLANNERS, SLAS], 0.05);
    expect(changePoints.map(({ index }) => index)).toEqual([10]);
    expect(changePoints[0]?.difference).toBeCloseTo(2.2901386119493257, 12);
    expect((pValue as number) / 9.919380431271586e-13).toBeCloseTo(1, 9);
  });

  it('takes nothing for a change that a factor explains', () => {
    const levels = [...'aaaaabbbbbaaaaabbbbb'];
    const wiggle = levels.map((_, i) => Math.sin(i * i) / 100);
    const explained = levels.map((level, i) => (level === 'a' ? 1 : 3) + (wiggle[i] as number));
    expect(findChangePoints(explained, [codeLevels(levels)], 0.05).changePoints).toEqual([]);
  });

  it('finds a change although one level of a factor occurs only after it', () => {
    const levels = [...'abababababababacbcac'];
    const series = levels.map((_, i) => (i < 12 ? 1 : 1.5) + Math.sin(i * i) / 50);
    expect(findChangePoints(series, [codeLevels(levels)], 0.05).changePoints.map(({ index }) => index)).toEqual([12]);
  });

  it('finds two changes, none in a constant, and says when a series is too short', () => {
    const twice = Array.from({ length: 60 }, (_, i) => (i < 20 ? 0 : i < 40 ? 2 : 1) + Math.sin(i * i) / 10);
    expect(findChangePoints(twice, [], 0.05).changePoints.map(({ index }) => index)).toEqual([20, 40]);
    expect(findChangePoints(new Array<number>(40).fill(7), [], 0.05)).toEqual({ pValue: 1, changePoints: [] });
    expect(findChangePoints(twice.slice(0, 15), [], 0.05)).toEqual({ pValue: null, changePoints: [] });
    expect(findChangePoints(twice.slice(0, 16), [], 0.05).pValue).not.toBeNull();
  });

  it('takes one wild run for no change', () => {
    const wild = Array.from({ length: 40 }, (_, i) => Math.sin(i * i) / 10 + (i === 17 ? 50 : 0));
    expect(findChangePoints(wild, [], 0.05).changePoints).toEqual([]);
  });

  it('says nothing where nearly every run has a planner of its own', () => {
    const own = codeLevels(SLOWED.map((_, i) => Math.min(i, 15)));
    expect(findChangePoints(SLOWED, [own], 0.05).pValue).toBeNull();
  });

  it('asks more of a series whose neighbours are alike', () => {
    const waves = Array.from({ length: 40 }, (_, i) => Math.sin(i / 3) + (i < 20 ? 0 : 1) + Math.sin(i * i) / 4);
    const mixed = waves.map((_, i) => waves[(((i % 20) * 7) % 20) + (i < 20 ? 0 : 20)] as number);
    const p = (series: number[]) => findChangePoints(series, [], 0).pValue as number;
    expect(p(waves)).toBeGreaterThan(10 * p(mixed));
  });
});

describe('layOutFactors', () => {
  it('leaves residuals that no factor explains, also with redundant levels', () => {
    const factors = layOutFactors(20, [PLANNERS, SLAS, PLANNERS]);
    expect(factors.rank).toBe(6);
    const residuals = takeOutFactors(factors, Float64Array.from(SLOWED));
    for (const factor of [PLANNERS, SLAS]) {
      for (const level of new Set(factor)) {
        const own = residuals.filter((_, i) => factor[i] === level);
        expect(own.reduce((sum, residual) => sum + residual, 0)).toBeCloseTo(0, 12);
      }
    }
  });

  it('gives every combination a group of its own where both factors have many levels', () => {
    const many = (step: number) => Int32Array.from({ length: 240 }, (_, i) => (i * step) % 60);
    expect(layOutFactors(240, [many(1), many(7)])).toMatchObject({ rank: 60, columns: [] });
  });
});

describe('findGradualTrend', () => {
  it('sees a trend beside the factors, and none in a constant', () => {
    const rising = SLAS.map((sla, i) => 100 * sla + 10 * i);
    const noisy = Array.from(rising, (level, i) => level / 100 + Math.sin(i * i) / 10);
    expect(findGradualTrend(noisy, [SLAS])?.pValue).toBeLessThan(0.001);
    expect(findGradualTrend(new Array<number>(20).fill(0.1), [SLAS])?.pValue).toBe(1);
  });

  it('is sure of a straight line, whatever the rounding of what is left looks like', () => {
    for (const count of [16, 17, 20, 29])
      for (const slope of [1, 0.1, 0.3, 1 / 3, Math.PI, 1e-3, -0.1])
        for (const level of [0, 5, 7.7]) {
          const line = Array.from({ length: count }, (_, i) => level + slope * i);
          expect(findGradualTrend(line, [])?.pValue, `${count} ${slope} ${level}`).toBeLessThan(1e-6);
        }
  });
});
