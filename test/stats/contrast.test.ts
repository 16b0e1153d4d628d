import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyzeVariance } from '../../src/stats/anova.ts';
import { contrastJointly } from '../../src/stats/bivariate.ts';
import { chooseMethod, contrastStrata, differenceOfMeans, type Estimate } from '../../src/stats/contrast.ts';
// scipy 1.17.1, made by test/reference/known_answers.py.
import known from './known-answers.json' with { type: 'json' };
import { anyStrata, relabel, shift } from './strata.ts';

test.each(known.welch)('one block is scipy.stats.ttest_ind(equal_var=False): $x against $y', (answer) => {
  const estimate = contrastStrata([{ baseline: answer.y, candidate: answer.x }]);
  expect(estimate.method).toBe('welch');
  expect(estimate.difference).toBeCloseTo(answer.differenceMeanXMinusY, 12);
  expect(estimate.degreesOfFreedom).toBeCloseTo(answer.df, 10);
  expect(estimate.ciLow).toBeCloseTo(answer.ciLow, 10);
  expect(estimate.ciHigh).toBeCloseTo(answer.ciHigh, 10);
});

test('one run per cell is scipy.stats.ttest_rel over blocks', () => {
  const { x, y, df, ciLow, ciHigh } = known.pairedT;
  const estimate = contrastStrata(x.map((candidate, i) => ({ baseline: [y[i] as number], candidate: [candidate] })));
  expect(estimate.method).toBe('paired-t');
  expect(estimate.degreesOfFreedom).toBe(df);
  expect(estimate.ciLow).toBeCloseTo(ciLow, 11);
  expect(estimate.ciHigh).toBeCloseTo(ciHigh, 11);
});

test('the variance of two blocks is a quarter of the sum of s²/n, by hand', () => {
  const estimate = contrastStrata([
    { baseline: [1, 3], candidate: [5, 9] },
    { baseline: [0, 2, 4], candidate: [1, 1.5] },
  ]);
  // s²/n: 2/2, 8/2, 4/3, 0.125/2; D = (5 + −0.75) / 2.
  const components = [1, 4, 4 / 3, 0.0625].map((component) => component / 4);
  const total = components.reduce((sum, component) => sum + component);
  const freedom = [1, 1, 2, 1];
  const denominator = components.reduce((sum, component, i) => sum + component ** 2 / (freedom[i] as number), 0);
  expect(estimate.difference).toBeCloseTo(2.125, 12);
  expect(estimate.variance).toBeCloseTo(total, 12);
  expect(estimate.degreesOfFreedom).toBeCloseTo(total ** 2 / denominator, 12);
});

test('single cells of two blocks take the pooled variance, by hand', () => {
  const estimate = contrastStrata([
    { baseline: [1, 3], candidate: [4] },
    { baseline: [2, 3, 7], candidate: [6, 7] },
  ]);
  // Pooled s² = (2 + 14 + 0.5) / 4; the single cell is a component with 4 degrees of freedom.
  const components = [1 / 4, 7 / 3 / 4, 0.25 / 4, 16.5 / 4 / 4];
  const total = components.reduce((sum, component) => sum + component);
  const freedom = [1, 2, 1, 4];
  const denominator = components.reduce((sum, component, i) => sum + component ** 2 / (freedom[i] as number), 0);
  expect(estimate.method).toBe('welch-borrowed');
  expect(estimate.variance).toBeCloseTo(total, 12);
  expect(estimate.degreesOfFreedom).toBeCloseTo(total ** 2 / denominator, 12);
});

/** Cells of so many runs, baseline and candidate of each block. */
const design = (...counts: readonly (readonly [number, number])[]) =>
  counts.map(([baseline, candidate]) => ({ baseline: { length: baseline }, candidate: { length: candidate } }));

test.each([
  ['no single cell', design([2, 2], [2, 2], [2, 2]), 'welch'],
  ['no single cell in one block', design([2, 3]), 'welch'],
  ['1 of 6 single, Σ(n − 1) = 5', design([1, 2], [2, 2], [2, 2]), 'welch-borrowed'],
  ['2 of 10 single, one in five', design([1, 2], [1, 3], [3, 3], [3, 3], [3, 3]), 'paired-t'],
  ['2 of 12 single, fewer than one in five', design([1, 2], [1, 3], [3, 3], [3, 3], [3, 3], [2, 2]), 'welch-borrowed'],
  ['all single, 3 blocks', design([1, 1], [1, 1], [1, 1]), 'paired-t'],
  ['all single, 2 blocks', design([1, 1], [1, 1]), 'none'],
  ['one arm single throughout, 3 blocks', design([1, 9], [1, 9], [1, 9]), 'paired-t'],
  ['one arm single throughout, 2 blocks', design([1, 9], [1, 9]), 'none'],
  ['2 blocks, Σ(n − 1) = 4', design([1, 3], [2, 2]), 'welch-borrowed'],
  ['2 blocks, Σ(n − 1) = 3', design([1, 2], [2, 2]), 'none'],
  ['one run against many', design([1, 40]), 'none'],
  ['no block', [], 'none'],
] as const)('the method follows the design: %s', (_, strata, method) => {
  expect(chooseMethod(strata)).toBe(method);
});

