import { fisherExactP } from '../../stats/fisher.ts';
import { probabilityOfLess, sampleMean } from '../../stats/summary.ts';
import type { Cell } from './blocks.ts';
import type { MeasuredCell } from './cells.ts';
import type { Loss, LossCount } from './comparison.ts';
import { countRuns, type PairedBlock, type Side } from './pairs.ts';

/** Counts the runs of the blocks that both arms have, and those with a figure. `measured` are the same blocks, in their order. */
export function countLoss(
  blocks: readonly PairedBlock<Cell<unknown>>[],
  measured: readonly PairedBlock<MeasuredCell<unknown>>[],
): Loss {
  const count = (side: Side): LossCount => {
    const found = countRuns(measured, side);
    return { measured: found, missing: countRuns(blocks, side) - found };
  };
  const [baseline, candidate] = [count('baseline'), count('candidate')];
  const rank = (i: number, side: Side) => rankMissing(blocks[i]?.[side], measured[i]?.[side]);
  const less = blocks.map((_, i) => probabilityOfLess(rank(i, 'baseline'), rank(i, 'candidate')) as number);
  return {
    baseline,
    candidate,
    pValue: fisherExactP(tally(baseline), tally(candidate)),
    worstRankProbability: sampleMean(less),
  };
}

const tally = ({ measured, missing }: LossCount) => ({ yes: measured, no: missing });

/** Lists the figures of a cell, those missing as more than all others (worst-rank analysis, Lachin 1999). */
const rankMissing = (cell: Cell<unknown> | undefined, measured: MeasuredCell<unknown> | undefined): number[] => {
  const amounts = measured?.amounts ?? [];
  const missing = (cell?.facts.length ?? 0) - amounts.length;
  return [...amounts, ...Array<number>(missing).fill(Number.POSITIVE_INFINITY)];
};
