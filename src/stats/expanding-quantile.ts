import { countBelow } from './order-statistics.ts';
import { distinctSorted, RankCounts } from './rank-counts.ts';

/** An expanding quantile takes observations one by one and gives any quantile of all so far, each in O(log n). */
export class ExpandingQuantile {
  readonly #distinct: Float64Array;
  readonly #seen: RankCounts;
  #count = 0;

  /** `observations`: all that will be added, in any order. */
  constructor(observations: readonly number[]) {
    this.#distinct = distinctSorted(observations);
    this.#seen = new RankCounts(this.#distinct.length);
  }

  /** Number of observations added so far. */
  get count(): number {
    return this.#count;
  }

  /** Computes the quantile at `level` (0…1) of the observations added; `null` before the first. */
  at(level: number): number | null {
    if (this.#count === 0) return null;
    const place = (this.#count - 1) * level;
    const below = Math.floor(place);
    const low = this.#orderStatistic(below);
    if (below === this.#count - 1) return low;
    return low + (this.#orderStatistic(below + 1) - low) * (place - below);
  }

  /** Adds one of the numbers that the constructor was given. */
  add(observation: number): void {
    this.#seen.add(countBelow(this.#distinct, observation));
    this.#count++;
  }

  #orderStatistic(place: number): number {
    return this.#distinct[this.#seen.rankOf(place)] as number;
  }
}
