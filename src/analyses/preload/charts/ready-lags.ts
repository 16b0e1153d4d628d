import { thinSorted } from '../../../stats/order-statistics.ts';
import type { ReadyLag } from '../result.ts';

/** Points on one side of a panel at most: more would be a smear, and evenly spaced order statistics stand for them. */
const MOST_POINTS = 200;

/** Encodes a quantitative axis that need not begin at 0. */
export const quantitative = (field: string, title: string) => ({
  field,
  type: 'quantitative',
  scale: { nice: true, zero: false },
  axis: { tickCount: 4, grid: true, title, format: ',d', labelOverlap: true },
});

/** The sides of the comparison, in the order of the charts. */
export const SIDES = ['without', 'preloaded'] as const;
/** Tells the side of a ready lag. */
export const sideOf = ({ preloaded }: ReadyLag) => (preloaded ? 'preloaded' : 'without');

/** Sorts ready lags in ms, and thins them to at most 200. */
export const thinOut = (lags: readonly ReadyLag[]): readonly number[] =>
  thinSorted(
    lags.map(({ readyLagMs }) => readyLagMs).sort((a, b) => a - b),
    MOST_POINTS,
  );
