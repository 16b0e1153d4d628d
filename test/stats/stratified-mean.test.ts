import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrastStrata } from '../../src/stats/contrast.ts';
import {
  chooseMeanMethod,
  estimateStratifiedFraction,
  estimateStratifiedMean,
  estimateStratifiedRatio,
} from '../../src/stats/stratified-mean.ts';

const sample = fc.array(fc.double({ min: 0.1, max: 100, noNaN: true }), { minLength: 1, maxLength: 6 });
const strata = fc.array(sample, { minLength: 1, maxLength: 5 });

/** Each takes several quantiles of t. */
const FEW = { numRuns: 25 };

describe('the stratified mean', () => {
  it('is the plain t interval for one stratum', () => {
    const mean = estimateStratifiedMean([[1, 2, 4, 7]]);
    expect(mean?.estimate).toBeCloseTo(3.5, 12);
    // scipy 1.17.1: t.ppf(0.975, 3) = 3.1824463052837078; s = √7
    expect(mean?.ciLow).toBeCloseTo(3.5 - (3.1824463052837078 * Math.sqrt(7)) / 2, 9);
    expect(mean?.degreesOfFreedom).toBeCloseTo(3, 12);
  });

  it('gives each stratum equal weight, however many observations it has', () => {
    expect(estimateStratifiedMean([[1], [3, 3, 3, 3, 3]])?.estimate).toBe(2);
  });

  it('lends a stratum of one observation the spread of the others relative to its level, by hand', () => {
    const cells = [[100, 120], [10, 12], [1, 1.2], [4, 4.4], [50, 60], [20]];
    // s²/mean² of two observations: ½(b − a)²/(½(a + b))², which is ½/5.5², four times, and ½(0.4/4.2)²; five degrees of freedom.
    const relative = (4 * (0.5 / 5.5 ** 2) + 0.5 * (0.4 / 4.2) ** 2) / 5;
    const own = [200, 2, 0.02, 0.08, 50].map((variance) => variance / 2 / 36);
    const shared = (relative * 20 ** 2) / 36;
    const total = [...own, shared].reduce((sum, part) => sum + part);
    const freedom = total ** 2 / (own.reduce((sum, part) => sum + part ** 2, 0) + shared ** 2 / 5);
    expect(estimateStratifiedMean(cells)?.degreesOfFreedom).toBeCloseTo(freedom, 9);
    // Of levels that are alike, it is the pooled spread itself.
    const pooled = (200 + 2 + 0.02 + 0.08 + 50) / 5 / 36;
    const alike = estimateStratifiedMean(cells, [7, 7, 7, 7, 7, 7]);
    const plain = own.reduce((sum, part) => sum + part) + pooled;
    const plainFreedom = plain ** 2 / (own.reduce((sum, part) => sum + part ** 2, 0) + pooled ** 2 / 5);
    expect(alike?.degreesOfFreedom).toBeCloseTo(plainFreedom, 9);
  });

  it('has no interval without spread, and no estimate without strata', () => {
    expect(estimateStratifiedMean([[1], [2]])).toEqual({
      estimate: 1.5,
      ciLow: null,
      ciHigh: null,
      degreesOfFreedom: null,
    });
    expect(estimateStratifiedMean([[2, 2]])?.ciLow).toBeNull();
    expect(estimateStratifiedMean([])).toBeNull();
  });

  it('shifts and scales with its observations', () => {
    fc.assert(
      fc.property(strata, fc.double({ min: 0.5, max: 3, noNaN: true }), (cells, factor) => {
        const before = estimateStratifiedMean(cells);
        const after = estimateStratifiedMean(cells.map((cell) => cell.map((x) => factor * x + 5)));
        expect(after?.estimate).toBeCloseTo(factor * (before?.estimate ?? Number.NaN) + 5, 6);
        if (before?.ciLow != null && before.ciHigh != null && before.ciHigh - before.ciLow > 1e-3) {
          expect(after?.ciLow).toBeCloseTo(factor * before.ciLow + 5, 4);
        }
      }),
      FEW,
    );
  });

  it('is the contrast against an arm that is always 0, as far as both know a variance', () => {
    const cells = [
      [1, 2, 4],
      [5, 9],
    ];
    const contrast = contrastStrata(cells.map((candidate) => ({ baseline: [0, 0], candidate })));
    const mean = estimateStratifiedMean(cells);
    expect(mean?.ciLow).toBeCloseTo(contrast.ciLow ?? Number.NaN, 12);
    expect(mean?.degreesOfFreedom).toBeCloseTo(contrast.degreesOfFreedom ?? Number.NaN, 12);
  });
});

describe('the method of a mean', () => {
  const design = (...counts: readonly number[]) => counts.map((length) => ({ length }));

  it('borrows only where fewer than one stratum in five has one observation, and four degrees of freedom are there', () => {
    expect(chooseMeanMethod(design(2, 2))).toBe('welch');
    expect(chooseMeanMethod(design(1, 2, 2, 2, 2, 2))).toBe('welch-borrowed');
    expect(chooseMeanMethod(design(1, 9, 9, 9, 9))).toBe('none');
    expect(chooseMeanMethod(design(1))).toBe('none');
    expect(chooseMeanMethod([])).toBe('none');
  });

  it('takes no interval from what it does not let borrow', () => {
    const several = [1, 2, 3, 4, 5].map((level) => [level, level + 0.1]);
    expect(estimateStratifiedMean([[9], ...several])?.ciLow).not.toBeNull();
    expect(estimateStratifiedMean([[9], ...several.slice(1)])?.ciLow).toBeNull();
  });
});

describe('the stratified ratio', () => {
  const pairs = fc.array(
    fc
      .array(fc.tuple(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 10, max: 20 })), {
        minLength: 1,
        maxLength: 5,
      })
      .map((drawn) => ({ numerators: drawn.map(([part]) => part), denominators: drawn.map(([, whole]) => whole) })),
    { minLength: 1, maxLength: 4 },
  );

  it('adds up: the shares of two parts of a whole are 1', () => {
    fc.assert(
      fc.property(pairs, (cells) => {
        const rest = cells.map(({ numerators, denominators }) => ({
          numerators: denominators.map((whole, i) => whole - (numerators[i] as number)),
          denominators,
        }));
        const sum = (estimateStratifiedRatio(cells)?.estimate ?? 0) + (estimateStratifiedRatio(rest)?.estimate ?? 0);
        expect(sum).toBeCloseTo(1, 9);
      }),
      FEW,
    );
  });

  it('keeps the interval of a fraction between 0 and 1, around the fraction', () => {
    fc.assert(
      fc.property(pairs, (cells) => {
        const fraction = estimateStratifiedFraction(cells);
        if (fraction?.ciLow == null || fraction.ciHigh == null) return;
        expect(fraction.ciLow).toBeGreaterThanOrEqual(0);
        expect(fraction.ciHigh).toBeLessThanOrEqual(1);
        expect(fraction.ciLow).toBeLessThanOrEqual(fraction.estimate + 1e-12);
        expect(fraction.ciHigh).toBeGreaterThanOrEqual(fraction.estimate - 1e-12);
      }),
      FEW,
    );
  });

  it('has no estimate where the whole is 0', () => {
    expect(estimateStratifiedRatio([{ numerators: [1], denominators: [0] }])).toBeNull();
  });
});
