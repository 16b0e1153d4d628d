import { createRandom, type Random } from './random.ts';

/** One block: each observation with its place on an ordered scale. */
export interface TrendBlock {
  readonly levels: readonly number[];
  readonly responses: readonly number[];
}

const [FEWEST_ARRANGEMENTS, MOST_ARRANGEMENTS] = [999, 9_999];
/** Observations moved in all: up to 2,000 observations get every arrangement, so that large data take a second, not ten. */
const MOST_MOVES = 2e7;

/**
 * Two-sided permutation test of a linear trend: Σ (level − mean level of the block) · response, levels permuted within blocks
 * only, 9,999 seeded arrangements (fewer, but at least 999, beyond 2,000 observations), p = (1 + #)/(B + 1) (Phipson & Smyth
 * 2010). `null` when no block has two levels.
 */
export function permuteTrend(blocks: readonly TrendBlock[], seed: number): number | null {
  const centred = blocks
    .map(({ levels, responses }) => ({ levels: centre(levels), responses }))
    .filter(({ levels }) => levels.some((level) => level !== 0));
  if (centred.length === 0) return null;
  const observed = centred.reduce((sum, block) => sum + product(block.levels, block.responses), 0);
  // Sums of the same numbers in another order differ in the last bits: such ties count as ties.
  const threshold = Math.abs(observed) * (1 - 1e-10) - 1e-13;
  const observationCount = centred.reduce((sum, { levels }) => sum + levels.length, 0);
  const affordable = Math.floor(MOST_MOVES / observationCount);
  const rounds = Math.min(MOST_ARRANGEMENTS, Math.max(FEWEST_ARRANGEMENTS, affordable));
  const random = createRandom(seed);
  let asExtreme = 1;
  for (let round = 0; round < rounds; round++) {
    let sum = 0;
    for (const { levels, responses } of centred) {
      shuffle(levels, random);
      sum += product(levels, responses);
    }
    if (Math.abs(sum) >= threshold) asExtreme++;
  }
  return asExtreme / (rounds + 1);
}

function centre(levels: readonly number[]): Float64Array {
  const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
  return Float64Array.from(levels, (level) => level - mean);
}

function product(levels: Float64Array, responses: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < levels.length; i++) sum += (levels[i] as number) * (responses[i] as number);
  return sum;
}

/** Fisher–Yates, in place. */
function shuffle(levels: Float64Array, random: Random): void {
  for (let i = levels.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const level = levels[i] as number;
    levels[i] = levels[j] as number;
    levels[j] = level;
  }
}
