import type { Random } from './random.ts';

/** Splits of every cell into halves: the mean over them no longer moves by more than a few per cent of its own spread. */
const SPLITS = 100;

/**
 * Estimates how far each arm's mean lies above that of the best arm, free of the winner's curse: the mean of the smallest of noisy
 * means is too small. The best is chosen on a random half of each cell's observations and judged on the other, each half in both
 * parts; where several are best, their mean counts. The differences are averaged over 100 splits (cross-validated choice; Tibshirani & Tibshirani 2009). In the unit of the
 * observations; an arm can lie below the chosen one. `null` when a cell has one observation.
 */
export function judgeBySplits(cells: readonly (readonly number[])[], random: Random): number[] | null {
  if (cells.some((cell) => cell.length < 2)) return null;
  const shuffled = cells.map((cell) => Float64Array.from(cell));
  const totals = shuffled.map((cell) => cell.reduce((sum, x) => sum + x, 0));
  const above = new Float64Array(cells.length);
  for (let split = 0; split < SPLITS; split++) {
    // An odd observation goes to either half in turn.
    const first = shuffled.map((cell, arm) => meanOfHalf(cell, halfOf(cell.length, split + arm), random));
    const second = shuffled.map((cell, arm) => {
      const count = halfOf(cell.length, split + arm);
      return ((totals[arm] as number) - (first[arm] as number) * count) / (cell.length - count);
    });
    addJudged(first, second, above);
    addJudged(second, first, above);
  }
  return Array.from(above, (sum) => sum / (2 * SPLITS));
}

const halfOf = (length: number, turn: number): number => (length + (turn % 2)) >> 1;

/** Shuffles as many observations to the front (Fisher & Yates) and computes their mean. */
function meanOfHalf(cell: Float64Array, count: number, random: Random): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (cell.length - i));
    const chosen = cell[j] as number;
    cell[j] = cell[i] as number;
    cell[i] = chosen;
    sum += chosen;
  }
  return sum / count;
}

/** Means that differ by less are of equal observations: all arms that share the smallest are chosen alike. */
const ROUNDING = 1e-12;

function addJudged(choosing: readonly number[], judging: readonly number[], above: Float64Array): void {
  const limit = Math.min(...choosing) + ROUNDING;
  let [chosen, count] = [0, 0];
  for (let arm = 0; arm < judging.length; arm++) {
    if ((choosing[arm] as number) > limit) continue;
    chosen += judging[arm] as number;
    count++;
  }
  for (let arm = 0; arm < judging.length; arm++) {
    above[arm] = (above[arm] as number) + (judging[arm] as number) - chosen / count;
  }
}
