import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExpandingQuantile } from '../../src/stats/expanding-quantile.ts';
import { medianInterval } from '../../src/stats/median-interval.ts';
import { normalCdf } from '../../src/stats/normal.ts';
import { pinballLoss } from '../../src/stats/pinball.ts';
import { rollingQuartiles } from '../../src/stats/rolling.ts';
import { sampleQuantile } from '../../src/stats/summary.ts';

describe('pinballLoss', () => {
  it('costs an underprediction of a p90 nine times an overprediction', () => {
    expect(pinballLoss(0.9, 10, 12)).toBeCloseTo(1.8, 12);
    expect(pinballLoss(0.9, 12, 10)).toBeCloseTo(0.2, 12);
    expect(pinballLoss(0.9, 10, 10)).toBe(0);
  });

  it('is least at the quantile', () => {
    const sample = Array.from({ length: 101 }, (_, i) => i);
    const total = (q: number) => sample.reduce((sum, y) => sum + pinballLoss(0.9, q, y), 0);
    for (const other of [50, 85, 89, 92, 100]) expect(total(90)).toBeLessThan(total(other));
  });
});

describe('medianInterval', () => {
  // Ranks by scipy 1.17.1: the largest d with 2 * stats.binom.cdf(d - 1, n, .5) <= .05
  it.each([
    [6, 1, 6],
    [9, 2, 8],
    [20, 6, 15],
    [101, 41, 61],
  ])('takes the right ranks of %i observations', (n, low, high) => {
    const shuffled = Array.from({ length: n }, (_, i) => ((i * 7919) % n) + 1);
    expect(new Set(shuffled).size).toBe(n);
    expect(medianInterval(shuffled)).toEqual({ low, high });
  });

  it('cannot be had from five', () => expect(medianInterval([1, 2, 3, 4, 5])).toBeNull());
});

describe('normalCdf', () => {
  // scipy 1.17.1: stats.norm.cdf(z)
  it.each([
    [-8, 6.22096057427174e-16],
    [-3.5, 0.00023262907903552502],
    [-1, 0.15865525393145707],
    [0.3, 0.6179114221889526],
    [2.9, 0.998134186699616],
    [3.1, 0.9990323967867817],
  ])('%f', (z, p) => expect(Math.abs(normalCdf(z) / p - 1)).toBeLessThan(1e-12));
});

describe('ExpandingQuantile', () => {
  it('agrees with the R-7 quantile of everything so far', () => {
    const amounts = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(amounts, fc.double({ min: 0, max: 1, noNaN: true }), (sample, level) => {
        const expanding = new ExpandingQuantile(sample);
        for (const amount of sample) expanding.add(amount);
        expect(expanding.at(level)).toBe(sampleQuantile(sample, level));
      }),
    );
    expect(new ExpandingQuantile([]).at(0.5)).toBeNull();
  });
});

describe('rollingQuartiles', () => {
  it('looks back over the window only, and waits for three', () => {
    const rolled = rollingQuartiles([1, 2, 9, 4, 5], 3);
    expect(rolled.slice(0, 2)).toEqual([null, null]);
    expect(rolled.slice(2).map((quartiles) => quartiles?.median)).toEqual([2, 4, 5]);
    expect(rolled[3]).toEqual({ low: 3, median: 4, high: 6.5 });
  });
});
