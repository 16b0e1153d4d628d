/** Names that occur again and again, told apart by their bytes: each has a number, and is made a text once. */
export class ByteNames {
  /** Numbers of names + 1 by their hash, with open addressing; 0: nothing there. */
  #table = new Int32Array(1 << 10);
  #hashes = new Int32Array(1 << 9);
  /** Where the bytes of each name end; it begins where the one before ends. */
  #ends = new Uint32Array(1 << 9);
  #bytes = new Uint8Array(1 << 13);
  readonly #texts: (string | undefined)[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Gives the number of a name, which is new if no name had these bytes. */
  numberOf(bytes: Uint8Array, from: number, to: number): number {
    let hash = 0x811c9dc5 | 0;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    const mask = this.#table.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const number = (this.#table[place] as number) - 1;
      if (number < 0) return this.#add(bytes, from, to, hash, place);
      if (this.#hashes[number] === hash && this.#isName(number, bytes, from, to)) return number;
    }
  }

  numberOfText(text: string): number {
    const bytes = Buffer.from(text);
    return this.numberOf(bytes, 0, bytes.length);
  }

  textOf(number: number): string {
    const known = this.#texts[number];
    if (known !== undefined) return known;
    const text = Buffer.from(this.#bytes.buffer).toString('utf8', this.#startOf(number), this.#ends[number]);
    this.#texts[number] = text;
    return text;
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : (this.#ends[number - 1] as number);
  }

  #isName(number: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#startOf(number);
    if ((this.#ends[number] as number) - start !== to - from) return false;
    for (let i = 0; i < to - from; i++) if (this.#bytes[start + i] !== bytes[from + i]) return false;
    return true;
  }

  #add(bytes: Uint8Array, from: number, to: number, hash: number, place: number): number {
    const number = this.#count++;
    if (number === this.#hashes.length) this.#grow();
    const start = this.#startOf(number);
    const end = start + to - from;
    if (end > this.#bytes.length) {
      const longer = new Uint8Array(2 * end);
      longer.set(this.#bytes);
      this.#bytes = longer;
    }
    for (let at = from; at < to; at++) this.#bytes[start + at - from] = bytes[at] as number;
    this.#ends[number] = end;
    this.#hashes[number] = hash;
    if (2 * this.#count > this.#table.length) this.#rehash();
    else this.#table[place] = number + 1;
    return number;
  }

  #grow(): void {
    const [hashes, ends] = [new Int32Array(2 * this.#hashes.length), new Uint32Array(2 * this.#ends.length)];
    hashes.set(this.#hashes);
    ends.set(this.#ends);
    this.#hashes = hashes;
    this.#ends = ends;
  }

  #rehash(): void {
    const table = new Int32Array(2 * this.#table.length);
    const mask = table.length - 1;
    for (let number = 0; number < this.#count; number++) {
      let place = (this.#hashes[number] as number) & mask;
      while (table[place] !== 0) place = (place + 1) & mask;
      table[place] = number + 1;
    }
    this.#table = table;
  }
}
