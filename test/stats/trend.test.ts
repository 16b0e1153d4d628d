import { expect, test } from 'vitest';
import { createNormal, createRandom } from '../../src/stats/random.ts';
import { permuteTrend, type TrendBlock } from '../../src/stats/trend.ts';

const LEVELS = [50, 75, 90, 95];

function simulate(blockCount: number, perBlock: number, slope: number, seed: number): TrendBlock[] {
  const random = createRandom(seed);
  const normal = createNormal(random);
  return Array.from({ length: blockCount }, () => {
    const levels = Array.from({ length: perBlock }, () => LEVELS[Math.floor(random() * LEVELS.length)] as number);
    return { levels, responses: levels.map((level) => slope * level + normal()) };
  });
}

/** The share of shuffles that are as extreme, by the definition. */
function shufflePlainly(blocks: readonly TrendBlock[], rounds: number): number {
  const random = createRandom(99);
  const mean = (xs: readonly number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const statistic = (levels: readonly (readonly number[])[]) =>
    Math.abs(
      blocks.reduce((sum, { responses }, b) => {
        const own = levels[b] as readonly number[];
        return sum + own.reduce((part, level, i) => part + (level - mean(own)) * (responses[i] as number), 0);
      }, 0),
    );
  const observed = statistic(blocks.map(({ levels }) => levels));
  let asExtreme = 1;
  for (let round = 0; round < rounds; round++) {
    const shuffled = blocks.map(({ levels }) =>
      levels
        .map((level) => ({ level, key: random() }))
        .sort((a, b) => a.key - b.key)
        .map(({ level }) => level),
    );
    if (statistic(shuffled) >= observed) asExtreme++;
  }
  return asExtreme / (rounds + 1);
}

test.each([
  ['no trend', 0],
  ['a weak trend', 0.003],
])('with many observations and %s the limit is what shuffling comes to', (_, slope) => {
  const blocks = simulate(4, 300, slope, 7);
  expect(Math.abs((permuteTrend(blocks, 1) as number) - shufflePlainly(blocks, 2000))).toBeLessThan(0.035);
});

test('an observation far out keeps the limit from being used, and the test from being fooled', () => {
  const blocks = simulate(1, 1200, 0, 3).map(({ levels, responses }) => ({
    levels,
    responses: [1e4, ...responses.slice(1)],
  }));
  expect(Math.abs((permuteTrend(blocks, 1) as number) - shufflePlainly(blocks, 1000))).toBeLessThan(0.05);
});

test('p is never 0, and there is none without two levels', () => {
  expect(permuteTrend(simulate(4, 300, 1, 5), 1)).toBe(1e-4);
  expect(permuteTrend([{ levels: [50, 50], responses: [1, 2] }], 1)).toBeNull();
});
