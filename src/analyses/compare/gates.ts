import type { GateQuantity } from '../analysis.ts';
import type { CompareResult } from './result.ts';

/** Every metric's change, that of the stat which was asked for, with its interval, by the metric's key. */
export const gateQuantities = (result: CompareResult): GateQuantity[] =>
  result.comparisons.map(({ metric, baselineLabel, candidateLabel, stat, overall }) => ({
    name: metric,
    of: `${candidateLabel} vs ${baselineLabel}${stat === 'mean' ? '' : ` (${stat})`}`,
    unit: 'fraction',
    // All figures are equal: there is no interval, and no change either.
    low: overall.allEqual ? 0 : overall.ciLow,
    high: overall.allEqual ? 0 : overall.ciHigh,
    isHint: overall.outcome === 'hint',
  }));
