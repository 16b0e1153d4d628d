/** Numbers that are gathered without an object each. */
export class NumberList {
  #numbers = new Float64Array(64);
  #count = 0;

  push(number: number): void {
    if (this.#count === this.#numbers.length) {
      const longer = new Float64Array(2 * this.#count);
      longer.set(this.#numbers);
      this.#numbers = longer;
    }
    this.#numbers[this.#count++] = number;
  }

  /** Gives them in ascending order. */
  sort(): Float64Array {
    return this.#numbers.subarray(0, this.#count).sort();
  }
}
