import { createRandom } from './random.ts';

/** Differences up to which all sign patterns are looked at: 2^17 are fewer than 200,000. */
const MOST_EXACT = 17;
/** Patterns drawn beside the observed one, for more differences than that. */
const RANDOM_PATTERNS = 9_999;

/**
 * Computes the two-sided p, in (0, 1], of the mean of differences that are symmetric about 0 if nothing matters (Fisher 1935): the
 * share of sign patterns whose |Σ ±d| is at least the observed one. Exact for 17 differences or fewer, else of 9,999 seeded patterns,
 * p = (1 + #)/(B + 1). Sums within 1e-10 of the observed one, relatively, count as equal. `null` without differences.
 */
export function signFlipP(differences: readonly number[], seed: number): number | null {
  if (differences.length === 0) return null;
  const observed = Math.abs(differences.reduce((sum, d) => sum + d, 0));
  const threshold = observed * (1 - 1e-10) - 1e-13;
  return differences.length <= MOST_EXACT
    ? countExact(differences, threshold)
    : countRandom(differences, threshold, seed);
}

function countExact(differences: readonly number[], threshold: number): number {
  const sums = new Float64Array(2 ** differences.length);
  let count = 1;
  for (const d of differences) {
    for (let i = 0; i < count; i++) {
      const sum = sums[i] as number;
      sums[i] = sum + d;
      sums[count + i] = sum - d;
    }
    count *= 2;
  }
  let asExtreme = 0;
  for (const sum of sums) if (Math.abs(sum) >= threshold) asExtreme++;
  return asExtreme / count;
}

function countRandom(differences: readonly number[], threshold: number, seed: number): number {
  const random = createRandom(seed);
  let asExtreme = 1;
  for (let round = 0; round < RANDOM_PATTERNS; round++) {
    let sum = 0;
    for (const d of differences) sum += random() < 0.5 ? d : -d;
    if (Math.abs(sum) >= threshold) asExtreme++;
  }
  return asExtreme / (RANDOM_PATTERNS + 1);
}
