import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findChangePoints } from '../../src/stats/change-point.ts';
import { codeLevels, leastSquares } from '../../src/stats/factor-regression.ts';
import { senSlope, testTrend } from '../../src/stats/mann-kendall.ts';
import { polishMedians } from '../../src/stats/median-polish.ts';

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

const STEPPED = [1.1, 0.9, 1.0, 1.2, 0.8, 1.05, 2.1, 1.9, 2.05, 2.0, 1.95, 2.2, 1.85];
const TURNS = [...'ababababababa'];

describe('findChangePoints', () => {
  it('divides where the t of a step beside the factors is largest', () => {
    // numpy 2.4.6: np.linalg.lstsq on [1, factor == b, index >= at] for at = 5…8; p = 2 * scipy.stats.t.sf(|t|, 10) * 4
    const { pValue, changePoints } = findChangePoints(STEPPED, [codeLevels(TURNS)], 0.05);
    expect(changePoints.map(({ index }) => index)).toEqual([6]);
    expect(changePoints[0]?.difference).toBeCloseTo(1.003333333333334, 12);
    expect((pValue as number) / 3.7093930604232924e-7).toBeCloseTo(1, 9);
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
    const twice = Array.from({ length: 45 }, (_, i) => (i < 15 ? 0 : i < 30 ? 2 : 1) + Math.sin(i * i) / 10);
    expect(findChangePoints(twice, [], 0.05).changePoints.map(({ index }) => index)).toEqual([15, 30]);
    expect(findChangePoints(new Array<number>(40).fill(7), [], 0.05)).toEqual({ pValue: 1, changePoints: [] });
    expect(findChangePoints([1, 2, 3], [], 0.05)).toEqual({ pValue: null, changePoints: [] });
  });
});

describe('leastSquares', () => {
  it('leaves residuals that no factor explains, also with redundant levels', () => {
    const { residuals, rank } = leastSquares(STEPPED, [codeLevels(TURNS), codeLevels(TURNS)]);
    expect(rank).toBe(2);
    for (const level of ['a', 'b']) {
      const own = residuals.filter((_, i) => TURNS[i] === level);
      expect(own.reduce((sum, residual) => sum + residual, 0)).toBeCloseTo(0, 12);
    }
    // numpy 2.4.6: y - X @ np.linalg.lstsq(X, y)[0] with X = [1, factor == b]
    expect(residuals[0]).toBeCloseTo(-0.45, 12);
    expect(residuals[1]).toBeCloseTo(-0.6416666666666678, 12);
  });
});

describe('polishMedians', () => {
  it('takes additive effects out, and a wild observation stays wild', () => {
    const [rows, columns] = [[...'aaabbbccc'], [...'xyzxyzxyz']];
    const effects: Record<string, number> = { a: 0, b: 10, c: 20, x: 0, y: 1, z: 2 };
    const table = rows.map((row, i) => (effects[row] ?? 0) + (effects[columns[i] ?? ''] ?? 0) + (i === 4 ? 100 : 0));
    expect(polishMedians(table, [codeLevels(rows), codeLevels(columns)])).toEqual([0, 0, 0, 0, 100, 0, 0, 0, 0]);
  });
});
