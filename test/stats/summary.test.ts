import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contrastJointly, traceEllipse } from '../../src/stats/bivariate.ts';
import { contrastStrata, projectVariance } from '../../src/stats/contrast.ts';
import { adjustHolm } from '../../src/stats/multiplicity.ts';
import { additionalRunsFor, minimalDetectable } from '../../src/stats/power.ts';
import { createRandom } from '../../src/stats/random.ts';
import {
  geometricMean,
  probabilityOfLess,
  sampleMean,
  sampleMedian,
  sampleQuantile,
  sampleVariance,
} from '../../src/stats/summary.ts';
// scipy 1.17.1, made by test/reference/known_answers.py.
import known from './known-answers.json' with { type: 'json' };
import { anyStrata } from './strata.ts';

test('an empty sample has no summary, and one number has no spread', () => {
  const ofNothing = [sampleMean, sampleMedian, sampleVariance, geometricMean].map((f) => f([]));
  expect(ofNothing).toEqual([null, null, null, null]);
  expect(sampleQuantile([], 0.5)).toBeNull();
  expect(sampleVariance([3])).toBeNull();
});

test('quantiles are R-7', () => {
  // numpy.quantile([1, 2, 4, 8], [0.1, 0.25, 0.5, 0.9]) → 1.3, 1.75, 3, 6.8
  expect([0.1, 0.25, 0.5, 0.9].map((p) => sampleQuantile([8, 1, 4, 2], p))).toEqual([
    expect.closeTo(1.3, 12),
    1.75,
    3,
    expect.closeTo(6.8, 12),
  ]);
});

test('the geometric mean needs positive numbers', () => {
  expect(geometricMean([1, 4, 16])).toBeCloseTo(4, 12);
  expect(geometricMean([1, 0])).toBeNull();
  expect(geometricMean([1, -2])).toBeNull();
});

test.each(known.mannWhitney)('P(x < y) is the Mann-Whitney statistic: $x against $y', (answer) => {
  expect(probabilityOfLess(answer.y, answer.x)).toBeCloseTo(answer['auc P(y>x)+P(x=y)/2'], 12);
});

test('P(less) of the arms and of the arms swapped add up to 1', () => {
  const sample = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      expect((probabilityOfLess(a, b) as number) + (probabilityOfLess(b, a) as number)).toBeCloseTo(1, 12);
    }),
  );
});

test('Holm by hand', () => {
  // R 4: p.adjust(c(0.01, 0.04, 0.03), 'holm') → 0.03 0.06 0.06
  expect(adjustHolm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
  expect(adjustHolm([0.02, null, 0.9])).toEqual([0.04, null, 0.9]);
  expect(adjustHolm([])).toEqual([]);
});

test('Holm keeps the order, never lowers a p-value and never passes 1', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (pValues) => {
      const adjusted = adjustHolm(pValues) as number[];
      for (const [i, p] of pValues.entries()) {
        expect(adjusted[i]).toBeGreaterThanOrEqual(p);
        expect(adjusted[i]).toBeLessThanOrEqual(1);
        for (const [j, q] of pValues.entries())
          if (p < q) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j] as number);
      }
    }),
  );
});

test('the minimal detectable difference is (t.975 + t.80)·√Var', () => {
  // scipy 1.17.1: (t.ppf(.975, 5) + t.ppf(.8, 5)) * 2
  expect(minimalDetectable({ variance: 4, degreesOfFreedom: 5 })).toBeCloseTo(
    2 * (2.5705818356363146 + 0.9195437802408271),
    9,
  );
});

test('the runs asked for are enough, and one fewer are not', () => {
  fc.assert(
    fc.property(anyStrata(3, 4), fc.double({ min: 0.3, max: 5, noNaN: true }), (strata, target) => {
      const extra = additionalRunsFor(strata, target);
      if (contrastStrata(strata).method !== 'welch') return;
      if (extra !== null && extra > 0) expect(additionalRunsFor(strata, target * 1.0001)).toBeLessThanOrEqual(extra);
      if (extra === 0) {
        const { variance, degreesOfFreedom } = contrastStrata(strata) as { variance: number; degreesOfFreedom: number };
        expect(minimalDetectable({ variance, degreesOfFreedom })).toBeLessThanOrEqual(target);
      }
    }),
  );
});

const single = (x: number, y: number) => ({ x: [x], y: [y] });

