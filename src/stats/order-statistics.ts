/**
 * At most `most` of the sorted numbers, evenly spaced by rank, the smallest and the largest among them: what a picture shows of a
 * large sample without becoming a smear. `most` ≥ 2.
 */
export function thinSorted(sorted: readonly number[], most: number): readonly number[] {
  if (sorted.length <= most) return sorted;
  const step = (sorted.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => sorted[Math.round(i * step)] as number);
}
