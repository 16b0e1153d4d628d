import { shortenPlanners } from '../../model/names.ts';
import type { GateQuantity } from '../analysis.ts';
import type { AccuracyResult, Score } from './result.ts';

/**
 * `mdape`, `bias` and `coverage` of the first quantity under each planner and SLA, and those of every quantity under
 * its name, as in `execution-time-mdape`. Bias is a change fraction: +10 % means predicted 10 % too high.
 */
export function gateQuantities(result: AccuracyResult): GateQuantity[] {
  const shorten = shortenPlanners(result.scores);
  return result.scores.flatMap((score) => {
    const own = boundsOf(score, shorten(score.planner));
    const named = own.map((quantity) => ({ ...quantity, name: `${score.quantity}-${quantity.name}` }));
    return score.quantity === result.quantities[0] ? [...own, ...named] : named;
  });
}

function boundsOf(score: Score, planner: string): GateQuantity[] {
  const of = [planner, score.sla, score.functionName].filter((part) => part !== null).join(' ');
  const change = (bound: number | null) => (bound === null ? null : Math.expm1(bound));
  const bounds = (name: string, low: number | null, high: number | null): GateQuantity => ({
    name,
    of: `${score.quantity}, ${of}`,
    unit: 'fraction',
    low,
    high,
  });
  return [
    bounds('mdape', score.mdapeLow, score.mdapeHigh),
    bounds('bias', change(score.biasLow), change(score.biasHigh)),
    bounds('coverage', score.coverageLow, score.coverageHigh),
  ];
}
