/** Numbers up to which insertion is faster than a call of the built-in sort. */
const FEW = 32;

/** Copies the numbers and sorts the copy, ascending. The sample must hold no NaN. */
export function sortNumbers(sample: ArrayLike<number>): Float64Array {
  const sorted = new Float64Array(sample);
  if (sorted.length > FEW) return sorted.sort();
  for (let i = 1; i < sorted.length; i++) {
    const x = sorted[i] as number;
    let at = i;
    for (; at > 0 && (sorted[at - 1] as number) > x; at--) sorted[at] = sorted[at - 1] as number;
    sorted[at] = x;
  }
  return sorted;
}

/** Computes the median of ascending numbers; `null` without any. */
export function medianOfSorted(sorted: Float64Array): number | null {
  if (sorted.length === 0) return null;
  const place = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number];
  return low + (high - low) * (place - Math.floor(place));
}

/** Computes the quantile at p (0…1) of ascending numbers by R-7; NaN without any. */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  const place = (sorted.length - 1) * p;
  const below = Math.max(0, Math.floor(place));
  const low = sorted[below] as number;
  return below + 1 < sorted.length ? low + ((sorted[below + 1] as number) - low) * (place - below) : low;
}

/** Counts the ascending numbers below `x`, with `orEqual` those equal to it as well. O(log n). */
export function countBelow(sorted: ArrayLike<number>, x: number, orEqual = false): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const y = sorted[middle] as number;
    if (y < x || (orEqual && y === x)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Thins ascending numbers to at most `most` ≥ 2, evenly spaced by rank and with both extremes, so that a chart of a large sample
 * shows points and no smear.
 */
export function thinSorted(sorted: ArrayLike<number>, most: number): readonly number[] {
  if (sorted.length <= most) return Array.from(sorted);
  const step = (sorted.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => sorted[Math.round(i * step)] as number);
}
