import { lnGamma, regularizedIncompleteBeta } from './special.ts';

/** The 97.5 % quantile of the standard normal. */
const Z = 1.959963984540054;

/** 95 % score interval of a proportion, in 0…1 (Wilson 1927, without continuity correction); `null` without trials. */
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
 * Exact two-sided p of `successCount` in `count` trials under success probability `share`: the sum of all outcomes that are
 * at most as likely as the observed one, as R's binom.test and scipy's binomtest do. `null` without trials.
 */
export function exactBinomialP(successCount: number, count: number, share: number): number | null {
  if (count === 0) return null;
  // Outcomes that are equally likely but for rounding count as equal.
  const threshold = binomialProbability(successCount, count, share) * (1 + 1e-7);
  let p = 0;
  for (let k = 0; k <= count; k++) {
    const probability = binomialProbability(k, count, share);
    if (probability <= threshold) p += probability;
  }
  return Math.min(1, p);
}

/** P(B = k). */
function binomialProbability(k: number, count: number, share: number): number {
  if (share <= 0) return k === 0 ? 1 : 0;
  if (share >= 1) return k === count ? 1 : 0;
  const lnChoose = lnGamma(count + 1) - lnGamma(k + 1) - lnGamma(count - k + 1);
  return Math.exp(lnChoose + k * Math.log(share) + (count - k) * Math.log1p(-share));
}

/** P(B ≤ k). */
export function binomialCdf(k: number, count: number, share: number): number {
  if (k < 0) return 0;
  if (k >= count) return 1;
  return regularizedIncompleteBeta(1 - share, count - k, k + 1);
}
