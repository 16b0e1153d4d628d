import type { GateQuantity } from '../analysis.ts';
import type { CompareResult } from './result.ts';

/** Every metric's change, with its interval, by the metric's key. */
export const gateQuantities = (result: CompareResult): GateQuantity[] =>
  result.comparisons.map(({ metric, baseline, candidate, overall }) => ({
    name: metric,
    of: `${candidate} vs ${baseline}`,
    unit: 'fraction',
    low: overall.ciLow,
    high: overall.ciHigh,
  }));
