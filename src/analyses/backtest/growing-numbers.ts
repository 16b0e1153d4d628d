import { sampleMean } from '../../stats/summary.ts';

/** Numbers in a buffer that grows: to insert one only moves memory, and parts of them are seen without a copy. */
export class GrowingNumbers {
  #buffer = new Float64Array(8);
  /** The numbers; it sees them until the next one comes. */
  view: Float64Array = this.#buffer.subarray(0, 0);
  #mean: number | null = null;

  /** The mean, `null` without any; it is computed once until the next number comes. */
  get mean(): number | null {
    this.#mean ??= sampleMean(Array.from(this.view));
    return this.#mean;
  }

  insert(place: number, x: number): void {
    const { length } = this.view;
    if (length === this.#buffer.length) {
      const larger = new Float64Array(2 * length);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#buffer.copyWithin(place + 1, place, length);
    this.#buffer[place] = x;
    this.view = this.#buffer.subarray(0, length + 1);
    this.#mean = null;
  }
}
