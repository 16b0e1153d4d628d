import { createRandom, type Random } from './random.ts';
import { normalTail } from './special.ts';

/** A block holds observations that are compared with each other, each with its level on an ordered scale. */
export interface TrendBlock {
  readonly levels: readonly number[];
  readonly responses: readonly number[];
}

/** Arrangements drawn beside the observed one: p then has steps of 1/10,000. */
const ARRANGEMENTS = 9_999;
/**
 * Observations from which on, and standard deviations up to which for the farthest of them, the normal limit of the permuted sum
 * (Hájek 1960), with its exact variance, is closer to the truth than 9,999 arrangements are.
 */
const [FEWEST_FOR_LIMIT, FARTHEST_DEVIATIONS] = [1000, 6];

/**
 * Computes the two-sided p of a permutation test of a linear trend, Σ (level − mean level of the block) · response: levels are
 * permuted within blocks only, 9,999 seeded arrangements, p = (1 + #)/(B + 1) (Phipson & Smyth 2010). From 1000 observations on,
 * none of them far out, p comes from the normal limit of the same sum, not below 1/10,000 either. `null` when no block has two
 * levels.
 */
export function permuteTrend(blocks: readonly TrendBlock[], seed: number): number | null {
  const centred = blocks
    .map(({ levels, responses }) => ({ levels: centre(levels), responses }))
    .filter(({ levels }) => levels.some((level) => level !== 0));
  if (centred.length === 0) return null;
  const observed = centred.reduce((sum, block) => sum + product(block.levels, block.responses), 0);
  // Sums of the same numbers in another order differ in the last bits: such ties count as ties.
  const threshold = Math.abs(observed) * (1 - 1e-10) - 1e-13;
  const limit = deviationOfLimit(centred);
  if (limit !== null) return Math.max(2 * normalTail(Math.abs(observed) / limit), 1 / (ARRANGEMENTS + 1));
  const random = createRandom(seed);
  let asExtreme = 1;
  for (let round = 0; round < ARRANGEMENTS; round++) {
    let sum = 0;
    for (const { levels, responses } of centred) {
      shuffle(levels, random);
      sum += product(levels, responses);
    }
    if (Math.abs(sum) >= threshold) asExtreme++;
  }
  return asExtreme / (ARRANGEMENTS + 1);
}

interface CentredBlock {
  readonly levels: Float64Array;
  readonly responses: readonly number[];
}

/** Computes the standard deviation of the permuted sum; `null` where the sum may be far from normal. */
function deviationOfLimit(blocks: readonly CentredBlock[]): number | null {
  if (blocks.reduce((count, { levels }) => count + levels.length, 0) < FEWEST_FOR_LIMIT) return null;
  let variance = 0;
  for (const { levels, responses } of blocks) {
    const deviations = centre(responses);
    const [ofLevels, ofResponses] = [product(levels, levels), product(deviations, deviations)];
    const farthest = deviations.reduce((most, deviation) => Math.max(most, Math.abs(deviation)), 0);
    if (farthest > FARTHEST_DEVIATIONS * Math.sqrt(ofResponses / levels.length)) return null;
    variance += (ofLevels * ofResponses) / (levels.length - 1);
  }
  return variance > 0 ? Math.sqrt(variance) : null;
}

function centre(levels: readonly number[]): Float64Array {
  const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
  return Float64Array.from(levels, (level) => level - mean);
}

function product(levels: Float64Array, responses: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < levels.length; i++) sum += (levels[i] as number) * (responses[i] as number);
  return sum;
}

/** Shuffles in place (Fisher–Yates). */
function shuffle(levels: Float64Array, random: Random): void {
  for (let i = levels.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const level = levels[i] as number;
    levels[i] = levels[j] as number;
    levels[j] = level;
  }
}
