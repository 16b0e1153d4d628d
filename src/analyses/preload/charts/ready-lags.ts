import { extent } from 'd3-array';
import { thinSorted } from '../../../stats/order-statistics.ts';
import type { ReadyLag } from '../result.ts';

/** Points on one side of a panel at most: more would be a smear, and evenly spaced order statistics stand for them. */
const MOST_POINTS = 200;

/** Encodes an axis in ms over all of these figures: it need not begin at 0, and has a length where all are equal. */
export const axisOver = (field: string, figuresMs: readonly number[], title: string) => ({
  field,
  type: 'quantitative',
  scale: { domain: domainOf(figuresMs), nice: false, zero: false },
  axis: { tickCount: 4, grid: true, title, format: ',d', labelOverlap: true },
});

/** The sides of the comparison, in the order of the charts. */
export const SIDES = ['without', 'preloaded'] as const;
/** Tells the side of a ready lag. */
export const sideOf = ({ preloaded }: ReadyLag) => (preloaded ? 'preloaded' : 'without');

/** Sorts ready lags, and thins them to at most 200. */
export function thinOut(lags: readonly ReadyLag[]): ReadyLag[] {
  const sorted = [...lags].sort((a, b) => a.readyLagMs - b.readyLagMs);
  return thinSorted(
    sorted.map((_, i) => i),
    MOST_POINTS,
  ).map((i) => sorted[i] as ReadyLag);
}

/** Share of the figures' span on both sides of them; of a single figure, if they are all equal. */
const MARGIN = 0.05;

function domainOf(figuresMs: readonly number[]): [number, number] {
  const [least = 0, most = 0] = extent(figuresMs) as [number, number];
  const margin = MARGIN * (most - least || Math.abs(most) || 1);
  return [least - margin, most + margin];
}
