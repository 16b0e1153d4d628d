import { binomialCdf } from './binomial.ts';

/**
 * An interval that holds the population's median with at least 95 %, whatever the distribution: the d-th smallest and the d-th
 * largest observation, d as large as 2 P(B(n, ½) < d) ≤ 0.05 allows (Le Boudec, Performance Evaluation, theorem 2.1).
 * `null` below six observations, where no such pair exists.
 */
export function medianInterval(sample: readonly number[]): { low: number; high: number } | null {
  const count = sample.length;
  let [rank, beyond] = [0, Math.ceil(count / 2) + 1];
  while (beyond - rank > 1) {
    const middle = (rank + beyond) >> 1;
    if (2 * binomialCdf(middle - 1, count, 0.5) <= 0.05) rank = middle;
    else beyond = middle;
  }
  if (rank === 0) return null;
  const sorted = Float64Array.from(sample).sort();
  return { low: sorted[rank - 1] as number, high: sorted[count - rank] as number };
}
