import type { GateQuantity } from '../analysis.ts';
import type { MemoryResult } from './result.ts';

/** `--fail-on 'neighbour>10%'`, `exponent<0`: for every function that has the figure. */
export function gateQuantities({ functions }: MemoryResult): GateQuantity[] {
  return functions.flatMap(({ function: of, exponent, ciLow, ciHigh, neighbourFactor }): GateQuantity[] => [
    ...(exponent === null ? [] : [{ name: 'exponent', of, unit: 'count' as const, low: ciLow, high: ciHigh }]),
    ...(neighbourFactor === null
      ? []
      : [
          {
            name: 'neighbour',
            of,
            unit: 'fraction' as const,
            low: neighbourFactor.ciLow === null ? null : neighbourFactor.ciLow - 1,
            high: neighbourFactor.ciHigh === null ? null : neighbourFactor.ciHigh - 1,
          },
        ]),
  ]);
}
