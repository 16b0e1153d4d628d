import type { ChangeState, ChangeTone } from '../../view/change-states.ts';
import { type ContrastOutcome, excludesNoChange } from './outcome.ts';

/** A change as charts mark it. */
export interface MarkedChange {
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly allEqual: boolean;
}

/** Tells how much a change tells. `outcome`: of a change that a test judges; `null`: of a part, which none judges by itself. */
export function stateOf({ ciLow, ciHigh, allEqual }: MarkedChange, outcome: ContrastOutcome | null): ChangeState {
  if (outcome === 'equivalent' || allEqual) return 'no-change';
  if (ciLow === null) return 'no-interval';
  if (outcome === 'different') return 'certain';
  return excludesNoChange(ciLow, ciHigh) ? 'hint' : 'cannot-tell';
}

/** Tells on which side of no change an interval lies. */
export function toneOf(low: number | null, high: number | null): ChangeTone {
  if (!excludesNoChange(low, high)) return 'uncertain';
  return (low as number) > 0 ? 'loss' : 'gain';
}
