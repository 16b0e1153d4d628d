import type { Column } from './view.ts';
import { NOT_MEASURED, wordFigure, wordNumber } from './words.ts';

/** Columns and cells that several tables have alike. */

/** Milliseconds in seconds; `–` for null. */
export const toSeconds = (ms: number | null): string => wordFigure(ms === null ? null : ms / 1000);

/** A fraction as a whole percentage; `–` for null. */
export const toPercent = (fraction: number | null): string => wordNumber(fraction === null ? null : fraction * 100, 0);

/** `[low, high]`, each worded; `–` without an interval. */
export function wordInterval(
  estimate: { readonly ciLow: number | null; readonly ciHigh: number | null } | null,
  word: (x: number) => string,
): string {
  if (!estimate || estimate.ciLow === null || estimate.ciHigh === null) return NOT_MEASURED;
  return `[${word(estimate.ciLow)}, ${word(estimate.ciHigh)}]`;
}

/** A column of figures. */
export const right = (key: string, header: string, wide = false): Column => ({ key, header, align: 'right', wide });

/** A column of names. */
export const name = (key: string, header: string): Column => ({ key, header, align: 'left', wraps: true });
