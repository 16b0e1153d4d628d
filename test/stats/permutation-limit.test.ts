import { describe, expect, it } from 'vitest';
import type { Stratum } from '../../src/stats/contrast.ts';
import { permuteStrata } from '../../src/stats/permutation.ts';
import { createNormal, createRandom } from '../../src/stats/random.ts';

/** Truth for large blocks: a plain shuffle of all labels, written apart from the code under test. */
function shuffledP(strata: readonly Stratum[], rounds: number, seed: number): number {
  const random = createRandom(seed);
  const mean = (sample: readonly number[]) => sample.reduce((sum, y) => sum + y, 0) / sample.length;
  const statistic = (blocks: readonly Stratum[]) => mean(blocks.map((b) => mean(b.candidate) - mean(b.baseline)));
  const observed = Math.abs(statistic(strata));
  let asExtreme = 1;
  for (let round = 0; round < rounds; round++) {
    const shuffled = strata.map(({ baseline, candidate }) => {
      const pool = [...baseline, ...candidate];
      for (let i = pool.length - 1; i > 0; i--) {
        const j = Math.floor(random() * (i + 1));
        [pool[i], pool[j]] = [pool[j] as number, pool[i] as number];
      }
      return { baseline: pool.slice(0, baseline.length), candidate: pool.slice(baseline.length) };
    });
    if (Math.abs(statistic(shuffled)) >= observed - 1e-12) asExtreme++;
  }
  return asExtreme / (rounds + 1);
}

function sample(count: number, shift: number, seed: number): number[] {
  const normal = createNormal(createRandom(seed));
  // Squares make the sample skew, as run times are even on a logarithmic scale.
  return Array.from({ length: count }, () => shift + 0.1 * normal() + 0.03 * normal() ** 2);
}

const DESIGNS: [name: string, strata: Stratum[]][] = [
  ['one block, 80 against 100', [{ baseline: sample(80, 0, 1), candidate: sample(100, 0.03, 2) }]],
  ['one block, 70 against 600', [{ baseline: sample(70, 0, 3), candidate: sample(600, 0.025, 4) }]],
  [
    'three blocks, one of them small',
    [
      { baseline: sample(90, 0, 5), candidate: sample(90, 0.02, 6) },
      { baseline: sample(70, 1, 7), candidate: sample(200, 1.01, 8) },
      { baseline: sample(9, 2, 9), candidate: sample(8, 2.03, 10) },
    ],
  ],
  [
    'an outlier of 38 standard deviations in the smaller arm',
    [{ baseline: sample(600, 0, 11), candidate: [...sample(69, 0, 12), 3.8] }],
  ],
  [
    'twelve blocks of 20 against 24, of spreads that differ threefold',
    Array.from({ length: 12 }, (_, i) => ({
      baseline: sample(20, i, 100 + i).map((y) => i + (y - i) * (1 + (i % 3))),
      candidate: sample(24, i, 200 + i).map((y) => i + 0.03 + (y - i) * (1 + (i % 3))),
    })),
  ],
  [
    'twelve blocks of 10 against 10, one of which holds an outlier that all depends on',
    Array.from({ length: 12 }, (_, i) => ({
      baseline: sample(10, i, 300 + i),
      candidate: i === 0 ? [...sample(9, i, 400), i + 2.5] : sample(10, i, 400 + i),
    })),
  ],
];

describe('permutation of large blocks', () => {
  it.each(DESIGNS)('gives the p of shuffling every label: %s', (_name, strata) => {
    const rounds = 4000;
    const truth = shuffledP(strata, rounds, 99);
    const { pValue, exact } = permuteStrata(strata, 1);
    expect(exact).toBe(false);
    const standardError = Math.sqrt(truth * (1 - truth) * (1 / rounds + 1 / 9999));
    expect(Math.abs(pValue - truth)).toBeLessThan(4 * standardError + 1e-4);
  });

  it('inverts to an interval around the observed difference that shrinks with the runs', () => {
    const width = (count: number) => {
      const test = permuteStrata([{ baseline: sample(count, 0, 1), candidate: sample(count, 0.05, 2) }], 1);
      return (test.ciHigh as number) - (test.ciLow as number);
    };
    expect(width(1600) / width(100)).toBeGreaterThan(0.2);
    expect(width(1600) / width(100)).toBeLessThan(0.32);
  });
});
