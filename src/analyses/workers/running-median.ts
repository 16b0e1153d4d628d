import { MinHeap } from '../../model/min-heap.ts';

/** The median of all observations so far: one heap for the lower half, one for the upper. O(log n) an observation. */
export class RunningMedian {
  /** The largest first. */
  readonly #lower = new MinHeap<number>((a, b) => b - a);
  readonly #upper = new MinHeap<number>((a, b) => a - b);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** `null` before the first; the mean of the middle two of an even number. */
  get median(): number | null {
    if (this.#count === 0) return null;
    const low = this.#lower.first as number;
    return this.#count % 2 === 1 ? low : (low + (this.#upper.first as number)) / 2;
  }

  add(observation: number): void {
    this.#lower.push(observation);
    this.#upper.push(this.#lower.pop() as number);
    this.#count++;
    if (this.#count % 2 === 1) this.#lower.push(this.#upper.pop() as number);
  }
}
