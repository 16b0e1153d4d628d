import { countBelow } from './order-statistics.ts';
import { distinctSorted, RankCounts } from './rank-counts.ts';

/** Observations as they come in, ready for a quantile of all so far, in O(log n) each. */
export class ExpandingQuantile {
  readonly #distinct: Float64Array;
  readonly #seen: RankCounts;
  #count = 0;

  /** `observations`: all that will be added, in any order. */
  constructor(observations: readonly number[]) {
    this.#distinct = distinctSorted(observations);
    this.#seen = new RankCounts(this.#distinct.length);
  }

  get count(): number {
    return this.#count;
  }

  /** The quantile at `level` (0…1) of what was added; `null` before the first. */
  at(level: number): number | null {
    if (this.#count === 0) return null;
    const place = (this.#count - 1) * level;
    const below = Math.floor(place);
    const low = this.#orderStatistic(below);
    if (below === this.#count - 1) return low;
    return low + (this.#orderStatistic(below + 1) - low) * (place - below);
  }

  add(observation: number): void {
    this.#seen.add(countBelow(this.#distinct, observation));
    this.#count++;
  }

  #orderStatistic(place: number): number {
    return this.#distinct[this.#seen.rankOf(place)] as number;
  }
}
