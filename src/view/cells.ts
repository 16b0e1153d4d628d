import type { Column } from './view.ts';
import { NOT_MEASURED, wordFigure, wordNumber } from './words.ts';

/** Words milliseconds in seconds; `–` for null. */
export const toSeconds = (ms: number | null): string => wordFigure(ms === null ? null : ms / 1000);

/** Words a fraction as a whole percentage without its sign; `–` for null. */
export const toPercent = (fraction: number | null): string => wordNumber(fraction === null ? null : fraction * 100, 0);

/** Words an interval as `[low, high]`; `–` without one. */
export function wordInterval(
  estimate: { readonly ciLow: number | null; readonly ciHigh: number | null } | null,
  word: (x: number) => string,
): string {
  if (!estimate || estimate.ciLow === null || estimate.ciHigh === null) return NOT_MEASURED;
  return `[${word(estimate.ciLow)}, ${word(estimate.ciHigh)}]`;
}

/** Creates a column of figures. */
export const right = (key: string, header: string, wide = false): Column => ({ key, header, align: 'right', wide });

/** Creates a column of names, which wraps. */
export const name = (key: string, header: string): Column => ({ key, header, align: 'left', wraps: true });
