import { medianOfSorted, sortNumbers } from './order-statistics.ts';

/** A line y = intercept + slope × x. */
export interface Line {
  readonly intercept: number;
  readonly slope: number;
}

/**
 * Fits a line by the median of the slopes of all pairs with different x (Theil 1950, Sen 1968), and through the median of
 * y − slope × x. The slope is 0 where all x are equal; `null` without observations. O(n² log n).
 */
export function fitTheilSen(x: readonly number[], y: readonly number[]): Line | null {
  if (x.length === 0) return null;
  const slopes: number[] = [];
  for (let i = 0; i < x.length; i++) {
    for (let j = i + 1; j < x.length; j++) {
      const run = (x[j] as number) - (x[i] as number);
      if (run !== 0) slopes.push(((y[j] as number) - (y[i] as number)) / run);
    }
  }
  const slope = medianOfSorted(sortNumbers(slopes)) ?? 0;
  const intercept = medianOfSorted(sortNumbers(y.map((own, i) => own - slope * (x[i] as number)))) as number;
  return { intercept, slope };
}
