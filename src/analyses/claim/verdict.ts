import type { OverallChange } from '../design/comparison.ts';
import { excludesNoChange } from '../design/outcome.ts';
import type { ClaimVerdict, JudgedClaim, Way } from './result.ts';
import type { ClaimedChange } from './sentence.ts';

/** The part of a blocked change that verdicts rest on. */
export type BlockedChange = Pick<OverallChange, 'ciLow' | 'ciHigh' | 'allEqual' | 'withinEquivalence'>;

/** Judges a claim by the blocked change, and by whether an unblocked way over all runs gives the number. */
export function judgeClaim(claimed: ClaimedChange, blocked: BlockedChange, ways: readonly Way[]): ClaimVerdict {
  const { ciLow: low, ciHigh: high, allEqual } = blocked;
  // There is no interval where all runs are equal, and nothing to be uncertain about.
  const [from, to] = allEqual ? [0, 0] : [low, high];
  if (from === null || to === null) return 'cannot-tell';
  if (!excludesNumber(claimed, from, to)) return excludesNoChange(from, to) ? 'supported' : 'cannot-tell';
  if (ways.some(isArtefactual)) return 'artefact';
  if (blocked.withinEquivalence) return 'contradicted';
  if (!excludesNoChange(from, to)) return 'cannot-tell';
  return from > 0 === claimed.fraction > 0 ? 'direction-only' : 'contradicted';
}

/** Tells whether no change that rounds to the claimed one lies in the interval. */
const excludesNumber = ({ low, high }: ClaimedChange, from: number, to: number): boolean => high < from || low > to;

/** Tells whether the blocked interval of a claim excludes its number; without an interval it does not. */
export function excludesClaim({ blocked, claimedFraction, claimedLow, claimedHigh }: Blocked): boolean {
  const { ciLow: from, ciHigh: to } = blocked;
  const claimed = { fraction: claimedFraction, low: claimedLow, high: claimedHigh };
  return from !== null && to !== null && excludesNumber(claimed, from, to);
}

type Blocked = Pick<JudgedClaim, 'claimedFraction' | 'claimedLow' | 'claimedHigh'> & {
  readonly blocked: BlockedChange;
};

/** Tells whether a way rounds to the number without comparing runs in blocks, over all workflows and SLAs. */
export const isArtefactual = ({ way, scope, matches }: Way): boolean => matches && way !== 'blocked' && isWhole(scope);

/** The scopes that leave no workflow or SLA out. */
const isWhole = (scope: string): boolean => scope === 'all' || scope === 'every-run';

/** Tells whether a change rounds to the claimed one; a half rounds away from no change. */
export function roundsTo(change: number, { fraction, low, high }: ClaimedChange): boolean {
  return fraction < 0
    ? change > low + TOLERANCE && change <= high + TOLERANCE
    : change >= low - TOLERANCE && change < high - TOLERANCE;
}

/** The ends of a claim are decimal fractions that binary numbers miss by less. */
const TOLERANCE = 1e-12;
