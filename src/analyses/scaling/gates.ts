import { shortenPlanners } from '../../model/names.ts';
import type { GateQuantity } from '../analysis.ts';
import { explain } from './fit.ts';
import type { ScalingResult, Slope } from './result.ts';

/** `--fail-on 'per-worker>100ms'` for every planner, `width>1` for every workflow; undecided where few runs decide. */
export function gateQuantities({ fanouts, makespans }: ScalingResult): GateQuantity[] {
  const shorten = shortenPlanners(fanouts);
  return [
    ...fanouts.map(({ planner, last }) => ({
      name: 'per-worker',
      of: shorten(planner),
      unit: 'ms' as const,
      ...boundsOf(last.perWorker),
    })),
    ...makespans.map(({ workflow, makespan }) => ({
      name: 'width',
      of: workflow,
      unit: 'count' as const,
      ...boundsOf(makespan),
    })),
  ];
}

function boundsOf(slope: Slope | null): { low: number | null; high: number | null } {
  const reason = explain(slope);
  if (slope === null || reason === 'few-runs-decide') return { low: null, high: null };
  return { low: slope.ciLow, high: slope.ciHigh };
}