test.each([
  [
    'one run in each of two blocks',
    [
      [[1], [2]],
      [[2], [4]],
    ],
  ],
  [
    'identical numbers',
    [
      [
        [2, 2],
        [3, 3],
      ],
    ],
  ],
  ['one run against one run', [[[1], [2]]]],
  [
    'the same difference in every block',
    [
      [[1], [2]],
      [[3], [4]],
      [[5], [6]],
    ],
  ],
] as const)('%s: no interval', (_, blocks) => {
  const estimate = contrastStrata(blocks.map(([baseline, candidate]) => ({ baseline, candidate })));
  expect(estimate).toMatchObject({ ciLow: null, ciHigh: null, method: 'none' });
});

test('the same ratio in every block has no interval, although the logarithms differ by rounding', () => {
  const ratios = [100, 200, 700, 1300].map((amount) => ({
    baseline: [Math.log(amount)],
    candidate: [Math.log(3 * amount)],
  }));
  expect(new Set(ratios.map(differenceOfMeans)).size).toBeGreaterThan(1);
  expect(contrastStrata(ratios)).toMatchObject({ difference: expect.closeTo(Math.log(3), 12), method: 'none' });
  expect(contrastStrata([...ratios, { baseline: [0], candidate: [Math.log(3) + 1e-9] }]).method).toBe('paired-t');
  expect(analyzeVariance([ratios.map(differenceOfMeans), [0]])).toBeNull();
  const joint = ratios.map(({ baseline, candidate }, i) => ({
    baseline: { x: baseline, y: [i] },
    candidate: { x: candidate, y: [i * i] },
  }));
  expect(contrastJointly(joint)).toBeNull();
});

test('means that differ by the order of their sum do not differ', () => {
  const logs = [Math.log(3), Math.log(7), Math.log(11)];
  const [a = 0, b = 0, c = 0] = logs;
  const turned = [
    [c, b, a],
    [b, c, a],
    [a, c, b],
    [c, a, b],
  ].map((candidate) => ({ baseline: logs, candidate }));
  expect(turned.map(differenceOfMeans)).toEqual([0, 0, 0, 0]);
  expect(differenceOfMeans({ baseline: [1], candidate: [1 + 1e-9] })).toBeGreaterThan(0);
});

/** The figures that carry the unit of the observations. */
const figuresOf = ({ difference, ciLow, ciHigh }: Estimate) => ({ difference, ciLow, ciHigh });

function expectSame(a: number | null, b: number | null): void {
  if (a === null || b === null) expect(a).toBe(b);
  else expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-7 * (1 + Math.abs(a)));
}

test('the interval contains the estimate', () => {
  fc.assert(
    fc.property(anyStrata(), (strata) => {
      for (const estimate of [contrastStrata(strata), ...strata.map((stratum) => contrastStrata([stratum]))]) {
        if (estimate.ciLow === null || estimate.ciHigh === null) continue;
        expect(estimate.ciLow).toBeLessThan(estimate.difference);
        expect(estimate.ciHigh).toBeGreaterThan(estimate.difference);
      }
    }),
  );
});

test('the order of blocks and of runs does not matter', () => {
  fc.assert(
    fc.property(anyStrata(), (strata) => {
      const turned = [...strata].reverse().map(({ baseline, candidate }) => ({
        baseline: [...baseline].reverse(),
        candidate: [...candidate].reverse(),
      }));
      const [a, b] = [contrastStrata(strata), contrastStrata(turned)];
      expectSame(a.difference, b.difference);
      expectSame(a.ciLow, b.ciLow);
      expectSame(a.ciHigh, b.ciHigh);
    }),
  );
});

test('a shift of the candidates shifts the estimate, a shift of a block does not move it, a factor scales it', () => {
  fc.assert(
    fc.property(anyStrata(), fc.integer({ min: -50, max: 50 }), (strata, by) => {
      const plain = figuresOf(contrastStrata(strata));
      const shifted = contrastStrata(strata.map((s) => ({ ...s, candidate: s.candidate.map((x) => x + by) })));
      const moved = contrastStrata(strata.map((s, i) => shift(s, i + by)));
      const scaled = contrastStrata(strata.map((s) => relabel(s, (x) => 4 * x)));
      for (const key of ['difference', 'ciLow', 'ciHigh'] as const) {
        const figure = plain[key];
        expectSame(shifted[key], figure === null ? null : figure + by);
        expectSame(moved[key], figure);
        expectSame(scaled[key], figure === null ? null : 4 * figure);
      }
    }),
  );
});

test('swapping the arms mirrors the interval', () => {
  fc.assert(
    fc.property(anyStrata(), (strata) => {
      const a = contrastStrata(strata);
      const b = contrastStrata(strata.map(({ baseline, candidate }) => ({ baseline: candidate, candidate: baseline })));
      expectSame(a.difference, -b.difference);
      expectSame(a.ciLow, b.ciHigh === null ? null : -b.ciHigh);
      expectSame(a.degreesOfFreedom, b.degreesOfFreedom);
    }),
  );
});

test('an arm against itself shows nothing', () => {
  fc.assert(
    fc.property(anyStrata(), (strata) => {
      const { difference, ciLow, ciHigh } = contrastStrata(strata.map((s) => ({ ...s, candidate: s.baseline })));
      expect(difference).toBe(0);
      if (ciLow !== null && ciHigh !== null) expect(ciLow < 0 && ciHigh > 0).toBe(true);
    }),
  );
});
