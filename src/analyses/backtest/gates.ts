import type { GateQuantity } from '../analysis.ts';
import type { BacktestResult } from './result.ts';
import { ENGINE } from './strategies.ts';
import { wordTau } from './wording.ts';

/**
 * `--fail-on 'skill<0%'`: for every strategy, quantity and level, undecided while its interval holds 0 %. `execution-skill` and the like are
 * of one quantity. `not-replayed>0`: stored execution times that do not come out of the replay, which is certain.
 */
export function gateQuantities({ scores, fidelity }: BacktestResult): GateQuantity[] {
  const missed = fidelity.reduce((sum, { predictedCount, exactCount }) => sum + predictedCount - exactCount, 0);
  return [
    ...scores
      .filter(({ strategy }) => strategy !== ENGINE.name)
      .flatMap(({ quantity, strategy, tau, ciLow, ciHigh, outcome }): GateQuantity[] => {
        const of = `${strategy}, ${quantity} ${wordTau(tau)}`;
        return ['skill', `${quantity}-skill`].map((name) => ({
          name,
          of,
          unit: 'fraction',
          low: ciLow,
          high: ciHigh,
          isHint: outcome === 'hint',
        }));
      }),
    { name: 'not-replayed', of: 'all runs', unit: 'count', low: missed, high: missed },
  ];
}
