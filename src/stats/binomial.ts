import { lnGamma, regularizedIncompleteBeta } from './special.ts';

/** The 97.5 % quantile of the standard normal. */
const Z = 1.959963984540054;

/**
 * Computes the 95 % score interval of a proportion, both ends in 0…1 (Wilson 1927, without continuity correction). The interval
 * contains the observed proportion; `null` without trials.
 */
export function wilsonInterval(successCount: number, count: number): { low: number; high: number } | null {
  if (count === 0) return null;
  const share = successCount / count;
  const center = share + (Z * Z) / (2 * count);
  const halfWidth = Z * Math.sqrt((share * (1 - share)) / count + (Z * Z) / (4 * count * count));
  const scale = 1 + (Z * Z) / count;
  // At the ends the exact bounds are 0 and 1; the formula misses them in the last bits.
  return {
    low: successCount === 0 ? 0 : (center - halfWidth) / scale,
    high: successCount === count ? 1 : (center + halfWidth) / scale,
  };
}

/**
 * Computes the exact two-sided p, in 0…1, of `successCount` in `count` trials under success probability `share` (0…1): the summed
 * probability of all outcomes at most as likely as the observed one, as R's binom.test and scipy's binomtest do. Probabilities
 * that differ by less than 1e-7 of themselves count as equal. `null` without trials.
 */
export function exactBinomialP(successCount: number, count: number, share: number): number | null {
  if (count === 0) return null;
  const probabilities = binomialProbabilities(count, share);
  // Outcomes that are equally likely but for rounding count as equal.
  const threshold = (probabilities[successCount] as number) * (1 + 1e-7);
  let p = 0;
  for (const probability of probabilities) if (probability <= threshold) p += probability;
  return Math.min(1, p);
}

/** Lists P(B = k) for k = 0…n. */
function binomialProbabilities(count: number, share: number): Float64Array {
  if (share <= 0 || share >= 1)
    return new Float64Array(count + 1).fill(1, share <= 0 ? 0 : count, share <= 0 ? 1 : count + 1);
  const lnFactorials = Float64Array.from({ length: count + 1 }, (_, k) => lnGamma(k + 1));
  const lnFactorial = (k: number) => lnFactorials[k] as number;
  const [lnShare, lnRest] = [Math.log(share), Math.log1p(-share)];
  return lnFactorials.map((_, k) => {
    const lnChoose = lnFactorial(count) - lnFactorial(k) - lnFactorial(count - k);
    return Math.exp(lnChoose + k * lnShare + (count - k) * lnRest);
  });
}

/** Computes P(B ≤ k) of the binomial distribution of `count` trials: 0 for k below 0, 1 from `count` on. */
export function binomialCdf(k: number, count: number, share: number): number {
  if (k < 0) return 0;
  if (k >= count) return 1;
  return regularizedIncompleteBeta(1 - share, count - k, k + 1);
}
