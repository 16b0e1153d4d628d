/** Up to so many numbers are sorted by insertion before the built-in sort has begun. */
const FEW = 32;

/** A sorted copy, ascending; no NaN. Typed arrays are sorted many times faster than lists. */
export function sortNumbers(sample: readonly number[]): Float64Array {
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

/** The R-7 quantile at one half of sorted numbers; `null` without any. */
export function medianOfSorted(sorted: Float64Array): number | null {
  if (sorted.length === 0) return null;
  const place = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number];
  return low + (high - low) * (place - Math.floor(place));
}

/** How many of the sorted numbers are below `x`, or equal to it. */
export function countBelow(sorted: Float64Array, x: number, orEqual = false): number {
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
 * At most `most` of the sorted numbers, evenly spaced by rank, the smallest and the largest among them: what a picture shows of a
 * large sample without becoming a smear. `most` ≥ 2.
 */
export function thinSorted(sorted: ArrayLike<number>, most: number): readonly number[] {
  if (sorted.length <= most) return Array.from(sorted);
  const step = (sorted.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => sorted[Math.round(i * step)] as number);
}
