import { shortenPlanners } from '../../model/names.ts';
import type { GateQuantity } from '../analysis.ts';
import type { BreakdownResult } from './result.ts';

/** `--fail-on 'startup>50%'`: a part's share of the makespan along the critical path, for every planner. */
export function gateQuantities({ planners }: BreakdownResult): GateQuantity[] {
  const shorten = shortenPlanners(planners);
  return planners.flatMap(({ planner, criticalPath }) =>
    (criticalPath?.parts ?? []).map(({ part, shareCiLow, shareCiHigh }) => ({
      name: part,
      of: shorten(planner),
      unit: 'fraction' as const,
      low: shareCiLow,
      high: shareCiHigh,
    })),
  );
}
