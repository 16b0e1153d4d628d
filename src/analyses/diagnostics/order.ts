import { countBelow, sortNumbers } from '../../stats/order-statistics.ts';

/** Concordance in [−1, 1] beyond which runs count as made one after the other rather than interleaved. */
const MOST_ORDERED = 0.5;

/** Tells whether this concordance looks like drift; for two arms it is 2·AUC − 1, for ordered levels Kendall's. */
export const isApartInTime = (concordance: number): boolean => Math.abs(concordance) > MOST_ORDERED;

/** Counts the pairs in which the candidate was submitted after the baseline; ties count half. O((n + m) log(n + m)). */
function countLater(baseline: readonly number[], candidate: readonly number[]): number {
  const sorted = sortNumbers(baseline);
  return candidate.reduce((later, at) => later + (countBelow(sorted, at) + countBelow(sorted, at, true)) / 2, 0);
}

/** Submission instants of the two arms among which order is judged, in ms. */
export interface ArmInstants {
  readonly baseline: readonly number[];
  readonly candidate: readonly number[];
}

/** P(candidate submitted after baseline), over all workloads; `null` unless the arms are apart in time. */
export function findArmsApart(workloads: Iterable<ArmInstants>): number | null {
  let [later, pairs] = [0, 0];
  for (const { baseline, candidate } of workloads) {
    later += countLater(baseline, candidate);
    pairs += baseline.length * candidate.length;
  }
  if (pairs === 0) return null;
  const auc = later / pairs;
  return isApartInTime(2 * auc - 1) ? auc : null;
}
