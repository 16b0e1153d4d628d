import { shortenPlanners } from '../../model/names.ts';
import type { GateQuantity } from '../analysis.ts';
import type { PrewarmResult } from './result.ts';

/** `--fail-on 'warm<80%'`, `saved<500ms`, `unused>3`: for every planner under which a prewarm fired. */
export function gateQuantities({ planners }: PrewarmResult): GateQuantity[] {
  const shorten = shortenPlanners(planners);
  return planners
    .filter(({ eventCount }) => eventCount > 0)
    .flatMap(({ planner, warmFraction, savedMs, unusedCount }): GateQuantity[] => {
      const of = shorten(planner);
      return [
        { name: 'warm', of, unit: 'fraction', low: warmFraction?.ciLow ?? null, high: warmFraction?.ciHigh ?? null },
        { name: 'saved', of, unit: 'ms', low: savedMs?.ciLow ?? null, high: savedMs?.ciHigh ?? null },
        { name: 'unused', of, unit: 'count', low: unusedCount, high: unusedCount },
      ];
    });
}
