import { mean, sum } from 'd3-array';
import { isSpread } from './contrast.ts';
import { regularizedIncompleteBeta } from './special.ts';

/** A one-way analysis of variance tells whether the means of groups differ by more than chance. */
export interface OneWayAnova {
  readonly fStatistic: number;
  /** [between groups, within groups], both at least 1. */
  readonly degreesOfFreedom: readonly [number, number];
  /** In [0, 1]. */
  readonly pValue: number;
}

/**
 * Analyzes the variance of observations in groups (Fisher 1925), as scipy's f_oneway does. No group may be empty. `null` for fewer
 * than two groups, without a group of two observations, or where nothing varies inside groups.
 */
export function analyzeVariance(groups: readonly (readonly number[])[]): OneWayAnova | null {
  const observations = groups.flat();
  const [between, within] = [groups.length - 1, observations.length - groups.length];
  if (between < 1 || within < 1) return null;
  const center = mean(observations) as number;
  const means = groups.map((group) => mean(group) as number);
  const sumBetween = sum(groups, (group, i) => group.length * ((means[i] as number) - center) ** 2);
  const sumWithin = sum(groups, (group, i) => sum(group, (x) => (x - (means[i] as number)) ** 2));
  if (!isSpread(sumWithin / within, groups)) return null;
  const fStatistic = sumBetween / between / (sumWithin / within);
  // P(F > f) = I(within / (within + between·f); within/2, between/2).
  const pValue = regularizedIncompleteBeta(within / (within + between * fStatistic), within / 2, between / 2);
  return { fStatistic, degreesOfFreedom: [between, within], pValue };
}
