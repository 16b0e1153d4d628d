import type { GateQuantity } from '../analysis.ts';
import { isCarriedByFew } from './fit.ts';
import type { MemoryResult } from './result.ts';

/** `--fail-on 'neighbour>10%'`, `exponent<0`: for every function that has the figure; undecided where few runs decide it. */
export function gateQuantities({ functions }: MemoryResult): GateQuantity[] {
  return functions.flatMap(({ function: of, exponent, neighbourFactor, ...own }): GateQuantity[] => [
    ...(exponent === null ? [] : [{ name: 'exponent', of, unit: 'count' as const, ...boundsOf(own, 0) }]),
    ...(neighbourFactor === null
      ? []
      : [{ name: 'neighbour', of, unit: 'fraction' as const, ...boundsOf(neighbourFactor, 1) }]),
  ]);
}

interface Told {
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly effectiveRunCount: number | null;
}

/** The interval less what means no effect; `null`: there is none that holds. */
function boundsOf(
  { ciLow, ciHigh, effectiveRunCount }: Told,
  none: number,
): { low: number | null; high: number | null } {
  if (ciLow === null || ciHigh === null || isCarriedByFew(effectiveRunCount ?? 0)) return { low: null, high: null };
  return { low: ciLow - none, high: ciHigh - none };
}
