import { bisectLeft } from 'd3-array';

/** How many were counted at ranks 0…n − 1, in O(log n) each: a binary indexed tree (Fenwick 1994). */
export class RankCounts {
  readonly #counts: Float64Array;

  constructor(rankCount: number) {
    this.#counts = new Float64Array(rankCount + 1);
  }

  add(rank: number): void {
    for (let i = rank + 1; i < this.#counts.length; i += i & -i) this.#counts[i] = (this.#counts[i] as number) + 1;
  }

  /** How many were added at ranks below this one. */
  below(rank: number): number {
    let count = 0;
    for (let i = rank; i > 0; i -= i & -i) count += this.#counts[i] as number;
    return count;
  }
}

/** The rank of each observation among the distinct ones, from 0; equal observations share a rank. */
export function denseRanks(sample: readonly number[]): { ranks: number[]; rankCount: number } {
  const distinct = Float64Array.from(sample)
    .sort()
    .filter((x, i, all) => x !== all[i - 1]);
  return { ranks: sample.map((observation) => bisectLeft(distinct, observation)), rankCount: distinct.length };
}
