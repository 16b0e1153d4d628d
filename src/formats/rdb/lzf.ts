/** Bytes that one packed byte stands for at most: three bytes of LZF stand for 264. */
const MOST_EXPANSION = 88;

/** Unpacks LZF (liblzf 3.6, as Redis packs its strings); `null` when the bytes do not unpack to exactly this length. */
export function unpackLzf(packed: Uint8Array, length: number): Buffer | null {
  if (length > packed.length * MOST_EXPANSION) return null;
  const unpacking = new Unpacking(packed, length);
  while (unpacking.isUnderWay()) if (!unpacking.step()) return null;
  return unpacking.isComplete() ? unpacking.plain : null;
}

class Unpacking {
  readonly #packed: Uint8Array;
  readonly plain: Buffer;
  #from = 0;
  #to = 0;

  constructor(packed: Uint8Array, length: number) {
    this.#packed = packed;
    this.plain = Buffer.allocUnsafe(length);
  }

  isUnderWay = (): boolean => this.#from < this.#packed.length;
  isComplete = (): boolean => this.#from === this.#packed.length && this.#to === this.plain.length;

  step(): boolean {
    const control = this.#byte();
    return control < 32 ? this.#copy(control + 1) : this.#repeat(control);
  }

  /** A byte beyond the end makes `isComplete` false. */
  #byte = (): number => this.#packed[this.#from++] ?? 0;

  /** Copies bytes that stand for themselves. */
  #copy(run: number): boolean {
    const end = this.#from + run;
    if (end > this.#packed.length || this.#to + run > this.plain.length) return false;
    this.plain.set(this.#packed.subarray(this.#from, end), this.#to);
    this.#from = end;
    this.#to += run;
    return true;
  }

  /** Copies a run from further back, byte by byte: it may overlap with the bytes being written. */
  #repeat(control: number): boolean {
    const run = (control >> 5) + 2 + (control >> 5 === 7 ? this.#byte() : 0);
    const distance = (((control & 0x1f) << 8) | this.#byte()) + 1;
    if (distance > this.#to || this.#to + run > this.plain.length) return false;
    for (const end = this.#to + run; this.#to < end; this.#to++) {
      this.plain[this.#to] = this.plain[this.#to - distance] as number;
    }
    return true;
  }
}
