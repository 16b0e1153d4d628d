/**
 * An outcome is what a contrast of arms says. `different`: the interval excludes no change, and the permutation test confirms it
 * after Holm. `hint`: the interval excludes no change, the test does not confirm it; with few runs it cannot. `equivalent`: the
 * interval lies within the margin of no change, or all figures are equal. `inconclusive`: none of these.
 */
export type ContrastOutcome = 'different' | 'hint' | 'equivalent' | 'inconclusive';

/** The adjusted p value below which the permutation test confirms a change. */
export const SIGNIFICANCE_LEVEL = 0.05;

export interface Evidence {
  /** The interval of the change, 0 being none; `null`: there is no interval. */
  readonly low: number | null;
  readonly high: number | null;
  /** After Holm; `null`: there is no test. */
  readonly pAdjusted: number | null;
  /** Is true when the interval lies within the margin of no change, or nothing varies at all. */
  readonly withinMargin: boolean;
}

/** Judges a contrast, in the order of the outcomes: an interval that excludes no change is never equivalent. */
export function judgeContrast({ low, high, pAdjusted, withinMargin }: Evidence): ContrastOutcome {
  if (excludesNoChange(low, high)) {
    return isConfirmed(pAdjusted) ? 'different' : 'hint';
  }
  return withinMargin ? 'equivalent' : 'inconclusive';
}

/** Tells whether the permutation test confirms a change; without a test it does not. */
export const isConfirmed = (pAdjusted: number | null): boolean => pAdjusted !== null && pAdjusted < SIGNIFICANCE_LEVEL;

/** Tells whether an interval lies on one side of 0; without an interval it does not. */
export const excludesNoChange = (low: number | null, high: number | null): boolean =>
  low !== null && high !== null && (low > 0 || high < 0);
