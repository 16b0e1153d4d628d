import { shortenPlanners } from '../../model/names.ts';
import type { GateQuantity } from '../analysis.ts';
import type { TaskdupResult } from './result.ts';

/** `--fail-on 'used<50%'`, `ahead-by<0ms`: for every planner under which a task was duplicated. */
export function gateQuantities({ planners }: TaskdupResult): GateQuantity[] {
  const shorten = shortenPlanners(planners);
  return planners
    .filter(({ duplicationCount }) => duplicationCount > 0)
    .flatMap(({ planner, duplicateUsedFraction: used, headStartMs: ahead }): GateQuantity[] => {
      const of = shorten(planner);
      return [
        { name: 'used', of, unit: 'fraction', low: used?.ciLow ?? null, high: used?.ciHigh ?? null },
        { name: 'ahead-by', of, unit: 'ms', low: ahead?.ciLow ?? null, high: ahead?.ciHigh ?? null },
      ];
    });
}
