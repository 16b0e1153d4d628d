/** Running totals of what was added at ranks 0…n − 1, in O(log n) each: two binary indexed trees (Fenwick 1994). */
export class RankTotals {
  readonly #counts: Float64Array;
  readonly #sums: Float64Array;

  constructor(rankCount: number) {
    this.#counts = new Float64Array(rankCount + 1);
    this.#sums = new Float64Array(rankCount + 1);
  }

  add(rank: number, amount: number): void {
    for (let i = rank + 1; i < this.#counts.length; i += i & -i) {
      this.#counts[i] = (this.#counts[i] as number) + 1;
      this.#sums[i] = (this.#sums[i] as number) + amount;
    }
  }

  /** How many were added at ranks below this one, and what they amount to. */
  below(rank: number): { count: number; sum: number } {
    let [count, sum] = [0, 0];
    for (let i = rank; i > 0; i -= i & -i) {
      count += this.#counts[i] as number;
      sum += this.#sums[i] as number;
    }
    return { count, sum };
  }
}

/** The rank of each observation among the distinct ones, from 0; equal observations share a rank. */
export function denseRanks(sample: readonly number[]): { ranks: number[]; rankCount: number } {
  const distinct = Float64Array.from(new Set(sample)).sort();
  const rankOf = new Map<number, number>();
  for (const [rank, observation] of distinct.entries()) rankOf.set(observation, rank);
  return { ranks: sample.map((observation) => rankOf.get(observation) as number), rankCount: distinct.length };
}
