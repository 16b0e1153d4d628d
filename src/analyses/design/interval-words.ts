import type { IntervalMethod } from '../../stats/contrast.ts';
import type { QuantileRefusal } from '../../stats/quantile-contrast.ts';
import { wordCount } from '../../view/words.ts';

/** A contrast's interval, by what its footnote tells of it. */
export interface IntervalSource {
  readonly method: IntervalMethod | 'order-statistics';
  /** Runs of each cell, two for each block. */
  readonly counts: readonly number[];
  readonly allEqual: boolean;
}

/** Words the source of an interval, as in `paired t over 8 blocks, as 15 of 16 cells have one run`. */
export function wordIntervalSource({ method, counts, allEqual }: IntervalSource): string {
  const blockCount = counts.length / 2;
  const singles = `${counts.filter((n) => n === 1).length} of ${counts.length} cells ${counts.length === 1 ? 'has' : 'have'} one run`;
  if (allEqual) return 'none needed, as all runs are equal';
  switch (method) {
    case 'welch':
      return `from the spread of runs inside the ${counts.length} cells (Welch)`;
    case 'welch-borrowed':
      return `from the spread of runs inside cells (Welch); ${singles} and borrow the pooled spread of the others`;
    case 'paired-t':
      return `paired t over ${blockCount} blocks, as ${singles}`;
    case 'order-statistics':
      return 'order statistics of the runs';
    case 'none':
      return `none, as ${explainNone(blockCount, counts, singles)}`;
  }
}

/** Says why there is no interval. */
function explainNone(blockCount: number, counts: readonly number[], singles: string): string {
  if (blockCount === 0) return 'nothing was measured in both arms';
  if (counts.every((n) => n > 1)) return 'no run differs from the others of its cell';
  // From three blocks on every design has an interval, unless nothing varies.
  if (blockCount >= 3) return 'nothing varies: the figures of every block tell the same change';
  return `${singles}, in ${wordCount(blockCount, 'block')}: nothing tells the spread of the next run`;
}

/** Words why a quantile is not told: `too few: 31 of 72 runs`, or `too few in a cell: 3 of 12 runs`. */
export const wordRefusal = ({ reason, count, fewest }: QuantileRefusal): string =>
  `too few${reason === 'too-few' ? '' : ' in a cell'}: ${count} of ${fewest} runs`;