test('with one run a cell the region is Hotelling’s over blocks', () => {
  const [xs, ys] = [
    [0.3, -0.1, 0.25, 0.4, 0.05],
    [0.1, -0.2, 0.3, 0.1, -0.15],
  ];
  const strata = xs.map((x, i) => ({ baseline: single(i, -i), candidate: single(i + x, (ys[i] as number) - i) }));
  // numpy 2.4.6 and scipy 1.17.1: numpy.cov(x, y) / 5, numpy.corrcoef(x, y), sqrt(2·4/3 · scipy.stats.f.ppf(.95, 2, 3)).
  const joint = contrastJointly(strata);
  const { covariance = [], difference = [], ...figures } = joint ?? {};
  const wanted = { correlation: 0.7886096164018719, degreesOfFreedom: 4, radius: 5.047004258877049 };
  for (const [key, figure] of Object.entries(wanted)) expect(figures).toHaveProperty(key, expect.closeTo(figure, 9));
  expect(difference).toEqual([0.18, 0.03].map((figure) => expect.closeTo(figure, 12)));
  expect(covariance).toEqual([0.00815, 0.006525, 0.0084].map((figure) => expect.closeTo(figure, 12)));
  expect(contrastJointly(strata.slice(0, 3))?.degreesOfFreedom).toBe(2);
  // An arm that is single throughout, in two blocks: no interval, so no region.
  expect(contrastJointly(strata.slice(0, 2))).toBeNull();
});

test('more runs in every cell narrow a paired t as if its blocks differed by chance alone', () => {
  const strata = [0.3, -0.1, 0.25, 0.4].map((d) => ({ baseline: [1], candidate: [1 + d] }));
  const now = contrastStrata(strata).variance as number;
  const project = projectVariance(strata);
  expect(project(0)).toEqual({ variance: now, degreesOfFreedom: 3 });
  // Each of the 8 cells has σ² = 16 · now / 8; with two runs the cells give Σ σ²/2 / 16, with n runs 1/n of now.
  expect(project(1)).toEqual({ variance: expect.closeTo(now / 2, 12), degreesOfFreedom: expect.closeTo(8, 9) });
  expect(project(3)).toEqual({ variance: expect.closeTo(now / 4, 12), degreesOfFreedom: expect.closeTo(24, 9) });
  const detectable = minimalDetectable(project(1) as { variance: number; degreesOfFreedom: number });
  expect(additionalRunsFor(strata, detectable * 1.001)).toBe(1);
  expect(additionalRunsFor(strata, detectable * 0.999)).toBe(2);
});

test('the joint contrast has the two contrasts as its margins, and its ellipse touches the region it names', () => {
  const pair = fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: -99, max: 99 }));
  const sample = fc
    .array(pair, { minLength: 1, maxLength: 5 })
    .map((pairs) => ({ x: pairs.map(([x]) => x), y: pairs.map(([, y]) => y) }));
  fc.assert(
    fc.property(
      fc.array(fc.record({ baseline: sample, candidate: sample }), { minLength: 1, maxLength: 4 }),
      (strata) => {
        const joint = contrastJointly(strata);
        if (!joint) return;
        for (const [i, axis] of (['x', 'y'] as const).entries()) {
          const margin = contrastStrata(
            strata.map((s) => ({ baseline: s.baseline[axis], candidate: s.candidate[axis] })),
          );
          expect(joint.difference[i]).toBeCloseTo(margin.difference, 9);
          expect(joint.covariance[i * 2]).toBeCloseTo(margin.variance as number, 7);
        }
        expect(Math.abs(joint.correlation)).toBeLessThanOrEqual(1 + 1e-9);
        const [a, b, c] = joint.covariance;
        if (a * c - b * b < 1e-6 * a * c) return;
        for (const [x, y] of traceEllipse(joint, 8)) {
          const [u, v] = [x - joint.difference[0], y - joint.difference[1]];
          const distance = (c * u * u - 2 * b * u * v + a * v * v) / (a * c - b * b);
          expect(distance / joint.radius ** 2).toBeCloseTo(1, 5);
        }
      },
    ),
  );
});

test('random numbers are in [0, 1), depend on the seed alone and have the moments of a uniform', () => {
  const draw = (seed: number) => {
    const random = createRandom(seed);
    return Array.from({ length: 20_000 }, random);
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7).slice(0, 5)).not.toEqual(draw(8).slice(0, 5));
  const sample = draw(1);
  expect(sample.every((x) => x >= 0 && x < 1)).toBe(true);
  // Five standard errors of the mean (1/√(12 n)) and of the variance.
  expect(Math.abs((sampleMean(sample) as number) - 0.5)).toBeLessThan(0.0103);
  expect(Math.abs((sampleVariance(sample) as number) - 1 / 12)).toBeLessThan(0.0027);
});
