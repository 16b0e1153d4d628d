import { countBelow, sortNumbers } from './order-statistics.ts';

/** A binary indexed tree (Fenwick 1994) counts members at ranks 0…n − 1; each method takes O(log n). */
export class RankCounts {
  readonly #counts: Float64Array;
  /** The largest power of two that is no index beyond the last. */
  readonly #widest: number;

  constructor(rankCount: number) {
    this.#counts = new Float64Array(rankCount + 1);
    this.#widest = 2 ** Math.floor(Math.log2(Math.max(1, rankCount)));
  }

  /** Adds a member at `rank`, from 0. */
  add(rank: number): void {
    for (let i = rank + 1; i < this.#counts.length; i += i & -i) this.#counts[i] = (this.#counts[i] as number) + 1;
  }

  /** Counts the members at ranks below this one. */
  below(rank: number): number {
    let count = 0;
    for (let i = rank; i > 0; i -= i & -i) count += this.#counts[i] as number;
    return count;
  }

  /** Finds the rank of the member at `place` in the order of ranks: from 0 to the number of members, exclusive. */
  rankOf(place: number): number {
    let [passed, rest] = [0, place];
    for (let step = this.#widest; step >= 1; step /= 2) {
      const next = passed + step;
      if (next >= this.#counts.length || (this.#counts[next] as number) > rest) continue;
      passed = next;
      rest -= this.#counts[next] as number;
    }
    return passed;
  }
}

/** Lists the distinct numbers of a sample, ascending. The sample must hold no NaN. */
export function distinctSorted(sample: readonly number[]): Float64Array {
  const sorted = sortNumbers(sample);
  let count = 0;
  for (const x of sorted) if (count === 0 || x !== sorted[count - 1]) sorted[count++] = x;
  return sorted.subarray(0, count);
}

/** Ranks each observation among the distinct ones, from 0; equal observations share a rank. */
export function denseRanks(sample: readonly number[]): { ranks: Int32Array; rankCount: number } {
  const distinct = distinctSorted(sample);
  const ranks = new Int32Array(sample.length);
  for (let i = 0; i < ranks.length; i++) ranks[i] = countBelow(distinct, sample[i] as number);
  return { ranks, rankCount: distinct.length };
}
