import { lnGamma } from './special.ts';

/** Counts of one arm: how often something happened and how often it did not. */
export interface Tally {
  readonly yes: number;
  readonly no: number;
}

/**
 * Computes the two-sided p, in (0, 1], of Fisher's exact test for two tallies: the summed hypergeometric probability of all tables
 * with the same margins that are at most as likely as the observed one, as R's fisher.test does. Probabilities that differ by less
 * than 1e-7 of themselves count as equal. 1 where a margin is 0.
 */
export function fisherExactP(one: Tally, other: Tally): number {
  const [countOne, countOther] = [one.yes + one.no, other.yes + other.no];
  const yes = one.yes + other.yes;
  const logAll = lnChoose(countOne + countOther, yes);
  const probabilityOf = (k: number) => Math.exp(lnChoose(countOne, k) + lnChoose(countOther, yes - k) - logAll);
  const threshold = probabilityOf(one.yes) * (1 + 1e-7);
  let p = 0;
  for (let k = Math.max(0, yes - countOther); k <= Math.min(countOne, yes); k++) {
    const probability = probabilityOf(k);
    if (probability <= threshold) p += probability;
  }
  return Math.min(1, p);
}

const lnChoose = (n: number, k: number): number => lnGamma(n + 1) - lnGamma(k + 1) - lnGamma(n - k + 1);
