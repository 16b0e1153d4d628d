import { shortenPlanners } from '../../model/names.ts';
import type { GateQuantity } from '../analysis.ts';
import type { FailuresResult } from './result.ts';

/**
 * `--fail-on 'rate>5%'`: for every planner, undecided while its interval holds 5 %. `failed>0`, `start-ups>0`, `invoked-twice>0`: of
 * the runs themselves, which is certain.
 */
export function gateQuantities({ planners, ...all }: FailuresResult): GateQuantity[] {
  const shorten = shortenPlanners(planners);
  const count = (name: string, of: string, figure: number): GateQuantity => ({
    name,
    of,
    unit: 'count',
    low: figure,
    high: figure,
  });
  const startups = all.frontier.reduce((sum, point) => sum + (point.kind === 'startup' ? point.count : 0), 0);
  return [
    ...planners.flatMap(({ planner, ciLow, ciHigh, failedCount }): GateQuantity[] => [
      { name: 'rate', of: shorten(planner), unit: 'fraction', low: ciLow, high: ciHigh },
      count('failed', shorten(planner), failedCount),
    ]),
    count('start-ups', 'all runs', startups),
    count('invoked-twice', 'all runs', all.invokedTwiceCount),
  ];
}
