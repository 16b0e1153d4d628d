import { describe, expect, it } from 'vitest';
import { exactBinomialP, wilsonInterval } from '../../src/stats/binomial.ts';

describe('exactBinomialP', () => {
  // scipy 1.17.1: stats.binomtest(k, n, p).pvalue
  it.each([
    [7, 10, 0.9, 0.07019082639999996],
    [3, 20, 0.5, 0.0025768280029296875],
    [95, 100, 0.9, 0.13014985175191457],
    [0, 6, 0.75, 0.000244140625],
    [880, 1000, 0.9, 0.03960771964163033],
  ])('%i of %i under %f', (k, n, share, p) => {
    expect(Math.abs((exactBinomialP(k, n, share) as number) / p - 1)).toBeLessThan(1e-10);
  });

  it('has no p without trials, and certainty leaves one outcome', () => {
    expect(exactBinomialP(0, 0, 0.5)).toBeNull();
    expect(exactBinomialP(4, 4, 1)).toBe(1);
    expect(exactBinomialP(3, 4, 1)).toBe(0);
  });
});

describe('wilsonInterval', () => {
  // scipy 1.17.1: stats.binomtest(k, n).proportion_ci(method='wilson')
  it.each([
    [7, 10, 0.39677814746114526, 0.892208732593699],
    [0, 6, 0, 0.3903342879021653],
    [6, 6, 0.6096657120978346, 1],
    [880, 1000, 0.8583909241522871, 0.8987007393986908],
  ])('%i of %i', (k, n, low, high) => {
    const interval = wilsonInterval(k, n);
    expect(interval?.low).toBeCloseTo(low, 12);
    expect(interval?.high).toBeCloseTo(high, 12);
  });
});
