import { sum } from 'd3-array';
import { minimalDetectable } from '../../stats/power.ts';

/** Spread of ln figure within cells, pooled over all of them. */
export interface Spread {
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

/** Pools the variance of logarithms within cells; `null` where no cell has two figures. */
export function poolSpread(cells: readonly (readonly number[])[]): Spread | null {
  const degreesOfFreedom = sum(cells, ({ length }) => Math.max(0, length - 1));
  if (degreesOfFreedom === 0) return null;
  const squares = sum(cells, (logs) => {
    const mean = sum(logs) / logs.length;
    return sum(logs, (log) => (log - mean) ** 2);
  });
  return { variance: squares / degreesOfFreedom, degreesOfFreedom };
}

/**
 * The change between two arms that their runs detect at 5 % with a power of 80 %, as a fraction: the blocks' differences of mean
 * logarithms are averaged with equal weight, each with the pooled variance. `counts`: runs of both arms in each block that they share.
 * `null`: they share none, or have one run in each cell.
 */
export function detectableFraction(
  { variance }: Pick<Spread, 'variance'>,
  counts: readonly (readonly [number, number])[],
): number | null {
  const degreesOfFreedom = sum(counts, ([first, second]) => first + second - 2);
  if (counts.length === 0 || degreesOfFreedom === 0) return null;
  const share = sum(counts, ([first, second]) => 1 / first + 1 / second) / counts.length ** 2;
  return Math.expm1(minimalDetectable({ variance: variance * share, degreesOfFreedom }));
}

/** Runs that a cell is to have at least: one tells nothing of the spread. */
export const FEWEST_RUNS = 2;
/** Runs that a cell is to have at most: more is no advice any more. */
const MOST_RUNS = 1000;

/** The fewest runs a cell with which so many balanced blocks detect a change; `null`: more than 1,000. */
export function countRunsPerCell(spread: Spread, blockCount: number, effectFraction: number): number | null {
  for (let count = FEWEST_RUNS; count <= MOST_RUNS; count++) {
    const counts = Array.from({ length: blockCount }, (): [number, number] => [count, count]);
    if ((detectableFraction(spread, counts) ?? Number.POSITIVE_INFINITY) <= effectFraction) return count;
  }
  return null;
}

/** The most runs a cell, topped up alike, that a budget pays for; 0: not even one in the emptiest cells. */
export function countAffordable(runCounts: readonly number[], budget: number): number {
  let count = 0;
  while (count < MOST_RUNS && sum(runCounts, (own) => Math.max(0, count + 1 - own)) <= budget) count++;
  return count;
}
