import { quantileSorted } from 'd3-array';

/** Observations as they come in, ready for a quantile of all so far: R-7, by insertion into a sorted list. */
export class ExpandingQuantile {
  readonly #sorted: number[] = [];

  get count(): number {
    return this.#sorted.length;
  }

  /** The quantile at `level` (0…1) of what was added; `null` before the first. */
  at(level: number): number | null {
    return quantileSorted(this.#sorted, level) ?? null;
  }

  add(observation: number): void {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] as number) <= observation) low = middle + 1;
      else high = middle;
    }
    this.#sorted.splice(low, 0, observation);
  }
}
