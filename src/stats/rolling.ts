import { quantile } from 'd3-array';

/**
 * Computes quartiles and median of the last `window` observations at each point, in their unit; `null` where the window holds
 * fewer than three.
 */
export function rollingQuartiles(
  sample: readonly number[],
  window: number,
): ({ low: number; median: number; high: number } | null)[] {
  return sample.map((_, i) => {
    const recent = sample.slice(Math.max(0, i + 1 - window), i + 1);
    if (recent.length < 3) return null;
    const at = (p: number) => quantile(recent, p) as number;
    return { low: at(0.25), median: at(0.5), high: at(0.75) };
  });
}
